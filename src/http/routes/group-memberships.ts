import { uuidOf } from '../../kernel/ids.js';
import type { GroupService } from '../../platform/groups/groups.js';
import { collectionView, listRequest } from '../hal/collection.js';
import { isGroupExpanded, MembershipQuery, MembershipsQuery, MembershipView } from '../hal/groups.js';
import { platformError } from '../rejections/platform.js';
import { defineRoute, done, JSON_TYPE, type Route } from '../route.js';
import { MEMBERSHIPS_PAGE, shownMembership, shownMemberships } from './member-of-groups.js';
import { ReferenceBody } from './user-request.js';

const COLLECTION = '/environments/:envId/users/:userId/memberOfGroups';
const ITEM = `${COLLECTION}/:groupId` as const;

/** Which groups a user is in (wire: `00` §8.8). */
export function groupMembershipsRoutes(groups: GroupService): Route[] {
  const common = { source: '00 §8.8', base: 'api' } as const;
  const userOf = ({ envId, userId }: { readonly envId: string; readonly userId: string }) =>
    ({ kind: 'user', path: `/environments/${envId}/users/${userId}` }) as const;
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
      handle: async ({ params, query, links }) =>
        shownMemberships(
          await groups.ofUser(params.envId, params.userId, listRequest(query, MEMBERSHIPS_PAGE)),
          userOf(params),
          query,
          links,
        ),
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
        shownMembership(await groups.join(params.envId, params.userId, uuidOf(body.id), by), userOf(params), links, {
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
        shownMembership(await groups.membership(params.envId, params.userId, params.groupId), userOf(params), links, {
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
      handle: async ({ params, by }) =>
        done(await groups.leave(params.envId, params.userId, params.groupId, by), platformError),
    }),
  ];
}
