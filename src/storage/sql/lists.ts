import type { Environment, EnvironmentId, UserId } from '../../platform/model.js';
import type { Page, PageRequest, UserRecord } from '../port.js';
import { StorageFault } from './fault.js';
import { integer, text } from './row.js';
import { call, type Result, type Row, type Script } from './statement.js';
import { countEnvironments, listEnvironments, toEnvironment } from './tables/environments.js';
import { toFactors } from './tables/factors.js';
import { countUsers, listUsers, toUser, USER_COLUMNS } from './tables/users.js';

/** A place in a list ordered by creation: `<created at>.<id>`. Opaque to everyone else. */
interface Key {
  readonly createdAt: number;
  readonly id: string;
}

const keyOf = ({ createdAt, id }: Key): string => `${createdAt}.${id}`;

/** Before the first when there is no key. */
function parseKey(after: string | undefined): Key {
  if (after === undefined) return { createdAt: -1, id: '' };
  const [, createdAt, id] = /^(\d{1,15})\.([0-9a-f-]{36})$/.exec(after) ?? [];
  if (createdAt === undefined || id === undefined) throw new StorageFault('a list key is not one that was given out');
  return { createdAt: Number(createdAt), id };
}

/** One row more than asked for tells whether there is a next page. */
function pageOf<T>(
  page: PageRequest,
  results: readonly Result[],
  decode: (row: Row) => T,
  key: (item: T) => Key,
): Page<T> {
  const [list, counted] = results;
  const items = (list?.rows ?? []).slice(0, page.limit).map(decode);
  const last = items.at(-1);
  const more = (list?.rows.length ?? 0) > page.limit;
  const count = integer(counted?.rows[0] ?? [], 0);
  return { items, count, ...(more && last !== undefined ? { next: keyOf(key(last)) } : {}) };
}

/** In the order of creation. */
export function* environmentsPage(page: PageRequest): Script<Page<Environment>> {
  const results = yield [
    call(listEnvironments, { ...parseKey(page.after), limit: page.limit + 1 }),
    call(countEnvironments, {}),
  ];
  return pageOf(
    page,
    results,
    (row) => toEnvironment(row, 0),
    (environment) => environment,
  );
}

/** In the order of creation. */
export function* usersPage(environment: EnvironmentId, page: PageRequest): Script<Page<UserRecord>> {
  const results = yield [
    call(listUsers, { environment, ...parseKey(page.after), limit: page.limit + 1 }),
    call(countUsers, { environment }),
  ];
  return pageOf(
    page,
    results,
    (row) => {
      const id = text(row, 0) as UserId;
      return {
        user: toUser(environment, id, row, 1),
        factors: toFactors(environment, id, row, 1 + USER_COLUMNS.length),
      };
    },
    ({ user }) => user,
  );
}
