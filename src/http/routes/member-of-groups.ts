import type { Static } from 'typebox';
import type { Outcome } from '../../kernel/outcome.js';
import type { HoldingGroup } from '../../platform/groups/group.js';
import type { Listing } from '../../platform/listing.js';
import type { PlatformRejection } from '../../platform/rejection.js';
import type { WireError } from '../errors.js';
import { collection } from '../hal/collection.js';
import { isGroupExpanded, type MembershipsQuery, membershipView } from '../hal/groups.js';
import type { Links } from '../hal/links.js';
import { platformError } from '../rejections/platform.js';
import { type Reply, reply } from '../route.js';

/** Groups of one user or of one group that a page has at most. */
export const MEMBERSHIPS_PAGE = 1_000;

/** Who is in groups, by its path. */
export type Member = Parameters<typeof membershipView>[1];

/** The group that a member is in, or why it is not told. */
export function shownMembership(
  outcome: Outcome<HoldingGroup, PlatformRejection>,
  member: Member,
  links: Links,
  { status = 200, expanded = false } = {},
): Reply | WireError {
  return outcome.ok
    ? reply(status, membershipView(outcome.value, member, expanded, links))
    : platformError(outcome.rejection);
}

/** A page of the groups that a member is in (wire: `00` §8.8). */
export function shownMemberships(
  listed: Outcome<Listing<HoldingGroup>, PlatformRejection>,
  member: Member,
  query: Static<typeof MembershipsQuery>,
  links: Links,
): Reply | WireError {
  if (!listed.ok) return platformError(listed.rejection);
  const items = listed.value.items.map((group) => membershipView(group, member, isGroupExpanded(query), links));
  const path = `${member.path}/memberOfGroups`;
  return reply(200, collection(links, path, query, 'groupMemberships', { ...listed.value, items }));
}
