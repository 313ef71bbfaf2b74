import type { Instant } from '../../kernel/clock.js';
import { nextTurn } from '../../kernel/turn.js';
import type { PageRequest, UserKeys, UserPageRequest, UserRecord } from '../../storage/directory-port.js';
import type { Reader } from '../../storage/port.js';
import type { GroupId } from '../groups/group.js';
import { derives, membership } from '../groups/members.js';
import { type KeyedPage, pageOf } from '../listing.js';
import type { EnvironmentId } from '../model.js';
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

type Source = Pick<Reader, 'load' | 'users' | 'usersByKeys' | 'memberIds' | 'derivingGroups'>;

/**
 * A page of the users that a search asks for. What the search names is looked up; otherwise users are read through in their order, and
 * a page may be shorter than asked for and still have a next (wire: `00` §3.4). Only what was counted on the way has a count.
 */
export async function searchUsers(
  store: Source,
  environmentId: EnvironmentId,
  search: UserSearch,
  request: PageRequest,
  now: Instant,
): Promise<KeyedPage<UserState>> {
  const { keys, within, groups = [], accepts } = await withoutDerivingScope(store, environmentId, search);
  const scope = within ? { within } : {};
  if (!accepts) return statesOf(await store.users(environmentId, { ...request, ...scope }), now);
  const isMember = await membership(store, environmentId, groups);
  const isWanted = (record: UserRecord): boolean => {
    const state = { ...record, now };
    return accepts(
      state,
      groups.filter((group) => isMember(group, state)),
    );
  };
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

/** Those who were added to a group can be listed; where others are in it too, everyone is looked at. */
async function withoutDerivingScope(
  store: Source,
  environmentId: EnvironmentId,
  search: UserSearch,
): Promise<UserSearch> {
  const { within, ...rest } = search;
  if (within?.kind !== 'group') return search;
  if (!(await derives(store, environmentId, within.id))) return search;
  return { groups: [within.id], accepts: (_, groups) => groups.length > 0, ...rest };
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
