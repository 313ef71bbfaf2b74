/** No reference to `environments`: the installation's own key stands under an empty id. */
export const dataKeys = `
create table data_keys (
  environment_id text collate "C" not null,
  generation bigint not null,
  master_id text collate "C" not null,
  wrapped text collate "C" not null,
  created_at bigint not null,
  retired_at bigint,
  primary key (environment_id, generation)
);
`;
