/** Imports and revocations of hardware tokens: a row each while they run and for a time after. */
export const oathJobs = `
create table oath_jobs (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  version bigint not null,
  document text collate "C" not null,
  expires_at bigint not null,
  primary key (environment_id, id)
);
create index oath_jobs_by_expiry on oath_jobs (expires_at);
`;
