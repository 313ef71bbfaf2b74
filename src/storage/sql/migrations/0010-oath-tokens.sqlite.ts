/** Hardware tokens: one row each, because they come in numbers and most belong to nobody yet. */
export const oathTokens = `
create table oath_tokens (
  environment_id text not null,
  id text not null,
  version integer not null,
  serial_key text not null,
  document text not null,
  secret text not null,
  created_at integer not null,
  primary key (environment_id, id)
) strict;
create unique index oath_tokens_by_serial_key on oath_tokens (environment_id, serial_key);
create index oath_tokens_by_creation on oath_tokens (environment_id, created_at, id);
`;
