import type { Static } from 'typebox';
import { describeAction, resultOf } from '../../audit/action.js';
import { actingUser, type Resource, resourcesOf } from '../../audit/activity.js';
import type { AuditEvent } from '../../audit/record.js';
import { toTimestamp } from '../../kernel/clock.js';
import type { Uuid } from '../../kernel/ids.js';
import { Type } from '../../kernel/json-schema.js';
import type { NamedActivity } from '../../platform/activities.js';
import { LinkView, Reference } from './collection.js';
import type { Links } from './links.js';

const ActorView = Type.Object({
  id: Type.String(),
  name: Type.Optional(Type.String()),
  environment: Reference,
  population: Type.Optional(Reference),
  href: Type.String(),
  type: Type.Enum(['CLIENT', 'USER']),
});

const ResourceView = Type.Object({
  type: Type.String(),
  id: Type.String(),
  name: Type.Optional(Type.String()),
  environment: Reference,
  population: Type.Optional(Reference),
  href: Type.String(),
});

/** Wire: `00` §11.3. */
export const ActivityView = Type.Object({
  _links: Type.Object({ self: LinkView }),
  id: Type.String(),
  recordedAt: Type.String(),
  createdAt: Type.String(),
  correlationId: Type.Optional(Type.String()),
  actors: Type.Object({ client: Type.Optional(ActorView), user: Type.Optional(ActorView) }),
  action: Type.Object({ type: Type.String(), description: Type.String() }),
  resources: Type.Array(ResourceView),
  result: Type.Object({ status: Type.Enum(['SUCCESS', 'FAILURE']), description: Type.String() }),
});

export const ActivitiesView = Type.Object({
  _links: Type.Object({ self: LinkView, next: Type.Optional(LinkView) }),
  _embedded: Type.Object({ activities: Type.Array(ActivityView) }),
  size: Type.Integer(),
});

/** `recordedAt` is when it happened, `createdAt` when it was sealed. Names are those of now; whoever is gone has none (SEC-74). */
export function activityView(named: NamedActivity, links: Links): Static<typeof ActivityView> {
  const { id, record, event, sealedAt } = named.activity;
  const { environmentId, by } = record;
  const user = actingUser(event);
  return {
    _links: { self: links.api(`/environments/${environmentId}/activities/${id}`) },
    id,
    recordedAt: toTimestamp(record.at),
    createdAt: toTimestamp(Math.max(sealedAt, record.at)),
    ...(by.correlationId ? { correlationId: by.correlationId } : {}),
    actors: {
      ...(by.clientId ? { client: clientView(named, by.clientId, links) } : {}),
      ...(user ? { user: { ...userView(named, user, links), type: 'USER' as const } } : {}),
    },
    action: { type: event.type, description: describeAction(event.type) },
    resources: resourcesOf(event).map((resource) => resourceView(named, resource, links)),
    result: { status: resultOf(event.type), description: describeResult(event) },
  };
}

/** A client is at home in the environment that it was made in, which need not be the one it acts in. */
function clientView({ clients, activity }: NamedActivity, id: Uuid, links: Links): Static<typeof ActorView> {
  const client = clients.get(id);
  const home = client?.environmentId ?? activity.record.environmentId;
  return {
    id,
    ...(client ? { name: client.name } : {}),
    environment: { id: home },
    ...links.api(`/environments/${home}/applications/${id}`),
    type: 'CLIENT',
  };
}

function userView({ users, activity }: NamedActivity, id: Uuid, links: Links): Omit<Static<typeof ActorView>, 'type'> {
  const { environmentId } = activity.record;
  const user = users.get(id);
  return {
    id,
    ...(user ? { name: user.username } : {}),
    environment: { id: environmentId },
    ...(user ? { population: { id: user.populationId } } : {}),
    ...links.api(`/environments/${environmentId}/users/${id}`),
  };
}

function resourceView(named: NamedActivity, resource: Resource, links: Links): Static<typeof ResourceView> {
  const { environmentId } = named.activity.record;
  if (resource.type === 'USER') return { type: 'USER', ...userView(named, resource.id, links) };
  return { ...resource, environment: { id: environmentId }, ...hrefOf(named.activity.event, resource, links) };
}

function hrefOf(
  { environmentId, userId }: AuditEvent,
  { type, id }: Resource,
  links: Links,
): { readonly href: string } {
  const environment = `/environments/${environmentId}`;
  switch (type) {
    case 'DEVICE':
      return links.api(`${environment}/users/${userId}/devices/${id}`);
    case 'DEVICE_AUTHENTICATION':
      return links.auth(`/${environmentId}/deviceAuthentications/${id}`);
    case 'DEVICE_AUTHENTICATION_POLICY':
      return links.api(`${environment}/deviceAuthenticationPolicies/${id}`);
    case 'POPULATION':
      return links.api(`${environment}/populations/${id}`);
    case 'APPLICATION':
      return links.api(`${environment}/applications/${id}`);
    case 'KEY':
      return links.api(`${environment}/keys/${id}`);
    default:
      return links.api(environment);
  }
}

/** The action in words, with what is on record beside it. */
function describeResult({ type, detail = {} }: AuditEvent): string {
  const words = Object.entries(detail)
    .filter(([, value]) => typeof value !== 'string' || value.length <= 64)
    .map(([name, value]) => `${name} ${value}`);
  return words.length === 0 ? describeAction(type) : `${describeAction(type)}: ${words.join(', ')}`;
}
