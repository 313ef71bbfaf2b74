import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Route } from '../../src/http/route.js';
import { refusalOf } from './refusal.js';
import { deletingLast, type Named, namedIn, rightRequest } from './requests.js';
import { type Answer, HERE, here, startWorld, type World } from './world.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

let world: World;
let named: Named;
let routes: readonly Route[];
beforeAll(async () => {
  world = await startWorld();
  named = await namedIn(world);
  ({ routes } = world.postern.app);
});
afterAll(() => world[Symbol.asyncDispose]());

const reads = (): readonly Route[] => routes.filter(({ method }) => method === 'GET');
const PATH = `/environments/${HERE}`;

/** `00` §3.1; SEC-57. */
function expectStandardHeaders(what: string, { headers, text }: Answer): void {
  expect([what, headers]).toEqual([
    what,
    expect.objectContaining({
      'correlation-id': expect.stringMatching(UUID),
      'x-ping-external-transaction-id': expect.any(String),
      'x-ping-external-session-id': expect.any(String),
      'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
      expires: '0',
      pragma: 'no-cache',
      date: expect.any(String),
      vary: expect.stringContaining('Origin'),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'access-control-allow-headers': expect.stringContaining('Authorization'),
      'access-control-allow-methods': expect.stringContaining('POST'),
      'access-control-max-age': expect.any(String),
    }),
  ]);
  for (const name of ['server', 'x-powered-by', 'access-control-allow-credentials', 'strict-transport-security'])
    expect([what, name in headers]).toEqual([what, false]);
  // A signing request is a file.
  const type = what === 'key.csr.export 200' ? 'application/x-pem-file' : expect.stringMatching(/^application\/json/);
  if (text !== '') expect([what, headers['content-type']]).toEqual([what, type]);
}

describe('every answer has the documented headers (00 §3.1; SEC-57)', () => {
  it('of every operation, when it succeeds', async () => {
    await using other = await startWorld();
    const those = await namedIn(other);
    for (const route of deletingLast(other.postern.app.routes)) {
      const answer = await other.ask(rightRequest(route, those));
      expectStandardHeaders(`${route.id} ${answer.status}`, answer);
      if (answer.status === 204) expect([answer.text, 'content-type' in answer.headers]).toEqual(['', false]);
    }
  });

  it('of every operation, when it is refused', async () => {
    for (const route of routes) {
      const right = rightRequest(route, named);
      expectStandardHeaders(`${route.id} token`, await world.ask({ ...right, token: null, headers: {} }));
      if (route.accepts === undefined) continue;
      expectStandardHeaders(`${route.id} type`, await world.ask({ ...right, type: 'text/plain' }));
      expectStandardHeaders(`${route.id} body`, await world.ask({ ...right, body: '{' }));
      expectStandardHeaders(`${route.id} size`, await world.ask({ ...right, body: ' '.repeat(131_073) }));
    }
    expectStandardHeaders('path', await world.ask({ path: '/nothing' }));
    expectStandardHeaders('method', await world.ask({ method: 'PATCH', path: PATH }));
    expectStandardHeaders('url', await world.ask({ path: `${PATH}?${'x'.repeat(9_000)}` }));
    expectStandardHeaders('preflight', await world.ask({ method: 'OPTIONS', path: PATH, token: null }));
  });

  it('health checks need no token and tell one word (SEC-57, SEC-83)', async () => {
    for (const [path, word] of [
      ['/livez', 'live\n'],
      ['/readyz', 'ready\n'],
    ] as const) {
      const { status, text, headers } = await world.ask({ path, token: null });
      expect([status, text, headers['content-type']]).toEqual([200, word, expect.stringMatching(/^text\/plain/)]);
      expect(headers).toMatchObject({
        'cache-control': expect.stringContaining('no-store'),
        'x-content-type-options': 'nosniff',
      });
      expect(headers).not.toHaveProperty('server');
    }
  });

  it('the correlation id is new each time, and the id of an error', async () => {
    const seen = new Set<string | undefined>();
    for (let n = 0; n < 100; n++) {
      const answer = await world.ask({ path: n % 2 === 0 ? PATH : '/nothing' });
      if (n % 2 === 1) expect(answer.body['id']).toBe(answer.headers['correlation-id']);
      seen.add(answer.headers['correlation-id']);
    }
    expect(seen.size).toBe(100);
  });

  it('a URL beyond 8 KiB is 414, more than a hundred header fields are 431 (SEC-53)', async () => {
    expect(refusalOf(await world.ask({ path: `${PATH}?${'x'.repeat(8_192)}` }))).toEqual({
      status: 414,
      code: 'INVALID_REQUEST',
    });
    const headers = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`x-${n}`, '1']));
    expect(refusalOf(await world.ask({ path: PATH, headers }))).toEqual({ status: 431, code: 'INVALID_REQUEST' });
  });
});

describe('external ids (00 §2.2)', () => {
  const IDS = ['x-ping-external-transaction-id', 'x-ping-external-session-id'] as const;
  it.each([
    ['order-42/a.b_c@d=e#f+g', 'order-42/a.b_c@d=e#f+g'],
    ['a b<c>"d;e,f', 'a_b_c__d_e_f'],
    ['x'.repeat(101), 'x'.repeat(100)],
    [Buffer.from('größe-Ω-٣').toString('latin1'), Buffer.from('größe-Ω-٣').toString('latin1')],
    [Buffer.from('a😀b').toString('latin1'), 'a_b'],
  ])('%s comes back as %s, with answers and with refusals', async (sent, back) => {
    for (const path of [PATH, '/nothing'])
      for (const id of IDS) expect((await world.ask({ path, headers: { [id]: sent } })).headers[id]).toBe(back);
  });

  it('each is made when it is missing, independently of the other', async () => {
    const { headers } = await world.ask({ path: PATH, headers: { [IDS[0]]: 'mine' } });
    expect(headers[IDS[0]]).toBe('mine');
    expect(headers[IDS[1]]).toMatch(UUID);
  });
});

describe('methods (00 §2.1)', () => {
  const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'LINK'];
  const paths = (): readonly (readonly [string, readonly string[]])[] =>
    [...new Set(routes.map(({ base, path }) => `${base} ${path}`))].map((place) => [
      place,
      routes.filter(({ base, path }) => `${base} ${path}` === place).map(({ method }) => method),
    ]);
  const at = (place: string) => {
    const route = routes.find(({ base, path }) => `${base} ${path}` === place);
    if (!route) throw new Error(place);
    return rightRequest(route, named).path;
  };

  it('what a path does not have is 405, with all that it has, before the token is looked at', async () => {
    for (const [place, offered] of paths())
      for (const method of METHODS.filter((name) => !offered.includes(name))) {
        const answer = await world.ask({ method, path: at(place), token: null });
        expect([place, method, refusalOf(answer)]).toEqual([place, method, { status: 405, code: 'INVALID_REQUEST' }]);
        const allowed = new Set([...offered, 'OPTIONS', ...(offered.includes('GET') ? ['HEAD'] : [])]);
        expect([place, answer.headers['allow']?.split(', ').sort()]).toEqual([place, [...allowed].sort()]);
      }
  });

  it('OPTIONS needs no token and does nothing', async () => {
    const before = await world.fingerprint([named.flow]);
    for (const [place, offered] of paths()) {
      const answer = await world.ask({ method: 'OPTIONS', path: at(place), token: null });
      expect([place, answer.status, answer.text]).toEqual([place, 204, '']);
      for (const method of offered) expect(answer.headers['allow']).toContain(method);
    }
    expect(await world.fingerprint([named.flow])).toBe(before);
  });

  // That no body follows is seen on a socket (`test/http/socket.test.ts`): a request in process keeps what was written.
  it('HEAD is GET by its headers, with the same checks', async () => {
    for (const route of reads()) {
      const right = rightRequest(route, named);
      const [get, head] = [await world.ask(right), await world.ask({ ...right, method: 'HEAD' })];
      expect([route.id, head.status]).toEqual([route.id, get.status]);
      // A request for a certificate is signed anew each time, and not every signature takes as many bytes.
      const size = route.id === 'key.csr.export' ? expect.stringMatching(/^\d{3}$/) : get.headers['content-length'];
      expect([route.id, head.headers['content-length']]).toEqual([route.id, size]);
      if (route.permission === 'public') continue;
      const stranger = await world.ask({ ...right, method: 'HEAD', token: null });
      expect([route.id, stranger.status]).toEqual([route.id, 401]);
    }
  });

  it('X-HTTP-Method-Override on a POST leads to the same operation, with the same checks', async () => {
    for (const route of reads()) {
      const { body: _, ...right } = rightRequest(route, named);
      const headers = { ...right.headers, 'x-http-method-override': 'get' };
      expect([route.id, (await world.ask({ ...right, method: 'POST', headers })).status]).toEqual([route.id, 200]);
      if (route.permission === 'public') continue;
      expect((await world.ask({ ...right, method: 'POST', token: null, headers })).status).toBe(401);
    }
    const before = await world.fingerprint([named.flow]);
    const path = `${PATH}/deviceAuthenticationPolicies/${here.policy}`;
    const override = (name: string, method: string) =>
      world.ask({ method, path, headers: { 'x-http-method-override': name } });
    // The default policy cannot be deleted: the answer tells that it was the deletion.
    expect(refusalOf(await override('DELETE', 'POST')).code).toBe('REQUEST_FAILED');
    for (const name of ['TRACE', 'CONNECT', 'OPTIONS', 'HEAD', 'DELETE, GET', '']) {
      const { status } = await override(name, 'POST');
      expect([name, status]).toEqual([name, 405]);
    }
    // Only a POST is overridden.
    expect((await override('DELETE', 'GET')).status).toBe(200);
    expect(await world.fingerprint([named.flow])).toBe(before);
  });
});

describe('origins (00 §3.7; SEC-57)', () => {
  const from = (where: World, origin: string, path = PATH) => where.ask({ path, headers: { origin } });
  const ALLOW = 'access-control-allow-origin';

  it('in development: any of this machine, and no other', async () => {
    for (const origin of ['http://localhost:3000', 'https://localhost', 'http://127.0.0.1:8080', 'http://[::1]:5173'])
      expect([origin, (await from(world, origin)).headers[ALLOW]]).toEqual([origin, origin]);
    for (const origin of [
      'https://evil.example',
      'null',
      'http://localhost.evil.example',
      'http://localhost:3000.evil.example',
      'http://127.0.0.1.evil.example',
      'file://',
      'http://localhost@evil.example',
      'http://LOCALHOST.evil.example',
    ])
      expect([origin, ALLOW in (await from(world, origin)).headers]).toEqual([origin, false]);
  });

  it('named ones only, exactly', async () => {
    await using other = await startWorld({
      env: { POSTERN_CORS_ORIGINS: 'https://admin.example.org,https://other.example.org:8443' },
    });
    for (const origin of ['https://admin.example.org', 'https://other.example.org:8443']) {
      expect((await from(other, origin)).headers[ALLOW]).toBe(origin);
      expect((await from(other, origin, '/nothing')).headers[ALLOW]).toBe(origin);
    }
    for (const origin of [
      'http://admin.example.org',
      'https://admin.example.org:444',
      'https://admin.example.org.evil.example',
      'https://other.example.org',
      'http://localhost:3000',
      '*',
    ])
      expect([origin, ALLOW in (await from(other, origin)).headers]).toEqual([origin, false]);
  });

  it('what is public may be read from anywhere, without credentials (00 §5.4)', async () => {
    for (const route of routes.filter(({ id }) => id.startsWith('discovery.'))) {
      const { headers } = await from(world, 'https://any.example', rightRequest(route, named).path);
      expect([route.id, headers[ALLOW], 'access-control-allow-credentials' in headers]).toEqual([route.id, '*', false]);
    }
  });

  it('a preflight names what may be sent', async () => {
    const headers = {
      origin: 'http://localhost:3000',
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'authorization',
    };
    const answer = await world.ask({ method: 'OPTIONS', path: PATH, token: null, headers });
    expect(answer.status).toBe(204);
    expect(answer.headers[ALLOW]).toBe(headers.origin);
    for (const name of ['Authorization', 'Content-Type', 'X-Ping-External-Transaction-ID'])
      expect(answer.headers['access-control-allow-headers']).toContain(name);
  });
});
