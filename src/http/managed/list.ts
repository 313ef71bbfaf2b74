import type { Static, TSchema } from 'typebox';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import type { Listing } from '../../platform/listing.js';
import type { ManagedService } from '../../platform/managed/service.js';
import type { StoredDocument } from '../../platform/model.js';
import {
  type Collection,
  collection,
  collectionView,
  LinkView,
  ListQuery,
  LONGEST_PAGE,
  listRequest,
} from '../hal/collection.js';
import { readListFilter } from '../list-filter.js';
import { managedError } from '../rejections/managed.js';
import { type Call, defineRoute, type Route, reply } from '../route.js';
import type { Expansion, ManagedDefinition } from './definition.js';
import { environmentOf, pathIn, placeOf } from './place.js';
import { gathered, managedView, viewSchema } from './view.js';

/** Collections that nobody pages through are given whole, up to what a page may have at all (`00` §3.4). */
const WHOLE = 1_000;

/** A list's query, and what it shows below each item (`00` §3.5). */
const Query = Type.Object({ ...ListQuery.properties, expand: Type.Optional(Type.String({ maxLength: 256 })) });

function queryOf({ expand, longestPage = LONGEST_PAGE }: ManagedDefinition): TSchema {
  const { expand: Expand, ...properties } = Query.properties;
  const limit = Type.Optional(Type.Integer({ minimum: 1, maximum: longestPage }));
  return Type.Object({ ...properties, limit, ...(expand ? { expand: Expand } : {}) });
}

/** The documents of a resource in a place, by creation, a page at a time where there are pages. */
export function listRoute(definition: ManagedDefinition, service: ManagedService): Route {
  const { resource, id, many, source, path, permission, texts, partial, expand, names } = definition;
  const { page = WHOLE, longestPage } = definition;
  return defineRoute({
    id: `${id}.list`,
    summary: `List ${many}`,
    source,
    method: 'GET',
    base: 'api',
    path,
    ...(names ? { names } : {}),
    permission: permission.read,
    ...(partial?.list === undefined ? {} : { partial: partial.list }),
    query: queryOf(definition),
    replies: { 200: listView(definition) },
    async handle(call) {
      // A query without `expand` in its schema has none: unknown parameters are not read.
      const { expand: expanded, ...query } = call.query as Static<typeof Query>;
      const { rules = { attributes: {}, combinators: [] }, attribute } = definition.filter ?? {};
      const filter = readListFilter(query.filter, rules);
      if (!filter.ok) return filter.rejection;
      const isAsked = expand !== undefined && (expanded?.split(',').includes(expand.name) ?? false);
      const below = isAsked ? await othersOf(expand, call, service) : () => ({});
      const asked = listRequest({ ...query, limit: query.limit ?? page }, longestPage ?? page);
      const listed = await service.list(resource, placeOf(definition, call), asked, (stored) =>
        filter.value.accepts((name) => textOf(attribute?.(stored, name))),
      );
      if (!listed.ok) return managedError(listed.rejection, texts);
      const more = await gathered(definition, environmentOf(call), listed.value.items);
      const asQueried = { ...query, ...(isAsked ? { expand: expanded } : {}) };
      return reply(
        200,
        managedList(definition, call, listed.value, asQueried, (stored) => ({ ...more(stored), ...below(stored) })),
      );
    },
  });
}

/** A page as it is sent, with what `below` says of each item. */
export function managedList(
  definition: ManagedDefinition,
  call: Call,
  { items, ...listing }: Listing<StoredDocument>,
  query: Static<typeof Query> = {},
  below: (stored: StoredDocument) => JsonObject = () => ({}),
): Collection {
  const { links } = call;
  const at = pathIn(definition.path, call);
  const shown = collection(links, at, query, definition.collection, {
    ...listing,
    items: items.map((stored) => ({ ...managedView(definition, at, stored, links), ...below(stored) })),
  });
  const environment = links.api(`/environments/${environmentOf(call)}`);
  return { ...shown, _links: { ...shown._links, environment } };
}

/** A page of the resource as it is shown. */
export function listView(definition: ManagedDefinition): TSchema {
  const { expand, collection: name } = definition;
  const view = viewSchema(definition, expand ? { _embedded: Type.Optional(embedded(expand)) } : {});
  return collectionView(name, view, { environment: LinkView });
}

const embedded = ({ name, schema }: Expansion): TSchema => Type.Object({ [name]: Type.Array(schema) });

/** What is shown below an item; lists may trail, so the two need not be of one instant. */
async function othersOf(
  { name, kind, isBelow, view }: Expansion,
  call: Call,
  service: ManagedService,
): Promise<(item: StoredDocument) => JsonObject> {
  const all = await service.list({ kind }, { environmentId: environmentOf(call) }, { limit: WHOLE }, () => true);
  const others = all.ok ? all.value.items : [];
  return (item) => ({ _embedded: { [name]: others.filter((other) => isBelow(item, other)).map(view) } });
}

const textOf = (value: string | number | boolean | undefined): string | undefined =>
  value === undefined ? undefined : String(value);
