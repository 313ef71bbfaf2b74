import fc from 'fast-check';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { createValidator, createViewCheck } from '../../src/http/validation.js';
import { ask, engine, THINGS } from './engine.js';

const Body = Type.Object({
  user: Type.Object({ id: Type.String({ minLength: 1, maxLength: 8 }) }),
  kind: Type.Union([Type.Literal('SMS'), Type.Literal('EMAIL')]),
  method: Type.Optional(Type.Enum(['A', 'B'])),
  count: Type.Optional(Type.Integer({ minimum: 1, maximum: 15 })),
  ratio: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  flag: Type.Optional(Type.Boolean()),
  when: Type.Optional(Type.String({ format: 'date-time' })),
  code: Type.Optional(Type.String({ pattern: '^[0-9]{6}$' })),
  mobile: Type.Optional(
    Type.Object({ applications: Type.Array(Type.Object({ id: Type.String() }), { minItems: 1, maxItems: 2 }) }),
  ),
  variables: Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 3 }))),
  choice: Type.Optional(
    Type.Union([
      Type.Object({ type: Type.Literal('A'), a: Type.Integer() }),
      Type.Object({ type: Type.Literal('B'), b: Type.String() }),
    ]),
  ),
});
const validate = createValidator(Body);
const good = { user: { id: 'u' }, kind: 'SMS' };
const problems = (extra: object) => validate({ ...good, ...extra });

describe('what is said of a bad field (00 §4.2)', () => {
  it('says nothing of a good body, unknown members or not', () => {
    expect(validate(good)).toEqual([]);
    expect(validate({ ...good, anything: { else: [1] } })).toEqual([]);
  });

  it('names every bad field at once, by its dotted path', () => {
    const details = validate({ user: {}, kind: 'FAX', count: 99, mobile: { applications: [{}, { id: 1 }] } });
    expect(details.map(({ code, target }) => [code, target])).toEqual([
      ['REQUIRED_VALUE', 'user.id'],
      ['INVALID_VALUE', 'kind'],
      ['OUT_OF_RANGE', 'count'],
      ['REQUIRED_VALUE', 'mobile.applications[0].id'],
      ['INVALID_VALUE', 'mobile.applications[1].id'],
    ]);
  });

  it.each<[string, object, object]>([
    ['empty', { user: { id: '' } }, { code: 'EMPTY_VALUE', target: 'user.id' }],
    [
      'too long',
      { user: { id: 'x'.repeat(9) } },
      { code: 'SIZE_LIMIT_EXCEEDED', target: 'user.id', innerError: { maximumValue: 8 } },
    ],
    ['of another type', { user: { id: 7 } }, { code: 'INVALID_VALUE', target: 'user.id' }],
    ['no object', { user: [] }, { code: 'INVALID_VALUE', target: 'user' }],
    [
      'not in a union of constants',
      { kind: 'sms' },
      { code: 'INVALID_VALUE', target: 'kind', innerError: { allowedValues: ['SMS', 'EMAIL'] } },
    ],
    [
      'not in an enumeration',
      { method: 'C' },
      { code: 'INVALID_VALUE', target: 'method', innerError: { allowedValues: ['A', 'B'] } },
    ],
    ['an empty choice', { method: '' }, { code: 'EMPTY_VALUE', target: 'method' }],
    [
      'too small',
      { count: 0 },
      { code: 'OUT_OF_RANGE', target: 'count', innerError: { rangeMinimumValue: 1, rangeMaximumValue: 15 } },
    ],
    ['a fraction', { count: 1.5 }, { code: 'INVALID_VALUE', target: 'count' }],
    ['a number as text', { count: '3' }, { code: 'INVALID_VALUE', target: 'count' }],
    [
      'below an open end',
      { ratio: 0 },
      { code: 'OUT_OF_RANGE', target: 'ratio', innerError: { rangeMinimumValue: 0 } },
    ],
    ['not a boolean', { flag: 'true' }, { code: 'INVALID_VALUE', target: 'flag' }],
    ['not a date', { when: 'tomorrow' }, { code: 'INVALID_VALUE', target: 'when' }],
    [
      'not of the pattern',
      { code: '12345x' },
      { code: 'INVALID_VALUE', target: 'code', innerError: { allowedPattern: '^[0-9]{6}$' } },
    ],
    ['an empty pattern', { code: '' }, { code: 'EMPTY_VALUE', target: 'code' }],
    ['an empty list', { mobile: { applications: [] } }, { code: 'EMPTY_VALUE', target: 'mobile.applications' }],
    [
      'a list too long',
      { mobile: { applications: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] } },
      { code: 'SIZE_LIMIT_EXCEEDED', target: 'mobile.applications', innerError: { maximumValue: 2 } },
    ],
    [
      'a free member too long',
      { variables: { name: 'abcd' } },
      { code: 'SIZE_LIMIT_EXCEEDED', target: 'variables.name', innerError: { maximumValue: 3 } },
    ],
    ['the branch that was meant', { choice: { type: 'B' } }, { code: 'REQUIRED_VALUE', target: 'choice.b' }],
  ])('%s', (_name, extra, expected) => {
    expect(problems(extra)).toEqual([{ message: expect.any(String), ...expected }]);
  });

  it('agrees with the compiled check, whatever is sent', () => {
    const compiled = Compile(Body);
    const value = fc.record(
      {
        user: fc.oneof(fc.record({ id: fc.oneof(fc.string({ maxLength: 12 }), fc.integer()) }), fc.string()),
        kind: fc.constantFrom('SMS', 'EMAIL', 'FAX', '', 1),
        method: fc.constantFrom('A', 'C', ''),
        count: fc.oneof(fc.integer({ min: -5, max: 20 }), fc.double(), fc.string()),
        ratio: fc.oneof(fc.double(), fc.boolean()),
        code: fc.oneof(fc.constant('123456'), fc.string({ maxLength: 8 })),
        when: fc.oneof(fc.constant('2026-11-22T09:00:00Z'), fc.string()),
        mobile: fc.oneof(
          fc.record({
            applications: fc.array(fc.record({ id: fc.oneof(fc.string(), fc.integer()) }), { maxLength: 4 }),
          }),
          fc.constant(null),
        ),
        variables: fc.dictionary(fc.string(), fc.oneof(fc.string({ maxLength: 5 }), fc.integer())),
        choice: fc.oneof(
          fc.record({ type: fc.constantFrom('A', 'B', 'C'), a: fc.integer() }),
          fc.record({ type: fc.constant('B'), b: fc.string() }),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(fc.property(value, (body) => (validate(body).length === 0) === compiled.Check(body)));
  });

  it('counts characters, not halves of them', () => {
    expect(validate({ ...good, user: { id: '😀'.repeat(8) } })).toEqual([]);
    expect(validate({ ...good, user: { id: '😀'.repeat(9) } })[0]?.code).toBe('SIZE_LIMIT_EXCEEDED');
  });

  it('stops after a hundred problems', () => {
    const many = createValidator(Type.Array(Type.Integer()));
    expect(many(Array.from({ length: 5_000 }, () => 'x'))).toHaveLength(100);
  });
});

describe('checking what the server sends (SEC-46)', () => {
  const check = createViewCheck(
    Type.Object({ id: Type.String(), links: Type.Record(Type.String(), Type.Object({ href: Type.String() })) }),
  );
  it('takes the view', () => {
    expect(check({ id: 'a', links: { self: { href: 'x' } } })).toEqual([]);
  });
  it.each<[string, object]>([
    ['a member that the view does not list', { id: 'a', links: {}, secret: 's' }],
    ['one further down', { id: 'a', links: { self: { href: 'x', extra: 1 } } }],
    ['a missing one', { id: 'a' }],
    ['another type', { id: 1, links: {} }],
  ])('refuses %s', (_name, value) => {
    expect(check(value)).not.toEqual([]);
  });
});

describe('a request with a bad body', () => {
  it('gets the documented envelope', async () => {
    await using server = engine();
    const answer = await ask(server, { body: { kind: 'FAX', size: 16 }, url: `${THINGS}?limit=11` });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      id: answer.headers['correlation-id'],
      code: 'INVALID_DATA',
      message: 'The request could not be completed. One or more validation errors were in the request.',
      details: [
        { code: 'REQUIRED_VALUE', target: 'name', message: 'is required' },
        {
          code: 'INVALID_VALUE',
          target: 'kind',
          message: 'is not one of the allowed values',
          innerError: { allowedValues: ['SMS', 'EMAIL'] },
        },
        {
          code: 'OUT_OF_RANGE',
          target: 'size',
          message: 'must be between 1 and 15',
          innerError: { rangeMinimumValue: 1, rangeMaximumValue: 15 },
        },
        {
          code: 'INVALID_PARAMETER',
          target: 'limit',
          message: 'must be between 1 and 10',
          innerError: { rangeMinimumValue: 1, rangeMaximumValue: 10 },
        },
      ],
    });
  });

  it('a required member that is null counts as missing; an optional one as not sent (00 §2.4)', async () => {
    await using server = engine();
    const missing = await ask(server, { body: { name: null, kind: 'SMS' } });
    expect(missing.body['details']).toEqual([{ code: 'REQUIRED_VALUE', target: 'name', message: 'is required' }]);
    const omitted = await ask(server, { body: { name: 'a', kind: 'SMS', size: null } });
    expect(omitted.body['body']).toEqual({ name: 'a', kind: 'SMS' });
  });

  it.each([
    '',
    '[]',
    '"text"',
    'null',
    '1',
    '{',
    '{"name":"a","name":"b","kind":"SMS"}',
    '['.repeat(40) + ']'.repeat(40),
  ])('that is not one JSON object gets INVALID_REQUEST: %s', async (body) => {
    await using server = engine();
    const answer = await ask(server, { body });
    expect([answer.status, answer.body['code'], answer.body['details']]).toEqual([400, 'INVALID_REQUEST', undefined]);
  });

  it.each(['limit=', 'limit=x', 'limit=1.5', 'limit=1&limit=2', 'limit=0'])(
    'refuses the parameter %s by name',
    async (query) => {
      await using server = engine();
      const answer = await ask(server, { url: `${THINGS}?${query}`, body: { name: 'a', kind: 'SMS' } });
      expect(answer.body['details']).toEqual([expect.objectContaining({ code: 'INVALID_PARAMETER', target: 'limit' })]);
    },
  );

  it('types parameters by their schema, and ignores unknown ones', async () => {
    await using server = engine();
    const answer = await ask(server, {
      url: `${THINGS}?limit=7&expand=embedded&%ff`,
      body: { name: 'a', kind: 'SMS' },
    });
    expect(answer.body['query']).toEqual({ limit: 7 });
  });
});
