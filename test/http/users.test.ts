import { describe, expect, it } from 'vitest';
import { ELSEWHERE, HERE, NOWHERE, OTHER_POPULATION, POPULATION } from '../platform/world.js';
import { type PlatformApi, platformApi } from './platform-api.js';

const maria = { username: 'maria.lopez', email: 'maria.lopez@example.org', name: { given: 'Maria', family: 'Lopez' } };
const LOCK = 'application/vnd.pingidentity.account.lock+json';
const UNLOCK = 'application/vnd.pingidentity.account.unlock+json';

async function created(api: PlatformApi, body: object = maria): Promise<string> {
  const answer = await api.call('POST', '/users', { body });
  expect(answer.status).toBe(201);
  return answer.body.id;
}

describe('creating a user (00 §8.2)', () => {
  it('answers with the documented example, member by member', async () => {
    await using api = await platformApi();
    const { status, body } = await api.call('POST', '/users', { body: maria });
    const base = `https://mfa.example.org/v1/environments/${HERE}`;
    const self = { href: `${base}/users/${body.id}` };
    const password = { href: `${self.href}/password` };
    expect(status).toBe(201);
    expect(body).toEqual({
      _links: {
        self,
        environment: { href: base },
        population: { href: `${base}/populations/${POPULATION}` },
        devices: { href: `${self.href}/devices` },
        roleAssignments: { href: `${self.href}/roleAssignments` },
        password,
        'password.reset': password,
        'password.set': password,
        'account.unlock': self,
      },
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      environment: { id: HERE },
      population: { id: POPULATION },
      account: { canAuthenticate: true, status: 'OK' },
      ...maria,
      enabled: true,
      mfaEnabled: false,
      emailVerified: false,
      identityProvider: { type: 'PING_ONE' },
      lifecycle: { status: 'ACCOUNT_OK' },
      verifyStatus: 'NOT_INITIATED',
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updatedAt: body.createdAt,
    });
    expect((await api.call('GET', `/users/${body.id}`)).body).toEqual(body);
    expect(api.events).toEqual([{ type: 'USER.CREATED', environmentId: HERE, userId: body.id }]);
  });

  it('keeps every documented attribute as it was sent', async () => {
    await using api = await platformApi();
    const profile = {
      ...maria,
      name: {
        given: 'Mária',
        middle: 'J.',
        family: "O'López-Ruiz",
        formatted: 'M. López',
        honorificPrefix: 'Dr.',
        honorificSuffix: 'II',
      },
      nickname: 'Mari',
      title: 'Engineer',
      type: 'EMPLOYEE',
      locale: 'es-ES',
      externalId: '42',
      mobilePhone: '+34.600 000-000',
      primaryPhone: '600000000',
      address: {
        streetAddress: 'Calle 1\n2º',
        locality: 'Madrid',
        region: 'M',
        postalCode: '28001',
        countryCode: 'ES',
      },
      photo: { href: 'https://example.org/p.png' },
      preferredLanguage: 'es-ES,en;q=0.8',
      timezone: 'Europe/Madrid',
    };
    const id = await created(api, profile);
    expect((await api.call('GET', `/users/${id}`)).body).toMatchObject(profile);
  });

  it('what is read-only or import-only has no effect (SEC-45)', async () => {
    await using api = await platformApi();
    const { body } = await api.call('POST', '/users', {
      body: {
        ...maria,
        id: NOWHERE,
        enabled: false,
        account: { status: 'LOCKED' },
        lifecycle: { status: 'VERIFICATION_REQUIRED' },
        environment: { id: ELSEWHERE },
        createdAt: '2000-01-01T00:00:00.000Z',
        password: { value: 'secret' },
        name: { ...maria.name, extra: 1 },
        address: { planet: 'Mars' },
        memberOfGroupIDs: ['x'],
        constructor: { prototype: true },
        'not a name': true,
      },
    });
    expect(body.id).not.toBe(NOWHERE);
    expect(body).toMatchObject({
      environment: { id: HERE },
      account: { status: 'OK' },
      enabled: true,
      name: maria.name,
      lifecycle: { status: 'ACCOUNT_OK' },
    });
    for (const stranger of ['address', 'password', 'not a name', 'memberOfGroupIDs'])
      expect(body).not.toHaveProperty(stranger);
    expect(Object.hasOwn(body, 'constructor')).toBe(false);
  });

  it('takes a population of the environment, and mfaEnabled', async () => {
    await using api = await platformApi();
    const { body } = await api.call('POST', '/users', {
      body: { ...maria, population: { id: POPULATION }, mfaEnabled: true },
    });
    expect(body).toMatchObject({ population: { id: POPULATION }, mfaEnabled: true });
  });

  it.each([NOWHERE, OTHER_POPULATION])('refuses the population %s: none of this environment (SEC-43)', async (id) => {
    await using api = await platformApi();
    const { status, body } = await api.call('POST', '/users', { body: { ...maria, population: { id } } });
    expect(status).toBe(400);
    expect(body.details).toEqual([{ code: 'INVALID_VALUE', target: 'population.id', message: expect.any(String) }]);
  });

  it('a name is taken whatever its case, and only in its own environment', async () => {
    await using api = await platformApi();
    const id = await created(api);
    const { status, body } = await api.call('POST', '/users', { body: { ...maria, username: 'MARIA.Lopez' } });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 'INVALID_DATA',
      details: [{ code: 'UNIQUENESS_VIOLATION', target: 'username', innerError: { existingId: id } }],
    });
  });

  it('of many at once with one name, one is created', async () => {
    await using api = await platformApi();
    const answers = await Promise.all(Array.from({ length: 16 }, () => api.call('POST', '/users', { body: maria })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect((await api.call('GET', '/users')).body.count).toBe(1);
  });

  const wrong: readonly [string, object, string, string][] = [
    ['no username', { username: undefined }, 'REQUIRED_VALUE', 'username'],
    ['null for a username', { username: null }, 'REQUIRED_VALUE', 'username'],
    ['an empty username', { username: '' }, 'EMPTY_VALUE', 'username'],
    ['a username too long', { username: 'x'.repeat(129) }, 'SIZE_LIMIT_EXCEEDED', 'username'],
    ['a username of another type', { username: 7 }, 'INVALID_VALUE', 'username'],
    ['a username with a control character', { username: 'a\tb' }, 'INVALID_VALUE', 'username'],
    ['no email', { email: undefined }, 'REQUIRED_VALUE', 'email'],
    ['an email that is none', { email: 'maria' }, 'INVALID_VALUE', 'email'],
    ['an email with a line break', { email: 'a@b.c\r\nBcc: x@y.z' }, 'INVALID_VALUE', 'email'],
    ['an email too long', { email: `${'x'.repeat(251)}@b.c` }, 'SIZE_LIMIT_EXCEEDED', 'email'],
    ['a name that is text', { name: 'Maria' }, 'INVALID_VALUE', 'name'],
    ['an empty given name', { name: { given: '' } }, 'EMPTY_VALUE', 'name.given'],
    ['a family name with symbols', { name: { family: 'Lopez<script>' } }, 'INVALID_VALUE', 'name.family'],
    ['a given name too long', { name: { given: 'x'.repeat(257) } }, 'SIZE_LIMIT_EXCEEDED', 'name.given'],
    ['a phone with letters', { mobilePhone: '+34 abc' }, 'INVALID_VALUE', 'mobilePhone'],
    ['a phone too long', { primaryPhone: '1'.repeat(33) }, 'SIZE_LIMIT_EXCEEDED', 'primaryPhone'],
    ['a country that is none', { address: { countryCode: 'es' } }, 'INVALID_VALUE', 'address.countryCode'],
    [
      'a postal code too long',
      { address: { postalCode: '1'.repeat(41) } },
      'SIZE_LIMIT_EXCEEDED',
      'address.postalCode',
    ],
    ['a photo that is no URL', { photo: { href: 'javascript:alert(1)' } }, 'INVALID_VALUE', 'photo.href'],
    ['a photo without one', { photo: {} }, 'REQUIRED_VALUE', 'photo.href'],
    ['a timezone that is none', { timezone: 'Madrid' }, 'INVALID_VALUE', 'timezone'],
    ['an external id too long', { externalId: 'x'.repeat(1025) }, 'SIZE_LIMIT_EXCEEDED', 'externalId'],
    ['mfaEnabled as text', { mfaEnabled: 'true' }, 'INVALID_VALUE', 'mfaEnabled'],
    ['an address verified beforehand', { emailVerified: true }, 'INVALID_VALUE', 'emailVerified'],
    ['another identity provider', { identityProvider: { type: 'GOOGLE' } }, 'INVALID_VALUE', 'identityProvider.type'],
    ['a population that is no id', { population: { id: 'x' } }, 'INVALID_VALUE', 'population.id'],
    ['a population without one', { population: {} }, 'REQUIRED_VALUE', 'population.id'],
    ['a verification nobody knows', { verifyStatus: 'MAYBE' }, 'INVALID_VALUE', 'verifyStatus'],
  ];
  it.each(wrong)('%s is refused by name, and nothing is stored', async (_name, changes, code, target) => {
    await using api = await platformApi();
    const { status, body } = await api.call('POST', '/users', { body: { ...maria, ...changes } });
    expect([status, body.code]).toEqual([400, 'INVALID_DATA']);
    expect(body.details).toEqual([expect.objectContaining({ code, target, message: expect.any(String) })]);
    expect((await api.call('GET', '/users')).body.count).toBe(0);
    expect(api.events).toEqual([]);
  });

  it('every bad field is named at once', async () => {
    await using api = await platformApi();
    const { body } = await api.call('POST', '/users', { body: { name: { given: '' }, timezone: 'x' } });
    expect(body.details.map(({ target }: { target: string }) => target)).toEqual([
      'email',
      'username',
      'name.given',
      'timezone',
    ]);
  });
});

describe('reading and deleting users', () => {
  it('what is not there, not an id, or in another environment is 404 (SEC-42)', async () => {
    await using api = await platformApi();
    const id = await created(api);
    for (const [method, path] of [
      ['GET', `/users/${NOWHERE}`],
      ['GET', '/users/nope'],
      ['DELETE', `/users/${NOWHERE}`],
      ['GET', `/users/${NOWHERE}/mfaEnabled`],
    ] as const) {
      const { status, body } = await api.call(method, path);
      expect([status, body.code, body.message]).toEqual([
        404,
        'NOT_FOUND',
        'The request could not be completed. The requested resource was not found.',
      ]);
    }
    expect((await api.call('GET', `/v1/environments/${ELSEWHERE}/users/${id}`)).status).toBe(403);
  });

  it('a deleted user is gone, and the name is free', async () => {
    await using api = await platformApi();
    const id = await created(api);
    const { status, body } = await api.call('DELETE', `/users/${id}`, { type: null });
    expect([status, body]).toEqual([204, undefined]);
    expect((await api.call('GET', `/users/${id}`)).status).toBe(404);
    expect((await api.call('DELETE', `/users/${id}`)).status).toBe(404);
    expect(await created(api)).not.toBe(id);
    expect(api.events.map(({ type }) => type)).toEqual(['USER.CREATED', 'USER.DELETED', 'USER.CREATED']);
  });
});

describe('listing users (00 §3.4)', () => {
  async function five(api: PlatformApi): Promise<string[]> {
    const ids: string[] = [];
    for (const n of [1, 2, 3, 4, 5])
      ids.push(await created(api, { ...maria, username: `user${n}`, email: `u${n}@example.org` }));
    return ids;
  }

  it('an empty list has its array', async () => {
    await using api = await platformApi();
    expect((await api.call('GET', '/users')).body).toEqual({
      _links: { self: { href: `https://mfa.example.org/v1/environments/${HERE}/users` } },
      _embedded: { users: [] },
      count: 0,
      size: 0,
    });
  });

  it('following next verbatim shows each user once, also while others come and go', async () => {
    await using api = await platformApi();
    const ids = await five(api);
    const seen: string[] = [];
    let url: string | undefined = `/v1/environments/${HERE}/users?limit=2`;
    let deleted = false;
    while (url !== undefined) {
      const { status, body }: { status: number; body: Record<string, never> } = await api.call('GET', url);
      expect(status).toBe(200);
      const page: {
        _links: { self: { href: string }; next?: { href: string } };
        _embedded: { users: { id: string }[] };
        size: number;
      } = body as never;
      expect(page.size).toBe(page._embedded.users.length);
      expect(page._links.self.href).toBe(`https://mfa.example.org${url}`);
      seen.push(...page._embedded.users.map(({ id }) => id));
      if (!deleted) await api.call('DELETE', `/users/${seen[0]}`);
      deleted = true;
      const next = page._links.next?.href;
      if (next !== undefined) expect(next).toContain('limit=2');
      url = next?.replace('https://mfa.example.org', '');
    }
    expect([...seen].sort()).toEqual([...ids].sort());
  });

  it('takes limits of 1 to 1000', async () => {
    await using api = await platformApi();
    await five(api);
    expect((await api.call('GET', '/users?limit=1000')).body).toMatchObject({ count: 5, size: 5 });
    for (const limit of ['0', '1001', 'x', '-1', '']) {
      const { status, body } = await api.call('GET', `/users?limit=${limit}`);
      expect([status, body.details]).toEqual([
        400,
        [expect.objectContaining({ code: 'INVALID_PARAMETER', target: 'limit' })],
      ]);
    }
  });

  it('refuses a cursor that it did not make for this list (SEC-54)', async () => {
    await using api = await platformApi();
    await five(api);
    const { body } = await api.call('GET', '/users?limit=2');
    const cursor = new URL(body._links.next.href).searchParams.get('cursor') ?? '';
    expect((await api.call('GET', `/users?cursor=${cursor}`)).body.size).toBe(3);
    for (const path of [
      `/users?cursor=${cursor}x`,
      '/users?cursor=abc',
      `/populations?cursor=${cursor}`,
      `/users?cursor=${cursor}&filter=username%20eq%20"a"`,
    ]) {
      const answer = await api.call('GET', path);
      expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_DATA']);
      expect(answer.body.details).toEqual([expect.objectContaining({ code: 'INVALID_PARAMETER', target: 'cursor' })]);
    }
  });

  it.each([
    ['username eq "USER3"', 1],
    ['username EQ "user3" and email eq "U3@example.org"', 1],
    ['username eq "user3" and email eq "u4@example.org"', 0],
    ['username eq "nobody"', 0],
    [`id eq "${NOWHERE}"`, 0],
    ['id eq "nope"', 0],
    [`username eq "user3" and population.id eq "${POPULATION}"`, 1],
    [`username eq "user3" and population.id eq "${NOWHERE}"`, 0],
  ])('finds by %s', async (filter, count) => {
    await using api = await platformApi();
    await five(api);
    const { status, body } = await api.call('GET', `/users?filter=${encodeURIComponent(filter)}`);
    expect([status, body.count, body._embedded.users.length]).toEqual([200, count, count]);
  });

  it('finds by id', async () => {
    await using api = await platformApi();
    const [id] = await five(api);
    const { body } = await api.call('GET', `/users?filter=${encodeURIComponent(`id eq "${id}"`)}`);
    expect(body._embedded.users.map((user: { id: string }) => user.id)).toEqual([id]);
  });

  it.each([
    'username gt "a"',
    'username',
    'username pr',
    'identityProvider.type eq "PING_ONE"',
    'name.nick eq "x"',
    'memberOfGroups eq "x"',
    'memberOfGroups[name eq "x"]',
    'memberOfGroups[id eq "x"',
    'memberOfGroups[id eq "x"] and',
    'not username eq "a"',
    'constructor eq "a"',
    '('.repeat(50),
    '"',
    '',
  ])('refuses %s, which it cannot answer', async (filter) => {
    await using api = await platformApi();
    const { status, body } = await api.call('GET', `/users?filter=${encodeURIComponent(filter)}`);
    expect([status, body.code]).toEqual([400, 'INVALID_DATA']);
    expect(body.details).toEqual([expect.objectContaining({ code: 'INVALID_FILTER', target: 'filter' })]);
  });
});

describe('mfaEnabled (00 §8.5, 20 §14)', () => {
  it('is read and updated in its own shape', async () => {
    await using api = await platformApi();
    const id = await created(api);
    const path = `/users/${id}/mfaEnabled`;
    const user = `https://mfa.example.org/v1/environments/${HERE}/users/${id}`;
    const shape = (mfaEnabled: boolean) => ({
      _links: { self: { href: `${user}/mfaEnabled` }, user: { href: user } },
      mfaEnabled,
    });
    expect((await api.call('GET', path)).body).toEqual(shape(false));
    const put = await api.call('PUT', path, { body: { mfaEnabled: true } });
    expect([put.status, put.body]).toEqual([200, shape(true)]);
    expect((await api.call('GET', `/users/${id}`)).body.mfaEnabled).toBe(true);
    await api.call('PUT', path, { body: { mfaEnabled: true } });
    expect(api.events.map(({ type }) => type)).toEqual(['USER.CREATED', 'USER.UPDATED']);
  });

  it.each([
    [{}, 'REQUIRED_VALUE'],
    [{ mfaEnabled: null }, 'REQUIRED_VALUE'],
    [{ mfaEnabled: 'yes' }, 'INVALID_VALUE'],
  ])('refuses %j', async (body, code) => {
    await using api = await platformApi();
    const id = await created(api);
    const answer = await api.call('PUT', `/users/${id}/mfaEnabled`, { body });
    expect(answer.status).toBe(400);
    expect(answer.body.details).toEqual([expect.objectContaining({ code, target: 'mfaEnabled' })]);
  });
});

describe('locking and unlocking (00 §8.6)', () => {
  it.each(['', '{}', '{"canAuthenticate":true,"status":"OK","unlockAt":null}'])(
    'locks until unlocked: %j',
    async (body) => {
      await using api = await platformApi();
      const id = await created(api);
      const locked = await api.call('POST', `/users/${id}`, { type: LOCK, body });
      expect(locked.status).toBe(200);
      expect(locked.body.account).toEqual({ canAuthenticate: false, status: 'LOCKED', lockedAt: expect.any(String) });
      api.test.clock.advance(10 * 365 * 86_400_000);
      const token = await api.tokenOf();
      expect((await api.call('GET', `/users/${id}`, { token })).body.account.status).toBe('LOCKED');
      const unlocked = await api.call('POST', `/users/${id}`, { type: UNLOCK, token });
      expect([unlocked.status, unlocked.body.account]).toEqual([200, { canAuthenticate: true, status: 'OK' }]);
      expect(api.events.map(({ type }) => type)).toEqual(['USER.CREATED', 'USER.LOCKED', 'USER.UNLOCKED']);
    },
  );

  it('locks for a time, and the lock ends by itself', async () => {
    await using api = await platformApi();
    const id = await created(api);
    const unlockAt = new Date(api.test.clock.now() + 90_500).toISOString();
    const { body } = await api.call('POST', `/users/${id}`, { type: LOCK, body: { unlockAt } });
    expect(body.account).toEqual({
      canAuthenticate: false,
      status: 'LOCKED',
      lockedAt: expect.any(String),
      unlockAt,
      secondsUntilUnlock: 91,
    });
    api.test.clock.advance(90_500);
    expect((await api.call('GET', `/users/${id}`)).body.account).toEqual({ canAuthenticate: true, status: 'OK' });
    expect((await api.call('GET', '/users')).body._embedded.users[0].account.status).toBe('OK');
  });

  it.each(['2000-01-01T00:00:00Z', 'tomorrow', '2031-06-01', '2031-13-01T00:00:00Z', '', 7])(
    'refuses to unlock at %j',
    async (unlockAt) => {
      await using api = await platformApi();
      const id = await created(api);
      const { status, body } = await api.call('POST', `/users/${id}`, { type: LOCK, body: { unlockAt } });
      expect(status).toBe(400);
      expect(body.details).toEqual([expect.objectContaining({ target: 'unlockAt' })]);
      expect((await api.call('GET', `/users/${id}`)).body.account.status).toBe('OK');
    },
  );

  it('a user has no other actions', async () => {
    await using api = await platformApi();
    const id = await created(api);
    for (const type of ['application/json', 'application/vnd.pingidentity.user.verify+json', null])
      expect((await api.call('POST', `/users/${id}`, { type, body: {} })).status).toBe(415);
  });
});
