import Type, { type TSchema } from 'typebox';
import type { Duration, TimeUnit } from '../kernel/duration.js';
import { isJsonObject, type Json } from '../kernel/json.js';
import type { OutOfRange } from './rejection.js';

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

function durationProblems(ranges: readonly UnitRange[], { duration, timeUnit }: Duration, path: string): OutOfRange[] {
  const range = ranges.find(([unit]) => unit === timeUnit);
  if (!range) return [];
  const [, minimum, maximum] = range;
  return duration >= minimum && duration <= maximum
    ? []
    : [{ kind: 'OutOfRange', target: `${path}.duration`, minimum, maximum }];
}
