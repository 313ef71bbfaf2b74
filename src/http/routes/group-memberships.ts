import { uuidOf } from '../../kernel/ids.js';
import type { Outcome } from '../../kernel/outcome.js';
import type { HoldingGroup } from '../../platform/groups/group.js';
import type { GroupService } from '../../platform/groups/groups.js';
import type { PlatformRejection } from '../../platform/rejection.js';
import type { WireError } from '../errors.js';
import { collection, collectionView, listRequest } from '../hal/collection.js';
import { isGroupExpanded, MembershipQuery, MembershipsQuery, MembershipView, membershipView } from '../hal/groups.js';
import type { Links } from '../hal/links.js';
import { platformError } from '../rejections/platform.js';
import { defineRoute, JSON_TYPE, type Reply, type Route, reply } from '../route.js';
import { ReferenceBody } from './user-request.js';

const COLLECTION = '/environments/:envId/users/:userId/memberOfGroups';
const ITEM = `${COLLECTION}/:groupId` as const;
const PAGE = 1_000;

/** Which groups a user is in (wire: `00` §8.8). */
export function groupMembershipsRoutes(groups: GroupService): Route[] {
  const common = { source: '00 §8.8', base: 'api' } as const;
  const userOf = ({ envId, userId }: { readonly envId: string; readonly userId: string }) =>
    ({ kind: 'user', path: `/environments/${envId}/users/${userId}` }) as const;
  const shown = (
    outcome: Outcome<HoldingGroup, PlatformRejection>,
    user: ReturnType<typeof userOf>,
    links: Links,
    { status = 200, expanded = false } = {},
  ): Reply | WireError =>
    outcome.ok ? reply(status, membershipView(outcome.value, user, expanded, links)) : platformError(outcome.rejection);
  return [
    defineRoute({
      ...common,
      id: 'memberOfGroups.list',
      summary: 'List a user’s groups',
      method: 'GET',
      path: COLLECTION,
      permission: 'users:read',
      query: MembershipsQuery,
      replies: { 200: collectionView('groupMemberships', MembershipView) },
      async handle({ params, query, links }) {
        const listed = await groups.ofUser(params.envId, params.userId, listRequest(query, PAGE));
        if (!listed.ok) return platformError(listed.rejection);
        const user = userOf(params);
        const items = listed.value.items.map((group) => membershipView(group, user, isGroupExpanded(query), links));
        return reply(
          200,
          collection(links, `${user.path}/memberOfGroups`, query, 'groupMemberships', { ...listed.value, items }),
        );
      },
    }),
    defineRoute({
      ...common,
      id: 'memberOfGroups.add',
      summary: 'Add a user to a group',
      method: 'POST',
      path: COLLECTION,
      accepts: JSON_TYPE,
      permission: 'users:write',
      body: ReferenceBody,
      replies: { 201: MembershipView },
      handle: async ({ params, body, links, by }) =>
        shown(await groups.join(params.envId, params.userId, uuidOf(body.id), by), userOf(params), links, {
          status: 201,
        }),
    }),
    defineRoute({
      ...common,
      id: 'memberOfGroups.read',
      summary: 'Read a user’s membership of a group',
      method: 'GET',
      path: ITEM,
      permission: 'users:read',
      query: MembershipQuery,
      replies: { 200: MembershipView },
      handle: async ({ params, query, links }) =>
        shown(await groups.membership(params.envId, params.userId, params.groupId), userOf(params), links, {
          expanded: isGroupExpanded(query),
        }),
    }),
    defineRoute({
      ...common,
      id: 'memberOfGroups.remove',
      summary: 'Remove a user from a group',
      method: 'DELETE',
      path: ITEM,
      permission: 'users:write',
      replies: { 204: null },
      errors: ['REQUEST_FAILED'],
      async handle({ params, by }) {
        const left = await groups.leave(params.envId, params.userId, params.groupId, by);
        return left.ok ? reply(204) : platformError(left.rejection);
      },
    }),
  ];
}
