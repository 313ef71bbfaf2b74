import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Route } from '../../src/http/route.js';
import { refusalOf } from './refusal.js';
import { deletingLast, type Named, namedIn, nobodys, rightRequest } from './requests.js';
import { type Ask, startWorld, type World } from './world.js';

const FORM = 'application/x-www-form-urlencoded';
const MALFORMED = { status: 400, code: 'INVALID_REQUEST' };
const UNSUPPORTED = { status: 415, code: 'INVALID_REQUEST' };

let world: World;
let named: Named;
let routes: readonly Route[];
beforeAll(async () => {
  world = await startWorld();
  named = await namedIn(world);
  ({ routes } = world.postern.app);
});
afterAll(() => world[Symbol.asyncDispose]());

/** A right body with one more member, written by hand: what the members of an object cannot express. */
const withMember = (body: Ask['body'], member: string): string => {
  const text = JSON.stringify(body);
  return text === '{}' ? `{${member}}` : `${text.slice(0, -1)},${member}}`;
};

const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

/** Bodies that are no JSON object, or one that must not be read (`00` §2.6; SEC-53). */
const BODIES: readonly [string, (right: Ask['body']) => string | Buffer][] = [
  ['half of it', (right) => JSON.stringify(right).slice(0, -1)],
  ['text', () => 'otp=123456'],
  ['a string', () => '"text"'],
  ['a number', () => '42'],
  ['true', () => 'true'],
  ['null', () => 'null'],
  ['an array of it', (right) => JSON.stringify([right])],
  ['two of it', (right) => JSON.stringify(right).repeat(2)],
  ['a byte order mark before it', (right) => `\ufeff${JSON.stringify(right)}`],
  ['single quotes', () => "{'a':1}"],
  ['a comma too many', (right) => withMember(right, '"x":1,')],
  ['a comment', (right) => `/* x */${JSON.stringify(right)}`],
  ['NaN', (right) => withMember(right, '"x":NaN')],
  ['a number beyond a double', (right) => withMember(right, '"x":1e999')],
  ['a number with a leading zero', (right) => withMember(right, '"x":01')],
  ['a key twice', (right) => withMember(right, '"x":1,"x":1')],
  ['a key twice, deeper', (right) => withMember(right, '"x":{"y":1,"y":2}')],
  ['a key twice, once escaped', (right) => withMember(right, '"x":1,"\\u0078":2')],
  ['__proto__', (right) => withMember(right, '"__proto__":{"admin":true}')],
  ['__proto__, deeper', (right) => withMember(right, '"x":[{"__proto__":null}]')],
  ['__proto__, escaped', (right) => withMember(right, '"\\u005f_proto__":{}')],
  ['NUL', (right) => withMember(right, '"x":"a\\u0000b"')],
  ['NUL, raw', (right) => withMember(right, '"x":"a\u0000b"')],
  ['a line break in a string', (right) => withMember(right, '"x":"a\nb"')],
  ['a lone high surrogate', (right) => withMember(right, '"x":"\\ud83d"')],
  ['a lone low surrogate', (right) => withMember(right, '"x":"\\udc00"')],
  ['surrogates the wrong way round', (right) => withMember(right, '"\\udc00\\ud83d":1')],
  ['an unknown escape', (right) => withMember(right, '"x":"\\x41"')],
  ['invalid UTF-8', (right) => Buffer.from(withMember(right, '"x":"\xff"'), 'latin1')],
  ['an overlong form in UTF-8', (right) => Buffer.from(withMember(right, '"x":"\xc0\xaf"'), 'latin1')],
  ['UTF-16', (right) => Buffer.from(JSON.stringify(right), 'utf16le')],
  ['33 levels', (right) => withMember(right, `"x":${nested(32)}`)],
  ['a thousand levels', (right) => withMember(right, `"x":${nested(1_000)}`)],
  ['a thousand levels of arrays', (right) => withMember(right, `"x":${'['.repeat(1_000)}${']'.repeat(1_000)}`)],
  ['1,001 keys', (right) => withMember(right, Array.from({ length: 1_001 }, (_, at) => `"k${at}":1`).join())],
  ['10,001 items', (right) => withMember(right, `"x":[${'1,'.repeat(10_000)}1]`)],
  ['a string beyond 16 KiB', (right) => withMember(right, `"x":"${'x'.repeat(16_385)}"`)],
  ['a key beyond 16 KiB', (right) => withMember(right, `"${'x'.repeat(16_385)}":1`)],
  ['white space only', () => ' \n'],
];

/** Content types that no operation takes (SEC-52). The charset can only be UTF-8. */
const TYPES: readonly [string, (right: string, path: string) => string | null][] = [
  ['none', () => null],
  ['an empty one', () => ''],
  ['text', () => 'text/plain'],
  ['XML', () => 'application/xml'],
  ['another JSON', () => 'text/json'],
  ['HAL', () => 'application/hal+json'],
  ['an action that nobody knows', () => 'no.such.action'],
  [
    'an action of another resource',
    (_right, path) => (path.endsWith('/deviceAuthentications/:id') ? 'device.activate' : 'otp.check'),
  ],
  ['one that lacks its end', (right) => right.slice(0, -1)],
  ['another character set', (right) => `${right}; charset=iso-8859-1`],
  ['two character sets', (right) => `${right}; charset=utf-8; charset=utf-16`],
  ['two types', (right) => `${right}, ${right}`],
  ['a type twice over', (right) => `${right} ${right}`],
  ['a parameter without a value', (right) => `${right}; charset`],
  ['white space inside', (right) => right.replace('/', ' / ')],
  ['a wildcard', () => '*/*'],
  ['a very long one', (right) => `${right}; x=${'y'.repeat(4_000)}`],
];

/** Operations that read a JSON body. */
const bodied = (): readonly Route[] =>
  routes.filter(({ accepts, asBytes }) => accepts !== undefined && accepts !== FORM && asBytes === undefined);

describe('whatever is wrong with a body, nothing is stored and nothing sent (00 §2.6; SEC-52, SEC-53)', () => {
  it('a control: every operation has a right request, and its extra members are ignored (00 §2.4; SEC-45)', async () => {
    await using other = await startWorld();
    const those = await namedIn(other);
    const refused: string[] = [];
    for (const route of deletingLast(other.postern.app.routes)) {
      const right = rightRequest(route, those);
      const body =
        typeof right.body === 'object' && !Buffer.isBuffer(right.body)
          ? withMember(right.body, `"x":${nested(30)},"constructor":{}`)
          : right.body;
      const { status, text } = await other.ask({ ...right, ...(body === undefined ? {} : { body }) });
      // Codes that are wrong, logs that no device of these types has, an assertion where a code is asked for, a second new password in a
      // day, the certificate of another key, and an address of a domain that nobody has proved, are refused as such.
      const told =
        /INVALID_OTP|have no logs|assertion\.check isn't allowed|minAgeDays|certificate of this key|domain that is not verified/.test(
          text,
        );
      if (status >= 300 && !told) refused.push(`${route.id} ${status} ${text}`);
    }
    expect(refused).toEqual([]);
  });

  it.each(BODIES)('%s is a malformed request, for every operation', async (name, make) => {
    const before = await world.fingerprint([named.flow]);
    const answers: unknown[] = [];
    // Actions without a body take `null` for none.
    // What may hold a whole mail takes longer texts, and what holds a thousand tokens more keys.
    const refusing = bodied().filter(
      ({ emptyBody, longestText, largest }) =>
        (name !== 'null' || !emptyBody) &&
        (name !== 'a string beyond 16 KiB' || longestText === undefined) &&
        (name !== '1,001 keys' || largest?.keys === undefined),
    );
    for (const route of refusing) {
      const right = rightRequest(route, named);
      answers.push([route.id, refusalOf(await world.ask({ ...right, body: make(right.body) }))]);
    }
    expect(answers).toEqual(refusing.map(({ id }) => [id, MALFORMED]));
    expect(await world.fingerprint([named.flow])).toBe(before);
  });

  it('the body comes before the objects of the path: nothing is looked up for it (00 §2.6; SEC-09)', async () => {
    for (const route of bodied().filter(({ path }) => path.includes(':envId'))) {
      const right = rightRequest(route, { ...nobodys, environment: named.environment });
      expect([route.id, refusalOf(await world.ask({ ...right, body: '{' }))]).toEqual([route.id, MALFORMED]);
      if (route.emptyBody || route.id.endsWith('migrate')) continue;
      const { status } = await world.ask({
        ...right,
        body: { id: 5, name: 5, otp: 5, order: 5, type: 5, user: 5, pairing: 5, deliveryMode: 5, companyName: 5 },
      });
      expect([route.id, status]).toEqual([route.id, 400]);
    }
  });

  it('no body at all is malformed, except for actions that are documented without one (00 §2.3)', async () => {
    const before = await world.fingerprint([named.flow]);
    for (const route of bodied().filter(({ emptyBody }) => !emptyBody)) {
      const { body: _, ...right } = rightRequest(route, named);
      expect([route.id, refusalOf(await world.ask(right))]).toEqual([route.id, MALFORMED]);
    }
    expect(await world.fingerprint([named.flow])).toBe(before);
  });

  it.each(TYPES)('a content type: %s', async (_name, make) => {
    const before = await world.fingerprint([named.flow]);
    const taking = routes.filter(({ accepts }) => accepts !== undefined);
    const answers: unknown[] = [];
    for (const route of taking) {
      const right = rightRequest(route, named);
      answers.push([route.id, refusalOf(await world.ask({ ...right, type: make(route.accepts ?? '', route.path) }))]);
    }
    expect(answers).toEqual(
      taking.map(({ id, method, path }) => [
        id,
        // Without a body's type, a DELETE of what can be deleted is one: there the two differ by the type alone.
        hasBodyless(method, path) ? expect.anything() : UNSUPPORTED,
      ]),
    );
    expect(await world.fingerprint([named.flow])).toBe(before);
  });

  const hasBodyless = (method: string, path: string): boolean =>
    routes.some((route) => route.method === method && route.path === path && route.accepts === undefined);

  it('JSON instead of the action is unsupported, and the action instead of JSON (00 §2.3; 10 §1)', async () => {
    const before = await world.fingerprint([named.flow]);
    for (const route of bodied()) {
      const right = rightRequest(route, named);
      const siblings = routes.filter(({ method, path }) => method === route.method && path === route.path);
      if (siblings.some(({ accepts }) => accepts === 'application/json')) continue;
      expect([route.id, refusalOf(await world.ask({ ...right, type: 'application/json' }))]).toEqual([
        route.id,
        UNSUPPORTED,
      ]);
    }
    expect(await world.fingerprint([named.flow])).toBe(before);
  });

  it.each(['gzip', 'br', 'deflate', 'identity, gzip', 'GZIP', 'x'])(
    'a body that is %s is unsupported',
    async (encoding) => {
      const before = await world.fingerprint([named.flow]);
      for (const route of routes.filter(({ accepts }) => accepts !== undefined)) {
        const right = rightRequest(route, named);
        const text = typeof right.body === 'string' ? right.body : JSON.stringify(right.body);
        const headers = { ...right.headers, 'content-encoding': encoding };
        const answer = await world.ask({ ...right, headers, body: gzipSync(text) });
        expect([route.id, refusalOf(answer)]).toEqual([route.id, UNSUPPORTED]);
      }
      expect(await world.fingerprint([named.flow])).toBe(before);
    },
  );

  it('128 KiB and one byte are too large, or one more than an operation’s own limit; the media type comes first', async () => {
    const before = await world.fingerprint([named.flow]);
    for (const route of routes.filter(({ accepts }) => accepts !== undefined)) {
      const right = rightRequest(route, named);
      const text = typeof right.body === 'string' ? right.body : JSON.stringify(right.body);
      const body = text.padEnd((route.largest?.bytes ?? 131_072) + 1);
      expect([route.id, refusalOf(await world.ask({ ...right, body }))]).toEqual([
        route.id,
        { status: 413, code: 'INVALID_REQUEST' },
      ]);
      expect(refusalOf(await world.ask({ ...right, body, type: 'text/plain' }))).toEqual(UNSUPPORTED);
    }
    expect(await world.fingerprint([named.flow])).toBe(before);
  });

  it.each([
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'APPLICATION/JSON',
    'application/json ; q=1',
  ])('a control: %s is JSON (00 §2.3)', async (type) => {
    const path = `/${named.environment}/deviceAuthentications`;
    expect((await world.ask({ path, type, body: { user: { id: named.user } } })).status).toBe(201);
  });

  it('a control: an action’s type is compared without case, with parameters (00 §2.3)', async () => {
    for (const route of bodied().filter(({ emptyBody }) => emptyBody)) {
      const right = rightRequest(route, named);
      for (const type of [route.accepts?.toUpperCase(), `${route.accepts}; charset=utf-8`])
        expect([route.id, type, (await world.ask({ ...right, type: type ?? '' })).status]).toEqual([
          route.id,
          type,
          Object.keys(route.replies).map(Number)[0],
        ]);
    }
  });
});

describe('actions without a body (00 §2.3; 20 §1)', () => {
  it('take none, an empty one, `{}`, `null`, and members that they ignore', async () => {
    for (const route of bodied().filter(({ emptyBody }) => emptyBody)) {
      const { body: _, ...right } = rightRequest(route, named);
      for (const body of [undefined, '', '{}', 'null', '{"status":"OK","canAuthenticate":true}'])
        expect([
          route.id,
          body,
          (await world.ask({ ...right, ...(body === undefined ? {} : { body }) })).status,
        ]).toEqual([route.id, body, Object.keys(route.replies).map(Number)[0]]);
    }
  });
});
