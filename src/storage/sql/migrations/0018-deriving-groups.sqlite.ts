/** Groups with a filter, or nested in others, found without reading the rest. */
export const derivingGroups = `
alter table user_groups add column derives integer not null default 0;
create index user_groups_that_derive on user_groups (environment_id, created_at, id) where derives = 1;
`;
