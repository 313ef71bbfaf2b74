/** Roles and codes are rows under the version of whom they belong to, asked for by management alone. A licence stands above environments. */
export const accounts = `
create table role_assignments (
  environment_id text collate "C" not null,
  owner_id text collate "C" not null,
  document text collate "C" not null,
  primary key (environment_id, owner_id)
);
create table user_codes (
  environment_id text collate "C" not null,
  user_id text collate "C" not null,
  purpose text collate "C" not null,
  document text collate "C" not null,
  primary key (environment_id, user_id, purpose)
);
create table license_names (
  organization_id text collate "C" not null,
  license_id text collate "C" not null,
  name text collate "C" not null,
  primary key (organization_id, license_id)
);
`;
