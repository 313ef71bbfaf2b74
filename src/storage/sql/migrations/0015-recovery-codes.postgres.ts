/** Recovery codes: a row per user who has had some, which goes with the user. */
export const recoveryCodes = `
create table recovery_codes (
  environment_id text collate "C" not null,
  user_id text collate "C" not null,
  version bigint not null,
  document text collate "C" not null,
  primary key (environment_id, user_id),
  foreign key (environment_id, user_id) references users (environment_id, id) on delete cascade
);
`;
