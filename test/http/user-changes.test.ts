import { describe, expect, it } from 'vitest';
import { ELSEWHERE, HERE, NOWHERE, OTHER_POPULATION, POPULATION } from '../platform/world.js';
import { type PlatformApi, platformApi } from './platform-api.js';

const maria = {
  username: 'maria.lopez',
  email: 'maria.lopez@example.org',
  name: { given: 'Maria', family: 'Lopez' },
  nickname: 'Mari',
  address: { locality: 'Madrid', countryCode: 'ES' },
  photo: { href: 'https://example.org/m.png' },
  verifyStatus: 'ENABLED',
};
const SECOND = '00000000-0000-4000-8000-000000000b03';

type Body = Record<string, unknown>;

/** A user, and what the server owns of it: everything that no change of attributes touches. */
async function created(api: PlatformApi, body: Body = maria): Promise<{ id: string; path: string; user: Body }> {
  const answer = await api.call('POST', '/users', { body });
  expect(answer.status).toBe(201);
  api.test.clock.advance(1_000);
  return { id: answer.body.id, path: `/users/${answer.body.id}`, user: answer.body };
}

async function addPopulation(api: PlatformApi): Promise<void> {
  await api.write(HERE, {
    kind: 'put',
    entity: 'document',
    value: {
      environmentId: HERE,
      kind: 'population',
      id: SECOND as typeof HERE,
      body: { name: 'Second' },
      createdAt: 0,
      updatedAt: 0,
    },
  });
}

const without = (body: Body, ...names: string[]): Body =>
  Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)));

describe('replacing a user (PUT; 00 §2.4, §8.2)', () => {
  it('clears what is not said, and keeps what is not a PUT’s to change', async () => {
    await using api = await platformApi();
    const { path, user } = await created(api, { ...maria, mfaEnabled: true, department: 'R&D' });
    const { status, body } = await api.call('PUT', path, {
      body: { username: 'm.lopez', email: maria.email, name: { family: 'Lopez' }, title: null },
    });
    expect(status).toBe(200);
    const updatedAt = new Date(api.test.clock.now()).toISOString();
    expect(body).toEqual({
      ...without(user, 'nickname', 'address', 'photo', 'department'),
      username: 'm.lopez',
      name: { family: 'Lopez' },
      verifyStatus: 'NOT_INITIATED',
      updatedAt,
    });
    expect((await api.call('GET', path)).body).toEqual(body);
    expect(api.events.map(({ type }) => type)).toEqual(['USER.CREATED', 'USER.UPDATED']);
  });

  it('takes back what a read gave, whole, and changes nothing (00 §2.4)', async () => {
    await using api = await platformApi();
    const { path, user } = await created(api, { ...maria, department: 'R&D', tags: ['a', 'b'] });
    const { status, body } = await api.call('PUT', path, { body: user });
    expect([status, body]).toEqual([200, user]);
    expect(api.events.map(({ type }) => type)).toEqual(['USER.CREATED']);
  });

  it('what the server owns is not changed by being sent (SEC-45)', async () => {
    await using api = await platformApi();
    const { path, user } = await created(api);
    const { body } = await api.call('PUT', path, {
      body: {
        ...maria,
        id: NOWHERE,
        enabled: false,
        mfaEnabled: true,
        account: { canAuthenticate: false, status: 'LOCKED' },
        population: { id: OTHER_POPULATION },
        environment: { id: ELSEWHERE },
        lifecycle: { status: 'VERIFICATION_REQUIRED' },
        identityProvider: { id: NOWHERE, type: 'GOOGLE' },
        password: { value: 'secret' },
        emailVerified: true,
        createdAt: '2000-01-01T00:00:00.000Z',
        memberOfGroupIDs: [NOWHERE],
      },
    });
    expect(body).toEqual(user);
  });

  it('an address that changes is not verified unless the change says so', async () => {
    await using api = await platformApi();
    const { path } = await created(api);
    const put = async (changes: Body) =>
      (await api.call('PUT', path, { body: { ...maria, ...changes } })).body.emailVerified;
    expect(await put({ emailVerified: true })).toBe(false);
    expect(await put({ email: 'other@example.org', emailVerified: true })).toBe(true);
    expect(await put({ email: 'other@example.org', emailVerified: false })).toBe(true);
    expect(await put({ email: 'third@example.org' })).toBe(false);
  });

  it.each([
    ['no username', { username: undefined }, 'REQUIRED_VALUE', 'username'],
    ['no email', { email: null }, 'REQUIRED_VALUE', 'email'],
    ['an empty username', { username: '' }, 'EMPTY_VALUE', 'username'],
    ['a username too long', { username: 'x'.repeat(129) }, 'SIZE_LIMIT_EXCEEDED', 'username'],
    ['an email that is none', { email: 'maria' }, 'INVALID_VALUE', 'email'],
    ['a name that is text', { name: 'Maria' }, 'INVALID_VALUE', 'name'],
    ['a verification nobody knows', { verifyStatus: 'MAYBE' }, 'INVALID_VALUE', 'verifyStatus'],
    ['emailVerified as text', { emailVerified: 'yes' }, 'INVALID_VALUE', 'emailVerified'],
    [
      'attributes that are too much',
      { notes: ['x'.repeat(15_000), 'y'.repeat(2_000)] },
      'SIZE_LIMIT_EXCEEDED',
      'notes',
    ],
  ])('%s is refused by name, and nothing changes', async (_name, changes, code, target) => {
    await using api = await platformApi();
    const { path, user } = await created(api);
    const { status, body } = await api.call('PUT', path, { body: { ...maria, ...changes } });
    expect([status, body.code, body.details]).toEqual([
      400,
      'INVALID_DATA',
      [expect.objectContaining({ code, target, message: expect.any(String) })],
    ]);
    expect((await api.call('GET', path)).body).toEqual(user);
  });
});

describe('changing a user (PATCH; 00 §2.4)', () => {
  it('changes what is said, clears what is null, leaves the rest, at any depth', async () => {
    await using api = await platformApi();
    const { path, user } = await created(api, { ...maria, department: 'R&D', badge: { number: 7, colour: 'red' } });
    const { status, body } = await api.call('PATCH', path, {
      body: {
        name: { given: null, middle: 'J.' },
        nickname: null,
        title: 'Boss',
        photo: { href: null },
        address: { locality: null, countryCode: null },
        verifyStatus: null,
        badge: { colour: 'blue' },
        department: null,
        externalId: null,
      },
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      ...without(user, 'nickname', 'photo', 'address', 'department'),
      name: { family: 'Lopez', middle: 'J.' },
      title: 'Boss',
      verifyStatus: 'NOT_INITIATED',
      badge: { number: 7, colour: 'blue' },
      updatedAt: expect.not.stringMatching(String(user['updatedAt'])),
    });
  });

  it('an empty one, or one of what is so already, changes nothing', async () => {
    await using api = await platformApi();
    const { path, user } = await created(api);
    for (const body of [{}, { username: maria.username }, { name: {} }, { enabled: false, mfaEnabled: true }])
      expect((await api.call('PATCH', path, { body })).body).toEqual(user);
    expect(api.events).toHaveLength(1);
  });

  it.each([
    [{ username: null }, 'REQUIRED_VALUE', 'username'],
    [{ email: null }, 'REQUIRED_VALUE', 'email'],
    [{ email: 'x' }, 'INVALID_VALUE', 'email'],
    [{ name: { given: 7 } }, 'INVALID_VALUE', 'name.given'],
    [{ name: { family: '' } }, 'EMPTY_VALUE', 'name.family'],
    [{ address: { countryCode: 'es' } }, 'INVALID_VALUE', 'address.countryCode'],
    [{ nickname: 'x'.repeat(257) }, 'SIZE_LIMIT_EXCEEDED', 'nickname'],
    [{ emailVerified: 1 }, 'INVALID_VALUE', 'emailVerified'],
    [{ notes: 'x'.repeat(16_384) }, 'SIZE_LIMIT_EXCEEDED', 'notes'],
  ])('%j is refused by name, and nothing changes', async (changes, code, target) => {
    await using api = await platformApi();
    const { path, user } = await created(api);
    const { status, body } = await api.call('PATCH', path, { body: changes });
    expect([status, body.code, body.details]).toEqual([
      400,
      'INVALID_DATA',
      [expect.objectContaining({ code, target })],
    ]);
    expect((await api.call('GET', path)).body).toEqual(user);
  });

  it('an address that changes is no longer verified', async () => {
    await using api = await platformApi();
    const { path } = await created(api);
    const patch = async (body: Body) => (await api.call('PATCH', path, { body })).body.emailVerified;
    expect(await patch({ email: 'a@example.org', emailVerified: true })).toBe(true);
    expect(await patch({ nickname: 'M' })).toBe(true);
    expect(await patch({ email: 'b@example.org' })).toBe(false);
  });
});

describe('renaming a user (00 §8.2)', () => {
  it.each(['PUT', 'PATCH'] as const)(
    'by %s: the new name is unique whatever its case, the old one is free',
    async (method) => {
      await using api = await platformApi();
      const { path, id } = await created(api);
      const { id: other } = await created(api, { ...maria, username: 'other' });
      const refused = await api.call(method, path, { body: { ...maria, username: 'OTHER' } });
      expect([refused.status, refused.body.details]).toEqual([
        400,
        [
          expect.objectContaining({
            code: 'UNIQUENESS_VIOLATION',
            target: 'username',
            innerError: { existingId: other },
          }),
        ],
      ]);
      expect((await api.call(method, path, { body: { ...maria, username: 'Maria.LOPEZ' } })).body.username).toBe(
        'Maria.LOPEZ',
      );
      expect((await api.call(method, path, { body: { ...maria, username: 'new' } })).body).toMatchObject({
        id,
        username: 'new',
      });
      await created(api, maria);
      const found = await api.call('GET', `/users?filter=${encodeURIComponent('username eq "NEW"')}`);
      expect(found.body._embedded.users.map((user: { id: string }) => user.id)).toEqual([id]);
    },
  );

  it('of many at once to one name, one succeeds', async () => {
    await using api = await platformApi();
    const paths: string[] = [];
    for (let n = 0; n < 6; n++) paths.push((await created(api, { ...maria, username: `u${n}` })).path);
    const answers = await Promise.all(paths.map((path) => api.call('PATCH', path, { body: { username: 'one' } })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400, 400]);
  });
});

describe('what has a path of its own (00 §8.1)', () => {
  const link = (id: string, name: string) => {
    const user = `https://mfa.example.org/v1/environments/${HERE}/users/${id}`;
    return { _links: { self: { href: `${user}/${name}` }, user: { href: user } } };
  };

  it('enabled: a user who is not cannot authenticate, and the lock is another matter', async () => {
    await using api = await platformApi();
    const { path, id } = await created(api);
    expect((await api.call('GET', `${path}/enabled`)).body).toEqual({ ...link(id, 'enabled'), enabled: true });
    const put = await api.call('PUT', `${path}/enabled`, { body: { enabled: false } });
    expect([put.status, put.body]).toEqual([200, { ...link(id, 'enabled'), enabled: false }]);
    expect((await api.call('GET', path)).body).toMatchObject({
      enabled: false,
      account: { canAuthenticate: false, status: 'OK' },
    });
    await api.call('PUT', `${path}/enabled`, { body: { enabled: true } });
    expect((await api.call('GET', path)).body.account).toEqual({ canAuthenticate: true, status: 'OK' });
    expect(api.events.map(({ type }) => type)).toEqual(['USER.CREATED', 'USER.UPDATED', 'USER.UPDATED']);
  });

  it('population: the user moves, which is on record as that', async () => {
    await using api = await platformApi();
    await addPopulation(api);
    const { path, id } = await created(api);
    expect((await api.call('GET', `${path}/population`)).body).toEqual({ ...link(id, 'population'), id: POPULATION });
    const put = await api.call('PUT', `${path}/population`, { body: { id: SECOND } });
    expect([put.status, put.body]).toEqual([200, { ...link(id, 'population'), id: SECOND }]);
    const user = (await api.call('GET', path)).body;
    expect(user.population).toEqual({ id: SECOND });
    expect(user._links.population.href).toContain(SECOND);
    await api.call('PUT', `${path}/population`, { body: { id: SECOND } });
    expect(api.events.slice(1)).toEqual([
      { type: 'USER.MOVED', environmentId: HERE, userId: id, detail: { populationId: SECOND } },
    ]);
    expect(
      (await api.call('GET', `/users?filter=${encodeURIComponent(`population.id eq "${SECOND}"`)}`)).body.count,
    ).toBe(1);
  });

  it('verifyStatus', async () => {
    await using api = await platformApi();
    const { path, id } = await created(api, without(maria, 'verifyStatus'));
    const state = { ...link(id, 'verifyStatus'), verifyStatus: 'NOT_INITIATED' };
    expect((await api.call('GET', `${path}/verifyStatus`)).body).toEqual(state);
    const put = await api.call('PUT', `${path}/verifyStatus`, { body: { verifyStatus: 'DISABLED' } });
    expect([put.status, put.body]).toEqual([200, { ...state, verifyStatus: 'DISABLED' }]);
    expect((await api.call('GET', path)).body.verifyStatus).toBe('DISABLED');
  });

  it('identityProvider: this server until another is named', async () => {
    await using api = await platformApi();
    const { path, id } = await created(api);
    const state = { ...link(id, 'identityProvider'), type: 'PING_ONE' };
    expect((await api.call('GET', `${path}/identityProvider`)).body).toEqual(state);
    for (const body of [{}, { type: 'PING_ONE' }, { id: null }])
      expect((await api.call('PUT', `${path}/identityProvider`, { body })).body).toEqual(state);
  });

  it.each([
    ['enabled', {}, 'REQUIRED_VALUE', 'enabled'],
    ['enabled', { enabled: 'true' }, 'INVALID_VALUE', 'enabled'],
    ['population', {}, 'REQUIRED_VALUE', 'id'],
    ['population', { id: 'x' }, 'INVALID_VALUE', 'id'],
    ['population', { id: NOWHERE }, 'INVALID_VALUE', 'id'],
    ['population', { id: OTHER_POPULATION }, 'INVALID_VALUE', 'id'],
    ['verifyStatus', {}, 'REQUIRED_VALUE', 'verifyStatus'],
    ['verifyStatus', { verifyStatus: 'x' }, 'INVALID_VALUE', 'verifyStatus'],
    ['identityProvider', { id: NOWHERE }, 'INVALID_VALUE', 'id'],
    ['identityProvider', { type: 'GOOGLE' }, 'INVALID_VALUE', 'type'],
  ])('%s: %j is refused', async (name, body, code, target) => {
    await using api = await platformApi();
    const { path, user } = await created(api);
    const answer = await api.call('PUT', `${path}/${name}`, { body });
    expect([answer.status, answer.body.details]).toEqual([400, [expect.objectContaining({ code, target })]]);
    expect((await api.call('GET', path)).body).toEqual(user);
  });

  it('nobody is nobody everywhere (SEC-42)', async () => {
    await using api = await platformApi();
    for (const [name, body] of Object.entries({
      enabled: { enabled: true },
      mfaEnabled: { mfaEnabled: true },
      population: { id: POPULATION },
      verifyStatus: { verifyStatus: 'ENABLED' },
      identityProvider: {},
    })) {
      expect((await api.call('GET', `/users/${NOWHERE}/${name}`)).status).toBe(404);
      expect((await api.call('PUT', `/users/${NOWHERE}/${name}`, { body })).status).toBe(404);
    }
    expect((await api.call('PUT', `/users/${NOWHERE}`, { body: maria })).status).toBe(404);
    expect((await api.call('PATCH', `/users/${NOWHERE}`, { body: {} })).status).toBe(404);
  });
});

describe('attributes of the environment’s own (00 §8.2)', () => {
  it('are kept and shown as they were sent', async () => {
    await using api = await platformApi();
    const own = { department: 'R&D', badge: { number: 7, tags: ['a'] }, floor: 3, remote: true, 'cost-centre': '1' };
    const { path, user } = await created(api, { ...maria, ...own });
    expect(user).toMatchObject(own);
    expect((await api.call('GET', path)).body).toEqual(user);
  });

  it('cannot take the place of what the server owns', async () => {
    await using api = await platformApi();
    const { user } = await created(api, { ...maria, _links: 'x', _embedded: 'x', lastSignOn: 'x', updatedAt: 'x' });
    expect(user).not.toMatchObject({ _links: 'x' });
    expect(user).not.toHaveProperty('_embedded');
    expect(user).not.toHaveProperty('lastSignOn');
  });

  it('together with the rest are no more than 16 KiB', async () => {
    await using api = await platformApi();
    const { status, body } = await api.call('POST', '/users', { body: { ...maria, notes: 'x'.repeat(16_384) } });
    expect([status, body.details]).toEqual([
      400,
      [expect.objectContaining({ code: 'SIZE_LIMIT_EXCEEDED', target: 'notes' })],
    ]);
  });
});

describe('what a read shows when it is asked to (00 §3.5)', () => {
  it('the population; names that nobody knows are ignored', async () => {
    await using api = await platformApi();
    const { path, user } = await created(api);
    // How many users it has is counted where populations themselves are read.
    const { userCount, ...population } = (await api.call('GET', `/populations/${POPULATION}`)).body;
    expect(userCount).toBe(1);
    const { body } = await api.call('GET', `${path}?expand=nobody,population`);
    expect(body).toEqual({ ...user, _embedded: { population } });
    expect((await api.call('GET', `${path}?expand=devices&include=everything`)).body).toEqual(user);
  });
});
