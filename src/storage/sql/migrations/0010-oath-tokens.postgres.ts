/** Hardware tokens: one row each, because they come in numbers and most belong to nobody yet. */
export const oathTokens = `
create table oath_tokens (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  version bigint not null,
  serial_key text collate "C" not null,
  document text collate "C" not null,
  secret text collate "C" not null,
  created_at bigint not null,
  primary key (environment_id, id)
);
create unique index oath_tokens_by_serial_key on oath_tokens (environment_id, serial_key);
create index oath_tokens_by_creation on oath_tokens (environment_id, created_at, id);
`;
