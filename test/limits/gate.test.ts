import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusals } from '../../src/audit/refusals.js';
import { createGate, type GateLimits } from '../../src/http/gate.js';
import type { RawRoute } from '../../src/http/raw.js';
import { defineRoute, type Route, reply } from '../../src/http/route.js';
import type { HttpServer } from '../../src/http/server.js';
import { TokenBuckets } from '../../src/http/token-buckets.js';
import { ask, ELSEWHERE, engine, HERE, ROUTES, THING } from '../http/engine.js';

const NO_LIMITS: GateLimits = { clientRate: 0, flowRate: 0, atOnce: 1_000, tenantShare: 1 };

describe('a token bucket', () => {
  it('lets through what its rate allows in any span of time, and twice a second’s worth on top', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 }),
        (rate, pauses) => {
          const buckets = new TokenBuckets(rate);
          const taken: number[] = [];
          let now = 0;
          for (const pause of pauses) {
            now += pause;
            const wait = buckets.take('client', 'here', now);
            if (wait > 0) {
              // The wait that is told is long enough, a rounding error apart.
              now += wait + 1;
              expect(buckets.take('client', 'here', now)).toBe(0);
            }
            taken.push(now);
          }
          for (const from of taken)
            for (const to of taken) {
              const inSpan = taken.filter((at) => at >= from && at <= to).length;
              if (to >= from) expect(inSpan).toBeLessThanOrEqual(2 * rate + ((to - from) / 1000) * rate + 1);
            }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('has one again after the wait that it told', () => {
    const buckets = new TokenBuckets(10);
    for (let n = 0; n < 20; n++) expect(buckets.take('client', 'here', 0)).toBe(0);
    const wait = buckets.take('client', 'here', 0);
    expect(wait).toBe(100);
    expect(buckets.take('client', 'here', wait - 2)).toBeGreaterThan(0);
    expect(buckets.take('client', 'here', wait + 1)).toBe(0);
    expect(buckets.take('another', 'here', 0)).toBe(0);
  });

  it('remembers a bounded number of clients', () => {
    const buckets = new TokenBuckets(1);
    for (let n = 0; n < 25_000; n++) buckets.take(`client ${n}`, 'here', 0);
    // The first of them has been forgotten and begins anew.
    for (let n = 0; n < 2; n++) expect(buckets.take('client 0', 'here', 0)).toBe(0);
    expect(buckets.take('client 0', 'here', 0)).toBeGreaterThan(0);
  });
});

describe('requests of one client', () => {
  it('beyond the rate are 429 with the documented body and Retry-After, and only in that environment (00 §4.8)', async () => {
    await using server = engine({ limits: { ...NO_LIMITS, clientRate: 1 } });
    const read = (token = 'organization', environment: string = HERE) =>
      ask(server, { method: 'GET', url: `/v1/environments/${environment}/things/${HERE}`, token, type: null });
    const first = [(await read()).status, (await read()).status];
    expect(first).toEqual([200, 200]);
    const refused = await read();
    expect(refused.status).toBe(429);
    expect(refused.body).toEqual({
      id: expect.any(String),
      code: 'REQUEST_LIMITED',
      message: 'The request could not be completed. Too many requests.',
      details: [{ code: 'LIMIT_EXCEEDED', message: 'Too many requests. Try again later.' }],
    });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect((await read('organization', ELSEWHERE)).status).toBe(200);
  });

  it('that start device authentications have a rate of their own (SEC-87)', async () => {
    const create = defineRoute({
      id: 'deviceAuthentication.create',
      summary: '',
      source: 'test',
      method: 'POST',
      base: 'auth',
      path: '/:envId/flows',
      permission: 'deviceAuthentications:use',
      replies: { 201: null },
      handle: async () => reply(201),
    });
    await using server = engine({ routes: [...ROUTES, create], limits: { ...NO_LIMITS, flowRate: 1 } });
    const start = () => ask(server, { url: `/${HERE}/flows`, type: null });
    expect([(await start()).status, (await start()).status, (await start()).status]).toEqual([201, 201, 429]);
    expect(
      (await ask(server, { method: 'GET', url: `/v1/environments/${HERE}/things/${HERE}`, type: null })).status,
    ).toBe(200);
  });
});

describe('what the gate turns away (SEC-72)', () => {
  it('is counted for the trail of its environment, one record for a flood, and a full server asks nobody', async () => {
    const refusals = new Refusals(() => 0);
    const taken = () =>
      refusals.take(true).map(({ environmentId, by, events }) => [environmentId, by.clientId, events]);
    await using server = engine({ refusals, limits: { ...NO_LIMITS, clientRate: 1 } });
    const read = (environment: string) =>
      ask(server, {
        method: 'GET',
        url: `/v1/environments/${environment}/things/${HERE}`,
        token: 'organization',
        type: null,
      });
    for (let n = 0; n < 10; n++) await read(ELSEWHERE);
    const detail = { operation: 'thing.read', reason: 'REQUEST_LIMITED', count: 8, since: 0 };
    expect(taken()).toEqual([[ELSEWHERE, THING, [{ type: 'REQUEST.REFUSED', environmentId: ELSEWHERE, detail }]]]);
    const { server: busy, finish } = slowServer({ atOnce: 4 }, refusals);
    await using _ = busy;
    const inside = [get(busy, 'manage'), get(busy, 'manage')];
    expect((await get(busy, 'manage')).status).toBe(503);
    expect(taken()).toMatchObject([[HERE, THING, [{ detail: { operation: 'manage', reason: 'UNAVAILABLE' } }]]]);
    inside.push(get(busy, 'authenticate'), get(busy, 'authenticate'));
    expect((await get(busy, 'authenticate')).status).toBe(503);
    taken();
    expect((await get(busy, 'authenticate')).status).toBe(503);
    expect(taken()).toEqual([]);
    finish();
    await Promise.all(inside);
  });
});

/** A route of each class whose requests end when they are told to. */
function slowServer(
  limits: Partial<GateLimits>,
  refusals = new Refusals(() => 0),
): { server: HttpServer; finish: () => void; routes: readonly Route[] } {
  let finish = (): void => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const slow = (id: string, permission: 'users:read' | 'deviceAuthentications:use' | 'public') =>
    defineRoute({
      id,
      summary: '',
      source: 'test',
      method: 'GET',
      base: 'auth',
      path: `/:envId/${id}`,
      permission,
      replies: { 204: null },
      async handle() {
        await finished;
        return reply(204);
      },
    });
  const routes = [
    slow('manage', 'users:read'),
    slow('authenticate', 'deviceAuthentications:use'),
    slow('token', 'public'),
  ];
  return { server: engine({ routes, refusals, limits: { ...NO_LIMITS, ...limits } }), finish: () => finish(), routes };
}

const get = (server: HttpServer, id: string, environment: string = HERE) =>
  ask(server, {
    method: 'GET',
    url: `/${environment}/${id}`,
    token: id === 'token' ? null : 'organization',
    type: null,
  });

describe('requests on top of what the process works on (SEC-85)', () => {
  it('are 503 with Retry-After at once; those inside are answered, and then there is room again', async () => {
    const { server, finish } = slowServer({ atOnce: 16 });
    await using _ = server;
    const inside = Array.from({ length: 16 }, () => get(server, 'authenticate'));
    const refused = await get(server, 'authenticate');
    expect(refused.status).toBe(503);
    expect(refused.headers['retry-after']).toBe('1');
    finish();
    expect((await Promise.all(inside)).map(({ status }) => status)).toEqual(Array(16).fill(204));
    expect((await get(server, 'authenticate')).status).toBe(204);
  });

  it('of management take at most half, of the token endpoint an eighth: authentications still get in', async () => {
    const { server, finish } = slowServer({ atOnce: 16 });
    await using _ = server;
    const inside = [
      ...Array.from({ length: 8 }, () => get(server, 'manage')),
      ...Array.from({ length: 2 }, () => get(server, 'token')),
    ];
    expect((await get(server, 'manage')).status).toBe(503);
    expect((await get(server, 'token')).status).toBe(503);
    const authentications = Array.from({ length: 6 }, () => get(server, 'authenticate'));
    expect((await get(server, 'authenticate')).status).toBe(503);
    finish();
    const all = await Promise.all([...inside, ...authentications]);
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([204]));
  });

  it('of one environment take at most its share, with 429: another’s get in', async () => {
    const { server, finish } = slowServer({ atOnce: 16, tenantShare: 0.5 });
    await using _ = server;
    const inside = Array.from({ length: 8 }, () => get(server, 'authenticate'));
    const refused = await get(server, 'authenticate');
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBe('1');
    const other = get(server, 'authenticate', ELSEWHERE);
    finish();
    expect((await other).status).toBe(204);
    await Promise.all(inside);
    expect((await get(server, 'authenticate')).status).toBe(204);
  });

  it('leave health to itself', async () => {
    const { server, finish } = slowServer({ atOnce: 16 });
    await using _ = server;
    const inside = Array.from({ length: 16 }, () => get(server, 'authenticate'));
    expect((await server.inject({ method: 'GET', url: '/livez' })).statusCode).toBe(200);
    finish();
    await Promise.all(inside);
  });

  it('leave nothing behind in the gate, whatever came and went', () => {
    const gate = createGate({ ...NO_LIMITS, atOnce: 4, tenantShare: 0.5 });
    const operation = { route: { id: 'x', permission: 'deviceAuthentications:use' }, parameters: ['envId'] };
    // Of an admission the gate looks at these members only.
    const admission = { operation, params: [HERE], actor: undefined } as unknown as Parameters<typeof gate.enter>[0];
    for (let n = 0; n < 100; n++) {
      const entries = [gate.enter(admission), gate.enter(admission), gate.enter(admission)];
      expect(entries.map(({ kind }) => kind)).toEqual(['entry', 'entry', 'error']);
      for (const entry of entries) if (entry.kind === 'entry') gate.leave(entry);
    }
    expect(gate.isFull()).toBe(false);
  });
});

describe('pages that anybody may ask for (SEC-85)', () => {
  const page = (handle: RawRoute['handle'], isGated = true): RawRoute => ({
    method: 'GET',
    path: '/shown/',
    below: /^\w+$/,
    isGated,
    handle,
  });
  const EMPTY = { status: 200, headers: {}, body: '' } as const;
  // Begins at once: an injected request waits until somebody waits for it.
  const show = async (server: HttpServer, remoteAddress = '192.0.2.1') =>
    await server.inject({ method: 'GET', url: '/shown/one', remoteAddress });
  const statusOf = async (shown: ReturnType<typeof show>) => (await shown).statusCode;

  it('are 429 beyond the rate of the address that asks: another’s get in', async () => {
    await using server = engine({ rawRoutes: [page(async () => EMPTY)], limits: { ...NO_LIMITS, clientRate: 1 } });
    expect([await statusOf(show(server)), await statusOf(show(server))]).toEqual([200, 200]);
    const refused = await show(server);
    expect([refused.statusCode, refused.json()]).toEqual([429, expect.objectContaining({ code: 'REQUEST_LIMITED' })]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(await statusOf(show(server, '192.0.2.2'))).toBe(200);
  });

  it('take an eighth of what the process works on, and give it back also when they fail', async () => {
    let fail = (_: Error): void => {};
    const failed = new Promise<never>((_, reject) => {
      fail = reject;
    });
    const { server: other, finish, routes } = slowServer({ atOnce: 16 });
    await using _ = other;
    await using server = engine({ routes, rawRoutes: [page(() => failed)], limits: { ...NO_LIMITS, atOnce: 16 } });
    const pages = [show(server), show(server)];
    expect(await statusOf(show(server))).toBe(503);
    const authentications = Array.from({ length: 14 }, () => get(server, 'authenticate'));
    expect((await get(server, 'authenticate')).status).toBe(503);
    fail(new Error('no such page'));
    expect(await Promise.all(pages.map(statusOf))).toEqual([500, 500]);
    // Both places are free again.
    authentications.push(get(server, 'authenticate'), get(server, 'authenticate'));
    expect((await get(server, 'authenticate')).status).toBe(503);
    expect(await statusOf(show(server))).toBe(503);
    finish();
    expect(new Set((await Promise.all(authentications)).map(({ status }) => status))).toEqual(new Set([204]));
    expect(await statusOf(show(server))).toBe(500);
  });

  it('a control: those that are not behind the gate are not counted', async () => {
    const rawRoutes = [page(async () => EMPTY, false)];
    await using server = engine({ rawRoutes, limits: { ...NO_LIMITS, clientRate: 1 } });
    const shown = [await show(server), await show(server), await show(server)];
    expect(shown.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
  });
});
