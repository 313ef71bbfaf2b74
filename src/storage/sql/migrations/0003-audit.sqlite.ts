/**
 * `audit_tail` is a queue: what commits append and the sealer takes away. `audit` keeps a block a row, `audit_heads` says where
 * each chain begins and ends.
 */
export const audit = `
create table audit_tail (
  environment_id text not null,
  id text not null,
  first_at integer not null,
  last_at integer not null,
  size integer not null,
  records text not null,
  mac text not null,
  primary key (environment_id, id)
) strict;

create table audit (
  environment_id text not null,
  first_seq integer not null,
  last_seq integer not null,
  first_at integer not null,
  last_at integer not null,
  sealed_at integer not null,
  records text not null,
  hash text not null,
  signature text not null,
  primary key (environment_id, first_seq)
) strict;
create index audit_by_time on audit (environment_id, first_at, first_seq);

create table audit_heads (
  environment_id text not null,
  first_seq integer not null,
  first_previous text not null,
  last_seq integer not null,
  hash text not null,
  sealed_at integer not null,
  signature text not null,
  primary key (environment_id)
) strict, without rowid;
`;
