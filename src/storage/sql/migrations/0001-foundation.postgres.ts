/**
 * Hot tables leave room on their pages, so that an update stays on its page and touches no index (HOT), and are vacuumed early.
 * Text is `COLLATE "C"`, so that order and cursors agree with SQLite. There is no `clock`: the server's own is the source.
 */
export const foundation = `
create table environments (
  id text collate "C" not null primary key,
  config_version bigint not null,
  document text collate "C" not null,
  created_at bigint not null
) with (fillfactor = 80);

create table documents (
  environment_id text collate "C" not null references environments (id),
  kind text collate "C" not null,
  id text collate "C" not null,
  document text collate "C" not null,
  secret text collate "C",
  created_at bigint not null,
  updated_at bigint not null,
  primary key (environment_id, kind, id)
);
create index documents_by_id on documents (id);

create table users (
  environment_id text collate "C" not null references environments (id),
  id text collate "C" not null,
  version bigint not null,
  username_key text collate "C" not null,
  document text collate "C" not null,
  created_at bigint not null,
  primary key (environment_id, id),
  unique (environment_id, username_key)
);
create index users_by_creation on users (environment_id, created_at, id);

create table user_factors (
  environment_id text collate "C" not null,
  user_id text collate "C" not null,
  version bigint not null,
  document text collate "C" not null,
  primary key (environment_id, user_id),
  foreign key (environment_id, user_id) references users (environment_id, id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

create table devices (
  environment_id text collate "C" not null,
  user_id text collate "C" not null,
  id text collate "C" not null,
  document text collate "C" not null,
  secret text collate "C",
  lapses_at bigint,
  primary key (environment_id, user_id, id),
  foreign key (environment_id, user_id) references user_factors (environment_id, user_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
create index devices_pending on devices (lapses_at) where lapses_at is not null;

create table device_authentications (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  version bigint not null,
  user_id text collate "C" not null,
  document text collate "C" not null,
  contact_key text collate "C",
  expires_at bigint not null,
  primary key (environment_id, id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

create table destination_use (
  environment_id text collate "C" not null,
  contact_key text collate "C" not null,
  version bigint not null,
  document text collate "C" not null,
  primary key (environment_id, contact_key)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

create table outbox (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  channel text collate "C" not null,
  user_id text collate "C" not null,
  device_authentication_id text collate "C",
  device_id text collate "C",
  content text collate "C",
  deadline bigint not null,
  created_at bigint not null,
  attempt bigint not null,
  lease_owner text collate "C" not null,
  lease_until bigint not null,
  settled_at bigint,
  history text collate "C" not null,
  primary key (environment_id, id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
create index outbox_open on outbox (lease_until) where settled_at is null;

create table inbox_messages (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  sequence bigint not null,
  content text collate "C" not null,
  created_at bigint not null,
  primary key (environment_id, id)
);
create index inbox_messages_by_sequence on inbox_messages (sequence);

create table sequences (
  name text collate "C" not null primary key,
  value bigint not null
);
insert into sequences (name, value) values ('inbox', 0);
`;
