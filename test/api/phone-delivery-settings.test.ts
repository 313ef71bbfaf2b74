import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusesBadFields, refusesRequests } from './bad-fields.js';
import { documentOf, managed } from './managed.js';
import { invalidData, refusalOf } from './refusal.js';
import { flag, list, object, oneOf, text, textMap } from './shapes.js';
import { type Body, HERE, startWorld, THERE, type World } from './world.js';

const NUMBERS = [
  { number: '+1 512 555 0100', type: 'PHONE_NUMBER', capabilities: ['SMS', 'VOICE'] },
  { number: '12345', type: 'SHORT_CODE', capabilities: ['SMS'] },
];
const ACCOUNTS = [
  { provider: 'CUSTOM_TWILIO', sid: 'AC0001', authToken: 'right-token', numbers: NUMBERS },
  { provider: 'CUSTOM_SYNIVERSE', authToken: 'other-token', numbers: [] },
];

let started: World;
beforeAll(async () => {
  started = await startWorld({ env: { POSTERN_PHONE_ACCOUNTS: JSON.stringify(ACCOUNTS) } });
});
afterAll(() => started[Symbol.asyncDispose]());

const world = (): World => started;
const SETTINGS = `/environments/${HERE}/notificationsSettings`;
const phones = managed(world, `${SETTINGS}/phoneDeliverySettings`);
const policies = managed(world, `/environments/${HERE}/notificationsPolicies`);

const request = (): Body => ({
  deliveryMethod: 'SMS',
  method: 'POST',
  url: 'https://sms.example.org/send',
  headers: { 'Content-Type': 'application/json' },
  body: `{"to":"\${to}","text":"\${message}"}`,
  phoneNumberFormat: 'NUMBER_ONLY',
});
const full = (name: string): Body => ({
  provider: 'CUSTOM_PROVIDER',
  name,
  authentication: { method: 'BASIC', username: 'postern', password: 'hidden' },
  requests: [
    request(),
    {
      deliveryMethod: 'VOICE',
      method: 'GET',
      url: `https://voice.example.org/?to=\${to}&say=\${message}`,
      beforeTag: '<digit>',
      afterTag: '</digit>',
    },
    { deliveryMethod: 'SMS', method: 'POST', url: 'https://sms.example.org/no-body' },
  ],
  numbers: [
    { number: '+49 30 1234', type: 'PHONE_NUMBER', capabilities: ['VOICE'], selected: true, available: true },
    { number: '0800 1', type: 'TOLL_FREE', capabilities: ['VOICE'], supportedCountries: ['DE', 'AT'] },
    { number: '54321', type: 'SHORT_CODE', supportedCountries: ['DE'] },
  ],
});
const shown = (name: string): Body => ({ ...full(name), authentication: { method: 'BASIC', username: 'postern' } });
const twilio = (more: Body = {}): Body => ({
  provider: 'CUSTOM_TWILIO',
  sid: 'AC0001',
  authToken: 'right-token',
  ...more,
});

const freed = async (): Promise<void> => {
  for (const { id } of await phones.listed()) await phones.remove(`${phones.path}/${id}`);
};

describe('phone delivery settings (30 §8)', () => {
  it('come back as they were sent but for their secrets, from POST, GET and PUT alike', async () => {
    expect(await phones.listed()).toEqual([]);
    const created = await phones.create(full('Echo'));
    expect(documentOf(created)).toEqual(shown('Echo'));
    const path = phones.itemOf(created);
    expect((await phones.read(path)).body).toEqual(created.body);
    const least = { ...full('Less'), numbers: undefined, requests: [request()] };
    const replaced = await phones.put(path, least);
    expect(replaced.status).toBe(200);
    expect(replaced.body).toMatchObject({ name: 'Less', requests: [request()], createdAt: created.body['createdAt'] });
    expect(replaced.body).not.toHaveProperty('numbers');
    expect((await phones.listed())[0]).toEqual(replaced.body);
    await phones.remove(path);
    expect((await phones.read(path)).status).toBe(404);
  });

  it('of a vendor get the account’s numbers, of which some are selected then', async () => {
    const created = await phones.create(twilio({ name: 'Twilio' }));
    const numbers = NUMBERS.map((number) => ({ ...number, available: true, selected: false }));
    expect(documentOf(created)).toEqual({ provider: 'CUSTOM_TWILIO', sid: 'AC0001', name: 'Twilio', numbers });
    const selected = numbers.map((number) => ({ ...number, selected: true }));
    const path = phones.itemOf(created);
    expect((await phones.put(path, twilio({ numbers: selected }))).body['numbers']).toEqual(selected);
    expect(documentOf(await phones.create({ provider: 'CUSTOM_SYNIVERSE', authToken: 'other-token' }))).toEqual({
      provider: 'CUSTOM_SYNIVERSE',
      numbers: [],
    });
    const refused = await phones.put(path, twilio({ authToken: 'wrong-token' }));
    expect(refusalOf(refused)).toEqual(invalidData('INVALID_VALUE authToken'));
    expect(refused.text).toContain('Authentication error');
    expect(refusalOf(await phones.put(path, full('Another')))).toEqual(invalidData('INVALID_VALUE provider'));
    await freed();
  });

  it('are at most ten', async () => {
    for (let count = 0; count < 10; count++) await phones.create(full(`Phone ${count}`));
    const refused = await world().ask({ path: phones.path, body: full('One more') });
    expect(refusalOf(refused)).toEqual({ status: 400, code: 'REQUEST_FAILED', details: ['LIMIT_EXCEEDED'] });
    expect(refused.body['details']).toMatchObject([{ innerError: { maximumAllowed: 10 } }]);
    await freed();
  });

  it('leave the chain of the environment when they go, and stay while a policy names them', async () => {
    const created = await phones.create(full('Chained'));
    const [id, path] = [String(created.body['id']), phones.itemOf(created)];
    const chain = { smsProvidersFallbackChain: [id, 'PINGONE_TWILIO'] };
    expect((await world().ask({ method: 'PUT', path: SETTINGS, body: chain })).body).toMatchObject(chain);
    const policy = await policies.create({
      name: 'Chained',
      quotas: [],
      providerConfiguration: { conditions: [{ fallbackChain: [{ id }] }] },
    });
    expect(refusalOf(await phones.remove(path))).toEqual({
      status: 400,
      code: 'REQUEST_FAILED',
      details: ['CONSTRAINT_VIOLATION'],
    });
    await policies.remove(policies.itemOf(policy));
    expect((await phones.remove(path)).status).toBe(204);
    expect((await world().ask({ path: SETTINGS })).body['smsProvidersFallbackChain']).toEqual(['PINGONE_TWILIO']);
  });

  it('of one environment are not there in another (SEC-42, SEC-43)', async () => {
    const created = await phones.create(full('Mine'));
    expect((await phones.read(phones.itemOf(created).replace(HERE, THERE))).status).toBe(404);
    const chain = { smsProvidersFallbackChain: [created.body['id']] };
    const elsewhere = await world().ask({ method: 'PUT', path: SETTINGS.replace(HERE, THERE), body: chain });
    expect(refusalOf(elsewhere)).toEqual(invalidData('INVALID_VALUE smsProvidersFallbackChain[0]'));
    await freed();
  });
});

refusesBadFields('a bad field of a phone provider is named', {
  world,
  to: () => ({ path: phones.path }),
  right: () => full('Fields'),
  shape: object({
    'provider*': oneOf('CUSTOM_TWILIO', 'CUSTOM_SYNIVERSE', 'CUSTOM_TWILIO_VERIFY', 'CUSTOM_PROVIDER'),
    'name*': text({ max: 256 }),
    'authentication*': object({ 'method*': oneOf('BASIC', 'BEARER', 'CUSTOM_HEADER', 'OAUTH2', 'NONE') }),
    'requests*': list(
      object({
        'deliveryMethod*': oneOf('SMS', 'VOICE'),
        'method*': oneOf('GET', 'POST'),
        'url*': text({ malformed: ['sms.example.org', 'http://sms.example.org', 'https://a b'] }),
        headers: textMap(),
        body: text({ mayBeEmpty: true }),
        phoneNumberFormat: oneOf('FULL', 'NUMBER_ONLY'),
        beforeTag: text({ max: 256, mayBeEmpty: true }),
      }),
      { max: 20, of: request() },
    ),
    numbers: list(
      object({
        'number*': text({ max: 64 }),
        'type*': oneOf('PHONE_NUMBER', 'TOLL_FREE', 'SHORT_CODE'),
        capabilities: list(oneOf('SMS', 'VOICE')),
        selected: flag(),
        available: flag(),
      }),
      { max: 100, of: { number: '1', type: 'PHONE_NUMBER' } },
    ),
  }),
});

const withNumber = (number: Body): Body => ({ ...full('Bad'), numbers: [{ number: '1', ...number }] });

refusesRequests('a phone provider is refused that', { world, to: () => ({ path: phones.path }) }, [
  {
    name: 'is a vendor without credentials',
    body: () => ({ provider: 'CUSTOM_TWILIO' }),
    details: ['REQUIRED_VALUE authToken', 'REQUIRED_VALUE sid'],
  },
  {
    name: 'is an account that nobody has',
    body: () => twilio({ sid: 'AC0002' }),
    details: ['INVALID_VALUE authToken'],
  },
  {
    name: 'has a token for another vendor',
    body: () => ({ provider: 'CUSTOM_SYNIVERSE', authToken: 'right-token' }),
    details: ['INVALID_VALUE authToken'],
  },
  {
    name: 'authenticates with nothing',
    body: () => ({ ...full('Bad'), authentication: { method: 'OAUTH2', clientId: 'x' } }),
    details: ['REQUIRED_VALUE authentication.authUrl', 'REQUIRED_VALUE authentication.clientSecret'],
  },
  {
    name: 'gets nobody',
    body: () => ({ ...full('Bad'), requests: [{ deliveryMethod: 'SMS', method: 'GET', url: 'https://x.test/' }] }),
    details: ['INVALID_VALUE requests[0].url'],
  },
  {
    name: 'has a toll-free number of nowhere',
    body: () => withNumber({ type: 'TOLL_FREE' }),
    details: ['REQUIRED_VALUE numbers[0].supportedCountries'],
  },
  {
    name: 'has a short code of two countries',
    body: () => withNumber({ type: 'SHORT_CODE', supportedCountries: ['DE', 'AT'] }),
    details: ['INVALID_VALUE numbers[0].supportedCountries'],
  },
  {
    name: 'has a phone number of one country',
    body: () => withNumber({ type: 'PHONE_NUMBER', supportedCountries: ['DE'] }),
    details: ['INVALID_VALUE numbers[0].supportedCountries'],
  },
]);
