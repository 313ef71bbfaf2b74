import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusesBadFields, refusesRequests } from './bad-fields.js';
import { flag, id, object, oneOf, type Shape, text } from './shapes.js';
import { HERE, here, NOBODY, startWorld, THERE, there, type World } from './world.js';

let started: World;
beforeAll(async () => {
  started = await startWorld();
});
afterAll(() => started[Symbol.asyncDispose]());

const world = (): World => started;
const USERS = `/environments/${HERE}/users`;
const CONTROLS = ['a\tb', 'a\nb', 'a\u0007b', 'a\u202eb', '\u200bab'];

/** `00` §8.2. */
const readable = (max: number): Shape => text({ max, malformed: CONTROLS });
const plainName = (): Shape => text({ max: 256, malformed: [...CONTROLS, 'a@b', 'a<b>', 'a_b', 'a/b'] });
const free = (max: number): Shape => text({ max });
const phone = (): Shape => text({ max: 32, filler: '1', malformed: ['home', '+1 (512) x', '１２３'] });
const profile = {
  'email*': text({
    malformed: ['ann', '@example.org', 'ann@', 'a b@example.org', 'a@b@c', 'a@b.org\r\nBcc: x@y.org', 'Ann <a@b.org>'],
  }),
  name: object({
    given: readable(256),
    middle: readable(256),
    family: plainName(),
    formatted: plainName(),
    honorificPrefix: free(256),
    honorificSuffix: free(256),
  }),
  nickname: free(256),
  title: free(256),
  type: free(256),
  locale: free(256),
  externalId: free(1_024),
  mobilePhone: phone(),
  primaryPhone: phone(),
  address: object({
    streetAddress: free(256),
    locality: free(256),
    region: free(256),
    postalCode: free(40),
    countryCode: text({ malformed: ['U', 'USA', 'us', '12', 'Ü1'] }),
  }),
  photo: object({ 'href*': text({ malformed: ['photo.jpg', 'javascript:alert(1)', 'ftp://x/y', 'http://a b'] }) }),
  preferredLanguage: text({ malformed: ['en\nfr', 'fr<', 'ä'] }),
  timezone: text({ malformed: ['Paris', 'Europe/', '/Paris', 'Europe/Par is', 'a/b/c'] }),
  verifyStatus: oneOf('NOT_INITIATED', 'ENABLED', 'DISABLED'),
};

const newUser = () => ({
  username: 'new.user',
  email: 'new.user@example.org',
  name: {
    given: 'Zoë',
    middle: 'B.',
    family: "O'Neil-Straße",
    formatted: 'Zoë O Neil',
    honorificPrefix: 'Dr',
    honorificSuffix: 'PhD',
  },
  nickname: 'Z',
  title: 'Boss',
  type: 'staff',
  locale: 'en-GB',
  externalId: '42',
  mobilePhone: '+1.512 555-0101',
  primaryPhone: '5125550101',
  address: {
    streetAddress: '1 Main St\nFloor 2',
    locality: 'Austin',
    region: 'TX',
    postalCode: '78701',
    countryCode: 'US',
  },
  photo: { href: 'https://example.org/z.jpg' },
  preferredLanguage: 'en-GB, en;q=0.8',
  timezone: 'Europe/London',
  verifyStatus: 'NOT_INITIATED',
  population: { id: here.population },
  mfaEnabled: true,
  emailVerified: false,
  identityProvider: { type: 'PING_ONE' },
});

refusesBadFields('a new user (00 §8.2)', {
  world,
  to: () => ({ path: USERS }),
  right: newUser,
  shape: object({
    'username*': readable(128),
    ...profile,
    population: object({ 'id*': id() }),
    mfaEnabled: flag(),
    emailVerified: {
      wrong: (at, target) => [true, 'false', 0, {}].map((value) => ({ at, value, detail: `INVALID_VALUE ${target}` })),
    },
    identityProvider: object({ type: oneOf('PING_ONE') }),
  }),
});

const attributes = { 'username*': readable(128), ...profile, emailVerified: flag() };
const { population: _, mfaEnabled: __, identityProvider: ___, ...whole } = newUser();

refusesBadFields('a user’s attributes, replaced (00 §8.2)', {
  world,
  to: () => ({ path: `${USERS}/${here.newcomer}`, method: 'PUT' }),
  right: () => ({ ...whole, username: 'replaced.user', emailVerified: true }),
  shape: object(attributes),
});

refusesRequests('a new user, refused as a whole (00 §8.2)', { world, to: () => ({ path: USERS }) }, [
  { name: 'nothing', body: () => ({}), details: ['REQUIRED_VALUE username', 'REQUIRED_VALUE email'] },
  ...[NOBODY, there.population, here.user].map((value) => ({
    name: `the population ${value}`,
    body: () => ({ username: 'u', email: 'u@example.org', population: { id: value } }),
    details: ['INVALID_VALUE population.id'],
  })),
  ...['ann', 'ANN', 'Ann'].map((username) => ({
    name: `the name ${username}, which is taken whatever its case`,
    body: () => ({ username, email: 'u@example.org' }),
    details: ['UNIQUENESS_VIOLATION username'],
  })),
]);

describe('a new user’s own fields only (SEC-45)', () => {
  it('what the server owns is ignored, whatever is sent', async () => {
    const owned = {
      id: NOBODY,
      enabled: false,
      account: { status: 'LOCKED', canAuthenticate: false },
      environment: { id: THERE },
      lifecycle: { status: 'VERIFICATION_REQUIRED' },
      createdAt: '1999-01-01T00:00:00Z',
      _links: { self: { href: 'https://evil.example' } },
      memberOfGroupIDs: [1],
      constructor: { prototype: { admin: true } },
    };
    const {
      status,
      body,
      text: answer,
    } = await started.ask({ path: USERS, body: { username: 'owned', email: 'o@example.org', ...owned } });
    expect(status, answer).toBe(201);
    expect(body).toMatchObject({
      enabled: true,
      account: { status: 'OK' },
      environment: { id: HERE },
      lifecycle: { status: 'ACCOUNT_OK' },
    });
    expect(body['id']).not.toBe(NOBODY);
    expect(answer).not.toMatch(/evil|1999|memberOf|prototype/);
    expect((await started.ask({ path: `/environments/${HERE}/users/${NOBODY}` })).status).toBe(404);
  });
});

refusesBadFields('mfaEnabled (00 §8.5)', {
  world,
  to: () => ({ path: `${USERS}/${here.user}/mfaEnabled`, method: 'PUT' }),
  right: () => ({ mfaEnabled: true }),
  shape: object({ 'mfaEnabled*': flag() }),
});

refusesBadFields('account.lock (00 §8.6)', {
  world,
  to: () => ({ path: `${USERS}/${here.newcomer}`, type: 'account.lock' }),
  right: () => ({ unlockAt: '2031-06-01T00:00:00Z', canAuthenticate: false, status: 'LOCKED' }),
  shape: object({
    unlockAt: text({
      malformed: [
        'soon',
        '2031-06-01',
        '2031-06-01T00:00:00',
        '2031-13-01T00:00:00Z',
        '2031-02-30T00:00:00Z',
        '2031-06-01T25:00:00Z',
        '1748736000000',
        '+275760-09-13T00:00:00.001Z',
        '2026-11-22T08:59:59.999Z',
        '1970-01-01T00:00:00Z',
      ],
    }),
  }),
});
