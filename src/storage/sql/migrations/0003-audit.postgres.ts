/** The tail comes and goes within seconds and is vacuumed early; its texts are not worth compressing. */
export const audit = `
create table audit_tail (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  first_at bigint not null,
  last_at bigint not null,
  size bigint not null,
  records text collate "C" not null,
  mac text collate "C" not null,
  primary key (environment_id, id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
alter table audit_tail alter column records set storage external;

create table audit (
  environment_id text collate "C" not null,
  first_seq bigint not null,
  last_seq bigint not null,
  first_at bigint not null,
  last_at bigint not null,
  sealed_at bigint not null,
  records text collate "C" not null,
  hash text collate "C" not null,
  signature text collate "C" not null,
  primary key (environment_id, first_seq)
);
create index audit_by_time on audit (environment_id, first_at, first_seq);

create table audit_heads (
  environment_id text collate "C" not null primary key,
  first_seq bigint not null,
  first_previous text collate "C" not null,
  last_seq bigint not null,
  hash text collate "C" not null,
  sealed_at bigint not null,
  signature text collate "C" not null
) with (fillfactor = 50);
`;
