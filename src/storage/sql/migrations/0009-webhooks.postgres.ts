/** How far each subscription has been served, and who is at it. */
export const webhooks = `
create table subscription_cursors (
  environment_id text collate "C" not null,
  id text collate "C" not null,
  version bigint not null,
  lease_owner text collate "C",
  lease_until bigint not null,
  not_before bigint not null,
  document_at bigint not null,
  since bigint not null,
  next_seq bigint not null,
  next_index bigint not null,
  end_seq bigint,
  end_index bigint,
  failures bigint not null,
  pending_since bigint,
  primary key (environment_id, id)
) with (fillfactor = 70);

create index documents_subscriptions on documents (environment_id, id) where kind = 'subscription';
`;
