import type { Instant } from '../../kernel/clock.js';
import { nextTurn } from '../../kernel/turn.js';
import type { DirectoryReader, PageRequest } from '../../storage/directory-port.js';
import type { Snapshot } from '../../storage/port.js';
import { allOf, creationKey, type KeyedPage, pageOf } from '../listing.js';
import type { EnvironmentId, UserId } from '../model.js';
import type { UserState } from '../rules.js';
import { parseGroupFilter } from '../users/user-filter.js';
import type { Group, GroupId, UserGroup } from './group.js';

type Source = Pick<DirectoryReader, 'derivingGroups'>;

/** Whether a group has a user because its filter asks for the user: one of its population, if it has one (wire: `00` §8.8). */
export function asksFor({ userFilter, populationId }: Group): (state: UserState) => boolean {
  const parsed = userFilter === undefined ? undefined : parseGroupFilter(userFilter);
  // A filter that this server would not take asks for nobody.
  if (!parsed?.ok) return () => false;
  const { value: isAskedFor } = parsed;
  return (state) => (populationId === undefined || state.user.populationId === populationId) && isAskedFor(state);
}

/** The groups of an environment that have members who were not added to them. */
export function derivingGroups(store: Source, environmentId: EnvironmentId): Promise<readonly Group[]> {
  return allOf((page) => store.derivingGroups(environmentId, page));
}

/** The groups that a user is in by what the user is, whether added to them or not, by their creation. */
export async function derivedGroups(store: Source, state: UserState): Promise<readonly Group[]> {
  const groups = await derivingGroups(store, state.user.environmentId);
  return groups.filter((group) => asksFor(group)(state));
}

/** Ids of those of the user that was loaded; nobody loaded, none. */
export async function derivedIds(store: Source, { user, factors, now }: Snapshot): Promise<readonly GroupId[]> {
  if (!user || !factors) return [];
  return (await derivedGroups(store, { user, factors, now })).map(({ id }) => id);
}

/**
 * A page of the groups that a user is in: in the order of joining, where whoever was not added has joined once both were there. The same
 * keys serve with and without such groups.
 */
export async function groupsOfUser(
  store: Source & Pick<DirectoryReader, 'groupsOfUser'>,
  state: UserState,
  request: PageRequest,
): Promise<KeyedPage<UserGroup>> {
  const { id: userId, environmentId, createdAt } = state.user;
  const read = (page: PageRequest) => store.groupsOfUser(environmentId, userId, page);
  const derived = await derivedGroups(store, state);
  if (derived.length === 0) {
    const page = await read(request);
    return { ...page, items: page.items.map((group) => ({ group, type: 'DIRECT' })) };
  }
  const joined = new Map<GroupId, UserGroup & { readonly joinedAt: Instant }>();
  for (const group of derived)
    joined.set(group.id, { group, type: 'INDIRECT', joinedAt: Math.max(createdAt, group.createdAt) });
  for (const group of await allOf(read)) joined.set(group.id, { group, type: 'DIRECT', joinedAt: group.joinedAt });
  return pageOf([...joined.values()], request, ({ group: { id }, joinedAt }) =>
    creationKey({ id, createdAt: joinedAt }),
  );
}

/** Whether a user is in one of these groups, as it is now: added to it, or asked for by its filter. */
export async function membership(
  store: Source & Pick<DirectoryReader, 'memberIds'>,
  environmentId: EnvironmentId,
  groups: readonly GroupId[],
): Promise<(group: GroupId, state: UserState) => boolean> {
  const deriving = groups.length === 0 ? [] : await derivingGroups(store, environmentId);
  const asking = new Map(deriving.map((group) => [group.id, asksFor(group)]));
  const added = new Map<GroupId, ReadonlySet<UserId>>();
  for (const group of groups) added.set(group, await addedTo(store, environmentId, group));
  return (group, state) => added.get(group)?.has(state.user.id) === true || asking.get(group)?.(state) === true;
}

/** Ids read at once. */
const BATCH = 5_000;

async function addedTo(
  store: Pick<DirectoryReader, 'memberIds'>,
  environmentId: EnvironmentId,
  group: GroupId,
): Promise<ReadonlySet<UserId>> {
  const ids = new Set<UserId>();
  for (let after: string | undefined = ''; after !== undefined; await nextTurn()) {
    const some: readonly UserId[] = await store.memberIds(environmentId, group, after, BATCH);
    for (const id of some) ids.add(id);
    after = some.length === BATCH ? some.at(-1) : undefined;
  }
  return ids;
}
