import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { defineRoute, type Route, reply } from '../../src/http/route.js';
import { StoreError } from '../../src/storage/store-error.js';
import { ask, engine, HERE, ROUTES, THING, THING_PATH, THINGS } from './engine.js';

const good = { name: 'one', kind: 'SMS' };
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('headers of every answer (00 §3.1; SEC-57)', () => {
  it.each([
    ['an answer', { body: good }, 200],
    ['a refusal', { token: null }, 401],
    ['an unknown path', { url: '/nothing' }, 404],
    ['an answer without a body', { method: 'DELETE', url: THING_PATH }, 204],
  ] as const)('%s', async (_name, request, status) => {
    await using server = engine();
    const answer = await ask(server, request);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'correlation-id': expect.stringMatching(UUID),
      'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
      expires: '0',
      pragma: 'no-cache',
      vary: 'Origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'strict-transport-security': expect.stringContaining('max-age='),
      'access-control-allow-methods': expect.stringContaining('PUT'),
      'access-control-allow-headers': expect.stringContaining('Authorization'),
      'access-control-max-age': expect.any(String),
      date: expect.any(String),
    });
    expect(answer.headers).not.toHaveProperty('server');
    expect(answer.headers).not.toHaveProperty('x-powered-by');
  });

  it('the correlation id is new per request', async () => {
    await using server = engine();
    const [a, b] = [await ask(server, { body: good }), await ask(server, { body: good })];
    expect(a.headers['correlation-id']).not.toBe(b.headers['correlation-id']);
  });

  it('says nothing of transport security where clients come by http', async () => {
    await using server = engine({ apiPath: 'http://localhost/v1', authPath: 'http://localhost' });
    expect((await ask(server, { body: good })).headers).not.toHaveProperty('strict-transport-security');
  });

  it.each([
    ['as it came', 'order-42/a.b_c@d=e#f+g', 'order-42/a.b_c@d=e#f+g'],
    ['with what is not allowed replaced', 'a b<c>"d', 'a_b_c__d'],
    ['cut to a hundred characters', 'x'.repeat(150), 'x'.repeat(100)],
    [
      'with letters of any script, as UTF-8',
      Buffer.from('größe').toString('latin1'),
      Buffer.from('größe').toString('latin1'),
    ],
  ])('the external ids come back %s (00 §2.2)', async (_name, sent, back) => {
    await using server = engine();
    const headers = { 'x-ping-external-transaction-id': sent, 'x-ping-external-session-id': sent };
    const answer = await ask(server, { body: good, headers });
    expect(answer.headers['x-ping-external-transaction-id']).toBe(back);
    expect(answer.headers['x-ping-external-session-id']).toBe(back);
  });

  it('external ids are made when none came', async () => {
    await using server = engine();
    expect((await ask(server, { body: good })).headers['x-ping-external-transaction-id']).toMatch(UUID);
  });
});

describe('methods (00 §2.1)', () => {
  it('an unknown one is 405, with what is allowed', async () => {
    await using server = engine();
    const answer = await ask(server, { method: 'GET', url: THINGS });
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'OPTIONS, POST']);
    const item = await ask(server, { method: 'OPTIONS', url: THING_PATH, token: null });
    expect([item.status, item.headers['allow']]).toEqual([204, 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT']);
  });

  it('HEAD is GET without the body, with the same checks', async () => {
    await using server = engine();
    const head = await ask(server, { method: 'HEAD', url: THING_PATH });
    const get = await ask(server, { method: 'GET', url: THING_PATH });
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', get.headers['content-length']]);
    expect((await ask(server, { method: 'HEAD', url: THING_PATH, token: null })).status).toBe(401);
  });

  it('X-HTTP-Method-Override on a POST is honoured', async () => {
    await using server = engine();
    const override = (name: string) => ({ headers: { 'x-http-method-override': name }, url: THING_PATH });
    expect((await ask(server, override('DELETE'))).status).toBe(204);
    expect((await ask(server, { ...override('put'), body: { text: 'a' } })).body['handled']).toBe('thing.replace');
    expect((await ask(server, override('TRACE'))).status).toBe(405);
    expect((await ask(server, { ...override('DELETE'), method: 'GET' })).body['handled']).toBe('thing.read');
  });

  it('in PATCH an explicit null arrives; in PUT it does not (00 §2.4)', async () => {
    await using server = engine();
    const body = { text: null };
    expect((await ask(server, { method: 'PATCH', url: THING_PATH, body })).body['body']).toEqual({ text: null });
    expect((await ask(server, { method: 'PUT', url: THING_PATH, body })).body['body']).toEqual({});
  });
});

describe('paths', () => {
  it.each([
    `${THINGS}/`,
    `/v1//environments/${HERE}/things`,
    `/v1/environments/${HERE}/things/${THING}/more`,
    `/v1/Environments/${HERE}/things`,
    `/environments/${HERE}/things`,
    `/v1/environments/${HERE}/%74hings`,
    '/v1/environments//things',
    '/%',
    '*',
  ])('%s is none of ours', async (url) => {
    await using server = engine();
    expect((await ask(server, { url, body: good })).status).toBe(404);
  });

  it.each([THING.toUpperCase(), THING.slice(1), `${THING}0`, '..', '%00', "'--"])('the id %s is 404', async (id) => {
    await using server = engine();
    expect((await ask(server, { method: 'GET', url: `${THINGS}/${id}` })).status).toBe(404);
  });

  it('stand below the paths of the base URLs (00 §1.3)', async () => {
    await using server = engine({ apiPath: 'https://x.example/mfa/api/v1', authPath: 'https://x.example/mfa/auth' });
    expect((await ask(server, { url: `/mfa/api${THINGS}`, body: good })).status).toBe(200);
    const at = (url: string) => ask(server, { method: 'GET', token: null, url });
    expect((await at(`/mfa/auth/${HERE}/as/thing`)).status).toBe(200);
    expect((await ask(server, { url: THINGS, body: good })).status).toBe(404);
    expect((await at(`/${HERE}/as/thing`)).status).toBe(404);
  });

  it('two routes cannot claim the same requests', () => {
    expect(() => engine({ routes: [...ROUTES, ...ROUTES.slice(0, 1)] })).toThrow(/claim the same/);
  });

  it('a route below environments that does not name which one first does not start (SEC-42)', () => {
    const route = { ...(ROUTES[0] as Route), path: '/environments/:id' };
    expect(() => engine({ routes: [route] })).toThrow(/:envId/);
  });
});

describe('sizes (SEC-53)', () => {
  it('a body beyond 128 KiB is 413, whoever announces it or not; one less is read', async () => {
    await using server = engine();
    const fits = JSON.stringify({ ...good, pad: Array.from({ length: 8 }, () => 'x'.repeat(16_000)) });
    expect((await ask(server, { body: fits.padEnd(131_072) })).status).toBe(200);
    const answer = await ask(server, { body: fits.padEnd(131_073) });
    expect([answer.status, answer.body['code']]).toEqual([413, 'INVALID_REQUEST']);
  });

  it('a URL beyond 8 KiB is 414', async () => {
    await using server = engine();
    expect((await ask(server, { url: `${THINGS}?${'x'.repeat(8_192)}`, body: good })).status).toBe(414);
  });

  it('more than a hundred header fields are 431', async () => {
    await using server = engine();
    const headers = Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`x-${at}`, '1']));
    expect((await ask(server, { headers, body: good })).status).toBe(431);
  });
});

describe('origins (00 §3.7; SEC-57)', () => {
  const from = (origin: string) => ({ headers: { origin }, body: good });

  it('only a named one may read answers', async () => {
    await using server = engine({ corsOrigins: ['https://app.example.org'] });
    const named = await ask(server, from('https://app.example.org'));
    expect(named.headers['access-control-allow-origin']).toBe('https://app.example.org');
    for (const other of ['https://app.example.org.evil.test', 'https://evil.test', 'null', 'http://localhost'])
      expect((await ask(server, from(other))).headers).not.toHaveProperty('access-control-allow-origin');
    expect(named.headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it('in development, any on this machine', async () => {
    await using server = engine({ corsOrigins: 'loopback' });
    for (const own of ['http://localhost:3000', 'http://127.0.0.1', 'https://[::1]:8443'])
      expect((await ask(server, from(own))).headers['access-control-allow-origin']).toBe(own);
    for (const other of ['http://localhost.evil.test', 'http://127.0.0.1.evil.test', 'http://10.0.0.1'])
      expect((await ask(server, from(other))).headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('a preflight needs no token', async () => {
    await using server = engine({ corsOrigins: 'loopback' });
    const headers = { origin: 'http://localhost:3000', 'access-control-request-method': 'POST' };
    const answer = await ask(server, { method: 'OPTIONS', token: null, type: null, headers });
    expect(answer.status).toBe(204);
    expect(answer.headers['access-control-allow-origin']).toBe('http://localhost:3000');
  });
});

describe('what goes wrong inside (SEC-17, SEC-58)', () => {
  const throwing = (cause: unknown): Route =>
    defineRoute({
      id: 'throwing',
      summary: '',
      source: 'test',
      method: 'POST',
      base: 'api',
      path: '/environments/:envId/things',
      accepts: 'application/json',
      permission: 'users:write',
      replies: { 200: Type.Object({}) },
      async handle() {
        throw cause;
      },
    });

  it('a fault is 500 with an id and nothing else; the log has all of it', async () => {
    const logged: object[] = [];
    const logger = { debug() {}, info() {}, warn() {}, error: (fields: object) => void logged.push(fields) };
    const cause = new Error('select * from users at /srv/app');
    await using server = engine({ routes: [throwing(cause)], logger });
    const answer = await ask(server, { body: good });
    expect(answer.status).toBe(500);
    expect(answer.body).toEqual({
      id: answer.headers['correlation-id'],
      code: 'UNEXPECTED_ERROR',
      message: 'The request could not be completed. An unexpected error occurred.',
    });
    expect(logged).toEqual([{ err: cause, correlationId: answer.headers['correlation-id'] }]);
  });

  it.each([
    ['busy', 429, 'REQUEST_LIMITED', '3'],
    ['unavailable', 503, 'UNEXPECTED_ERROR', '3'],
    ['unknownCommit', 503, 'UNEXPECTED_ERROR', '3'],
  ] as const)('a store that is %s is %i, with Retry-After', async (reason, status, code, after) => {
    await using server = engine({ routes: [throwing(new StoreError(reason, 'no', { retryAfterSeconds: 3 }))] });
    const answer = await ask(server, { body: good });
    expect([answer.status, answer.body['code'], answer.headers['retry-after']]).toEqual([status, code, after]);
    expect(answer.body).not.toHaveProperty('details');
  });

  it('a store that fails while the token is looked up is 503, not 401', async () => {
    const tokens = { authenticate: () => Promise.reject(new StoreError('unavailable', 'away')) };
    await using server = engine({ tokens });
    expect((await ask(server, { body: good })).status).toBe(503);
  });
});

describe('answers are held against their views in development (style §6)', () => {
  const answering = (status: number, body: unknown): Route =>
    defineRoute({
      id: 'answering',
      summary: '',
      source: 'test',
      method: 'GET',
      base: 'api',
      path: '/environments/:envId/things',
      permission: 'users:read',
      replies: { 200: Type.Object({ id: Type.String() }) },
      handle: async () => reply(status, body),
    });
  it.each<[string, number, unknown, number]>([
    ['what is announced', 200, { id: 'a' }, 200],
    ['members that are undefined', 200, { id: 'a', more: undefined }, 200],
    ['a member that is not', 200, { id: 'a', secret: 1 }, 500],
    ['a status that is not', 201, { id: 'a' }, 500],
    ['no body', 200, undefined, 500],
  ])('%s', async (_name, status, body, expected) => {
    const routes = [answering(status, body)];
    await using checked = engine({ routes });
    expect((await ask(checked, { method: 'GET' })).status).toBe(expected);
    await using unchecked = engine({ routes, development: false });
    expect((await ask(unchecked, { method: 'GET' })).status).toBe(status);
  });
});

describe('the log (SEC-71)', () => {
  it('has one line per request: the route, never the URL, a token or a body', async () => {
    const lines: object[] = [];
    const logger = { debug() {}, info: (fields: object) => void lines.push(fields), warn() {}, error() {} };
    await using server = engine({ logger });
    const answer = await ask(server, {
      url: `${THINGS}?email=maria@example.org`,
      body: { name: 'secret', kind: 'SMS' },
    });
    expect(lines).toEqual([
      {
        method: 'POST',
        route: 'thing.create',
        status: 200,
        ms: expect.any(Number),
        correlationId: answer.headers['correlation-id'],
        environmentId: HERE,
      },
    ]);
    await ask(server, { method: 'GET', url: '/maria@example.org/as/thing', token: null });
    expect(JSON.stringify(lines)).not.toMatch(/maria|secret|admin|Bearer/);
  });
});
