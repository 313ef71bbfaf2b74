import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidOf } from '../../src/kernel/ids.js';
import { refusesBadFields, refusesRequests } from './bad-fields.js';
import { documentOf, managed } from './managed.js';
import { refusalOf } from './refusal.js';
import { flag, id, integer, list, object, oneOf, text } from './shapes.js';
import { type Body, clientId, HERE, here, NOBODY, startWorld, there, type World } from './world.js';

let started: World;
beforeAll(async () => {
  // As in production: what is not public, not https or on another port is refused.
  started = await startWorld({
    env: {
      POSTERN_OUTBOUND_NETWORKS: '10.1.2.0/24',
      POSTERN_OUTBOUND_PORTS: '443,8443',
      POSTERN_OUTBOUND_HTTP: 'false',
    },
  });
});
afterAll(() => started[Symbol.asyncDispose]());

const world = (): World => started;
const subscriptions = managed(world, `/environments/${HERE}/subscriptions`);

const full = (name = 'Full'): Body => ({
  name,
  enabled: false,
  protocol: 'HTTPS',
  connectionDetails: {
    url: 'https://hooks.example.org/events?from=postern',
    headers: { Authorization: 'Splunk 1234' },
  },
  httpEndpoint: { url: 'https://hooks.example.org:8443/' },
  format: 'ACTIVITY',
  filterOptions: {
    includedActionTypes: ['USER.LOCKED', 'DEVICE.CREATED', 'PASSWORD.SET'],
    includedApplications: [{ id: clientId(HERE, 'backend') }],
    includedPopulations: [{ id: here.population }],
    includedTags: ['adminIdentityEvent'],
    ipAddressExposed: false,
    userAgentExposed: true,
  },
  verifyTlsCertificates: true,
  payloadOptions: {
    maximumPayloadLimit: { type: 'KB_PER_PAYLOAD', size: 4_096 },
    payloadFormat: { https: { format: 'ND_JSON', prettyPrint: false } },
  },
});
const small = (over: Body = {}): Body => ({
  name: 'Small',
  enabled: false,
  httpEndpoint: { url: 'https://hooks.example.org' },
  filterOptions: { includedActionTypes: ['USER.LOCKED'] },
  verifyTlsCertificates: false,
  ...over,
});

/** Released clients look for the address there. */
const withCopy = (sent: Body): Body => ({ ...sent, connectionDetails: sent['httpEndpoint'] });

describe('subscriptions (00 §11.5)', () => {
  it('come back as they were sent, headers too, from POST, GET, list and PUT alike', async () => {
    const created = await subscriptions.create(full('Echo'));
    expect(documentOf(created)).toEqual(full('Echo'));
    expect(created.body).toMatchObject({ environment: { id: HERE }, createdAt: created.body['updatedAt'] });
    const path = subscriptions.itemOf(created);
    expect((await subscriptions.read(path)).body).toEqual(created.body);
    expect(await subscriptions.listed()).toContainEqual(created.body);
    const replaced = await subscriptions.put(path, small());
    expect([replaced.status, documentOf(replaced)]).toEqual([200, withCopy(small())]);
    expect((await subscriptions.read(path)).body).toEqual(replaced.body);
    expect((await subscriptions.remove(path)).status).toBe(204);
    expect(refusalOf(await subscriptions.read(path)).status).toBe(404);
  });

  it('show an address under its other name too, and take that for none of its own when it is written back', async () => {
    const headers = { Authorization: 'Bearer abc' };
    const created = await subscriptions.create(small({ httpEndpoint: { url: 'https://old.example.org', headers } }));
    const shown = documentOf(created);
    expect(shown['connectionDetails']).toEqual({ url: 'https://old.example.org', headers });
    const path = subscriptions.itemOf(created);
    const moved = { ...shown, httpEndpoint: { url: 'https://new.example.org' } };
    expect(documentOf(await subscriptions.put(path, moved))).toEqual(withCopy(moved));
    // An address that was sent by that name stays, and counts.
    const named = { ...moved, connectionDetails: { url: 'https://other.example.org' } };
    expect(documentOf(await subscriptions.put(path, named))).toEqual(named);
    expect(documentOf(await subscriptions.put(path, { ...named, name: 'Again' }))).toEqual({ ...named, name: 'Again' });
    const { httpEndpoint: _, ...only } = named;
    expect(documentOf(await subscriptions.put(path, only))).toEqual(only);
  });

  it('keep headers sealed in the database (SEC-66)', async () => {
    const { body } = await subscriptions.create(full('Sealed'));
    const { store } = world().postern.app;
    const stored = await store.findDocument('subscription', uuidOf(String(body['id'])));
    expect(stored?.secret).toBeDefined();
    expect(JSON.stringify(stored)).not.toContain('Splunk 1234');
  });

  it('keep no header that is not sent again when the address changes (SEC-61)', async () => {
    const path = subscriptions.itemOf(await subscriptions.create(full('Moved')));
    const moved = { ...full('Moved'), connectionDetails: { url: 'https://elsewhere.example.org/' } };
    await subscriptions.put(path, moved);
    expect(documentOf(await subscriptions.read(path))).toEqual(moved);
    const { store } = world().postern.app;
    const stored = await store.findDocument('subscription', uuidOf(path.slice(path.lastIndexOf('/') + 1)));
    expect(stored?.secret).toBeUndefined();
  });

  it('name a key of the environment to be known by, which stays as long as they do (SEC-43)', async () => {
    const keys = managed(world, `/environments/${HERE}/keys`);
    const key = (usageType: string): Body => ({
      name: usageType,
      algorithm: 'EC',
      keyLength: 256,
      signatureAlgorithm: 'SHA256withECDSA',
      subjectDN: 'CN=Events, O=Example, C=US',
      usageType,
      validityPeriod: 365,
    });
    const [client, other] = [await keys.create(key('OUTBOUND_MTLS')), await keys.create(key('SIGNING'))];
    const naming = ({ body }: { body: Body }): Body => small({ tlsClientAuthKeyPair: { id: body['id'] } });
    const refusal = await world().ask({ path: subscriptions.path, body: naming(other) });
    expect(refusalOf(refusal).details).toEqual(['INVALID_VALUE tlsClientAuthKeyPair.id']);
    const made = await subscriptions.create(naming(client));
    expect(documentOf(made)).toEqual(withCopy(naming(client)));
    expect(refusalOf(await keys.remove(keys.itemOf(client))).details).toEqual(['CONSTRAINT_VIOLATION']);
    expect((await subscriptions.put(subscriptions.itemOf(made), small())).status).toBe(200);
    expect((await keys.remove(keys.itemOf(client))).status).toBe(204);
  });

  it('are on record (00 §11.4)', async () => {
    const before = world().events.length;
    const path = subscriptions.itemOf(await subscriptions.create(small()));
    await subscriptions.put(path, small());
    await subscriptions.remove(path);
    expect(world().events.slice(before)).toEqual([
      'SUBSCRIPTION.CREATED',
      'SUBSCRIPTION.UPDATED',
      'SUBSCRIPTION.DELETED',
    ]);
  });

  it('may name an internal address where the operator allows it', async () => {
    await subscriptions.create(small({ httpEndpoint: { url: 'https://10.1.2.3/' } }));
  });
});

const endpoint = object({ 'url*': text({ max: 2_048, malformed: ['x', '/events', 'ftp://example.org'] }) });
refusesBadFields('a subscription (00 §11.5)', {
  world,
  to: () => ({ path: subscriptions.path }),
  right: () => full(),
  shape: object({
    'name*': text({ max: 256 }),
    'enabled*': flag(),
    protocol: oneOf('HTTPS'),
    httpEndpoint: endpoint,
    connectionDetails: endpoint,
    format: oneOf('ACTIVITY', 'SPLUNK', 'NEWRELIC'),
    'filterOptions*': object({
      'includedActionTypes*': list(text({ max: 128 }), { max: 1_000, of: 'USER.LOCKED' }),
      includedApplications: list(object({ 'id*': id() }), { max: 10, of: { id: NOBODY } }),
      includedPopulations: list(object({ 'id*': id() }), { max: 10, of: { id: NOBODY } }),
      includedTags: list(oneOf('adminIdentityEvent')),
      ipAddressExposed: flag(),
      userAgentExposed: flag(),
    }),
    'verifyTlsCertificates*': flag(),
    payloadOptions: object({
      maximumPayloadLimit: object({
        type: oneOf('EVENTS_PER_PAYLOAD', 'KB_PER_PAYLOAD'),
        size: integer(1, 4_096),
      }),
      payloadFormat: object({
        https: object({ format: oneOf('JSON_ARRAY', 'ND_JSON'), prettyPrint: flag() }),
      }),
    }),
  }),
});

/** Every way to an address that is not public (SEC-59). */
const NOT_PUBLIC = [
  'https://127.0.0.1/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://10.1.3.1/',
  'https://169.254.169.254/latest/meta-data',
  'https://100.64.0.1/',
  'https://[::1]/',
  'https://[::ffff:8.8.8.8]/',
  'https://[64:ff9b::8.8.8.8]/',
  'https://[2002:808:808::1]/',
  'https://[fd00::1]/',
];
const refused = (name: string, over: Body, ...details: readonly string[]) => ({
  name,
  body: () => small(over),
  details,
});
refusesRequests('a subscription, refused as a whole', { world, to: () => ({ path: subscriptions.path }) }, [
  refused('without an address', { httpEndpoint: undefined }, 'REQUIRED_VALUE httpEndpoint'),
  refused('TCP', { protocol: 'TCP_IP' }, 'INVALID_VALUE protocol'),
  refused(
    'no action type',
    { filterOptions: { includedActionTypes: [] } },
    'EMPTY_VALUE filterOptions.includedActionTypes',
  ),
  refused('a key pair of nobody', { tlsClientAuthKeyPair: { id: NOBODY } }, 'INVALID_VALUE tlsClientAuthKeyPair.id'),
  refused(
    'more events than one request may have',
    { payloadOptions: { maximumPayloadLimit: { type: 'EVENTS_PER_PAYLOAD', size: 501 } } },
    'OUT_OF_RANGE payloadOptions.maximumPayloadLimit.size',
  ),
  ...[NOBODY, clientId(there.environment, 'backend'), here.user].map((other) =>
    refused(
      `the application ${other} (SEC-43)`,
      { filterOptions: { includedActionTypes: ['A'], includedApplications: [{ id: other }] } },
      'INVALID_VALUE filterOptions.includedApplications[0].id',
    ),
  ),
  ...[NOBODY, there.population].map((other) =>
    refused(
      `the population ${other} (SEC-43)`,
      { filterOptions: { includedActionTypes: ['A'], includedPopulations: [{ id: other }] } },
      'INVALID_VALUE filterOptions.includedPopulations[0].id',
    ),
  ),
  ...[
    ...NOT_PUBLIC,
    'http://hooks.example.org/',
    'https://hooks.example.org:22/',
    'https://user@hooks.example.org/',
    'https://:secret@hooks.example.org/',
  ].map((url) => refused(`${url} (SEC-59)`, { httpEndpoint: { url } }, 'INVALID_VALUE httpEndpoint.url')),
  ...['Host', 'content-length', 'Postern-Signature', 'Transfer-Encoding', 'no header', ''].map((header) =>
    refused(
      `the header ${JSON.stringify(header)}`,
      { httpEndpoint: { url: 'https://hooks.example.org', headers: { [header]: 'x' } } },
      'INVALID_VALUE httpEndpoint.headers',
    ),
  ),
  refused(
    'a header that would be two',
    { httpEndpoint: { url: 'https://hooks.example.org', headers: { One: 'a\r\nTwo: b' } } },
    'INVALID_VALUE httpEndpoint.headers.One',
  ),
]);

it('there are fifty of them at most', async () => {
  const place = `/environments/${there.environment}/subscriptions`;
  for (let at = 0; at < 50; at += 1)
    expect((await world().ask({ path: place, body: small({ name: `No. ${at}` }) })).status).toBe(201);
  const answer = await world().ask({ path: place, body: small() });
  expect(refusalOf(answer)).toMatchObject({ status: 400, details: ['LIMIT_EXCEEDED'] });
});
