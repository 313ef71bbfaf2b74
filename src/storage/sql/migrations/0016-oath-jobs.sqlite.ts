/** Imports and revocations of hardware tokens: a row each while they run and for a time after. */
export const oathJobs = `
create table oath_jobs (
  environment_id text not null,
  id text not null,
  version integer not null,
  document text not null,
  expires_at integer not null,
  primary key (environment_id, id)
) strict, without rowid;
create index oath_jobs_by_expiry on oath_jobs (expires_at);
`;
