import { type Digests, equalDigests } from '../kernel/keys.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import { nextTurn } from '../kernel/turn.js';
import type { PageRequest } from '../storage/port.js';

/** What a list is asked for. */
export interface ListRequest {
  readonly limit: number;
  /** As an earlier page gave it. */
  readonly cursor?: string;
  /** As it was sent; a cursor is good for the list with the same filter only. */
  readonly filter?: string;
}

/** A page of a list. */
export interface Listing<T> {
  readonly items: readonly T[];
  /** All that match; absent where to count them would be to read everything (`00` §3.4). */
  readonly count?: number;
  /** Where the next page begins; absent on the last. */
  readonly next?: string;
  /** Where the page before ends; absent on the first. */
  readonly previous?: string;
}

/** Opaque, URL-safe places in a list, signed over where they belong (SEC-54; `00` §3.4). */
export interface Cursors {
  write(binding: readonly string[], key: string): string;
  /** The key, unless the cursor was made elsewhere, for another list, or altered. */
  read(binding: readonly string[], cursor: string): string | undefined;
}

const FORM = /^([A-Za-z0-9_-]{1,1024})\.([A-Za-z0-9_-]{43})$/;

export function createCursors(digests: Pick<Digests, 'cursor'>): Cursors {
  return {
    write: (binding, key) => `${Buffer.from(key).toString('base64url')}.${digests.cursor([...binding, key])}`,
    read(binding, cursor) {
      const [, encoded = '', signature = ''] = FORM.exec(cursor) ?? [];
      const key = Buffer.from(encoded, 'base64url').toString('utf8');
      return encoded !== '' && equalDigests(signature, digests.cursor([...binding, key])) ? key : undefined;
    },
  };
}

/**
 * The key of something that is listed by creation: it keeps its place whatever is added or deleted around it. Padded, so that keys
 * compare as texts in the order of the list.
 */
export function creationKey({ createdAt, id }: { readonly createdAt: number; readonly id: string }): string {
  return `${String(createdAt).padStart(15, '0')}.${id}`;
}

/** A page as its source gives it: with the keys of its ends in the place of cursors. */
export interface KeyedPage<T> {
  readonly items: readonly T[];
  readonly count?: number;
  /** Of the last item, when others follow. */
  readonly next?: string;
  /** Of the first item, when others precede. */
  readonly previous?: string;
}

/** What stands before a cursor's key: the way that its page goes from there. */
const ONWARDS = '>';
const BACK = '<';

/** Opens the cursor of a request, takes the page, makes the cursors of its ends: the same for every list. `binding` says which list it is. */
export async function listPage<T>(
  cursors: Cursors,
  binding: readonly string[],
  { limit, cursor, filter = '' }: ListRequest,
  page: (request: PageRequest) => Promise<KeyedPage<T>>,
): Promise<Outcome<Listing<T>, { readonly kind: 'CursorInvalid' }>> {
  const place = [...binding, filter];
  const key = cursor === undefined ? undefined : cursors.read(place, cursor);
  if (cursor !== undefined && key === undefined) return reject({ kind: 'CursorInvalid' });
  const { next, previous, ...rest } = await page({ limit, ...placeOf(key) });
  return accept({
    ...rest,
    ...(next === undefined ? {} : { next: cursors.write(place, ONWARDS + next) }),
    ...(previous === undefined ? {} : { previous: cursors.write(place, BACK + previous) }),
  });
}

function placeOf(key: string | undefined): Pick<PageRequest, 'after' | 'before'> {
  if (key === undefined) return {};
  return key.startsWith(BACK) ? { before: key.slice(BACK.length) } : { after: key.slice(ONWARDS.length) };
}

/** Items read at once. */
const BATCH = 1_000;

/** All of a list, in batches: everybody else has a turn between them. */
export async function allOf<T>(
  read: (request: Omit<PageRequest, 'before'>) => Promise<KeyedPage<T>>,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (let after: string | undefined; ; await nextTurn()) {
    const { items, next } = await read({ limit: BATCH, ...(after === undefined ? {} : { after }) });
    all.push(...items);
    if (next === undefined) return all;
    after = next;
  }
}

/** A page of a list that is in memory as a whole, in the order of its keys. */
export function pageOf<T>(
  items: readonly T[],
  { limit, after, before }: PageRequest,
  keyOf: (item: T) => string,
): KeyedPage<T> {
  const keyed = items.map((item) => ({ item, key: keyOf(item) })).sort((a, b) => (a.key < b.key ? -1 : 1));
  const from = after === undefined ? 0 : keyed.filter(({ key }) => key <= after).length;
  const to = before === undefined ? keyed.length : keyed.filter(({ key }) => key < before).length;
  const page = before === undefined ? keyed.slice(from, from + limit) : keyed.slice(Math.max(0, to - limit), to);
  const [first, last] = [page[0], page.at(-1)];
  return {
    items: page.map(({ item }) => item),
    count: items.length,
    ...(last && keyed.at(-1) !== last ? { next: last.key } : {}),
    ...(first && keyed[0] !== first ? { previous: first.key } : {}),
  };
}
