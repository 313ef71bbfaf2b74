import type { Instant } from '../../kernel/clock.js';
import { nextTurn } from '../../kernel/turn.js';
import type { PageRequest } from '../../storage/directory-port.js';
import type { Reader, Snapshot } from '../../storage/port.js';
import { allOf, creationKey, type KeyedPage, pageOf } from '../listing.js';
import type { EnvironmentId, UserId } from '../model.js';
import type { UserState } from '../rules.js';
import { parseGroupFilter } from '../users/user-filter.js';
import type { Group, GroupId, HoldingGroup, JoinedGroup } from './group.js';

/** What membership is told from. An environment without filters and nesting is asked for one page with nothing on it. */
export type MemberSource = Pick<Reader, 'load' | 'derivingGroups' | 'groupsOfUser'>;

/** Groups by their ids, in the order of their creation. */
type Groups<T extends Group = Group> = ReadonlyMap<GroupId, T>;

const byId = <T extends Group>(groups: readonly T[]): Groups<T> => new Map(groups.map((group) => [group.id, group]));

/** Those with a filter, and those nested in others. */
async function derivingGroups(store: Pick<Reader, 'derivingGroups'>, environmentId: EnvironmentId): Promise<Groups> {
  return byId(await allOf((page) => store.derivingGroups(environmentId, page)));
}

/** Whether a group has a user because its filter asks for the user: one of its population, if it has one (wire: `00` §8.8). */
function asksFor({ userFilter, populationId }: Group): (state: UserState) => boolean {
  const parsed = userFilter === undefined ? undefined : parseGroupFilter(userFilter);
  // A filter that this server would not take asks for nobody.
  if (!parsed?.ok) return () => false;
  const { value: isAskedFor } = parsed;
  return (state) => (populationId === undefined || state.user.populationId === populationId) && isAskedFor(state);
}

/** Everything that is reached from these, themselves too; groups may be in each other. */
function reached(from: Iterable<GroupId>, next: (id: GroupId) => readonly GroupId[]): ReadonlySet<GroupId> {
  const all = new Set(from);
  // A set goes on to what is added to it on the way.
  for (const id of all) for (const further of next(id)) all.add(further);
  return all;
}

/** Those that are there: one that is gone is still named by those that were in it. */
async function present(
  store: Pick<Reader, 'load'>,
  environmentId: EnvironmentId,
  known: Groups,
  ids: Iterable<GroupId>,
): Promise<readonly Group[]> {
  const groups: Group[] = [];
  for (const id of ids) {
    const group = known.get(id) ?? (await store.load({ environmentId, directory: { group: id } })).directory?.group;
    if (group) groups.push(group);
  }
  return groups;
}

/** The groups that a user was added to, and those that the user is in without; `undefined`: nobody is in any without. */
async function groupsBy(
  store: MemberSource,
  state: UserState,
): Promise<{ readonly added: Groups<JoinedGroup>; readonly derived: readonly Group[] } | undefined> {
  const { environmentId, id } = state.user;
  const deriving = await derivingGroups(store, environmentId);
  if (deriving.size === 0) return undefined;
  const added = byId(await allOf((page) => store.groupsOfUser(environmentId, id, page)));
  const asking: GroupId[] = [];
  for (const group of deriving.values()) {
    if (group.userFilter === undefined) continue;
    // A filter may be long, and there may be many: everybody else has a turn after each.
    await nextTurn();
    if (asksFor(group)(state)) asking.push(group.id);
  }
  const all = reached([...added.keys(), ...asking], (group) => deriving.get(group)?.memberOf ?? []);
  const others = [...all].filter((group) => !added.has(group));
  return { added, derived: await present(store, environmentId, deriving, others) };
}

/** Ids of the groups that the user who was loaded is in without having been added; nobody loaded, none. */
export async function derivedIds(store: MemberSource, { user, factors, now }: Snapshot): Promise<readonly GroupId[]> {
  const found = user && factors && (await groupsBy(store, { user, factors, now }));
  return found ? found.derived.map(({ id }) => id) : [];
}

/**
 * A page of the groups that a user is in: in the order of joining, where whoever was not added has joined once both were there. The same
 * keys serve with and without such groups.
 */
export async function groupsOfUser(
  store: MemberSource,
  state: UserState,
  request: PageRequest,
): Promise<KeyedPage<HoldingGroup>> {
  const { id: userId, environmentId, createdAt } = state.user;
  const found = await groupsBy(store, state);
  if (!found) {
    const page = await store.groupsOfUser(environmentId, userId, request);
    return { ...page, items: page.items.map((group) => ({ group, type: 'DIRECT' })) };
  }
  const joined: (HoldingGroup & { readonly joinedAt: Instant })[] = [];
  for (const group of found.added.values()) joined.push({ group, type: 'DIRECT', joinedAt: group.joinedAt });
  for (const group of found.derived)
    joined.push({ group, type: 'INDIRECT', joinedAt: Math.max(createdAt, group.createdAt) });
  return pageOf(joined, request, ({ group: { id }, joinedAt }) => creationKey({ id, createdAt: joinedAt }));
}

/** The groups that a group is in: nested there, or in one that is. */
export async function groupsHolding(
  store: Pick<Reader, 'load' | 'derivingGroups'>,
  { id, environmentId, memberOf = [] }: Group,
): Promise<readonly HoldingGroup[]> {
  if (memberOf.length === 0) return [];
  const deriving = await derivingGroups(store, environmentId);
  const all = reached(memberOf, (group) => deriving.get(group)?.memberOf ?? []);
  const others = [...all].filter((group) => group !== id);
  return (await present(store, environmentId, deriving, others)).map((group) => ({
    group,
    type: memberOf.includes(group.id) ? 'DIRECT' : 'INDIRECT',
  }));
}

/** Whether a group has members who were not added to it. */
export async function derives(
  store: Pick<Reader, 'derivingGroups'>,
  environmentId: EnvironmentId,
  group: GroupId,
): Promise<boolean> {
  const deriving = [...(await derivingGroups(store, environmentId)).values()];
  return deriving.some(({ id, userFilter, memberOf }) => (id === group && userFilter) || memberOf?.includes(group));
}

/** Whether a user is in one of these groups, as it is now. */
export async function membership(
  store: Pick<Reader, 'load' | 'derivingGroups' | 'memberIds'>,
  environmentId: EnvironmentId,
  groups: readonly GroupId[],
): Promise<(group: GroupId, state: UserState) => boolean> {
  const deriving = groups.length === 0 ? byId([]) : await derivingGroups(store, environmentId);
  const nested = new Map<GroupId, GroupId[]>();
  for (const { id, memberOf = [] } of deriving.values())
    for (const holder of memberOf) nested.set(holder, [...(nested.get(holder) ?? []), id]);
  const asking = new Map<GroupId, (state: UserState) => boolean>();
  const added = new Map<GroupId, ReadonlySet<UserId>>();
  const sources = new Map<GroupId, readonly GroupId[]>();
  for (const { id } of await present(store, environmentId, deriving, groups)) {
    const from = [...reached([id], (holder) => nested.get(holder) ?? [])];
    sources.set(id, from);
    for (const source of from) {
      if (added.has(source)) continue;
      added.set(source, await addedTo(store, environmentId, source));
      const group = deriving.get(source);
      if (group?.userFilter !== undefined) asking.set(source, asksFor(group));
    }
  }
  return (group, state) =>
    sources.get(group)?.some((id) => added.get(id)?.has(state.user.id) || asking.get(id)?.(state)) === true;
}

/** Ids read at once. */
const BATCH = 5_000;

async function addedTo(
  store: Pick<Reader, 'memberIds'>,
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
