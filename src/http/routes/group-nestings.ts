import { uuidOf } from '../../kernel/ids.js';
import type { GroupService } from '../../platform/groups/groups.js';
import { collectionView, listRequest } from '../hal/collection.js';
import { isGroupExpanded, MembershipQuery, MembershipsQuery, MembershipView } from '../hal/groups.js';
import { platformError } from '../rejections/platform.js';
import { defineRoute, done, JSON_TYPE, type Route } from '../route.js';
import { MEMBERSHIPS_PAGE, shownMembership, shownMemberships } from './member-of-groups.js';
import { ReferenceBody } from './user-request.js';

const COLLECTION = '/environments/:envId/groups/:groupId/memberOfGroups';
const ITEM = `${COLLECTION}/:holderId` as const;

/** Which groups a group is in: the group of the path, in the one of the body (wire: `00` §8.8; the vendor's clients). */
export function groupNestingsRoutes(groups: GroupService): Route[] {
  const common = { source: '00 §8.8', base: 'api' } as const;
  const memberOf = ({ envId, groupId }: { readonly envId: string; readonly groupId: string }) =>
    ({ kind: 'group', path: `/environments/${envId}/groups/${groupId}` }) as const;
  return [
    defineRoute({
      ...common,
      id: 'group.memberOfGroups',
      summary: 'List the groups that a group is in',
      method: 'GET',
      path: COLLECTION,
      permission: 'users:read',
      query: MembershipsQuery,
      replies: { 200: collectionView('groupMemberships', MembershipView) },
      handle: async ({ params, query, links }) =>
        shownMemberships(
          await groups.holding(params.envId, params.groupId, listRequest(query, MEMBERSHIPS_PAGE)),
          memberOf(params),
          query,
          links,
        ),
    }),
    defineRoute({
      ...common,
      id: 'group.memberOfGroups.create',
      summary: 'Nest a group in another',
      method: 'POST',
      path: COLLECTION,
      accepts: JSON_TYPE,
      permission: 'users:write',
      body: ReferenceBody,
      replies: { 201: MembershipView },
      errors: ['REQUEST_FAILED'],
      handle: async ({ params, body, links, by }) =>
        shownMembership(await groups.nest(params.envId, params.groupId, uuidOf(body.id), by), memberOf(params), links, {
          status: 201,
        }),
    }),
    defineRoute({
      ...common,
      id: 'group.memberOfGroups.read',
      summary: 'Read that a group is in another',
      method: 'GET',
      path: ITEM,
      permission: 'users:read',
      query: MembershipQuery,
      replies: { 200: MembershipView },
      handle: async ({ params, query, links }) =>
        shownMembership(await groups.nesting(params.envId, params.groupId, params.holderId), memberOf(params), links, {
          expanded: isGroupExpanded(query),
        }),
    }),
    defineRoute({
      ...common,
      id: 'group.memberOfGroups.delete',
      summary: 'Take a group out of another',
      method: 'DELETE',
      path: ITEM,
      permission: 'users:write',
      replies: { 204: null },
      errors: ['REQUEST_FAILED'],
      handle: async ({ params, by }) =>
        done(await groups.unnest(params.envId, params.groupId, params.holderId, by), platformError),
    }),
  ];
}
