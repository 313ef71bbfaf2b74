/** Access tokens that are good for nothing although their time is not over. */
export const revokedTokens = `
create table revoked_tokens (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  expires_at bigint not null,
  primary key (environment_id, id)
);
create index revoked_tokens_by_end on revoked_tokens (expires_at);
`;
