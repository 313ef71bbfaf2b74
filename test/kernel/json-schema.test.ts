import TypeBox from 'typebox';
import { describe, expect, it } from 'vitest';
import { Type } from '../../src/kernel/json-schema.js';

const described = { description: 'as it is documented' };

/** One schema per word, and words within words, in the hand of either. */
const schemas = (T: typeof Type) => ({
  array: T.Array(T.String(), { minItems: 1, maxItems: 3 }),
  boolean: T.Boolean(described),
  enum: T.Enum(['A', 'B'], described),
  integer: T.Integer({ minimum: 1, maximum: 7 }),
  literalText: T.Literal('PING_ONE'),
  literalFalse: T.Literal(false),
  emptyObject: T.Object({}),
  allOptional: T.Object({ a: T.Optional(T.String()) }),
  object: T.Object(
    { a: T.String(), b: T.Optional(T.Integer()), c: T.Object({ d: T.Optional(T.Boolean()), e: T.Boolean() }) },
    { additionalProperties: false, 'x-ranges': [1, 2] },
  ),
  optionalKeepsOptions: T.Object({ a: T.Optional(T.Array(T.Unknown(), { maxItems: 2 })) }),
  optionalUnsafe: T.Object({ a: T.Optional(T.Unsafe<'x'>(T.String({ maxLength: 1 }))), b: T.Unsafe(T.String()) }),
  record: T.Record(T.String(), T.Integer()),
  string: T.String({ minLength: 1, maxLength: 256, pattern: '^a', format: 'email' }),
  union: T.Union([T.Literal('A'), T.Object({ a: T.Optional(T.String()) })]),
  unknown: T.Unknown(described),
});

describe('JSON Schema by TypeBox’s words', () => {
  const theirs: Readonly<Record<string, unknown>> = schemas(TypeBox);

  // As text, because the order of members shows in what is generated from schemas.
  it.each(Object.entries(schemas(Type)))('%s is what TypeBox makes of it', (name, ours) => {
    expect(JSON.stringify(ours)).toBe(JSON.stringify(theirs[name]));
  });

  it.each(Object.entries(schemas(Type)))('%s is told apart as TypeBox tells it', (name, ours) => {
    const their = theirs[name];
    expect([Type.IsArray(ours), Type.IsObject(ours)]).toEqual([TypeBox.IsArray(their), TypeBox.IsObject(their)]);
  });

  it('a schema that was made optional in one place stays required in another', () => {
    const name = Type.String();
    expect(Type.Object({ a: Type.Optional(name) })).not.toHaveProperty('required');
    expect(Type.Object({ a: name })).toHaveProperty('required', ['a']);
  });
});
