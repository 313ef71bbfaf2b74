/**
 * Short rows that are found by their key only are stored in the key's own tree (`without rowid`): one descent instead of two.
 * Long ones are not: they would make that tree deep.
 */
export const foundation = `
create table environments (
  id text not null primary key,
  config_version integer not null,
  document text not null,
  created_at integer not null
) strict;

create table documents (
  environment_id text not null references environments (id),
  kind text not null,
  id text not null,
  document text not null,
  secret text,
  created_at integer not null,
  updated_at integer not null,
  primary key (environment_id, kind, id)
) strict;
create index documents_by_id on documents (id);

create table users (
  environment_id text not null references environments (id),
  id text not null,
  version integer not null,
  username_key text not null,
  document text not null,
  created_at integer not null,
  primary key (environment_id, id),
  unique (environment_id, username_key)
) strict;
create index users_by_creation on users (environment_id, created_at, id);

create table user_factors (
  environment_id text not null,
  user_id text not null,
  version integer not null,
  document text not null,
  primary key (environment_id, user_id),
  foreign key (environment_id, user_id) references users (environment_id, id)
) strict, without rowid;

create table devices (
  environment_id text not null,
  user_id text not null,
  id text not null,
  document text not null,
  secret text,
  lapses_at integer,
  primary key (environment_id, user_id, id),
  foreign key (environment_id, user_id) references user_factors (environment_id, user_id)
) strict, without rowid;
create index devices_pending on devices (lapses_at) where lapses_at is not null;

create table device_authentications (
  environment_id text not null,
  id text not null,
  version integer not null,
  user_id text not null,
  document text not null,
  contact_key text,
  expires_at integer not null,
  primary key (environment_id, id)
) strict;

create table destination_use (
  environment_id text not null,
  contact_key text not null,
  version integer not null,
  document text not null,
  primary key (environment_id, contact_key)
) strict, without rowid;

create table outbox (
  environment_id text not null,
  id text not null,
  channel text not null,
  user_id text not null,
  device_authentication_id text,
  device_id text,
  content text,
  deadline integer not null,
  created_at integer not null,
  attempt integer not null,
  lease_owner text not null,
  lease_until integer not null,
  settled_at integer,
  history text not null,
  primary key (environment_id, id)
) strict;
create index outbox_open on outbox (lease_until) where settled_at is null;

create table inbox_messages (
  environment_id text not null,
  id text not null,
  sequence integer not null,
  content text not null,
  created_at integer not null,
  primary key (environment_id, id)
) strict;
create index inbox_messages_by_sequence on inbox_messages (sequence);

create table sequences (
  name text not null primary key,
  value integer not null
) strict;
insert into sequences (name, value) values ('inbox', 0);

create table clock (
  id integer not null primary key check (id = 1),
  instant integer not null
) strict;
insert into clock (id, instant) values (1, 0);
`;
