/** Roles and codes are rows under the version of whom they belong to, asked for by management alone. A licence stands above environments. */
export const accounts = `
create table role_assignments (
  environment_id text not null,
  owner_id text not null,
  document text not null,
  primary key (environment_id, owner_id)
) strict;
create table user_codes (
  environment_id text not null,
  user_id text not null,
  purpose text not null,
  document text not null,
  primary key (environment_id, user_id, purpose)
) strict;
create table license_names (
  organization_id text not null,
  license_id text not null,
  name text not null,
  primary key (organization_id, license_id)
) strict;
`;
