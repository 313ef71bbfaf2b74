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

const COLLECTION = '/environments/:envId/groups/:groupId/memberOfGroups';
const ITEM = `${COLLECTION}/:holderId` as const;
const PAGE = 1_000;

/** Which groups a group is in: the group of the path, in the one of the body (wire: `00` §8.8; the vendor's clients). */
export function groupNestingsRoutes(groups: GroupService): Route[] {
  const common = { source: '00 §8.8', base: 'api' } as const;
  const memberOf = ({ envId, groupId }: { readonly envId: string; readonly groupId: string }) =>
    ({ kind: 'group', path: `/environments/${envId}/groups/${groupId}` }) as const;
  const shown = (
    outcome: Outcome<HoldingGroup, PlatformRejection>,
    member: ReturnType<typeof memberOf>,
    links: Links,
    { status = 200, expanded = false } = {},
  ): Reply | WireError =>
    outcome.ok
      ? reply(status, membershipView(outcome.value, member, expanded, links))
      : platformError(outcome.rejection);
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
      async handle({ params, query, links }) {
        const listed = await groups.holding(params.envId, params.groupId, listRequest(query, PAGE));
        if (!listed.ok) return platformError(listed.rejection);
        const member = memberOf(params);
        const items = listed.value.items.map((group) => membershipView(group, member, isGroupExpanded(query), links));
        const path = `${member.path}/memberOfGroups`;
        return reply(200, collection(links, path, query, 'groupMemberships', { ...listed.value, items }));
      },
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
        shown(await groups.nest(params.envId, params.groupId, uuidOf(body.id), by), memberOf(params), links, {
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
        shown(await groups.nesting(params.envId, params.groupId, params.holderId), memberOf(params), links, {
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
      async handle({ params, by }) {
        const left = await groups.unnest(params.envId, params.groupId, params.holderId, by);
        return left.ok ? reply(204) : platformError(left.rejection);
      },
    }),
  ];
}
