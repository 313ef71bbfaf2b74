import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { days, hours, minutes } from '../../src/kernel/duration.js';
import { uuidOf } from '../../src/kernel/ids.js';
import { factoryPolicy } from '../../src/policies/defaults.js';
import { HERE, here, startWorld, type Tenant, there, type World } from './world.js';

let world: World;
let users = 0;
beforeAll(async () => {
  world = await startWorld();
  for (const tenant of [here, there]) {
    await remembering(tenant, tenant.policy);
    await remembering(tenant, tenant.otherPolicy);
  }
});
afterAll(() => world[Symbol.asyncDispose]());

/** The MFA policy with this `rememberMe`. */
async function remembering(
  { environment, policy: first }: Tenant,
  policy: string,
  web: object | undefined = { enabled: true, lifeTime: { duration: 30, timeUnit: 'DAYS' } },
): Promise<void> {
  const { status, text } = await world.ask({
    method: 'PUT',
    path: `/environments/${environment}/deviceAuthenticationPolicies/${policy}`,
    body: {
      ...factoryPolicy({
        name: policy === first ? 'First' : 'Second',
        default: policy === first,
        sentMethods: ['sms', 'voice', 'email', 'whatsApp'],
      }),
      ...(web ? { rememberMe: { web } } : {}),
    },
  });
  if (status !== 200) throw new Error(text);
}

const devicesOf = (user: string, { environment }: Tenant = here): string =>
  `/environments/${environment}/users/${user}/devices`;

interface Remembering {
  readonly tenant?: Tenant;
  readonly user?: string;
  readonly policy?: string;
  readonly more?: object;
}

const create = ({ tenant = here, user = tenant.user, policy = tenant.policy, more = {} }: Remembering = {}) =>
  world.ask({
    path: devicesOf(user, tenant),
    body: { type: 'BROWSER', policy: { id: policy }, payload: 'signals', ...more },
  });

/** A remembered browser, with the `Cookie` header that presents it. */
async function remembered(of: Remembering = {}) {
  const answer = await create(of);
  if (answer.status !== 201) throw new Error(answer.text);
  const [cookie = ''] = (answer.headers['set-cookie'] ?? '').split(';');
  return { ...answer, id: String(answer.body['id']), cookie };
}

const check = (
  cookie: string | undefined,
  { tenant = here, user = tenant.user, policy = tenant.policy, more = {} }: Remembering = {},
) =>
  world.ask({
    path: `/${tenant.environment}/deviceAuthentications`,
    type: 'payload.check',
    body: { user: { id: user }, policy: { id: policy }, payload: { type: 'BROWSER', value: 'signals' }, ...more },
    ...(cookie === undefined ? {} : { headers: { cookie } }),
  });

const verdictOf = ({ status, body }: Awaited<ReturnType<typeof check>>): readonly unknown[] => [
  status,
  body['status'],
  (body['error'] as { code?: string } | undefined)?.code,
];
const COMPLETED = [201, 'COMPLETED', undefined];
const UNKNOWN = [201, 'FAILED', 'REMEMBERED_DEVICE_NOT_FOUND'];

async function newUser(): Promise<string> {
  users += 1;
  const { body } = await world.ask({
    path: `/environments/${HERE}/users`,
    body: { username: `browser${users}`, email: `browser${users}@example.org`, population: { id: here.population } },
  });
  const id = String(body['id']);
  await world.ask({ method: 'PUT', path: `/environments/${HERE}/users/${id}/mfaEnabled`, body: { mfaEnabled: true } });
  return id;
}

const refusedFields = ({ body }: Awaited<ReturnType<typeof check>>): readonly string[] =>
  (body['details'] as readonly { code: string; target: string }[]).map(({ code, target }) => `${code} ${target}`);

describe('a browser is remembered (20 §16)', () => {
  it('by a cookie for the back end, and shown without a trace of it', async () => {
    const { status, body, headers, text, id, cookie } = await remembered({ more: { nickname: 'At home' } });
    expect([status, Object.keys(body)]).toEqual([
      201,
      ['_links', 'id', 'environment', 'user', 'type', 'status', 'nickname', 'createdAt', 'updatedAt'],
    ]);
    expect(body).toMatchObject({ type: 'BROWSER', status: 'ACTIVE', user: { id: here.user }, nickname: 'At home' });
    expect(headers['set-cookie']).toMatch(
      new RegExp(
        `^rb_[0-9a-f]{8}=${id}\\.[\\w-]{43}; Max-Age=${days(30) / 1000}; Path=/${HERE}; Secure; HttpOnly; SameSite=None$`,
      ),
    );
    const token = cookie.split('.')[1] ?? '';
    expect(text).not.toContain(token);
    const { browsers } = await world.postern.app.store.load({
      environmentId: uuidOf(HERE),
      user: uuidOf(here.user),
      browsers: uuidOf(id),
    });
    expect(browsers).toMatchObject([{ id, policyId: here.policy, hasSession: false }]);
    expect(JSON.stringify(browsers)).not.toContain(token);
    expect(world.events.slice(-2)).toEqual(['DEVICE.CREATED', 'SESSION.BROWSER_TRUST_ESTABLISHED']);
  });

  it('beside the MFA devices: listed when its type is asked for, in no flow, and not in their number', async () => {
    const user = await newUser();
    await remembered({ user });
    const { id } = await remembered({ user });
    const list = async (filter?: string) => {
      const { body } = await world.ask({
        path: `${devicesOf(user)}${filter === undefined ? '' : `?filter=${encodeURIComponent(filter)}&expand=typeDisplayNames`}`,
      });
      return body as {
        count: number;
        size: number;
        _embedded: { devices: { type: string; typeDisplayName?: string }[] };
      };
    };
    expect(await list()).toMatchObject({ count: 0, size: 0, _embedded: { devices: [] } });
    expect(await list('status eq "ACTIVE"')).toMatchObject({ count: 0 });
    expect(await list('type eq "SMS"')).toMatchObject({ count: 0 });
    const found = await list('type eq "BROWSER" and status eq "ACTIVE"');
    expect([found.count, found._embedded.devices.map(({ type, typeDisplayName }) => [type, typeDisplayName])]).toEqual([
      2,
      [
        ['BROWSER', 'Browser'],
        ['BROWSER', 'Browser'],
      ],
    ]);
    expect(await list('type eq "BROWSER" and status eq "ACTIVATION_REQUIRED"')).toMatchObject({ count: 0 });

    const read = await world.ask({ path: `${devicesOf(user)}/${id}` });
    expect([read.status, read.body]).toMatchObject([200, { id, type: 'BROWSER' }]);
    expect((await world.ask({ path: `${devicesOf(here.user)}/${id}` })).status).toBe(404);
    for (const action of ['device.block', 'device.unlock', 'device.sendActivationCode'])
      expect((await world.ask({ path: `${devicesOf(user)}/${id}`, type: action, body: {} })).status).toBe(404);
    const flow = await world.ask({ path: `/${HERE}/deviceAuthentications`, body: { user: { id: user } } });
    expect(flow.body).toMatchObject({ status: 'FAILED', error: { code: 'NO_USABLE_DEVICES', unavailableDevices: [] } });
  });

  it.each([
    [{ policy: {} }, ['REQUIRED_VALUE policy.id']],
    [{ policy: undefined, payload: undefined }, ['REQUIRED_VALUE policy.id', 'REQUIRED_VALUE payload']],
    [{ policy: { id: there.policy } }, ['INVALID_VALUE policy.id']],
    [{ payload: '' }, ['EMPTY_VALUE payload']],
    [{ session: { id: '' } }, ['EMPTY_VALUE session.id']],
    [{ session: {} }, ['REQUIRED_VALUE session.id']],
    [{ nickname: 'x'.repeat(101) }, ['SIZE_LIMIT_EXCEEDED nickname']],
  ])('not with %j', async (more, problems) => {
    const before = await world.fingerprint();
    const answer = await create({ more });
    expect([answer.status, refusedFields(answer), answer.headers['set-cookie']]).toEqual([400, problems, undefined]);
    expect(await world.fingerprint()).toBe(before);
  });

  it('up to fifty for a user: the oldest makes room', async () => {
    const user = await newUser();
    const first = await remembered({ user });
    world.postern.advance(1);
    const second = await remembered({ user });
    for (let n = 2; n < 50; n++) {
      world.postern.advance(1);
      await remembered({ user });
    }
    expect(verdictOf(await check(first.cookie, { user }))).toEqual(COMPLETED);
    await remembered({ user });
    expect(verdictOf(await check(first.cookie, { user }))).toEqual(UNKNOWN);
    expect(verdictOf(await check(second.cookie, { user }))).toEqual(COMPLETED);
  });
});

describe('the check of a remembered browser (10 §14)', () => {
  it('completes a flow at once, with nothing selected and nothing proved', async () => {
    const { cookie } = await remembered();
    const { status, body } = await check(cookie);
    expect([status, body]).toMatchObject([
      201,
      { status: 'COMPLETED', user: { id: here.user }, policy: { id: here.policy }, environment: { id: HERE } },
    ]);
    expect(Object.keys(body)).toEqual([
      ...['_links', '_embedded', 'id', 'environment', 'status', 'policy', 'user', 'createdAt', 'updatedAt'],
    ]);
    expect(Object.keys(body['_links'] as object)).toEqual(['self']);
    expect(world.events.slice(-3)).toEqual([
      'AUTHENTICATION.CREATED',
      'DEVICE_PAYLOAD.CHECK_SUCCESS',
      'AUTHENTICATION.UPDATED',
    ]);
    const flow = `/${HERE}/deviceAuthentications/${body['id']}`;
    expect((await world.ask({ path: flow })).body).toEqual(body);
    expect((await world.ask({ path: flow, type: 'otp.check', body: { otp: '123456' } })).status).toBe(400);
    // As often as it is presented, among other cookies too.
    expect(verdictOf(await check(`a=b; ${cookie};c=d`))).toEqual(COMPLETED);
  });

  it('fails without the very cookie, for one and the same reason', async () => {
    const { cookie, id } = await remembered();
    const [name = '', value = ''] = cookie.split('=');
    const other = (await remembered()).cookie.split('.')[1];
    const forged = [
      undefined,
      '',
      name,
      `${name}=`,
      `${name}=${id}`,
      `${name}=${id}.`,
      `${name}=${id}.${other}`,
      `${name}=${id}.${'A'.repeat(43)}`,
      `${name}=${value}A`,
      `${name}=${value}.x`,
      `${name}=${value.toUpperCase()}`,
      `${name}x=${value}`,
      `x${name}=${value}`,
      `${name}=${here.email}.${value.split('.')[1]}`,
    ];
    const bodies = new Set<string>();
    for (const one of forged) {
      const answer = await check(one);
      expect([one, verdictOf(answer)]).toEqual([one, UNKNOWN]);
      bodies.add(JSON.stringify({ ...answer.body, id: '', _links: '', createdAt: '', updatedAt: '' }));
    }
    expect(bodies.size).toBe(1);
    expect(world.events.slice(-2)).toEqual(['AUTHENTICATION.CREATED', 'DEVICE_PAYLOAD.CHECK_INVALID']);
    expect(verdictOf(await check(cookie))).toEqual(COMPLETED);
  });

  it('takes a cookie for the user, the environment and the policy that it was made for (SEC-42)', async () => {
    const { cookie } = await remembered();
    expect(verdictOf(await check(cookie, { user: here.newcomer }))).not.toEqual(COMPLETED);
    expect(verdictOf(await check(cookie, { user: await newUser() }))).toEqual(UNKNOWN);
    expect(verdictOf(await check(cookie, { policy: here.otherPolicy }))).toEqual(UNKNOWN);
    expect(verdictOf(await check(cookie, { tenant: there }))).toEqual(UNKNOWN);
    // Also under the name that cookies have there.
    const theirs = await remembered({ tenant: there });
    const moved = `${theirs.cookie.split('=')[0]}=${cookie.split('=')[1]}`;
    expect(verdictOf(await check(moved, { tenant: there }))).toEqual(UNKNOWN);
    expect(verdictOf(await check(theirs.cookie, { tenant: there }))).toEqual(COMPLETED);
    expect(verdictOf(await check(cookie))).toEqual(COMPLETED);
  });

  it('asks for the session that the browser was created in, and for none otherwise', async () => {
    const { cookie } = await remembered({ more: { session: { id: 'session-1' } } });
    expect(verdictOf(await check(cookie))).toEqual(UNKNOWN);
    expect(verdictOf(await check(cookie, { more: { deviceSession: { id: 'session-2' } } }))).toEqual(UNKNOWN);
    expect(verdictOf(await check(cookie, { more: { deviceSession: { id: 'session-1' } } }))).toEqual(COMPLETED);
    const plain = await remembered();
    expect(verdictOf(await check(plain.cookie, { more: { deviceSession: { id: 'session-1' } } }))).toEqual(COMPLETED);
  });

  it('ends with the life time, to the millisecond; the sweeper leaves no trace of it', async () => {
    await using later = await startWorld();
    const own = world;
    world = later;
    try {
      await remembering(here, here.policy, { enabled: true, lifeTime: { duration: 1, timeUnit: 'MINUTES' } });
      // Past what the seed says of its devices, so that the clock is the only time there is.
      await later.advance(minutes(1));
      const { cookie, id } = await remembered();
      await later.advance(minutes(1) - 1);
      expect(verdictOf(await check(cookie))).toEqual(COMPLETED);
      await later.advance(1);
      expect(verdictOf(await check(cookie))).toEqual(UNKNOWN);
      const device = { path: `${devicesOf(here.user)}/${id}` };
      expect((await later.ask(device)).status).toBe(404);
      expect((await later.ask({ ...device, method: 'DELETE' })).status).toBe(404);
      await later.postern.app.store.purge(100);
      const left = { environmentId: uuidOf(HERE), user: uuidOf(here.user), browsers: 'all' } as const;
      expect((await later.postern.app.store.load(left)).browsers).toEqual([]);

      // What is cut while it lives, it loses; what is added, it does not get.
      await remembering(here, here.policy, { enabled: true, lifeTime: { duration: 2, timeUnit: 'HOURS' } });
      const cut = await remembered();
      await later.advance(minutes(50));
      await remembering(here, here.policy, { enabled: true, lifeTime: { duration: 50, timeUnit: 'MINUTES' } });
      expect(verdictOf(await check(cut.cookie))).toEqual(UNKNOWN);
      await remembering(here, here.policy, { enabled: true, lifeTime: { duration: 90, timeUnit: 'DAYS' } });
      expect(verdictOf(await check(cut.cookie))).toEqual(COMPLETED);
      await later.advance(hours(2) - minutes(50));
      expect(verdictOf(await check(cut.cookie))).toEqual(UNKNOWN);
    } finally {
      world = own;
    }
  });

  it('ends with the policy', async () => {
    const { cookie } = await remembered({ policy: here.otherPolicy });
    const asked = { policy: here.otherPolicy };
    for (const off of [undefined, { enabled: false, lifeTime: { duration: 30, timeUnit: 'DAYS' } }]) {
      await remembering(
        here,
        here.otherPolicy,
        off ?? { enabled: false, lifeTime: { duration: 1, timeUnit: 'HOURS' } },
      );
      const refused = await check(cookie, asked);
      expect([refused.status, refusedFields(refused)]).toEqual([400, ['INVALID_VALUE policy.id']]);
      expect(refusedFields(await create(asked))).toEqual(['INVALID_VALUE policy.id']);
    }
    await remembering(here, here.otherPolicy);
    expect(verdictOf(await check(cookie, asked))).toEqual(COMPLETED);
  });

  it('ends with a revocation, or with the user', async () => {
    const user = await newUser();
    const { cookie, id } = await remembered({ user });
    const other = await remembered({ user });
    const revoke = { method: 'DELETE', path: `${devicesOf(user)}/${id}` };
    expect((await world.ask({ ...revoke, path: `${devicesOf(here.user)}/${id}` })).status).toBe(404);
    expect((await world.ask(revoke)).status).toBe(204);
    expect(world.events.at(-1)).toBe('DEVICE.DELETED');
    expect(verdictOf(await check(cookie, { user }))).toEqual(UNKNOWN);
    expect(verdictOf(await check(other.cookie, { user }))).toEqual(COMPLETED);
    expect((await world.ask(revoke)).status).toBe(404);
    expect((await world.ask({ method: 'DELETE', path: `/environments/${HERE}/users/${user}` })).status).toBe(204);
    expect((await check(other.cookie, { user })).status).toBe(404);
    expect((await create({ user })).status).toBe(404);
  });

  it('finds out what stands in the way of its user (10 §3.2)', async () => {
    const user = await newUser();
    const { cookie } = await remembered({ user });
    const at = `/environments/${HERE}/users/${user}`;
    const verdict = async () => verdictOf(await check(cookie, { user }));
    await world.ask({ method: 'PUT', path: `${at}/mfaEnabled`, body: { mfaEnabled: false } });
    expect(await verdict()).toEqual([201, 'FAILED', 'MFA_DISABLED']);
    await world.ask({ method: 'PUT', path: `${at}/mfaEnabled`, body: { mfaEnabled: true } });
    await world.ask({ method: 'POST', path: at, type: 'account.lock', body: {} });
    expect(await verdict()).toEqual([201, 'FAILED', 'ACCOUNT_LOCKED_OUT']);
    await world.ask({ method: 'POST', path: at, type: 'account.unlock', body: {} });
    expect(await verdict()).toEqual(COMPLETED);
    await world.ask({ method: 'PUT', path: `${at}/enabled`, body: { enabled: false } });
    expect(await verdict()).toEqual([201, 'FAILED', 'USER_DISABLED']);
  });

  it.each([
    [{ user: undefined }, 400, ['REQUIRED_VALUE user']],
    [{ user: { id: 'nobody' } }, 404, undefined],
    [{ policy: undefined }, 400, ['REQUIRED_VALUE policy']],
    [{ policy: { id: there.policy } }, 400, ['INVALID_VALUE policy.id']],
    [{ payload: undefined }, 400, ['REQUIRED_VALUE payload']],
    [{ payload: { type: 'BROWSER' } }, 400, ['REQUIRED_VALUE payload.value']],
    [{ payload: { value: 'signals' } }, 400, ['REQUIRED_VALUE payload.type']],
    [{ payload: { type: 'BROWSER', value: '' } }, 400, ['EMPTY_VALUE payload.value']],
  ])('refuses %j with %i', async (more, status, problems) => {
    const before = await world.fingerprint();
    const answer = await check(undefined, { more });
    expect([answer.status, problems && refusedFields(answer)]).toEqual([status, problems]);
    expect(await world.fingerprint()).toBe(before);
  });
});
