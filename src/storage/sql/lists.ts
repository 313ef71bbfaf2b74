import type { OathToken } from '../../devices/oath/token.js';
import { caseless } from '../../kernel/caseless.js';
import type { Uuid } from '../../kernel/ids.js';
import type { Group, JoinedGroup } from '../../platform/groups/group.js';
import { creationKey } from '../../platform/listing.js';
import type { Environment, EnvironmentId, UserId } from '../../platform/model.js';
import type { Page, PageRequest, UserKeys, UserPageRequest, UserRecord } from '../directory-port.js';
import { StorageFault } from './fault.js';
import { integer, text } from './row.js';
import { ask, type Call, call, type Result, type Row, type Script, type Statement, type Value } from './statement.js';
import { countEnvironments, listEnvironments, toEnvironment } from './tables/environments.js';
import { toFactors } from './tables/factors.js';
import {
  countGroups,
  countGroupsOfUser,
  listDerivingGroups,
  listGroups,
  listGroupsBackwards,
  listGroupsOfUser,
  listGroupsOfUserBackwards,
  listMemberIds,
  toGroup,
  toJoinedGroup,
} from './tables/groups.js';
import { countOathTokens, listOathTokens, listOathTokensBackwards, toOathToken } from './tables/oath-tokens.js';
import {
  emailKey,
  findUserById,
  findUserByName,
  findUsersByEmail,
  toUser,
  USER_COLUMNS,
  USER_LISTS,
  usernameKey,
} from './tables/users.js';

/** A place in a list ordered by creation: `<created at>.<id>`. Others may compare it and nothing else. */
interface Key {
  readonly createdAt: number;
  readonly id: string;
}

function parseKey(key: string): Key {
  const [, createdAt, id] = /^(\d{1,15})\.([0-9a-f-]{36})$/.exec(key) ?? [];
  if (createdAt === undefined || id === undefined) throw new StorageFault('a list key is not one that was given out');
  return { createdAt: Number(createdAt), id };
}

const START: Key = { createdAt: -1, id: '' };

/** The statement that reads a page, with one row more than asked for: it tells whether there is another page behind. */
function listCall(
  { limit, after, before }: PageRequest,
  lists: { readonly forwards: Statement; readonly backwards: Statement },
  of: Readonly<Record<string, Value>>,
): Call {
  const place = before === undefined ? (after === undefined ? START : parseKey(after)) : parseKey(before);
  return call(before === undefined ? lists.forwards : lists.backwards, { ...of, ...place, limit: limit + 1 });
}

/** The page in the list's own order, whichever way it was read. */
function pageOf<T>(
  request: PageRequest,
  results: readonly Result[],
  decode: (row: Row) => T,
  key: (row: Row, item: T) => Key,
): Page<T> {
  const [list, counted] = results;
  const { limit, after, before } = request;
  const all = list?.rows ?? [];
  const rows = all.slice(0, limit);
  if (before !== undefined) rows.reverse();
  const items = rows.map(decode);
  const more = all.length > limit;
  const [firstRow, lastRow, first, last] = [rows[0], rows.at(-1), items[0], items.at(-1)];
  // Whoever came from somewhere can go back there.
  const hasNext = before === undefined ? more : true;
  const hasPrevious = before === undefined ? after !== undefined : more;
  return {
    items,
    ...(counted ? { count: integer(counted.rows[0] ?? [], 0) } : {}),
    ...(hasNext && lastRow && last !== undefined ? { next: creationKey(key(lastRow, last)) } : {}),
    ...(hasPrevious && firstRow && first !== undefined ? { previous: creationKey(key(firstRow, first)) } : {}),
  };
}

/** In the order of creation. */
export function* environmentsPage(request: Omit<PageRequest, 'before'>): Script<Page<Environment>> {
  const lists = { forwards: listEnvironments, backwards: listEnvironments };
  const results = yield [listCall(request, lists, {}), call(countEnvironments, {})];
  return pageOf(
    request,
    results,
    (row) => toEnvironment(row, 0),
    (_, environment) => environment,
  );
}

/** In the order of creation. */
export function* oathTokensPage(environment: EnvironmentId, request: PageRequest): Script<Page<OathToken>> {
  const lists = { forwards: listOathTokens, backwards: listOathTokensBackwards };
  const results = yield [listCall(request, lists, { environment }), call(countOathTokens, { environment })];
  return pageOf(
    request,
    results,
    (row) => toOathToken(environment, row),
    (_, token) => token,
  );
}

/** In the order of the users' creation. */
export function* usersPage(environment: EnvironmentId, request: UserPageRequest): Script<Page<UserRecord>> {
  const { within, uncounted } = request;
  const lists = USER_LISTS[within?.kind ?? 'all'];
  const of = { environment, scope: within?.id ?? '' };
  const results = yield [listCall(request, lists, of), ...(uncounted ? [] : [call(lists.count, of)])];
  return pageOf(
    request,
    results,
    (row) => toRecord(environment, row),
    (_, { user }) => user,
  );
}

function toRecord(environment: EnvironmentId, row: Row): UserRecord {
  // Ids are stored as they were parsed.
  const id = text(row, 0) as UserId;
  const user = toUser(environment, id, row, 1);
  return { user, factors: toFactors(environment, id, row, 1 + USER_COLUMNS.length), place: creationKey(user) };
}

/** How many users of one address are looked up. */
const SAME_EMAIL = 200;

/** Everyone who has one of these keys, in the order of creation; `undefined`: too many share an address. */
export function* usersByKeys(
  environment: EnvironmentId,
  { ids, usernames, emails }: UserKeys,
): Script<readonly UserRecord[] | undefined> {
  const byEmail = [...new Set(emails.map(emailKey))];
  const results = yield [
    ...byEmail.map((key) => call(findUsersByEmail, { environment, emailKey: key, limit: SAME_EMAIL + 1 })),
    ...[...new Set(ids)].map((id) => call(findUserById, { environment, id })),
    ...[...new Set(usernames.map(caseless))].map((name) =>
      call(findUserByName, { environment, usernameKey: usernameKey(name) }),
    ),
  ];
  if (results.slice(0, byEmail.length).some(({ rows }) => rows.length > SAME_EMAIL)) return undefined;
  const records = new Map<string, UserRecord>();
  for (const { rows } of results) for (const row of rows) records.set(text(row, 0), toRecord(environment, row));
  return [...records.values()].sort(({ user: a }, { user: b }) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
}

/** How many users each of these populations has. */
export function* usersOfPopulations(
  environment: EnvironmentId,
  populations: readonly Uuid[],
): Script<ReadonlyMap<Uuid, number>> {
  const results = yield populations.map((scope) => call(USER_LISTS.population.count, { environment, scope }));
  return new Map(populations.map((population, at) => [population, integer(results[at]?.rows[0] ?? [], 0)]));
}

/** In the order of the groups' creation. */
export function* groupsPage(environment: EnvironmentId, request: PageRequest): Script<Page<Group>> {
  const lists = { forwards: listGroups, backwards: listGroupsBackwards };
  const results = yield [listCall(request, lists, { environment }), call(countGroups, { environment })];
  return pageOf(
    request,
    results,
    (row) => toGroup(environment, row),
    (_, group) => group,
  );
}

/** In the order in which the user came into them. */
export function* groupsOfUserPage(
  environment: EnvironmentId,
  user: UserId,
  request: PageRequest,
): Script<Page<JoinedGroup>> {
  const lists = { forwards: listGroupsOfUser, backwards: listGroupsOfUserBackwards };
  const of = { environment, user };
  const results = yield [listCall(request, lists, of), call(countGroupsOfUser, of)];
  return pageOf(
    request,
    results,
    (row) => toJoinedGroup(environment, row),
    (_, { joinedAt, id }) => ({ createdAt: joinedAt, id }),
  );
}

/** In the order of their creation, uncounted. */
export function* derivingGroupsPage(
  environment: EnvironmentId,
  request: Omit<PageRequest, 'before'>,
): Script<Page<Group>> {
  const lists = { forwards: listDerivingGroups, backwards: listDerivingGroups };
  const results = yield [listCall(request, lists, { environment })];
  return pageOf(
    request,
    results,
    (row) => toGroup(environment, row),
    (_, group) => group,
  );
}

/** Ids of a group's users behind one of them, in the order of ids. */
export function* memberIds(
  environment: EnvironmentId,
  group: Uuid,
  after: string,
  limit: number,
): Script<readonly UserId[]> {
  const { rows } = yield* ask(listMemberIds, { environment, group, after, limit });
  // As above.
  return rows.map((row) => text(row, 0) as UserId);
}
