import type { TSchema } from 'typebox';
import { Compile } from 'typebox/schema';
import type { Duration, TimeUnit } from './duration.js';
import type { OutOfRange } from './field-problem.js';
import { isJsonObject, type Json, type JsonObject } from './json.js';
import { Type } from './json-schema.js';

/** Whether a value fits a schema. Made and compiled at the first question: a start asks few. */
export function compiledLater(schema: () => TSchema): (value: unknown) => boolean {
  let compiled: { Check(value: unknown): boolean } | undefined;
  return (value) => {
    compiled ??= Compile(schema());
    return compiled.Check(value);
  };
}

/** The same, of a schema that is there. */
export function fits(schema: TSchema): (value: unknown) => boolean {
  return compiledLater(() => schema);
}

/** One of these texts. */
export function oneOf<const V extends string>(...values: readonly V[]) {
  return Type.Unsafe<V>(Type.Union(values.map((value) => Type.Literal(value))));
}

/** A reference to an object: a lower-case UUID, version and variant not looked at (`00` §2.5). */
export const Reference = Type.String({ pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' });

/** A unit that a duration may have, and the least and greatest duration in it. */
export type UnitRange<U extends TimeUnit = TimeUnit> = readonly [unit: U, minimum: number, maximum: number];

/** The keyword under which a duration's schema says its ranges by unit, which JSON Schema's own keywords cannot in one step. */
const RANGES = 'x-ranges';

/**
 * `{ "duration": int, "timeUnit": … }` (`30` §1.3). A range that holds whatever the unit is part of the schema; ranges that
 * differ are checked by `unitRangeProblems` once the schema holds.
 */
export function durationIn<U extends TimeUnit>(...ranges: readonly UnitRange<U>[]) {
  const [first] = ranges;
  const isUniform = first && ranges.every(([, minimum, maximum]) => minimum === first[1] && maximum === first[2]);
  return Type.Object(
    {
      duration: Type.Integer(isUniform ? { minimum: first[1], maximum: first[2] } : {}),
      timeUnit: oneOf(...ranges.map(([unit]) => unit)),
    },
    { [RANGES]: ranges },
  );
}

function hasRanges(schema: TSchema): schema is TSchema & { readonly [RANGES]: readonly UnitRange[] } {
  return RANGES in schema;
}

function isDuration(value: Json): value is Json & Duration {
  return isJsonObject(value) && typeof value['duration'] === 'number' && typeof value['timeUnit'] === 'string';
}

/** Every duration below `value` that its own unit's range excludes. `value` has passed `schema`. */
export function unitRangeProblems(schema: TSchema, value: Json, path = ''): readonly OutOfRange[] {
  if (Type.IsArray(schema))
    return Array.isArray(value)
      ? value.flatMap((item, index) => unitRangeProblems(schema.items, item, `${path}[${index}]`))
      : [];
  if (!Type.IsObject(schema) || !isJsonObject(value)) return [];
  if (hasRanges(schema)) return isDuration(value) ? durationProblems(schema[RANGES], value, path) : [];
  return Object.entries(schema.properties).flatMap(([name, member]) => {
    const below = value[name];
    return below === undefined ? [] : unitRangeProblems(member, below, path ? `${path}.${name}` : name);
  });
}

/** The value without members that its schema does not list, the others in the order they were sent. `value` has passed `schema`. */
export function knownMembers(schema: TSchema, value: Json): Json {
  const node = nodeOf(schema);
  if (node.anyOf) return knownMembers(node.anyOf.find((branch) => fits(branch)(value)) ?? {}, value);
  if (Array.isArray(value)) {
    const { items } = node;
    return items ? value.map((item) => knownMembers(items, item)) : value;
  }
  const { properties, patternProperties } = node;
  if (!isJsonObject(value) || (!properties && !patternProperties)) return value;
  const [members] = Object.values(patternProperties ?? {});
  const known: Record<string, Json> = {};
  for (const [name, member] of Object.entries(value)) {
    const below = properties && Object.hasOwn(properties, name) ? properties[name] : members;
    if (below) known[name] = knownMembers(below, member);
  }
  return known;
}

/** A document with the members it may have and no other (SEC-45; `30` §0.3). `value` has passed `schema`. */
export function knownDocument(schema: TSchema, value: JsonObject): JsonObject {
  const known = knownMembers(schema, value);
  if (!isJsonObject(known)) throw new TypeError('a document is not an object');
  return known;
}

/** The keywords that say which members there are. */
interface Node {
  readonly anyOf?: readonly TSchema[];
  readonly items?: TSchema;
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly patternProperties?: Readonly<Record<string, TSchema>>;
}

// A TypeBox schema is plain JSON Schema; its type only hides the keywords.
const nodeOf = (schema: TSchema): Node => schema as Node;

function durationProblems(ranges: readonly UnitRange[], { duration, timeUnit }: Duration, path: string): OutOfRange[] {
  const range = ranges.find(([unit]) => unit === timeUnit);
  if (!range) return [];
  const [, minimum, maximum] = range;
  return duration >= minimum && duration <= maximum
    ? []
    : [{ problem: 'outOfRange', target: `${path}.duration`, minimum, maximum }];
}
