import type { Body } from './world.js';

/** Takes a member away. */
export const MISSING: unique symbol = Symbol('missing');

/** One thing that is wrong with one field, and how it is to be named. */
export interface Wrong {
  readonly at: readonly (string | number)[];
  readonly value: unknown;
  /** `CODE target`. */
  readonly detail: string;
}

/** What a field must be, as the reference's table says it: everything that it must not be follows. */
export interface Shape {
  readonly wrong: (at: Wrong['at'], target: string) => readonly Wrong[];
}

const shape =
  (...parts: readonly (readonly [code: string, ...values: readonly unknown[]])[]): Shape['wrong'] =>
  (at, target) =>
    parts.flatMap(([code, ...values]) => values.map((value) => ({ at, value, detail: `${code} ${target}` })));

const LISTS_AND_OBJECTS = [[], ['a'], {}, { a: 1 }];

export interface TextTerms {
  readonly max?: number;
  /** An empty text means something. */
  readonly mayBeEmpty?: true;
  readonly malformed?: readonly string[];
  /** A character that a text at its greatest length may be made of. */
  readonly filler?: string;
}

/** Lengths count characters, not code units. */
export function text({ max, mayBeEmpty, malformed = [], filler = 'x' }: TextTerms = {}): Shape {
  return {
    wrong: shape(
      ['INVALID_VALUE', 42, 0, true, false, ...LISTS_AND_OBJECTS, ...malformed],
      mayBeEmpty ? ['EMPTY_VALUE'] : ['EMPTY_VALUE', ''],
      max === undefined
        ? ['SIZE_LIMIT_EXCEEDED']
        : ['SIZE_LIMIT_EXCEEDED', filler.repeat(max + 1), filler.repeat(max * 2)],
    ),
  };
}

export const oneOf = (...values: readonly string[]): Shape => ({
  wrong: shape(
    ['INVALID_VALUE', 42, true, ...LISTS_AND_OBJECTS, 'NO_SUCH_VALUE', `${values[0]} `, `${values[0]?.toLowerCase()}x`],
    ['EMPTY_VALUE', ''],
  ),
});

export const flag = (): Shape => ({
  wrong: shape(['INVALID_VALUE', 0, 1, '', 'true', 'false', 'yes', ...LISTS_AND_OBJECTS]),
});

export const integer = (minimum: number, maximum: number): Shape => ({
  wrong: shape(
    ['INVALID_VALUE', '', String(minimum), 'many', true, minimum + 0.5, ...LISTS_AND_OBJECTS],
    ['OUT_OF_RANGE', minimum - 1, -1_000_000, maximum + 1, 1e15],
  ),
});

/** Lower-case, whole, and nothing else (`00` §2.5). */
export const MALFORMED_IDS = [
  'x',
  '99999999-9999-4999-8999-99999999999',
  '99999999-9999-4999-8999-9999999999999',
  'AAAAAAAA-9999-4999-8999-999999999999',
  '{99999999-9999-4999-8999-999999999999}',
  ' 99999999-9999-4999-8999-999999999999',
  '99999999-9999-4999-8999-999999999999\n',
  '99999999999949998999999999999999',
  "' or 1=1 --",
  '../../users',
];

export const id = (): Shape => text({ malformed: MALFORMED_IDS });

/** Members whose names end in `*` are required. */
export function object(members: Readonly<Record<string, Shape>>): Shape {
  return {
    wrong: (at, target) => [
      ...(at.length === 0 ? [] : shape(['INVALID_VALUE', 42, 'text', '', true, false, [], [{}]])(at, target)),
      ...Object.entries(members).flatMap(([key, member]) => {
        const name = key.replace(/\*$/, '');
        const below = target === '' ? name : `${target}.${name}`;
        const place = [...at, name];
        return [
          ...(key === name ? [] : shape(['REQUIRED_VALUE', MISSING, null])(place, below)),
          ...member.wrong(place, below),
        ];
      }),
    ],
  };
}

/** A list; of more than `max` right items there are too many. */
export function list(item: Shape, tooMany?: { readonly max: number; readonly of: unknown }): Shape {
  return {
    wrong: (at, target) => [
      ...shape(['INVALID_VALUE', 42, 'text', '', true, {}, { 0: 'a' }])(at, target),
      ...(tooMany ? shape(['SIZE_LIMIT_EXCEEDED', Array(tooMany.max + 1).fill(tooMany.of)])(at, target) : []),
      ...item.wrong([...at, 0], `${target}[0]`),
    ],
  };
}

/** Text to text. */
export const textMap = (): Shape => ({
  wrong: (at, target) => [
    ...shape(['INVALID_VALUE', 42, 'text', true, ['a']])(at, target),
    ...shape(['INVALID_VALUE', 42, true, [], {}])([...at, 'one'], `${target}.one`),
  ],
});

/** `{ "duration": int, "timeUnit": … }`; ranges by unit, the first unit being the one of the right body. */
export const duration = (minimum: number, maximum: number, ...units: readonly string[]): Shape =>
  object({ 'duration*': integer(minimum, maximum), 'timeUnit*': oneOf(...units) });

/** A right body with one thing wrong. What a path goes through is made when it is not there. */
export function applied(body: Body, { at, value }: Wrong): Body {
  const copy = structuredClone(body);
  let holder: Record<string | number, unknown> = copy as Record<string, unknown>;
  for (const [depth, key] of at.slice(0, -1).entries()) {
    holder[key] ??= typeof at[depth + 1] === 'number' ? [] : {};
    holder = holder[key] as Record<string | number, unknown>;
  }
  const last = at.at(-1) ?? '';
  if (value === MISSING) delete holder[last];
  else holder[last] = value;
  return copy;
}

/** By field, in their order. */
export function byField(wrongs: readonly Wrong[]): readonly (readonly [string, readonly Wrong[]])[] {
  const groups = new Map<string, Wrong[]>();
  for (const wrong of wrongs) {
    const target = wrong.detail.replace(/^\w+ /, '');
    groups.set(target, [...(groups.get(target) ?? []), wrong]);
  }
  return [...groups];
}
