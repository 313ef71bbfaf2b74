/**
 * What users are found by, groups and who is in them, passwords. The two keys of users that were there before are cut out of their
 * documents: quotes inside values are escaped, so the first `"populationId":"` and the first `"email":"` are the members.
 */
export const directory = `
alter table users add column email_key text;
alter table users add column population_id text;
update users set population_id = substr(document, instr(document, '"populationId":"') + 16, 36)
  where instr(document, '"populationId":"') > 0;
update users set email_key = lower(substr(substr(document, instr(document, '"email":"') + 9), 1,
    instr(substr(document, instr(document, '"email":"') + 9), '"') - 1))
  where instr(document, '"email":"') > 0;
create index users_by_email on users (environment_id, email_key);
create index users_by_population on users (environment_id, population_id, created_at, id);

create table user_groups (
  environment_id text not null references environments (id),
  id text not null,
  version integer not null,
  name_key text not null,
  document text not null,
  created_at integer not null,
  primary key (environment_id, id),
  unique (environment_id, name_key)
) strict;
create index user_groups_by_creation on user_groups (environment_id, created_at, id);

create table group_members (
  environment_id text not null,
  group_id text not null,
  user_id text not null,
  user_created_at integer not null,
  created_at integer not null,
  primary key (environment_id, group_id, user_id),
  foreign key (environment_id, group_id) references user_groups (environment_id, id),
  foreign key (environment_id, user_id) references users (environment_id, id)
) strict, without rowid;
create index group_members_in_order on group_members (environment_id, group_id, user_created_at, user_id);
create index group_members_by_user on group_members (environment_id, user_id, created_at, group_id);

create table user_passwords (
  environment_id text not null,
  user_id text not null,
  document text not null,
  primary key (environment_id, user_id),
  foreign key (environment_id, user_id) references users (environment_id, id)
) strict, without rowid;
`;
