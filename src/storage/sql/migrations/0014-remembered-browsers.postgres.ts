/** Browsers that users have had remembered: one row each, because they come in numbers. They go with their user. */
export const rememberedBrowsers = `
create table remembered_browsers (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  user_id text collate "C" not null,
  version bigint not null,
  document text collate "C" not null,
  created_at bigint not null,
  expires_at bigint not null,
  primary key (environment_id, id),
  foreign key (environment_id, user_id) references users (environment_id, id) on delete cascade
);
create index remembered_browsers_of_user on remembered_browsers (environment_id, user_id, created_at, id);
create index remembered_browsers_by_expiry on remembered_browsers (expires_at);
`;
