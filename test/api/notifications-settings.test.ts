import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusesBadFields, refusesRequests } from './bad-fields.js';
import { managed } from './managed.js';
import { refusalOf } from './refusal.js';
import { id, integer, list, object, oneOf, text, textMap } from './shapes.js';
import { type Answer, type Body, HERE, here, startWorld, THERE, there, type World } from './world.js';

let started: World;
beforeAll(async () => {
  started = await startWorld();
});
afterAll(() => started[Symbol.asyncDispose]());

const world = (): World => started;
const SETTINGS = `/environments/${HERE}/notificationsSettings`;
const MAIL = `${SETTINGS}/emailDeliverySettings`;
const BUILT_IN = 'noreply@pingidentity.com';

const documentOf = ({ body }: Answer): Body => {
  const { _links, environment, updatedAt, ...document } = body;
  return document;
};
const put = (path: string, body: Body): Promise<Answer> => world().ask({ method: 'PUT', path, body });
const read = (path: string): Promise<Answer> => world().ask({ path });
const remove = (path: string): Promise<Answer> => world().ask({ method: 'DELETE', path });

const factory = { deliveryMode: 'ALL', smsProvidersFallbackChain: [], from: { name: 'PingOne', address: BUILT_IN } };
const full = (): Body => ({
  deliveryMode: 'ALL',
  whitelist: [{ user: { id: here.user } }, { user: { id: there.user } }],
  smsProvidersFallbackChain: ['PINGONE_TWILIO'],
  emailProviderFallbackChain: ['PINGONE_EMAIL'],
  from: { address: BUILT_IN },
  replyTo: { name: 'Help', address: BUILT_IN.toUpperCase() },
  restrictions: { smsVoiceQuota: { daily: 50 } },
});

describe('notification settings (30 §6)', () => {
  it('begin with the factory’s, come back as they were sent, and are reset by DELETE', async () => {
    const untouched = SETTINGS.replace(HERE, THERE);
    const first = await read(untouched);
    expect(documentOf(first)).toEqual(factory);
    expect(first.body).toMatchObject({
      environment: { id: THERE },
      _links: { self: { href: `${world().postern.apiPath}${untouched}` } },
    });
    expect(first.body['updatedAt']).toMatch(/Z$/);
    const changed = await put(SETTINGS, full());
    expect([changed.status, documentOf(changed)]).toEqual([200, full()]);
    expect((await read(SETTINGS)).body).toEqual(changed.body);
    expect((await read(untouched)).body).toEqual(first.body);
    const reset = await remove(SETTINGS);
    expect([reset.status, documentOf(reset)]).toEqual([200, factory]);
    expect((await read(SETTINGS)).body).toEqual(reset.body);
  });

  it('have the server’s own sender and an empty chain when none is sent', async () => {
    for (const sent of [{}, { smsProvidersFallbackChain: [] }])
      expect(documentOf(await put(SETTINGS, sent))).toEqual({ smsProvidersFallbackChain: [], from: factory.from });
  });

  it('can have another sender of the server’s own', async () => {
    await using other = await startWorld({ env: { POSTERN_SENDER_ADDRESS: 'mfa@example.org' } });
    const { body } = await other.ask({ path: SETTINGS });
    expect(body['from']).toEqual({ name: 'PingOne', address: 'mfa@example.org' });
    const answer = await other.ask({ method: 'PUT', path: SETTINGS, body: { from: { address: BUILT_IN } } });
    expect(refusalOf(answer).details).toEqual(['INVALID_VALUE from.address']);
  });
});

describe('alert channels', () => {
  const channel = {
    alertName: 'Keys',
    channelType: 'EMAIL',
    addresses: ['noreply@example.org', 'admin@example.org'],
    includeSeverities: ['INFO', 'WARNING', 'ERROR'],
    includeAlertTypes: ['KEY_PAIR_EXPIRING', 'CERTIFICATE_EXPIRED'],
    excludeAlertTypes: ['LICENSE_EXPIRED'],
  };
  const { create, put: replace, read: shown, itemOf } = managed(world, `/environments/${HERE}/alertChannels`);

  it('come back as they were sent, and are replaced whole', async () => {
    const made = await create(channel);
    const documentIn = ({ body: { _links, id, environment, ...document } }: Answer): Body => document;
    expect(documentIn(made)).toEqual(channel);
    const small = { channelType: 'EMAIL', addresses: ['admin@example.org'], includeSeverities: [] };
    expect(documentIn(await replace(itemOf(made), small))).toEqual(small);
    expect(documentIn(await shown(itemOf(made)))).toEqual(small);
  });

  refusesRequests('an alert channel', { world, to: () => ({ path: `/environments/${HERE}/alertChannels` }) }, [
    {
      name: 'of another type',
      body: () => ({ ...channel, channelType: 'SMS' }),
      details: ['INVALID_VALUE channelType'],
    },
    { name: 'to nobody', body: () => ({ ...channel, addresses: [] }), details: ['EMPTY_VALUE addresses'] },
    {
      name: 'to what is no address',
      body: () => ({ ...channel, addresses: ['admin'] }),
      details: ['INVALID_VALUE addresses[0]'],
    },
    {
      name: 'of what nobody is alerted of',
      body: () => ({ ...channel, includeAlertTypes: ['BOREDOM'] }),
      details: ['INVALID_VALUE includeAlertTypes[0]'],
    },
  ]);
});

const sender = () =>
  object({ name: text({ max: 256, mayBeEmpty: true }), address: text({ malformed: ['x', 'a b@c'] }) });

refusesBadFields('a bad field of the notification settings is named', {
  world,
  to: () => ({ method: 'PUT', path: SETTINGS }),
  right: full,
  shape: object({
    deliveryMode: oneOf('ALL'),
    whitelist: list(object({ 'user*': object({ 'id*': id() }) }), { max: 50, of: { user: { id: here.user } } }),
    smsProvidersFallbackChain: list(text({ max: 64 }), { max: 20, of: 'PINGONE_TWILIO' }),
    emailProviderFallbackChain: list(oneOf('PINGONE_EMAIL'), { max: 20, of: 'PINGONE_EMAIL' }),
    from: sender(),
    replyTo: sender(),
    restrictions: object({ smsVoiceQuota: object({ daily: integer(0, 50) }) }),
  }),
});

refusesRequests('notification settings are refused that', { world, to: () => ({ method: 'PUT', path: SETTINGS }) }, [
  {
    name: 'send from somebody else',
    body: () => ({ from: { address: 'president@example.org' }, replyTo: { address: 'x@example.org' } }),
    details: ['INVALID_VALUE from.address', 'INVALID_VALUE replyTo.address'],
  },
  {
    name: 'name a provider that is not there (SEC-43)',
    body: () => ({ smsProvidersFallbackChain: ['PINGONE_TWILIO', here.policy] }),
    details: ['INVALID_VALUE smsProvidersFallbackChain[1]'],
  },
]);

const smtp = (): Body => ({
  host: 'mail.example.org',
  port: 25,
  username: 'postern',
  password: 'a-password-for-tests',
  from: { name: 'Bank', address: 'noreply@bank.example' },
  replyTo: { address: 'help@bank.example' },
});
const mailRequest = (): Body => ({
  deliveryMethod: 'EMAIL',
  method: 'POST',
  url: 'https://mail.example.org/send',
  headers: { 'content-type': 'application/json', 'X-Case': 'Kept' },
  // Not JSON, and taken (30 §7.2).
  body: `to=\${to}&message=\${message}`,
});
const custom = (authentication: Body = { method: 'BASIC', username: 'postern', password: 'hidden' }): Body => ({
  protocol: 'HTTP',
  name: 'Mailer',
  authentication,
  requests: [mailRequest()],
});

describe('e-mail delivery settings (30 §7)', () => {
  it('may POST without a body: all of it can be in headers', async () => {
    const { body: _, ...request } = mailRequest();
    const answer = await put(MAIL, { ...custom(), requests: [request] });
    expect([answer.status, answer.body['requests']]).toEqual([200, [request]]);
    await remove(MAIL);
  });

  it('are not there at first, switch kinds by PUT, and go', async () => {
    expect(refusalOf(await read(MAIL.replace(HERE, THERE)))).toEqual({ status: 404, code: 'NOT_FOUND' });
    const { password: _, ...shown } = smtp();
    const first = await put(MAIL, smtp());
    expect([first.status, documentOf(first)]).toEqual([200, { ...shown, protocol: 'SMTPS' }]);
    expect((await read(MAIL)).body).toEqual(first.body);
    const second = await put(MAIL, custom());
    const authentication = { method: 'BASIC', username: 'postern' };
    expect(documentOf(second)).toEqual({ ...custom(authentication), provider: 'CUSTOM_PROVIDER' });
    expect((await read(MAIL)).body).toEqual(second.body);
    expect((await put(MAIL, { ...second.body, ...custom() })).body).toEqual(second.body);
    expect((await remove(MAIL)).status).toBe(204);
    expect([(await read(MAIL)).status, (await remove(MAIL)).status]).toEqual([404, 404]);
  });

  it.each<[string, Body, Body]>([
    ['BEARER', { authToken: 'hidden' }, {}],
    ['CUSTOM_HEADER', { headerName: 'X-Key', headerValue: 'hidden' }, { headerName: 'X-Key' }],
    [
      'OAUTH2',
      { authUrl: 'https://id.example.org/token', clientId: 'postern', clientSecret: 'hidden' },
      {
        authUrl: 'https://id.example.org/token',
        clientId: 'postern',
        grantType: 'CLIENT_CREDENTIALS',
        clientAuthenticationMethod: 'BASIC_AUTH_HEADER',
      },
    ],
    ['NONE', { username: 'not its' }, {}],
  ])('show of %s what is no secret (SEC-66)', async (method, members, shown) => {
    const answer = await put(MAIL, custom({ method, ...members }));
    expect([answer.status, answer.body['authentication']]).toEqual([200, { method, ...shown }]);
    expect(answer.text).not.toContain('hidden');
    const [stored] = await world().postern.app.store.documents(here.environment as never, {
      kind: 'emailDeliverySettings',
    });
    expect(JSON.stringify(stored?.body)).not.toContain('hidden');
    expect(stored?.secret !== undefined).toBe(method !== 'NONE');
  });
});

refusesBadFields('a bad field of a mail server is named', {
  world,
  to: () => ({ method: 'PUT', path: MAIL }),
  right: smtp,
  shape: object({
    'host*': text({ max: 253, malformed: ['a b', 'https://x'] }),
    port: integer(1, 65_535),
    'username*': text({ max: 256 }),
    'password*': text({ max: 1_024 }),
    from: sender(),
  }),
});

refusesBadFields('a bad field of a mail provider is named', {
  world,
  to: () => ({ method: 'PUT', path: MAIL }),
  right: () => custom(),
  shape: object({
    'name*': text({ max: 256 }),
    'authentication*': object({ 'method*': oneOf('BASIC', 'BEARER', 'CUSTOM_HEADER', 'OAUTH2', 'NONE') }),
    'requests*': list(
      object({
        'deliveryMethod*': oneOf('EMAIL'),
        'method*': oneOf('GET', 'POST'),
        'url*': text({ malformed: ['mail.example.org', 'file:///etc/passwd', 'https://a b'] }),
        headers: textMap(),
        body: text({ mayBeEmpty: true }),
      }),
      { max: 1, of: mailRequest() },
    ),
  }),
});

refusesRequests('e-mail delivery settings are refused that', { world, to: () => ({ method: 'PUT', path: MAIL }) }, [
  { name: 'ask nobody', body: () => ({ ...custom(), requests: [] }), details: ['EMPTY_VALUE requests'] },
  {
    name: 'have no password to authenticate with',
    body: () => custom({ method: 'BASIC' }),
    details: ['REQUIRED_VALUE authentication.password', 'REQUIRED_VALUE authentication.username'],
  },
  {
    name: 'POST nothing of the message',
    body: () => ({ ...custom(), requests: [{ ...mailRequest(), body: `\${to}` }] }),
    details: ['INVALID_VALUE requests[0].body'],
  },
  {
    name: 'GET without saying to whom',
    body: () => ({
      ...custom(),
      requests: [{ deliveryMethod: 'EMAIL', method: 'GET', url: `https://x.test/\${message}` }],
    }),
    details: ['INVALID_VALUE requests[0].url'],
  },
]);
