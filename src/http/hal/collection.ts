import type { Static, TObject, TProperties, TSchema } from 'typebox';
import { Type } from '../../kernel/json-schema.js';
import type { Listing, ListRequest } from '../../platform/listing.js';
import type { Link, Links } from './links.js';

export const LinkView = Type.Object({ href: Type.String() });
export const Reference = Type.Object({ id: Type.String() });

/** Most that `limit` may say of most collections (`00` §3.4). */
export const LONGEST_PAGE = 1_000;

const paging = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LONGEST_PAGE })),
  cursor: Type.Optional(Type.String({ maxLength: 2_048 })),
};

/** The query of a page whose filter stands elsewhere. */
export const PageQuery = Type.Object(paging);

/** The query of a list that is paged (wire: `00` §3.4, §3.6). */
export const ListQuery = Type.Object({ ...paging, filter: Type.Optional(Type.String({ maxLength: 2_048 })) });

/** A page of a collection (wire: `00` §3.4); the array is there even when it is empty. */
export function collectionView<N extends string>(name: N, item: TSchema, links: TProperties = {}): TObject {
  return Type.Object({
    _links: Type.Object({ self: LinkView, next: Type.Optional(LinkView), prev: Type.Optional(LinkView), ...links }),
    _embedded: Type.Object({ [name]: Type.Array(item) }),
    count: Type.Optional(Type.Integer()),
    size: Type.Integer(),
  });
}

/** The query as a service takes it: what was asked for, and no more than the collection gives at once. */
export function listRequest(query: Static<typeof ListQuery>, maximum: number): ListRequest {
  const { limit = maximum, cursor, filter } = query;
  return {
    limit: Math.min(limit, maximum),
    ...(cursor === undefined ? {} : { cursor }),
    ...(filter === undefined ? {} : { filter }),
  };
}

/** A page as it is sent. */
export interface Collection {
  readonly _links: Readonly<Record<string, Link>>;
  readonly _embedded: Readonly<Record<string, readonly object[]>>;
  readonly count?: number;
  readonly size: number;
}

/**
 * One page; without `count` where to count would be to read everything (`00` §3.4). `next` and `prev` repeat the query, so that
 * clients can follow them verbatim.
 */
export function collection(
  links: Links,
  path: string,
  query: Static<typeof ListQuery> & { readonly expand?: string | undefined },
  name: string,
  { items, count, next, previous }: Listing<object>,
): Collection {
  const at = (cursor: string | undefined): Link => links.api(`${path}${search({ ...query, cursor })}`);
  return {
    _links: {
      self: at(query.cursor),
      ...(next === undefined ? {} : { next: at(next) }),
      ...(previous === undefined ? {} : { prev: at(previous) }),
    },
    _embedded: { [name]: items },
    ...(count === undefined ? {} : { count }),
    size: items.length,
  };
}

function search(parameters: Readonly<Record<string, string | number | undefined>>): string {
  const pairs = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return pairs.length === 0
    ? ''
    : `?${pairs.map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`).join('&')}`;
}
