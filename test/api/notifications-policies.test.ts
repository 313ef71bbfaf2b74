import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusesBadFields, refusesRequests } from './bad-fields.js';
import { invalidData, refusalOf } from './refusal.js';
import { duration, flag, integer, list, object, oneOf, text } from './shapes.js';
import { type Answer, type Body, HERE, here, NOBODY, startWorld, THERE, type World } from './world.js';

let started: World;
beforeAll(async () => {
  started = await startWorld();
});
afterAll(() => started[Symbol.asyncDispose]());

const world = (): World => started;
const PATH = `/environments/${HERE}/notificationsPolicies`;

/** What was sent is what is shown; the server's own members aside. */
const documentOf = ({ body }: Answer): Body => {
  const { _links, id, environment, createdAt, updatedAt, ...document } = body;
  return document;
};

const off = { enabled: false };
const on = () => ({
  enabled: true,
  periods: [10, 20, 30].map((seconds) => ({ duration: seconds, timeUnit: 'SECONDS' })),
  resendLimit: 3,
});
const full = (name: string): Body => ({
  name,
  default: false,
  quotas: [
    { type: 'USER', deliveryMethods: ['SMS', 'Voice'], total: 30 },
    { type: 'ENVIRONMENT', deliveryMethods: ['Email'], claimed: 1_000, unclaimed: 2_000 },
  ],
  countryLimit: { type: 'ALLOWED', countries: ['DE', 'FR'], deliveryMethods: ['Voice'] },
  cooldownConfiguration: { sms: { ...on(), groupBy: 'USER_ID' }, voice: off, email: on(), whatsApp: off },
  providerConfiguration: {
    conditions: [
      { deliveryMethods: ['SMS'], countries: ['DE'], fallbackChain: [{ id: 'PINGONE_TWILIO' }] },
      { fallbackChain: [{ id: 'PINGONE_TWILIO' }] },
    ],
  },
});

async function create(body: Body): Promise<Answer> {
  const answer = await world().ask({ path: PATH, body });
  expect(answer.status, answer.text).toBe(201);
  return answer;
}
const itemOf = ({ body }: Answer): string => `${PATH}/${body['id']}`;
const read = (path: string): Promise<Answer> => world().ask({ path });

async function listed(): Promise<readonly Body[]> {
  const { body } = await read(PATH);
  return (body['_embedded'] as { notificationsPolicies: Body[] }).notificationsPolicies;
}
const defaults = async (): Promise<unknown[]> =>
  (await listed()).filter((policy) => policy['default']).map(({ name }) => name);

describe('notification policies (30 §5)', () => {
  it('begin with one, the default, which limits nothing', async () => {
    const [factory] = await listed();
    expect(factory).toMatchObject({
      name: 'Default Notification Policy',
      default: true,
      quotas: [],
      countryLimit: { type: 'NONE', countries: [] },
    });
  });

  it('come back as they were sent, from POST, GET and PUT alike', async () => {
    const created = await create(full('Echo'));
    expect(documentOf(created)).toEqual(full('Echo'));
    expect(created.body).toMatchObject({
      _links: {
        self: { href: `${world().postern.apiPath}${itemOf(created)}` },
        environment: { href: `${world().postern.apiPath}/environments/${HERE}` },
      },
      environment: { id: HERE },
    });
    expect((await read(itemOf(created))).body).toEqual(created.body);
    const smaller = { name: 'Echo', default: false, quotas: [] };
    const replaced = await world().ask({ method: 'PUT', path: itemOf(created), body: smaller });
    expect([replaced.status, documentOf(replaced)]).toEqual([200, smaller]);
    expect((await read(itemOf(created))).body).toEqual(replaced.body);
  });

  it('ignore what is read-only and what is unknown', async () => {
    const created = await create({ ...full('Extra'), id: NOBODY, environment: { id: THERE }, surprise: 1 });
    expect(documentOf(created)).toEqual(full('Extra'));
    expect(created.body['environment']).toEqual({ id: HERE });
  });

  it('say for which methods countries are limited, and nothing more where nothing is limited', async () => {
    const limit = { type: 'DENIED', countries: ['KP'] };
    const filled = await create({ name: 'Countries', quotas: [], countryLimit: limit });
    expect(filled.body['countryLimit']).toEqual({ ...limit, deliveryMethods: ['SMS', 'Voice'] });
    const none = { type: 'NONE', countries: [] };
    const empty = await create({ name: 'No countries', quotas: [], countryLimit: none });
    expect(empty.body['countryLimit']).toEqual(none);
  });

  it('have one default: it moves, is not given up and not deleted', async () => {
    const [former] = await defaults();
    const created = await create({ ...full('New default'), default: true });
    expect(await defaults()).toEqual(['New default']);
    const cleared = await world().ask({ method: 'PUT', path: itemOf(created), body: full('New default') });
    expect(refusalOf(cleared)).toEqual({
      status: 400,
      code: 'REQUEST_FAILED',
      details: ['CONSTRAINT_VIOLATION default'],
    });
    const deleted = await world().ask({ method: 'DELETE', path: itemOf(created) });
    expect(refusalOf(deleted)).toEqual({ status: 400, code: 'REQUEST_FAILED', details: ['CONSTRAINT_VIOLATION'] });
    expect(deleted.text).toContain('remove default notifications policy');
    expect(former).toBe('Default Notification Policy');
  });

  it('are gone once deleted, and their name is free again', async () => {
    const created = await create(full('Passing'));
    expect((await world().ask({ method: 'DELETE', path: itemOf(created) })).status).toBe(204);
    expect(refusalOf(await read(itemOf(created)))).toEqual({ status: 404, code: 'NOT_FOUND' });
    expect((await world().ask({ method: 'DELETE', path: itemOf(created) })).status).toBe(404);
    await create(full('Passing'));
  });

  it('of one environment are not there in another (SEC-42)', async () => {
    const created = await create(full('Mine'));
    const elsewhere = itemOf(created).replace(HERE, THERE);
    for (const method of ['GET', 'DELETE'])
      expect(refusalOf(await world().ask({ method, path: elsewhere }))).toEqual({ status: 404, code: 'NOT_FOUND' });
    expect((await world().ask({ method: 'PUT', path: elsewhere, body: full('Mine') })).status).toBe(404);
    expect((await read(itemOf(created))).body).toEqual(created.body);
  });

  it('have names of their own, whoever takes one first', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => world().ask({ path: PATH, body: full('Contested') })),
    );
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused).toHaveLength(5);
    for (const answer of refused) expect(refusalOf(answer)).toEqual(invalidData('UNIQUENESS_VIOLATION name'));
  });

  it('are on record (30 §11)', async () => {
    const created = await create(full('Recorded'));
    await world().ask({ method: 'PUT', path: itemOf(created), body: full('Recorded') });
    await world().ask({ method: 'DELETE', path: itemOf(created) });
    expect(world().events.slice(-3)).toEqual([
      'NOTIFICATION_POLICY.CREATED',
      'NOTIFICATION_POLICY.UPDATED',
      'NOTIFICATION_POLICY.DELETED',
    ]);
  });
});

describe('a notification policy in force (30 §5.4)', () => {
  const devices = `/environments/${HERE}/users/${here.newcomer}/devices`;
  let last = 0;
  const pending = (policy: string): Promise<Answer> =>
    world().ask({
      path: devices,
      body: {
        type: 'SMS',
        phone: `+1512555${2000 + last++}`,
        status: 'ACTIVATION_REQUIRED',
        notification: { policy: { id: policy } },
      },
    });
  const act = (device: Answer, action: string, body?: Body): Promise<Answer> =>
    world().ask({
      path: `${devices}/${device.body['id']}`,
      type: `device.${action}`,
      body: body ?? {},
    });
  async function activate(device: Answer): Promise<Answer> {
    await world().postern.drain();
    const { body } = await world().postern.send({
      method: 'GET',
      url: `${world().postern.inboxUrl}/messages?device=${device.body['id']}`,
      token: null,
    });
    const [newest] = (body as { messages: Body[] }).messages;
    return act(device, 'activate', { otp: String(newest?.['otp'] ?? newest?.['code']) });
  }
  const limits = async (name: string, rules: Body): Promise<string> =>
    String((await create({ name, quotas: [], ...rules })).body['id']);
  const limitExceeded = { status: 400, code: 'REQUEST_FAILED', details: ['LIMIT_EXCEEDED'] };

  it('limits pairing codes that name it, resends too, and no others', async () => {
    const policy = await limits('One a day', { quotas: [{ type: 'USER', deliveryMethods: ['SMS'], total: 1 }] });
    const device = await pending(policy);
    expect(device.status, device.text).toBe(201);
    const again = await act(device, 'sendActivationCode');
    expect(refusalOf(again)).toEqual(limitExceeded);
    expect(again.text).toContain('"deliveryMethod":"SMS"');
    expect(again.text).not.toContain('coolDownExpiresAt');
    expect(refusalOf(await pending(policy))).toEqual(limitExceeded);
    const free = await limits('Free', {});
    expect((await pending(free)).status).toBe(201);
    // The code before it is alive.
    expect((await activate(device)).status).toBe(200);
  });

  it('an activated device has claimed its message, and ended its cool-down', async () => {
    const periods = [600, 600, 600].map((duration) => ({ duration, timeUnit: 'SECONDS' }));
    const policy = await limits('Two halves', {
      quotas: [{ type: 'USER', deliveryMethods: ['SMS', 'Voice'], claimed: 2, unclaimed: 1 }],
      cooldownConfiguration: { sms: { enabled: true, periods, resendLimit: 1 }, voice: off, email: off, whatsApp: off },
    });
    const first = await pending(policy);
    expect(first.status, first.text).toBe(201);
    const early = await act(first, 'sendActivationCode');
    expect(early.text).toContain('coolDownExpiresAt');
    expect(refusalOf(await pending(policy))).toEqual(limitExceeded);
    expect((await activate(first)).status).toBe(200);
    const second = await pending(policy);
    expect((await activate(second)).status).toBe(200);
    expect(refusalOf(await pending(policy))).toEqual(limitExceeded);
  });

  it('a number of a country that is not sent to is neither paired', async () => {
    const policy = await limits('Elsewhere', { countryLimit: { type: 'ALLOWED', countries: ['DE'] } });
    expect(refusalOf(await pending(policy))).toEqual(invalidData('INVALID_VALUE phone'));
  });

  it('one of another environment is unknown (SEC-43)', async () => {
    expect(refusalOf(await pending(NOBODY))).toEqual(invalidData('INVALID_VALUE notification.policy.id'));
  });
});

const country = () => list(text({ max: 2, malformed: ['d', 'de', '12'] }), { max: 300, of: 'DE' });
const coolDown = object({
  'enabled*': flag(),
  periods: list(duration(10, 600, 'SECONDS', 'MINUTES'), { max: 3, of: { duration: 10, timeUnit: 'SECONDS' } }),
  resendLimit: integer(1, 10),
});

refusesBadFields('a bad field of a notification policy is named', {
  world,
  to: () => ({ path: PATH }),
  right: () => full('Fields'),
  shape: object({
    'name*': text({ max: 256 }),
    default: flag(),
    'quotas*': list(object({ 'type*': oneOf('USER', 'ENVIRONMENT') }), {
      max: 2,
      of: { type: 'USER', deliveryMethods: ['SMS'], total: 1 },
    }),
    countryLimit: object({ 'type*': oneOf('NONE', 'ALLOWED', 'DENIED'), countries: country() }),
    cooldownConfiguration: object({ 'sms*': coolDown, 'email*': coolDown }),
  }),
});

refusesRequests('a notification policy is refused that', { world, to: () => ({ path: PATH }) }, [
  {
    name: 'mixes e-mail and phone in a quota',
    body: () => ({ ...full('Bad'), quotas: [{ type: 'USER', deliveryMethods: ['SMS', 'Email'], total: 1 }] }),
    details: ['INVALID_VALUE quotas[0].deliveryMethods'],
  },
  {
    name: 'has two quotas for one thing',
    body: () => ({
      ...full('Bad'),
      quotas: ['SMS', 'Voice'].map((method) => ({ type: 'USER', deliveryMethods: [method], total: 1 })),
    }),
    details: ['INVALID_VALUE quotas[1].deliveryMethods'],
  },
  {
    name: 'has a quota without a number',
    body: () => ({ ...full('Bad'), quotas: [{ type: 'USER', deliveryMethods: ['SMS'], claimed: 1 }] }),
    details: ['REQUIRED_VALUE quotas[0].total'],
  },
  {
    name: 'gives a user more than 50 messages a day',
    body: () => ({ ...full('Bad'), quotas: [{ type: 'USER', deliveryMethods: ['SMS'], total: 51 }] }),
    details: ['OUT_OF_RANGE quotas[0].total'],
  },
  {
    name: 'limits countries without naming one',
    body: () => ({ ...full('Bad'), countryLimit: { type: 'DENIED', countries: [] } }),
    details: ['REQUIRED_VALUE countryLimit.countries'],
  },
  {
    name: 'has a cool-down without periods',
    body: () => ({
      ...full('Bad'),
      cooldownConfiguration: { sms: { enabled: true }, voice: off, email: off, whatsApp: off },
    }),
    details: [
      'REQUIRED_VALUE cooldownConfiguration.sms.periods',
      'REQUIRED_VALUE cooldownConfiguration.sms.resendLimit',
    ],
  },
  {
    name: 'has no condition for every other country',
    body: () => ({
      ...full('Bad'),
      providerConfiguration: { conditions: [{ countries: ['DE'], fallbackChain: [{ id: 'PINGONE_TWILIO' }] }] },
    }),
    details: ['INVALID_VALUE providerConfiguration.conditions'],
  },
  {
    name: 'names a provider that is not there (SEC-43)',
    body: () => ({
      ...full('Bad'),
      providerConfiguration: { conditions: [{ fallbackChain: [{ id: 'PINGONE_TWILIO' }, { id: here.policy }] }] },
    }),
    details: ['INVALID_VALUE providerConfiguration.conditions[0].fallbackChain[1].id'],
  },
]);
