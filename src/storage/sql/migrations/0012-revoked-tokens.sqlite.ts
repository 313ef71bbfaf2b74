/** Access tokens that are good for nothing although their time is not over. */
export const revokedTokens = `
create table revoked_tokens (
  environment_id text not null,
  id text not null,
  expires_at integer not null,
  primary key (environment_id, id)
) strict, without rowid;
create index revoked_tokens_by_end on revoked_tokens (expires_at);
`;
