/** Documents that stand below another one, such as an application's push credentials. */
export const documentParents = `
alter table documents add column parent text;
create index documents_by_parent on documents (environment_id, kind, parent) where parent is not null;
`;
