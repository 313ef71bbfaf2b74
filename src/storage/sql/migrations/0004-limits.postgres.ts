/** What limits count: counters that strangers share, and when nothing of a contact is left to know. */
export const limits = `
create table counters (
  environment_id text collate "C" not null,
  name text collate "C" not null,
  value bigint not null,
  ends_at bigint not null,
  primary key (environment_id, name)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
create index counters_ended on counters (ends_at);

alter table destination_use add column purge_after bigint;
create index destination_use_forgettable on destination_use (purge_after) where purge_after is not null;
`;
