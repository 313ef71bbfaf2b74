/** Environments that are no more, whose rows go in small steps, and the names of those that are. */
export const environments = `
alter table environments add column deleted_at integer;

create table environment_names (
  organization_id text not null,
  name text not null,
  environment_id text not null,
  primary key (organization_id, name)
) strict, without rowid;
-- Of two that have one name already, the older has it. The name as it stands in the document, quoted.
insert into environment_names (organization_id, name, environment_id)
  select json_extract(document, '$.organizationId'), document -> '$.name', id from environments
  where json_extract(document, '$.organizationId') is not null and document -> '$.name' is not null
  order by created_at, id on conflict do nothing;
`;
