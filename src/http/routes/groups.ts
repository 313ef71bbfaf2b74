import type { Static } from 'typebox';
import type { FilterOperator, FilterRules } from '../../kernel/filter.js';
import { uuidOf } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import type { Outcome } from '../../kernel/outcome.js';
import type { Group } from '../../platform/groups/group.js';
import type { GroupContent } from '../../platform/groups/group-rules.js';
import type { GroupService } from '../../platform/groups/groups.js';
import type { PlatformRejection } from '../../platform/rejection.js';
import { READABLE } from '../../platform/users/standard-attributes.js';
import { parseGroupFilter } from '../../platform/users/user-filter.js';
import type { WireError } from '../errors.js';
import { collection, collectionView, ListQuery, listRequest } from '../hal/collection.js';
import { GroupView, groupView } from '../hal/groups.js';
import type { Links } from '../hal/links.js';
import { filterError, readListFilter } from '../list-filter.js';
import { platformError } from '../rejections/platform.js';
import { defineRoute, JSON_TYPE, type Reply, type Route, reply } from '../route.js';
import { ReferenceBody } from './user-request.js';

const COLLECTION = '/environments/:envId/groups';
const ITEM = `${COLLECTION}/:groupId` as const;
const PAGE = 1_000;

const TEXT: readonly FilterOperator[] = ['eq', 'sw', 'ew', 'co', 'in'];
/** No attribute is named by the reference (wire: `00` §8.8); these identify a group. */
const FILTER: FilterRules = {
  attributes: { id: ['eq', 'in'], name: TEXT, externalId: TEXT, 'population.id': ['eq', 'in'] },
  combinators: ['and', 'or', 'not'],
};

/** Wire: `00` §8.8; limits are those of the public Go client's description, or ours. */
const GroupBody = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 256, pattern: READABLE }),
  description: Type.Optional(Type.String({ maxLength: 1_024 })),
  externalId: Type.Optional(Type.String({ minLength: 1, maxLength: 1_024 })),
  population: Type.Optional(ReferenceBody),
  customData: Type.Optional(Type.Unsafe<JsonObject>(Type.Object({}, { additionalProperties: true }))),
  userFilter: Type.Optional(Type.String({ minLength: 1 })),
});

function filterRefusal({ userFilter }: Static<typeof GroupBody>): WireError | undefined {
  const parsed = userFilter === undefined ? undefined : parseGroupFilter(userFilter);
  return !parsed || parsed.ok ? undefined : filterError(parsed.rejection, 'userFilter');
}

function contentOf(body: Static<typeof GroupBody>): GroupContent {
  const { name, description, externalId, population, userFilter, customData } = body;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(population === undefined ? {} : { populationId: uuidOf(population.id) }),
    ...(userFilter === undefined ? {} : { userFilter }),
    ...(customData === undefined ? {} : { customData }),
  };
}

const attributesOf = ({ id, name, externalId, populationId }: Group) => {
  const values: Readonly<Record<string, string | undefined>> = { id, name, externalId, 'population.id': populationId };
  return (attribute: string): string | undefined => values[attribute];
};

const shown = (outcome: Outcome<Group, PlatformRejection>, links: Links, status = 200): Reply | WireError =>
  outcome.ok ? reply(status, groupView(outcome.value, links)) : platformError(outcome.rejection);

/** Groups of users (wire: `00` §8.8). */
export function groupsRoutes(groups: GroupService): Route[] {
  const common = { source: '00 §8.8', base: 'api' } as const;
  return [
    defineRoute({
      ...common,
      id: 'group.list',
      summary: 'List groups',
      method: 'GET',
      path: COLLECTION,
      permission: 'users:read',
      query: ListQuery,
      replies: { 200: collectionView('groups', GroupView) },
      async handle({ params, query, links }) {
        const read = readListFilter(query.filter, FILTER);
        if (!read.ok) return read.rejection;
        const { filter, accepts } = read.value;
        const isListed = filter && ((group: Group) => accepts(attributesOf(group)));
        const listed = await groups.list(params.envId, listRequest(query, PAGE), isListed);
        if (!listed.ok) return platformError(listed.rejection);
        const items = listed.value.items.map((group) => groupView(group, links));
        const path = `/environments/${params.envId}/groups`;
        return reply(200, collection(links, path, query, 'groups', { ...listed.value, items }));
      },
    }),
    defineRoute({
      ...common,
      id: 'group.create',
      summary: 'Create a group',
      method: 'POST',
      path: COLLECTION,
      accepts: JSON_TYPE,
      permission: 'users:write',
      body: GroupBody,
      replies: { 201: GroupView },
      handle: async ({ params, body, links, by }) =>
        filterRefusal(body) ?? shown(await groups.create(params.envId, contentOf(body), by), links, 201),
    }),
    defineRoute({
      ...common,
      id: 'group.read',
      summary: 'Read a group',
      method: 'GET',
      path: ITEM,
      permission: 'users:read',
      replies: { 200: GroupView },
      handle: async ({ params, links }) => shown(await groups.read(params.envId, params.groupId), links),
    }),
    defineRoute({
      ...common,
      id: 'group.update',
      summary: 'Replace a group',
      method: 'PUT',
      path: ITEM,
      accepts: JSON_TYPE,
      permission: 'users:write',
      body: GroupBody,
      replies: { 200: GroupView },
      handle: async ({ params, body, links, by }) =>
        filterRefusal(body) ?? shown(await groups.replace(params.envId, params.groupId, contentOf(body), by), links),
    }),
    defineRoute({
      ...common,
      id: 'group.delete',
      summary: 'Delete a group',
      method: 'DELETE',
      path: ITEM,
      permission: 'users:write',
      replies: { 204: null },
      async handle({ params, by }) {
        const deleted = await groups.delete(params.envId, params.groupId, by);
        return deleted.ok ? reply(204) : platformError(deleted.rejection);
      },
    }),
  ];
}
