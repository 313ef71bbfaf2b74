/** No reference to `environments`: the installation's own key stands under an empty id. */
export const dataKeys = `
create table data_keys (
  environment_id text not null,
  generation integer not null,
  master_id text not null,
  wrapped text not null,
  created_at integer not null,
  retired_at integer,
  primary key (environment_id, generation)
) strict, without rowid;
`;
