/**
 * What users are found by, groups and who is in them, passwords. The two keys of users that were there before are cut out of their
 * documents: quotes inside values are escaped, so the first `"populationId":"` and the first `"email":"` are the members.
 */
export const directory = `
alter table users add column email_key text collate "C";
alter table users add column population_id text collate "C";
update users set
  population_id = nullif(substr(split_part(document, '"populationId":"', 2), 1, 36), ''),
  email_key = nullif(lower(split_part(split_part(document, '"email":"', 2), '"', 1) collate "C"), '');
create index users_by_email on users (environment_id, email_key);
create index users_by_population on users (environment_id, population_id, created_at, id);

create table user_groups (
  environment_id text collate "C" not null references environments (id),
  id text collate "C" not null,
  version bigint not null,
  name_key text collate "C" not null,
  document text collate "C" not null,
  created_at bigint not null,
  primary key (environment_id, id),
  unique (environment_id, name_key)
);
create index user_groups_by_creation on user_groups (environment_id, created_at, id);

create table group_members (
  environment_id text collate "C" not null,
  group_id text collate "C" not null,
  user_id text collate "C" not null,
  user_created_at bigint not null,
  created_at bigint not null,
  primary key (environment_id, group_id, user_id),
  foreign key (environment_id, group_id) references user_groups (environment_id, id),
  foreign key (environment_id, user_id) references users (environment_id, id)
);
create index group_members_in_order on group_members (environment_id, group_id, user_created_at, user_id);
create index group_members_by_user on group_members (environment_id, user_id, created_at, group_id);

create table user_passwords (
  environment_id text collate "C" not null,
  user_id text collate "C" not null,
  document text collate "C" not null,
  primary key (environment_id, user_id),
  foreign key (environment_id, user_id) references users (environment_id, id)
);
`;
