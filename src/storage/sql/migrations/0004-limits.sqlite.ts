/** What limits count: counters that strangers share, and when nothing of a contact is left to know. */
export const limits = `
create table counters (
  environment_id text not null,
  name text not null,
  value integer not null,
  ends_at integer not null,
  primary key (environment_id, name)
) strict, without rowid;
create index counters_ended on counters (ends_at);

alter table destination_use add column purge_after integer;
create index destination_use_forgettable on destination_use (purge_after) where purge_after is not null;
`;
