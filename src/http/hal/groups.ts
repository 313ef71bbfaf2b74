import type { Static } from 'typebox';
import { toTimestamp } from '../../kernel/clock.js';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import type { Group, HoldingGroup } from '../../platform/groups/group.js';
import { LinkView, PageQuery, Reference } from './collection.js';
import type { Links } from './links.js';

/** Wire: `00` §8.8, which names `name` only; the others as the public Go client reads them (inferred). */
export const GroupView = Type.Object({
  _links: Type.Object({ self: LinkView, environment: LinkView }),
  id: Type.String(),
  environment: Reference,
  name: Type.String(),
  description: Type.Optional(Type.String()),
  externalId: Type.Optional(Type.String()),
  population: Type.Optional(Reference),
  userFilter: Type.Optional(Type.String()),
  customData: Type.Optional(Type.Object({}, { additionalProperties: true })),
  createdAt: Type.String(),
  updatedAt: Type.String(),
});

export function groupView(group: Group, links: Links): JsonObject {
  const { id, environmentId, name, description, externalId, populationId, userFilter, customData } = group;
  const environment = `/environments/${environmentId}`;
  return {
    _links: { self: { ...links.api(`${environment}/groups/${id}`) }, environment: { ...links.api(environment) } },
    id,
    environment: { id: environmentId },
    name,
    ...(description === undefined ? {} : { description }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(populationId === undefined ? {} : { population: { id: populationId } }),
    ...(userFilter === undefined ? {} : { userFilter }),
    ...(customData === undefined ? {} : { customData }),
    createdAt: toTimestamp(group.createdAt),
    updatedAt: toTimestamp(group.updatedAt),
  };
}

/** Wire: `00` §8.8, §3.5; the members as the public Go client reads them (inferred). `user`: whose membership it is, not a group's. */
export const MembershipView = Type.Object({
  _links: Type.Object({ self: LinkView, user: Type.Optional(LinkView), group: LinkView }),
  _embedded: Type.Optional(Type.Object({ group: GroupView })),
  id: Type.String(),
  environment: Reference,
  name: Type.String(),
  type: Type.Enum(['DIRECT', 'INDIRECT']),
});

/** A membership, its group beside when that is asked for (wire: `00` §3.5). */
export const MembershipQuery = Type.Object({ expand: Type.Optional(Type.String({ maxLength: 256 })) });
export const MembershipsQuery = Type.Object({ ...PageQuery.properties, ...MembershipQuery.properties });

/** Names that nobody knows are ignored. */
export function isGroupExpanded({ expand = '' }: { readonly expand?: string }): boolean {
  return expand.split(',').includes('group');
}

/** That a user or a group is in this group; `member`: which, by its path. */
export function membershipView(
  { group, type }: HoldingGroup,
  member: { readonly kind: 'user' | 'group'; readonly path: string },
  isExpanded: boolean,
  links: Links,
): Static<typeof MembershipView> {
  const { id, environmentId, name } = group;
  return {
    _links: {
      self: links.api(`${member.path}/memberOfGroups/${id}`),
      ...(member.kind === 'user' ? { user: links.api(member.path) } : {}),
      group: links.api(`/environments/${environmentId}/groups/${id}`),
    },
    // A view that the schema was made for.
    ...(isExpanded ? { _embedded: { group: groupView(group, links) as Static<typeof GroupView> } } : {}),
    id,
    environment: { id: environmentId },
    name,
    type,
  };
}
