import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Route } from '../../src/http/route.js';
import { refusalOf } from './refusal.js';
import { hasLinks, type Named, namedIn, nobodys, rightRequest } from './requests.js';
import { type Answer, HERE, here, NOBODY, startWorld, THERE, there, type World } from './world.js';

let world: World;
let routes: readonly Route[];
/** The objects of each tenant. */
let ours: Named;
let theirs: Named;
beforeAll(async () => {
  world = await startWorld();
  ours = await namedIn(world, here);
  theirs = await namedIn(world, there);
  ({ routes } = world.postern.app);
});
afterAll(() => world[Symbol.asyncDispose]());

/** An answer without what is new for each: two that are equal cannot be told apart. */
function told({ status, headers, text }: Answer) {
  const { 'correlation-id': correlation = '', date: _, ...rest } = headers;
  const blank = (value: string): string =>
    value.replaceAll(correlation, '(correlation)').replaceAll(/[0-9a-f-]{36}/g, '(id)');
  return {
    status,
    text: blank(text),
    headers: Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, blank(value)])),
  };
}

const unchanged = async (work: () => Promise<void>): Promise<void> => {
  const flows = [ours.flow, theirs.flow];
  const before = await world.fingerprint(flows);
  await work();
  expect(await world.fingerprint(flows)).toBe(before);
};

const isPublic = ({ permission }: Route): boolean => permission === 'public';
/** Operations inside an environment, with a token. */
const guarded = (): readonly Route[] => routes.filter((route) => !isPublic(route) && route.path.includes(':envId'));
/** Those that name an object of the environment in their path. */
const addressed = (): readonly Route[] =>
  guarded().filter(({ path, names = [] }) => (path.match(/:\w+/g) ?? []).length - names.length > 1);

describe('objects of another environment answer exactly like objects that do not exist (SEC-42)', () => {
  it('a control: there are operations of every kind, and each object is found at home', async () => {
    expect(addressed().length).toBeGreaterThan(20);
    const reads = addressed().filter(({ method }) => method === 'GET');
    for (const [named, tenant] of [
      [ours, HERE],
      [theirs, THERE],
    ] as const)
      for (const route of reads) {
        const { status, body } = await world.ask(rightRequest(route, named));
        expect([route.id, tenant, status]).toEqual([route.id, tenant, 200]);
        expect([route.id, JSON.stringify(body).includes(tenant)]).toEqual([route.id, hasLinks(route)]);
        expect(JSON.stringify(body)).not.toContain(tenant === HERE ? THERE : HERE);
      }
  });

  it('every operation on their objects below our path: as on nobody’s, 404', () =>
    unchanged(async () => {
      for (const route of addressed()) {
        const foreign = await world.ask(rightRequest(route, { ...theirs, environment: HERE }));
        const unknown = await world.ask(rightRequest(route, { ...nobodys, environment: HERE }));
        expect([route.id, told(foreign)]).toEqual([route.id, told(unknown)]);
        expect([route.id, refusalOf(foreign)]).toEqual([route.id, { status: 404, code: 'NOT_FOUND' }]);
      }
    }));

  it('every operation on our objects below their path: the same', () =>
    unchanged(async () => {
      for (const route of addressed()) {
        const foreign = await world.ask(rightRequest(route, { ...ours, environment: THERE }));
        const unknown = await world.ask(rightRequest(route, { ...nobodys, environment: THERE }));
        expect([route.id, told(foreign)]).toEqual([route.id, told(unknown)]);
        expect(foreign.status).toBe(404);
      }
    }));

  it('one object of theirs among ours: a device of ours below a user of theirs, and the reverse (SEC-43)', () =>
    unchanged(async () => {
      for (const route of addressed().filter(({ path }) => path.includes(':deviceId'))) {
        const mixed: readonly Named[] = [
          { ...ours, user: theirs.user },
          { ...ours, device: theirs.device, pending: theirs.pending },
          // A user of the same environment, who has not got this device.
          { ...ours, user: ours.newcomer },
        ];
        const unknown = told(await world.ask(rightRequest(route, { ...ours, device: NOBODY, pending: NOBODY })));
        for (const named of mixed)
          expect([route.id, told(await world.ask(rightRequest(route, named)))]).toEqual([route.id, unknown]);
        expect(unknown.status).toBe(404);
      }
    }));

  const user = { id: here.user };
  const full = { name: 'Third', default: false } as const;
  /** Every reference that a body can hold, by operation. */
  const REFERENCES: readonly [string, string, (id: string) => object, keyof Named][] = [
    ['deviceAuthentication.create', 'user.id', (id) => ({ user: { id } }), 'user'],
    ['deviceAuthentication.create', 'policy.id', (id) => ({ user, policy: { id } }), 'policy'],
    ['deviceAuthentication.create', 'selectedDevice.id', (id) => ({ user, selectedDevice: { id } }), 'device'],
    ['deviceAuthentication.create', 'application.id', (id) => ({ user, application: { id } }), 'policy'],
    [
      'deviceAuthentication.create',
      'notification.policy.id',
      (id) => ({ user, notification: { policy: { id } } }),
      'policy',
    ],
    ['deviceAuthentication.device.select', 'device.id', (id) => ({ device: { id } }), 'device'],
    ['device.create', 'policy.id', (id) => ({ type: 'SMS', phone: '+15125550122', policy: { id } }), 'policy'],
    ['devices.reorder', 'order', (id) => ({ order: [{ id }] }), 'device'],
    [
      'user.create',
      'population.id',
      (id) => ({ username: 'x', email: 'x@example.org', population: { id } }),
      'population',
    ],
    [
      'deviceAuthenticationPolicies.fido2.migrate',
      'migrationData',
      (id) => ({ migrationData: [{ deviceAuthenticationPolicyId: id }] }),
      'policy',
    ],
    [
      'deviceAuthenticationPolicy.create',
      'notificationsPolicy.id',
      (id) => ({ ...full, notificationsPolicy: { id } }),
      'policy',
    ],
    [
      'deviceAuthenticationPolicy.create',
      'fido2.fido2PolicyId',
      (id) => ({ ...full, fido2: { enabled: true, fido2PolicyId: id } }),
      'policy',
    ],
    [
      'deviceAuthenticationPolicy.update',
      'mobile.applications[0].id',
      (id) => ({ ...full, mobile: { enabled: true, otp: OTP, applications: [{ id }] } }),
      'policy',
    ],
  ];
  const OTP = { failure: { count: 3, coolDown: { duration: 2, timeUnit: 'MINUTES' } } };

  it.each(REFERENCES)('%s with their %s, as with nobody’s', (routeId, _field, body, kind) =>
    unchanged(async () => {
      const route = routes.find(({ id }) => id === routeId);
      if (!route) throw new Error(`no route ${routeId}`);
      const right = rightRequest(route, ours);
      const withId = (id: string): Promise<Answer> =>
        world.ask({
          ...right,
          body: { ...(routeId.startsWith('deviceAuthenticationPolicy.') ? (right.body as object) : {}), ...body(id) },
        });
      const [foreign, unknown] = [await withId(String(theirs[kind])), await withId(NOBODY)];
      expect(told(foreign)).toEqual(told(unknown));
      expect([400, 404]).toContain(foreign.status);
    }),
  );

  it('lists, filters, counts and cursors show nothing of theirs', async () => {
    const lists = guarded().filter(({ id }) => id.endsWith('list'));
    expect(lists.length).toBeGreaterThan(3);
    for (const route of lists) {
      const { text } = await world.ask(rightRequest(route, ours));
      expect(text).not.toContain(THERE.slice(0, 8));
    }
    const users = `/environments/${HERE}/users`;
    const count = async (path: string) => (await world.ask({ path })).body['count'];
    expect(await count(users)).toBe(3);
    expect(await count(`${users}?filter=${encodeURIComponent(`id eq "${there.user}"`)}`)).toBe(0);
    expect(await count(`${users}?filter=${encodeURIComponent('username eq "ann"')}`)).toBe(1);

    const page = await world.ask({ path: `/environments/${THERE}/users?limit=1` });
    const { next } = page.body['_links'] as { next: { href: string } };
    const cursor = new URL(next.href).searchParams.get('cursor');
    const elsewhere = await world.ask({ path: `${users}?limit=1&cursor=${cursor}` });
    expect(refusalOf(elsewhere)).toEqual({ status: 400, code: 'INVALID_DATA', details: ['INVALID_PARAMETER cursor'] });
  });

  it('a code of their flow does not open ours, and the reverse (SEC-06)', async () => {
    const code = await world.postern.lastCode({ deviceAuthentication: theirs.flow });
    const ourCode = await world.postern.lastCode({ deviceAuthentication: ours.flow });
    const check = (flow: string, environment: string, otp: string) =>
      world.ask({ path: `/${environment}/deviceAuthentications/${flow}`, type: 'otp.check', body: { otp } });
    if (code !== ourCode) expect((await check(ours.flow, HERE, code)).status).toBe(400);
    expect((await check(theirs.flow, HERE, code)).status).toBe(404);
    expect((await check(theirs.flow, THERE, code)).body['status']).toBe('COMPLETED');
  });
});

describe('environments that do not exist (00 §4.6)', () => {
  it.each([NOBODY, 'nowhere', HERE.toUpperCase(), '%00', "'--"])(
    '%s is told as such to whoever may see every environment',
    (environment) =>
      unchanged(async () => {
        for (const route of guarded()) {
          const answer = await world.ask(rightRequest(route, { ...ours, environment }));
          expect([route.id, refusalOf(answer)]).toEqual([route.id, { status: 404, code: 'NOT_FOUND' }]);
          expect(answer.body['message']).toBe(`Unable to find environment with ID: '${environment}'`);
        }
      }),
  );
});

describe('a worker with roles over one environment only (00 §4.6; SEC-42, SEC-44)', () => {
  it.each([HERE, NOBODY, 'nowhere'])('gets the same 403 for %s from every operation', (environment) =>
    unchanged(async () => {
      const token = await world.tokenOf('everything', THERE);
      for (const route of guarded()) {
        const answer = await world.ask({ ...rightRequest(route, { ...ours, environment }), token });
        expect([route.id, refusalOf(answer)]).toEqual([
          route.id,
          { status: 403, code: 'ACCESS_FAILED', details: ['INSUFFICIENT_PERMISSIONS'] },
        ]);
        expect(answer.body['message']).toBe(
          'The request could not be completed. You do not have access to this resource.',
        );
        expect(answer.text).not.toContain(environment);
      }
    }),
  );

  it('lists its own environment and no other', async () => {
    const { body } = await world.ask({ path: '/environments', token: await world.tokenOf('everything', THERE) });
    expect(body).toMatchObject({ count: 1, size: 1, _embedded: { environments: [{ id: THERE }] } });
    const filter = encodeURIComponent(`id eq "${HERE}"`);
    const filtered = await world.ask({
      path: `/environments?filter=${filter}`,
      token: await world.tokenOf('everything', THERE),
    });
    expect(filtered.body).toMatchObject({ count: 0, _embedded: { environments: [] } });
  });

  it('a control: it may do everything at home', async () => {
    const token = await world.tokenOf('everything', THERE);
    for (const route of guarded().filter(({ method }) => method === 'GET'))
      expect([route.id, (await world.ask({ ...rightRequest(route, theirs), token })).status]).toEqual([route.id, 200]);
  });
});
