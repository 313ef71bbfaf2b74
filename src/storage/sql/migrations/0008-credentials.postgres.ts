/** Who holds a FIDO credential: found without a user name, and held once in an environment. Goes with its device. */
export const credentials = `
create table credentials (
  environment_id text collate "C" not null,
  credential_key text collate "C" not null,
  user_id text collate "C" not null,
  device_id text collate "C" not null,
  primary key (environment_id, credential_key),
  foreign key (environment_id, user_id, device_id) references devices (environment_id, user_id, id) on delete cascade
);
create index credentials_of_device on credentials (environment_id, user_id, device_id);
`;
