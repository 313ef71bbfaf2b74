import { type Digests, equalDigests } from '../kernel/keys.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import type { Page, PageRequest } from '../storage/port.js';

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
  /** All that match. */
  readonly count: number;
  /** Where the next page begins; absent on the last. */
  readonly next?: string;
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

/** Opens the cursor, takes the page, makes the next cursor: the same for every list. `binding` says which list it is. */
export async function listPage<T>(
  cursors: Cursors,
  binding: readonly string[],
  { limit, cursor, filter = '' }: ListRequest,
  page: (request: PageRequest) => Promise<Page<T>>,
): Promise<Outcome<Listing<T>, { readonly kind: 'CursorInvalid' }>> {
  const place = [...binding, filter];
  const after = cursor === undefined ? undefined : cursors.read(place, cursor);
  if (cursor !== undefined && after === undefined) return reject({ kind: 'CursorInvalid' });
  const { items, count, next } = await page({ limit, ...(after === undefined ? {} : { after }) });
  return accept({ items, count, ...(next === undefined ? {} : { next: cursors.write(place, next) }) });
}

/** The key of something that is listed by creation: it keeps its place whatever is added or deleted around it. */
export function creationKey({ createdAt, id }: { readonly createdAt: number; readonly id: string }): string {
  return `${String(createdAt).padStart(15, '0')}:${id}`;
}

/** A page of a list that is in memory as a whole. */
export function pageOf<T extends { readonly createdAt: number; readonly id: string }>(
  items: readonly T[],
  limit: number,
  after: string | undefined,
): { readonly items: readonly T[]; readonly count: number; readonly next?: string } {
  const keyed = items.map((item) => ({ item, key: creationKey(item) })).sort((a, b) => (a.key < b.key ? -1 : 1));
  const rest = after === undefined ? keyed : keyed.filter(({ key }) => key > after);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(({ item }) => item),
    count: items.length,
    ...(last && rest.length > page.length ? { next: last.key } : {}),
  };
}
