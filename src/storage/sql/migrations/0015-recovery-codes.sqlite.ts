/** Recovery codes: a row per user who has had some, which goes with the user. */
export const recoveryCodes = `
create table recovery_codes (
  environment_id text not null,
  user_id text not null,
  version integer not null,
  document text not null,
  primary key (environment_id, user_id),
  foreign key (environment_id, user_id) references users (environment_id, id) on delete cascade
) strict, without rowid;
`;
