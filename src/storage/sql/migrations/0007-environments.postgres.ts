/** Environments that are no more, whose rows go in small steps, and the names of those that are. */
export const environments = `
alter table environments add column deleted_at bigint;

create table environment_names (
  organization_id text collate "C" not null,
  name text collate "C" not null,
  environment_id text collate "C" not null,
  primary key (organization_id, name)
);
-- Of two that have one name already, the older has it. The name as it stands in the document, quoted.
insert into environment_names (organization_id, name, environment_id)
  select document::json ->> 'organizationId', (document::json -> 'name')::text, id from environments
  where document::json ->> 'organizationId' is not null and document::json -> 'name' is not null
  order by created_at, id on conflict do nothing;
`;
