import { describe, expect, it } from 'vitest';
import { namedId } from '../../src/kernel/keys.js';
import { createPasswordHashes } from '../../src/kernel/password-hash.js';
import { createSystemRandom } from '../../src/kernel/random.js';
import { HERE, NOWHERE, OTHER_POPULATION, POPULATION } from '../platform/world.js';
import { type PlatformApi, platformApi } from './platform-api.js';

const type = (action: string): string => `application/vnd.pingidentity.${action}+json`;
const maria = { username: 'maria', email: 'maria@example.org', population: { id: POPULATION } };
// Good under the policy that a new environment begins with.
const RIGHT = 'Correct horse, 7';
const WRONG = 'Battery staple, 8';
const THIRD = 'Another, again 9';

/** What a new environment begins with. */
const STANDARD = namedId(HERE, 'passwordPolicy//Standard');

async function imported(api: PlatformApi, changes: object = { password: { value: RIGHT } }): Promise<string> {
  const { status, body } = await api.call('POST', '/users', {
    type: type('user.import'),
    body: { ...maria, ...changes },
  });
  expect([status, body]).toEqual([201, expect.objectContaining({ username: 'maria' })]);
  return body.id;
}

const act = (api: PlatformApi, method: 'PUT' | 'POST', user: string, action: string, body: object = {}) =>
  api.call(method, `/users/${user}/password`, { type: type(`password.${action}`), body });
const check = (api: PlatformApi, user: string, password: string) => act(api, 'POST', user, 'check', { password });
const stateOf = async (api: PlatformApi, user: string): Promise<string> =>
  (await api.call('GET', `/users/${user}/password`)).body.status;

describe('importing a user (00 §8.3)', () => {
  it('takes what a creation takes, and what is known of the user elsewhere', async () => {
    await using api = await platformApi();
    const { status, body } = await api.call('POST', '/users', {
      type: type('user.import'),
      body: {
        ...maria,
        name: { given: 'Maria' },
        emailVerified: true,
        verifyStatus: 'ENABLED',
        lifecycle: { status: 'ACCOUNT_OK', suppressVerificationCode: true },
        password: { value: RIGHT, forceChange: true },
        account: { canAuthenticate: true, status: 'OK' },
        mfaEnabled: true,
        department: 'R&D',
      },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      name: { given: 'Maria' },
      emailVerified: true,
      verifyStatus: 'ENABLED',
      lifecycle: { status: 'ACCOUNT_OK' },
      mfaEnabled: true,
      department: 'R&D',
    });
    expect(body).not.toHaveProperty('password');
    expect(JSON.stringify(body)).not.toContain(RIGHT);
    expect(body.lifecycle).toEqual({ status: 'ACCOUNT_OK' });
    expect(await stateOf(api, body.id)).toBe('MUST_CHANGE_PASSWORD');
    expect(api.events).toEqual([{ type: 'USER.CREATED', environmentId: HERE, userId: body.id }]);
  });

  it.each([
    ['no population', { population: undefined }, 'REQUIRED_VALUE', 'population'],
    ['an unknown population', { population: { id: NOWHERE } }, 'INVALID_VALUE', 'population.id'],
    ['another environment’s population', { population: { id: OTHER_POPULATION } }, 'INVALID_VALUE', 'population.id'],
    ['no email', { email: undefined }, 'REQUIRED_VALUE', 'email'],
    ['an empty password', { password: { value: '' } }, 'EMPTY_VALUE', 'password.value'],
    ['a short password', { password: { value: 'seven77' } }, 'INVALID_VALUE', 'password.value'],
    ['a long password', { password: { value: 'x'.repeat(256) } }, 'SIZE_LIMIT_EXCEEDED', 'password.value'],
    ['an encoded password', { password: { value: '{SSHA512}abcdefgh' } }, 'INVALID_VALUE', 'password.value'],
    ['a password of another type', { password: { value: 7 } }, 'INVALID_VALUE', 'password.value'],
    [
      'a password elsewhere',
      { password: { external: { gateway: { id: NOWHERE } } } },
      'INVALID_VALUE',
      'password.external',
    ],
    ['forceChange as text', { password: { value: RIGHT, forceChange: 'x' } }, 'INVALID_VALUE', 'password.forceChange'],
    ['a provider that is not there', { identityProvider: { id: NOWHERE } }, 'INVALID_VALUE', 'identityProvider.id'],
    ['a lifecycle nobody knows', { lifecycle: { status: 'x' } }, 'INVALID_VALUE', 'lifecycle.status'],
    ['emailVerified as text', { emailVerified: 'x' }, 'INVALID_VALUE', 'emailVerified'],
  ])('%s is refused by name, and nothing is stored', async (_name, changes, code, target) => {
    await using api = await platformApi();
    const { status, body } = await api.call('POST', '/users', {
      type: type('user.import'),
      body: { ...maria, ...changes },
    });
    expect([status, body.code, body.details]).toEqual([
      400,
      'INVALID_DATA',
      [expect.objectContaining({ code, target })],
    ]);
    expect(JSON.stringify(body)).not.toContain('abcdefgh');
    expect((await api.call('GET', '/users')).body.count).toBe(0);
  });
});

describe('a user’s password (00 §8.7)', () => {
  it('is never kept or shown as it is', async () => {
    await using api = await platformApi();
    const user = await imported(api);
    const { directory } = await api.test.store.load({
      environmentId: HERE,
      directory: { password: user as typeof HERE },
    });
    expect(directory?.password?.hash).toMatch(/^scrypt\$4\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(JSON.stringify(directory)).not.toContain(RIGHT);
    const { body } = await api.call('GET', `/users/${user}/password`);
    const path = `https://mfa.example.org/v1/environments/${HERE}/users/${user}`;
    expect(body).toEqual({
      _links: { self: { href: `${path}/password` }, user: { href: path } },
      environment: { id: HERE },
      user: { id: user },
      passwordPolicy: { id: STANDARD },
      status: 'OK',
    });
  });

  it('is set, checked, and replaced', async () => {
    await using api = await platformApi();
    const user = await imported(api, {});
    expect(await stateOf(api, user)).toBe('NO_PASSWORD');
    const none = await check(api, user, RIGHT);
    expect([none.status, none.body.details]).toEqual([400, [expect.objectContaining({ code: 'NO_PASSWORD' })]]);
    expect((await act(api, 'PUT', user, 'set', { value: RIGHT })).body.status).toBe('OK');
    expect((await check(api, user, RIGHT)).status).toBe(200);
    expect((await act(api, 'PUT', user, 'set', { value: WRONG, forceChange: true })).body.status).toBe(
      'MUST_CHANGE_PASSWORD',
    );
    expect((await check(api, user, RIGHT)).status).toBe(400);
    expect((await act(api, 'PUT', user, 'reset', { currentPassword: RIGHT, newPassword: RIGHT })).status).toBe(400);
    expect((await act(api, 'PUT', user, 'reset', { currentPassword: WRONG, newPassword: THIRD })).body.status).toBe(
      'OK',
    );
    expect((await act(api, 'POST', user, 'forceChange')).body.status).toBe('MUST_CHANGE_PASSWORD');
    expect((await act(api, 'PUT', user, 'reset', { newPassword: WRONG })).body.status).toBe('OK');
    expect((await check(api, user, WRONG)).status).toBe(200);
    expect(api.events.slice(1).map(({ type: event }) => event)).toEqual([
      'PASSWORD.SET',
      'PASSWORD.CHECK_SUCCEEDED',
      'PASSWORD.SET',
      'PASSWORD.CHECK_FAILED',
      'PASSWORD.CHECK_FAILED',
      'PASSWORD.RESET',
      'PASSWORD.FORCE_CHANGE',
      'PASSWORD.RESET',
      'PASSWORD.CHECK_SUCCEEDED',
    ]);
  });

  it.each(['password.unlock', 'account.unlock'])(
    'locks after five wrong attempts, until %s or for 15 minutes',
    async (unlock) => {
      await using api = await platformApi();
      const user = await imported(api);
      const before = (await api.call('GET', `/users/${user}`)).body.updatedAt;
      for (let n = 0; n < 4; n++) await check(api, user, WRONG);
      expect((await check(api, user, RIGHT)).status).toBe(200);
      for (let n = 0; n < 5; n++) {
        const { status, body } = await check(api, user, WRONG);
        expect([status, body.details]).toEqual([
          400,
          [expect.objectContaining({ code: 'INVALID_VALUE', target: 'password' })],
        ]);
      }
      expect((await api.call('GET', `/users/${user}`)).body.updatedAt).toBe(before);
      const locked = await check(api, user, RIGHT);
      expect([locked.status, locked.body.code, locked.body.details[0].code]).toEqual([
        400,
        'REQUEST_FAILED',
        'LIMIT_EXCEEDED',
      ]);
      expect(await stateOf(api, user)).toBe('PASSWORD_LOCKED_OUT');
      const path = unlock === 'password.unlock' ? `/users/${user}/password` : `/users/${user}`;
      expect((await api.call('POST', path, { type: type(unlock), body: {} })).status).toBe(200);
      expect((await check(api, user, RIGHT)).status).toBe(200);
      for (let n = 0; n < 5; n++) await check(api, user, WRONG);
      api.test.clock.advance(15 * 60_000 - 1);
      expect(await stateOf(api, user)).toBe('PASSWORD_LOCKED_OUT');
      api.test.clock.advance(1);
      expect((await check(api, user, RIGHT)).status).toBe(200);
    },
  );

  it('of many guesses at once, no more than five are answered (SEC-10)', async () => {
    await using api = await platformApi();
    const user = await imported(api);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => check(api, user, `guess number ${n}`)));
    expect(answers.filter(({ body }) => body.details[0].code === 'INVALID_VALUE')).toHaveLength(5);
    expect(answers.filter(({ body }) => body.details[0].code === 'LIMIT_EXCEEDED')).toHaveLength(15);
  });

  it('is not compared for an account that cannot be used', async () => {
    await using api = await platformApi();
    const user = await imported(api);
    await api.call('PUT', `/users/${user}/enabled`, { body: { enabled: false } });
    const disabled = await check(api, user, RIGHT);
    expect([disabled.status, disabled.body.details[0].code]).toEqual([400, 'ACCOUNT_NOT_USABLE']);
    await api.call('PUT', `/users/${user}/enabled`, { body: { enabled: true } });
    await api.call('POST', `/users/${user}`, { type: type('account.lock'), body: {} });
    expect((await check(api, user, RIGHT)).body.details[0].code).toBe('ACCOUNT_NOT_USABLE');
  });

  it.each([
    ['PUT', 'set', {}, 'REQUIRED_VALUE', 'value'],
    ['PUT', 'set', { value: 'short' }, 'INVALID_VALUE', 'value'],
    ['PUT', 'set', { value: '{SHA}abcdefgh' }, 'INVALID_VALUE', 'value'],
    ['PUT', 'set', { value: RIGHT, forceChange: 1 }, 'INVALID_VALUE', 'forceChange'],
    ['PUT', 'reset', {}, 'REQUIRED_VALUE', 'newPassword'],
    ['PUT', 'reset', { newPassword: 'short' }, 'INVALID_VALUE', 'newPassword'],
    ['PUT', 'reset', { newPassword: WRONG, currentPassword: WRONG }, 'INVALID_VALUE', 'currentPassword'],
    ['POST', 'check', {}, 'REQUIRED_VALUE', 'password'],
    ['POST', 'check', { password: '' }, 'EMPTY_VALUE', 'password'],
  ] as const)('%s %s %j is refused by name', async (method, action, body, code, target) => {
    await using api = await platformApi();
    const user = await imported(api);
    const answer = await act(api, method, user, action, body);
    expect([answer.status, answer.body.details]).toEqual([400, [expect.objectContaining({ code, target })]]);
  });

  it('goes with the user, and nobody has one', async () => {
    await using api = await platformApi();
    const user = await imported(api);
    expect((await api.call('DELETE', `/users/${user}`, { type: null })).status).toBe(204);
    for (const id of [user, NOWHERE]) {
      expect((await api.call('GET', `/users/${id}/password`)).status).toBe(404);
      expect((await check(api, id, RIGHT)).status).toBe(404);
      expect((await act(api, 'PUT', id, 'set', { value: RIGHT })).status).toBe(404);
      expect((await act(api, 'POST', id, 'unlock')).status).toBe(404);
    }
    expect(await stateOf(api, await imported(api, {}))).toBe('NO_PASSWORD');
  });
});

describe('hashes of passwords', () => {
  const cheap = { logN: 4, r: 8, p: 1 };
  it('match their own password in any composition, and no other', async () => {
    const hashes = createPasswordHashes(createSystemRandom(), cheap);
    const hash = await hashes.hash('Zo\u00eb’s password');
    expect(await hashes.matches('Zoe\u0308’s password', hash)).toBe(true);
    expect(await hashes.matches('zo\u00eb’s password', hash)).toBe(false);
    expect(await hashes.hash('Zo\u00eb’s password')).not.toBe(hash);
    for (const other of ['', 'Zo\u00eb’s password', 'scrypt$4$8$1$$', '{SSHA}x'])
      expect(await hashes.matches('x', other)).toBe(false);
  });

  it('are as slow as they say, unless told, and still read what was made at another cost', async () => {
    const hashes = createPasswordHashes(createSystemRandom());
    const hash = await hashes.hash(RIGHT);
    expect(hash).toMatch(/^scrypt\$15\$8\$3\$/);
    expect(await createPasswordHashes(createSystemRandom(), cheap).matches(RIGHT, hash)).toBe(true);
  });

  it('wait for one another, and all come', async () => {
    const hashes = createPasswordHashes(createSystemRandom(), cheap);
    const made = await Promise.all(Array.from({ length: 9 }, (_, n) => hashes.hash(`password ${n}`)));
    expect(await Promise.all(made.map((hash, n) => hashes.matches(`password ${n}`, hash)))).not.toContain(false);
  });

  it('agree with a vector of RFC 7914 §12', async () => {
    const salt = Buffer.from('NaCl').toString('base64url');
    // The first 32 bytes: PBKDF2's first block does not depend on the length asked for.
    const key = Buffer.from('fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162', 'hex').toString(
      'base64url',
    );
    const hashes = createPasswordHashes(createSystemRandom());
    expect(await hashes.matches('password', `scrypt$10$8$16$${salt}$${key}`)).toBe(true);
    expect(await hashes.matches('passwore', `scrypt$10$8$16$${salt}$${key}`)).toBe(false);
  });
});
