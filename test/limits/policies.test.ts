import { describe, expect, it } from 'vitest';
import { days, hours, minutes, seconds } from '../../src/kernel/duration.js';
import { type Uuid, uuidOf } from '../../src/kernel/ids.js';
import type { JsonObject } from '../../src/kernel/json.js';
import { factoryPolicy } from '../../src/policies/defaults.js';
import type { Write } from '../../src/storage/port.js';
import { type Api, type ApiAnswer, POLICY, startApi } from '../authentication/harness.js';
import { TEST_TIME } from '../helpers/store.js';

const PHONE = '+14135550150';
const OTHER = uuidOf('00000000-0000-4000-8000-0000000000d1');
const off = { enabled: false };

const document = (api: Api, kind: 'notificationsPolicy' | 'deviceAuthenticationPolicy', id: Uuid, body: JsonObject) =>
  ({
    kind: 'put',
    entity: 'document',
    value: { environmentId: api.environmentId, kind, id, body, createdAt: TEST_TIME, updatedAt: TEST_TIME },
  }) satisfies Write;

/** The environment's default notification policy from now on, in the place of the factory's. */
async function limit(api: Api, rules: JsonObject): Promise<void> {
  const [factory] = await api.store.documents(api.environmentId, { kind: 'notificationsPolicy' });
  if (!factory) throw new Error('a new environment has a notification policy');
  const body = { name: 'Default', default: true, quotas: [], ...rules };
  await api.change(() => [document(api, 'notificationsPolicy', factory.id, body)]);
}

async function start(rules: JsonObject, kind: 'sqlite' | 'postgres' = 'sqlite'): Promise<Api> {
  const api = await startApi({ kind });
  await limit(api, rules);
  return api;
}

const create = (api: Api, body: object): Promise<ApiAnswer> =>
  api.send('POST', `/${api.environmentId}/deviceAuthentications`, { user: { id: api.userId }, ...body });
const oneTime = (api: Api, phone = PHONE, type = 'SMS', more: object = {}): Promise<ApiAnswer> =>
  create(api, { selectedDevice: { oneTime: { type, phone } }, ...more });
const mail = (api: Api): Promise<ApiAnswer> =>
  create(api, { selectedDevice: { oneTime: { type: 'EMAIL', email: 'ada@example.com' } } });
const check = (api: Api, { body }: ApiAnswer): Promise<ApiAnswer> => {
  const flow = String(body['id']);
  return api.send(
    'POST',
    `/${api.environmentId}/deviceAuthentications/${flow}`,
    { otp: api.message(flow).otp },
    'otp.check',
  );
};
const reselect = (api: Api, { body }: ApiAnswer, device: string): Promise<ApiAnswer> =>
  api.send(
    'POST',
    `/${api.environmentId}/deviceAuthentications/${body['id']}`,
    { device: { id: device } },
    'device.select',
  );

/** The documented answers of sends that a policy does not allow (`10` §9.5, §9.6). */
const refused = (deliveryMethod: string, coolDownExpiresAt?: number) => ({
  status: 400,
  body: expect.objectContaining({
    code: 'REQUEST_FAILED',
    details: [
      {
        code: 'LIMIT_EXCEEDED',
        message: "A new notification can't be sent yet.",
        innerError: { deliveryMethod, ...(coolDownExpiresAt === undefined ? {} : { coolDownExpiresAt }) },
      },
    ],
  }),
});
const invalid = (target: string) => ({
  status: 400,
  body: expect.objectContaining({
    code: 'INVALID_DATA',
    details: [expect.objectContaining({ code: 'INVALID_VALUE', target })],
  }),
});

async function statuses(times: number, send: () => Promise<ApiAnswer>): Promise<readonly number[]> {
  const all: number[] = [];
  for (let n = 0; n < times; n++) all.push((await send()).status);
  return all;
}

describe.each(['sqlite', 'postgres'] as const)('quotas on %s (30 §5.4)', (kind) => {
  it('64 requests at once send exactly what a user has for the day (SEC-35)', async () => {
    await using api = await start({ quotas: [{ type: 'USER', deliveryMethods: ['SMS', 'Voice'], total: 7 }] }, kind);
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, n) => oneTime(api, `+1413555${1000 + n}`, n % 2 ? 'SMS' : 'VOICE')),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(7);
    expect(api.sent()).toBe(7);
    expect(await oneTime(api)).toEqual(refused('SMS'));
    expect(api.events.at(-1)).toMatchObject({
      type: 'NOTIFICATION.REJECTED',
      detail: { channel: 'SMS', reason: 'QUOTA' },
    });
  });

  it('count the unanswered and the answered of an environment apart, with the paired and the one-time', async () => {
    const quota = { type: 'ENVIRONMENT', deliveryMethods: ['SMS'], claimed: 3, unclaimed: 2 };
    await using api = await start({ quotas: [quota] }, kind);
    const device = await api.addDevice('SMS', PHONE);
    const first = await oneTime(api);
    const second = await create(api, { selectedDevice: { id: device } });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(await oneTime(api)).toEqual(refused('SMS'));
    // Refused resends leave the code before them alive (`10` §9.5).
    expect(await reselect(api, second, device)).toEqual(refused('SMS'));
    expect((await check(api, second)).status).toBe(200);
    const third = await oneTime(api);
    expect((await oneTime(api)).status).toBe(400);
    for (const flow of [first, third]) expect((await check(api, flow)).status).toBe(200);
    // Three were answered: that is all for today.
    expect(await oneTime(api)).toEqual(refused('SMS'));
    expect((await oneTime(api, PHONE, 'VOICE')).status).toBe(201);
  });
});

describe('quotas', () => {
  it('begin anew at midnight UTC, are the user’s own, and let other methods be', async () => {
    await using api = await start({ quotas: [{ type: 'USER', deliveryMethods: ['SMS', 'Voice'], total: 2 }] });
    expect(await statuses(3, () => oneTime(api))).toEqual([201, 201, 400]);
    expect((await mail(api)).status).toBe(201);
    const midnight = Math.ceil(api.clock.now() / days(1)) * days(1);
    api.clock.advance(midnight - api.clock.now() - 1);
    expect((await oneTime(api)).status).toBe(400);
    api.clock.advance(1);
    expect(await statuses(3, () => oneTime(api))).toEqual([201, 201, 400]);
    const flow = await mail(api);
    expect((await check(api, flow)).status).toBe(200);
  });

  it('of none send nothing; codes of test mode are not sent and do not count', async () => {
    await using api = await start({ quotas: [{ type: 'ENVIRONMENT', deliveryMethods: ['SMS'], total: 0 }] });
    expect(await oneTime(api)).toEqual(refused('SMS'));
    const test = { selectedDevice: { oneTime: { type: 'SMS', phone: PHONE, testMode: true } } };
    expect((await create(api, test)).status).toBe(201);
  });

  it('a code of yesterday is claimed by nobody’s quota of today', async () => {
    await using api = await start({ quotas: [{ type: 'USER', deliveryMethods: ['SMS'], claimed: 1, unclaimed: 1 }] });
    api.clock.advance(Math.ceil(api.clock.now() / days(1)) * days(1) - api.clock.now() - 1);
    const yesterday = await oneTime(api);
    api.clock.advance(1);
    const today = await oneTime(api);
    expect((await check(api, yesterday)).status).toBe(200);
    expect(await oneTime(api)).toEqual(refused('SMS'));
    expect((await check(api, today)).status).toBe(200);
    expect(await oneTime(api)).toEqual(refused('SMS'));
  });
});

describe('countries (10 §9.6, SEC-37)', () => {
  it('that are not allowed get no text message, with the target of the number; calls go where they went', async () => {
    await using api = await start({
      countryLimit: { type: 'ALLOWED', countries: ['DE', 'JE'], deliveryMethods: ['SMS'] },
    });
    const device = await api.addDevice('SMS', PHONE);
    expect(await oneTime(api)).toEqual(invalid('selectedDevice.oneTime.phone'));
    expect(await create(api, { selectedDevice: { id: device } })).toEqual(invalid('phone'));
    const flow = await oneTime(api, '+4915112345678');
    expect(await reselect(api, flow, device)).toEqual(invalid('phone'));
    // A code that countries share is told apart by what follows it.
    expect([(await oneTime(api, '+447797712345')).status, (await oneTime(api, '+447400123456')).status]).toEqual([
      201, 400,
    ]);
    expect((await oneTime(api, PHONE, 'VOICE')).status).toBe(201);
    expect((await check(api, flow)).status).toBe(200);
    expect(api.events.filter(({ type }) => type === 'NOTIFICATION.REJECTED')).toHaveLength(4);
  });

  it('that are denied get neither text message nor call, unless the policy says which', async () => {
    await using api = await start({ countryLimit: { type: 'DENIED', countries: ['US'] } });
    expect((await oneTime(api, PHONE, 'VOICE')).status).toBe(400);
    expect((await oneTime(api, '+14165550150')).status).toBe(201);
    expect((await mail(api)).status).toBe(201);
  });
});

describe('cool-downs (10 §9.5)', () => {
  const coolDown = (sms: JsonObject): JsonObject => ({
    cooldownConfiguration: { sms: { enabled: true, ...sms }, voice: off, email: off, whatsApp: off },
  });
  const periods = [10, 20, 30].map((duration) => ({ duration, timeUnit: 'SECONDS' }));

  it('wait longer for each resend, then for half an hour; another method does not wait', async () => {
    await using api = await start(coolDown({ periods, resendLimit: 4 }));
    const device = await api.addDevice('SMS', PHONE);
    const flow = await create(api, { selectedDevice: { id: device } });
    for (const wait of [10, 20, 30, 30]) {
      expect(await reselect(api, flow, device)).toEqual(refused('SMS', api.clock.now() + seconds(wait)));
      api.clock.advance(seconds(wait));
      expect((await reselect(api, flow, device)).status).toBe(200);
    }
    // The same number, written into a request, is the same number (SEC-39).
    expect(await oneTime(api)).toEqual(refused('SMS', api.clock.now() + minutes(30)));
    expect(api.events.at(-1)).toMatchObject({ detail: { reason: 'RESEND_LIMIT' } });
    expect((await oneTime(api, PHONE, 'VOICE')).status).toBe(201);
    api.clock.advance(minutes(30));
    expect((await oneTime(api)).status).toBe(201);
  });

  it.each(['one-time', 'paired'])('end with a completed check of a %s contact', async (how) => {
    await using api = await start(coolDown({ periods, resendLimit: 1 }));
    const device = await api.addDevice('SMS', PHONE);
    const send = () => (how === 'paired' ? create(api, { selectedDevice: { id: device } }) : oneTime(api));
    await send();
    api.clock.advance(seconds(10));
    const flow = await send();
    expect((await send()).status).toBe(400);
    expect((await check(api, flow)).status).toBe(200);
    expect((await send()).status).toBe(201);
  });

  it.each([
    ['PHONE', 400],
    ['USER_ID', 201],
  ])('hold for the contact whoever the user is, unless they are grouped by user: %s', async (groupBy, status) => {
    await using api = await start(coolDown({ periods, resendLimit: 1, groupBy }));
    const other = uuidOf('00000000-0000-4000-8000-0000000000d2');
    await api.change(({ user, factors }) =>
      user && factors
        ? [
            {
              kind: 'insert',
              entity: 'user',
              value: { ...user, id: other, username: 'grace', version: 1 },
              factors: { ...factors, userId: other, version: 1 },
            },
          ]
        : [],
    );
    expect((await oneTime(api)).status).toBe(201);
    expect((await oneTime(api)).status).toBe(400);
    expect((await oneTime(api, PHONE, 'SMS', { user: { id: other } })).status).toBe(status);
    expect((await oneTime(api, '+14135550151')).status).toBe(201);
  });

  it('64 requests at once to one number send one message (SEC-35)', async () => {
    await using api = await start(coolDown({ periods, resendLimit: 1 }));
    const answers = await Promise.all(Array.from({ length: 64 }, () => oneTime(api)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(api.sent()).toBe(1);
  });

  it('are forgotten half an hour later', async () => {
    await using api = await start(coolDown({ periods, resendLimit: 1 }));
    await oneTime(api);
    api.clock.advance(minutes(30));
    // The contact; the flow has its own time.
    expect(await api.store.purge(100)).toBeGreaterThanOrEqual(1);
    api.clock.advance(hours(24));
    await api.store.purge(100);
    expect(await api.store.purge(100)).toBe(0);
  });
});

describe('which notification policy (10 §4.1)', () => {
  const none = { quotas: [{ type: 'ENVIRONMENT', deliveryMethods: ['SMS'], total: 0 }] };
  const named = { notification: { policy: { id: OTHER } } };
  const other = (api: Api, body: JsonObject): Promise<void> =>
    api.change(() => [document(api, 'notificationsPolicy', OTHER, { name: 'Other', quotas: [], ...body })]);

  it('that of the request, else that of the MFA policy, else the default', async () => {
    await using api = await start({});
    expect(await oneTime(api, PHONE, 'SMS', named)).toEqual(invalid('notification.policy.id'));
    await other(api, none);
    expect((await oneTime(api)).status).toBe(201);
    expect(await oneTime(api, PHONE, 'SMS', named)).toEqual(refused('SMS'));
    const policy = { ...factoryPolicy({ sentMethods: ['sms'] }), notificationsPolicy: { id: OTHER } };
    await api.change(() => [document(api, 'deviceAuthenticationPolicy', POLICY, { ...policy })]);
    expect(await oneTime(api)).toEqual(refused('SMS'));
    // One that limits nothing, named, is in force all the same.
    await limit(api, none);
    await other(api, {});
    expect((await oneTime(api)).status).toBe(201);
  });

  it('stays the flow’s: a resend is held to what the request named', async () => {
    await using api = await start({});
    await other(api, {
      cooldownConfiguration: {
        sms: {
          enabled: true,
          periods: [10, 10, 10].map((n) => ({ duration: n, timeUnit: 'SECONDS' })),
          resendLimit: 1,
        },
        voice: off,
        email: off,
        whatsApp: off,
      },
    });
    const device = await api.addDevice('SMS', PHONE);
    const flow = await create(api, { selectedDevice: { id: device }, ...named });
    expect(await reselect(api, flow, device)).toEqual(refused('SMS', api.clock.now() + seconds(10)));
    expect((await create(api, { selectedDevice: { id: device } })).status).toBe(201);
  });

  it('one that limits nothing costs nothing: no row of a contact or counter is written', async () => {
    await using api = await start({});
    await oneTime(api);
    api.clock.advance(hours(25));
    // The flow alone.
    expect(await api.store.purge(100)).toBe(1);
  });
});
