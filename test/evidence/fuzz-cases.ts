import fc from 'fast-check';
import { arbitraryOf, HOSTILE_VALUES, type Node, standIn } from './schema-arbitrary.js';

/** An OpenAPI description, as far as requests are made of it. */
export interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

export interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Node }[];
  /** Without a schema: bytes as they are. */
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Node }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: Node }>> }>
  >;
}

export const FORM = 'application/x-www-form-urlencoded';

/** Ids that are there, and ids that are not; what a body may name as well. */
const someId = (name: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constant(standIn(name)) },
    { weight: 2, arbitrary: fc.constantFrom('nobody', 'envId', 'otherEnvId').map(standIn) },
    {
      weight: 1,
      arbitrary: fc.oneof(fc.string({ maxLength: 40 }), fc.constantFrom('..', '%00', '%2e%2e%2f', "'--", 'ÄÖ', '')),
    },
  );

/** Something else at some place of a right body: which place is a matter of how large the body is. */
interface Mutation {
  readonly place: number;
  readonly value: unknown;
}

export interface Case {
  readonly ids: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [string, string])[];
  readonly type: string | null;
  /** Drawn from the schema, or the right body of the operation with so many mutations. */
  readonly body: { readonly drawn: unknown } | { readonly mutations: readonly Mutation[] };
  /** Cut off the body's text after so many characters, and put this in its place. */
  readonly damage: { readonly at: number; readonly by: string } | null;
  readonly headers: Readonly<Record<string, string>>;
}

const HEADERS = [
  'accept',
  'accept-language',
  'x-http-method-override',
  'x-ping-external-transaction-id',
  'origin',
  'content-encoding',
  'if-match',
  'range',
  'expect',
  'x-forwarded-for',
];

/** Requests for one operation, most of them nearly right. `types`: every media type there is. */
export function casesOf(path: string, operation: Operation, types: readonly string[]): fc.Arbitrary<Case> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const inQuery = operation.parameters.filter((parameter) => parameter.in === 'query');
  const content = Object.entries(operation.requestBody?.content ?? {});
  const drawn = (value: fc.Arbitrary<unknown>) => value.map((body) => ({ drawn: body }));
  const mutation = fc.record({ place: fc.nat(1_000), value: fc.constantFrom(...HOSTILE_VALUES) });
  const bodies = content.map(([type, { schema }]) =>
    fc.record({
      type: fc.constant<string | null>(type),
      body: fc.oneof<fc.Arbitrary<Case['body']>[]>(
        drawn(schema ? arbitraryOf(schema) : fc.string({ maxLength: 300 })),
        fc.record({ mutations: fc.array(mutation, { maxLength: 2 }) }),
      ),
    }),
  );
  const anyBody = fc.record({
    type: fc.constantFrom<string | null>(...types, 'text/plain', 'application/json; charset=latin1', null),
    body: drawn(fc.jsonValue({ maxDepth: 3 })),
  });
  const noBody = fc.constant({ type: null, body: { drawn: undefined } });
  const bodied = fc.oneof(
    { weight: 8, arbitrary: bodies.length > 0 ? fc.oneof(...bodies) : noBody },
    { weight: 1, arbitrary: anyBody },
  );
  return fc
    .record({
      ids: fc.record(Object.fromEntries(names.map((name) => [name, someId(name)]))),
      query: fc.oneof(
        fc.constant([]),
        ...inQuery.map(({ name, schema }) =>
          fc.tuple(fc.constant(name), arbitraryOf(schema).map(String)).map((one) => [one]),
        ),
        fc.array(
          fc.tuple(
            fc.constantFrom('limit', 'cursor', 'filter', 'order', 'expand', 'x'),
            fc.oneof(
              fc.string({ maxLength: 60 }),
              fc.constantFrom('id eq "x"', 'username sw "a" and', '((((', 'phone eq "\u0000"', '1e9'),
            ),
          ),
          { maxLength: 3 },
        ),
      ),
      bodied,
      damage: fc.option(
        fc.record({ at: fc.nat(200), by: fc.constantFrom('', '"', '}', '\u0000', ',"a":1', '\\ud800', '1e999') }),
        { freq: 8, nil: null },
      ),
      headers: fc.dictionary(fc.constantFrom(...HEADERS), fc.string({ unit: 'grapheme-ascii', maxLength: 60 }), {
        maxKeys: 2,
      }),
    })
    .map(({ bodied: { type, body }, ...rest }) => ({ ...rest, type, body }));
}

/** The request as it should be: what every run begins with, whatever its seed. */
export function rightCaseOf(path: string, operation: Operation): Case {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const [type = null] = Object.keys(operation.requestBody?.content ?? {});
  const ids = Object.fromEntries(names.map((name) => [name, standIn(name)]));
  return { ids, query: [], type, body: { mutations: [] }, damage: null, headers: {} };
}

/** The body as it is sent; `right` gives the operation's right one. */
export function sentBody({ type, body, damage }: Case, right: () => unknown): string | Buffer | undefined {
  const value = 'drawn' in body ? body.drawn : body.mutations.reduce(mutated, right());
  if (value === undefined) return undefined;
  if (Buffer.isBuffer(value))
    return damage ? Buffer.concat([value.subarray(0, damage.at), Buffer.from(damage.by)]) : value;
  const text =
    typeof value === 'string' && type === FORM ? value : type === FORM ? formOf(value) : JSON.stringify(value);
  return damage ? `${text.slice(0, damage.at)}${damage.by}` : text;
}

/** A copy with the value in the place of what stands there; `null`: cut off there. */
function overwritten(body: Buffer, { place, value }: Mutation): Buffer {
  const [at, text] = [place % body.length, Buffer.from(value === null ? '' : JSON.stringify(value))];
  const rest = value === null ? [] : [body.subarray(at + text.length)];
  return Buffer.concat([body.subarray(0, at), text, ...rest]);
}

/** A copy with the value at one of its places, as many as there are members at any depth; a place beyond them adds a member. */
function mutated(body: unknown, mutation: Mutation): unknown {
  if (Buffer.isBuffer(body)) return body.length === 0 ? body : overwritten(body, mutation);
  const { place, value } = mutation;
  if (typeof body !== 'object' || body === null) return value;
  const copy: unknown = structuredClone(body);
  const places: (() => void)[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const members = node as Record<string, unknown>;
    for (const name of Object.keys(members)) {
      places.push(() => {
        if (value === null) delete members[name];
        else members[name] = value;
      });
      visit(members[name]);
    }
    places.push(() => Object.assign(members, { more: value }));
  };
  visit(copy);
  places[place % places.length]?.();
  return copy;
}

function formOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return new URLSearchParams(
    Object.entries(value).map(([name, member]): [string, string] => [name, String(member)]),
  ).toString();
}
