import type { Instant } from '../../kernel/clock.js';
import { nextTurn } from '../../kernel/turn.js';
import type {
  DirectoryReader,
  PageRequest,
  UserKeys,
  UserPageRequest,
  UserRecord,
} from '../../storage/directory-port.js';
import type { GroupId } from '../groups/group.js';
import { type KeyedPage, pageOf } from '../listing.js';
import type { EnvironmentId, UserId } from '../model.js';
import type { UserState } from '../rules.js';

/** Who is asked for. Without anything: everyone. */
export interface UserSearch {
  /** Nobody without one of these can be among them. */
  readonly keys?: UserKeys;
  /** Nobody outside can be among them. */
  readonly within?: NonNullable<UserPageRequest['within']>;
  /** Groups that `accepts` asks about. */
  readonly groups?: readonly GroupId[];
  /** Whether this user, who is in these of the groups, is one of them. Absent: all that the rest admits. */
  readonly accepts?: (state: UserState, groups: readonly GroupId[]) => boolean;
}

/** Users read at once: some milliseconds, after which everybody else has a turn. */
const BATCH = 500;
/** Users read for one page at most; a search that has found too few by then says where it goes on. */
const MOST_READ = 20_000;
/** Members of a group read at once. */
const MEMBERS = 5_000;

type Source = Pick<DirectoryReader, 'users' | 'usersByKeys' | 'memberIds'>;

/**
 * A page of the users that a search asks for. What the search names is looked up; otherwise users are read through in their order, and
 * a page may be shorter than asked for and still have a next (wire: `00` §3.4). Only what was counted on the way has a count.
 */
export async function searchUsers(
  store: Source,
  environmentId: EnvironmentId,
  { keys, within, groups = [], accepts }: UserSearch,
  request: PageRequest,
  now: Instant,
): Promise<KeyedPage<UserState>> {
  const scope = within ? { within } : {};
  if (!accepts) return statesOf(await store.users(environmentId, { ...request, ...scope }), now);
  const isMember = await memberships(store, environmentId, groups);
  const isWanted = (record: UserRecord): boolean =>
    accepts(
      { ...record, now },
      groups.filter((group) => isMember(group, record.user.id)),
    );
  const named = keys && (await lookUp(store, environmentId, keys));
  if (named)
    return statesOf(
      pageOf(named.filter(isWanted), request, ({ place }) => place),
      now,
    );
  const read = (place: Pick<PageRequest, 'after' | 'before'>) =>
    store.users(environmentId, { limit: BATCH, uncounted: true, ...place, ...scope });
  return statesOf(await readThrough(read, isWanted, request), now);
}

async function lookUp(
  store: Source,
  environmentId: EnvironmentId,
  keys: UserKeys,
): Promise<readonly UserRecord[] | undefined> {
  const { ids, usernames, emails } = keys;
  return ids.length + usernames.length + emails.length === 0 ? [] : store.usersByKeys(environmentId, keys);
}

/** Whether a user is in one of these groups, as it is now. */
async function memberships(
  store: Source,
  environmentId: EnvironmentId,
  groups: readonly GroupId[],
): Promise<(group: GroupId, user: UserId) => boolean> {
  const members = new Map<GroupId, ReadonlySet<UserId>>();
  for (const group of groups) {
    const ids = new Set<UserId>();
    for (let after: string | undefined = ''; after !== undefined; ) {
      const some: readonly UserId[] = await store.memberIds(environmentId, group, after, MEMBERS);
      for (const id of some) ids.add(id);
      after = some.length === MEMBERS ? some.at(-1) : undefined;
      await nextTurn();
    }
    members.set(group, ids);
  }
  return (group, user) => members.get(group)?.has(user) ?? false;
}

/** The page that a list, read in batches from the request's place on, has of those that are wanted. */
async function readThrough(
  read: (place: Pick<PageRequest, 'after' | 'before'>) => Promise<KeyedPage<UserRecord>>,
  isWanted: (record: UserRecord) => boolean,
  { limit, after, before }: PageRequest,
): Promise<KeyedPage<UserRecord>> {
  const isBack = before !== undefined;
  const found: UserRecord[] = [];
  let place = before ?? after;
  /** Set once the search ends before the list does: where it goes on. */
  let goesOn: string | undefined;
  for (let looked = 0; ; ) {
    const batch = await read(place === undefined ? {} : isBack ? { before: place } : { after: place });
    const records = isBack ? [...batch.items].reverse() : batch.items;
    // One more than asked for tells whether there is another page.
    for (const record of records) if (found.length <= limit && isWanted(record)) found.push(record);
    looked += records.length;
    place = isBack ? batch.previous : batch.next;
    if (found.length > limit) goesOn = found[limit - 1]?.place;
    else if (looked >= MOST_READ) goesOn = place;
    if (place === undefined || goesOn !== undefined || found.length > limit) break;
    await nextTurn();
  }
  const items = found.slice(0, limit);
  if (isBack) items.reverse();
  const [first, last] = [items[0]?.place, items.at(-1)?.place];
  const [next, previous] = isBack ? [last, goesOn] : [goesOn, after === undefined ? undefined : first];
  const isAll = !isBack && after === undefined && goesOn === undefined;
  return {
    items,
    ...(isAll ? { count: items.length } : {}),
    ...(next === undefined ? {} : { next }),
    ...(previous === undefined ? {} : { previous }),
  };
}

function statesOf({ items, ...page }: KeyedPage<UserRecord>, now: Instant): KeyedPage<UserState> {
  return { ...page, items: items.map(({ user, factors }) => ({ user, factors, now })) };
}
