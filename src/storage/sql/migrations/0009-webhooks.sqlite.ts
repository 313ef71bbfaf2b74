/** How far each subscription has been served, and who is at it. */
export const webhooks = `
create table subscription_cursors (
  environment_id text not null,
  id text not null,
  version integer not null,
  lease_owner text,
  lease_until integer not null,
  not_before integer not null,
  document_at integer not null,
  since integer not null,
  next_seq integer not null,
  next_index integer not null,
  end_seq integer,
  end_index integer,
  failures integer not null,
  pending_since integer,
  primary key (environment_id, id)
) strict, without rowid;

create index documents_subscriptions on documents (environment_id, id) where kind = 'subscription';
`;
