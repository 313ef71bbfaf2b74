import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Route } from '../../src/http/route.js';
import { refusalOf } from './refusal.js';
import { type Named, namedIn, nobodys, rightRequest } from './requests.js';
import { type Ask, HERE, here, ROLES, startWorld, THERE, type World } from './world.js';

let world: World;
let routes: readonly Route[];
let ours: Named;
beforeAll(async () => {
  world = await startWorld();
  ours = await namedIn(world, here);
  ({ routes } = world.postern.app);
});
afterAll(() => world[Symbol.asyncDispose]());

const unchanged = async (work: () => Promise<void>): Promise<void> => {
  const before = await world.fingerprint([ours.flow]);
  await work();
  expect(await world.fingerprint([ours.flow])).toBe(before);
};

const isPublic = ({ permission }: Route): boolean => permission === 'public';
/** Operations inside an environment, with a token. */
const guarded = (): readonly Route[] => routes.filter((route) => !isPublic(route) && route.path.includes(':envId'));

const AUDITORS = ['Environment Admin', 'Identity Data Admin', 'Configuration Read Only'];

/** Operations by the roles that the reference names for them (`00` §6.2); `+` also by their read-only counterpart. */
const PERMITTED: readonly [pattern: RegExp, read: readonly string[], write: readonly string[]][] = [
  [
    /^environment\./,
    [
      'Organization Admin',
      'Environment Admin',
      'Identity Data Admin',
      'Identity Data Read Only',
      'Client Application Developer',
      'Configuration Read Only',
    ],
    ['Organization Admin', 'Environment Admin'],
  ],
  [
    /^(application|certificate|grant|image|key|keyRotationPolicy|resource(?:Attribute)?|roleAssignment|scope|signOnPolicyAssignment)\.(?!secret)/,
    ['Client Application Developer', 'Environment Admin', 'Configuration Read Only'],
    ['Client Application Developer', 'Environment Admin'],
  ],
  [
    /^application\.secret\./,
    ['Client Application Developer', 'Environment Admin'],
    ['Client Application Developer', 'Environment Admin'],
  ],
  [
    /^population\./,
    ['Environment Admin', 'Identity Data Admin', 'Identity Data Read Only', 'Configuration Read Only'],
    ['Environment Admin', 'Identity Data Admin'],
  ],
  [
    /^user\.|^devices?\.|^group\.|^memberOfGroups\.|^oath(Token|Job)\./,
    ['Identity Data Admin', 'Identity Data Read Only'],
    ['Identity Data Admin'],
  ],
  [
    /^deviceAuthenticationPolic|^identityProviderAttribute\.|^signOnPolicy(Action)?\.|^mfaSettings\.|^(fido|fido2|notifications|password)Policy\.|(notifications|Delivery)Settings\.|^language\.|^emailDomain\.|^trustedEmail\.|^fidoDeviceMetadata\.|^pushCredential\.|^template|^(subscription|alertChannel)\.|^theme\.|^brandingSettings\./,
    ['Environment Admin', 'Configuration Read Only'],
    ['Environment Admin'],
  ],
  // A read shows secrets.
  [/^(identityProvider|gateway)\./, ['Environment Admin'], ['Environment Admin']],
  [/^deviceAuthentication\./, ['Identity Data Admin'], ['Identity Data Admin']],
  // The same query by either method.
  [/^activity\./, AUDITORS, AUDITORS],
];

describe('roles × operations (00 §6.2; SEC-44)', () => {
  const permits = (role: string, { id, method }: Route): boolean => {
    const [, read, write] = PERMITTED.find(([pattern]) => pattern.test(id)) ?? [];
    return (method === 'GET' ? read : write)?.includes(role) ?? false;
  };

  it.each(ROLES)('%s: what the role does not permit is 403, and changes nothing', (role) =>
    unchanged(async () => {
      const token = await world.tokenOf(role);
      for (const route of guarded().filter((each) => !permits(role, each))) {
        const answer = await world.ask({ ...rightRequest(route, ours), token });
        expect([route.id, refusalOf(answer)]).toEqual([
          route.id,
          { status: 403, code: 'ACCESS_FAILED', details: ['INSUFFICIENT_PERMISSIONS'] },
        ]);
        expect(answer.body['message']).toBe('The actor attempting to perform the request is not authorized.');
      }
    }),
  );

  it.each(ROLES)('%s: what the role permits gets as far as the body', async (role) => {
    const token = await world.tokenOf(role);
    // A body stops all but one short of its effect: who may delete an environment is seen in `environments.test.ts`.
    const stoppable = guarded().filter((each) => permits(role, each) && each.id !== 'environment.delete');
    for (const route of stoppable) {
      const { body, ...right } = rightRequest(route, { ...nobodys, environment: HERE, population: here.population });
      const { status } = await world.ask({ ...right, token, ...(body === undefined ? {} : { body: '{' }) });
      expect([route.id, body === undefined ? [200, 204, 404].includes(status) : status]).toEqual([
        route.id,
        body === undefined ? true : 400,
      ]);
    }
  });

  /** Who only reads must not learn what lets him do more. */
  const READERS = ROLES.filter((role) => role.endsWith('Read Only'));

  it.each(READERS)(
    '%s: reads and lists what an administrator does, each field of it, and no secret (SEC-44)',
    async (role) => {
      const [token, administrators] = [await world.tokenOf(role), await world.tokenOf('everything')];
      const readable = guarded().filter((route) => route.method === 'GET' && permits(role, route));
      expect(readable.length).toBeGreaterThan(5);
      const absent: string[] = [];
      const isThere = async (route: Route): Promise<boolean> =>
        (await world.ask({ ...rightRequest(route, ours), token: administrators })).status === 200;
      for (const route of readable) {
        const writes = routes.find(({ method, path }) => method === 'PUT' && path === route.path);
        if (writes && !(await isThere(route)))
          await world.ask({ ...rightRequest(writes, ours), token: administrators });
        const { status, body } = await world.ask({ ...rightRequest(route, ours), token });
        const shown = await world.ask({ ...rightRequest(route, ours), token: administrators });
        expect([route.id, status]).toEqual([route.id, shown.status]);
        expect([route.id, secretsIn(body)]).toEqual([route.id, []]);
        if (status === 200) expect([route.id, body]).toEqual([route.id, shown.body]);
        else absent.push(route.id);
      }
      expect(absent).toEqual([]);
    },
  );

  it('a control: a secret is seen where one is shown', async () => {
    const route = routes.find(({ id }) => id === 'application.secret.read');
    const { body } = await world.ask(route ? rightRequest(route, ours) : { path: '/' });
    expect(secretsIn(body)).toEqual(['secret']);
  });

  it('a control: every operation is somebody’s, and none is everybody’s', () => {
    for (const route of guarded()) {
      const holders = ROLES.filter((role) => permits(role, route));
      expect([route.id, holders.length > 0]).toEqual([route.id, true]);
      if (route.permission !== 'environments:read') expect(holders.length).toBeLessThan(ROLES.length);
    }
  });
});

/** Where texts stand that let their reader in somewhere, by the names that the reference has for them. */
function secretsIn(value: unknown, at = ''): readonly string[] {
  if (typeof value === 'string') return /(?:secret|password|passphrase|authToken|privateKey)$/i.test(at) ? [at] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => secretsIn(inner, at === '' ? name : `${at}.${name}`));
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('tokens that are none (00 §4.5; SEC-48)', () => {
  /** Headers made of a good token. */
  const BAD: readonly [string, (token: string) => Ask['headers']][] = [
    ['none', () => ({})],
    ['an empty header', () => ({ authorization: '' })],
    ['no more than the scheme', () => ({ authorization: 'Bearer' })],
    ['an empty token', () => ({ authorization: 'Bearer ' })],
    ['another scheme', (token) => ({ authorization: `Token ${token}` })],
    ['Basic', (token) => ({ authorization: `Basic ${token}` })],
    ['no scheme', (token) => ({ authorization: token })],
    ['garbage', () => ({ authorization: 'Bearer garbage' })],
    ['three dots', () => ({ authorization: 'Bearer a.b.c' })],
    ['two tokens', (token) => ({ authorization: `Bearer ${token}, Bearer ${token}` })],
    ['a token and more', (token) => ({ authorization: `Bearer ${token} x` })],
    ['a very long one', () => ({ authorization: `Bearer ${'a.'.repeat(3_000)}` })],
    ['one without its signature', (token) => ({ authorization: `Bearer ${token.replace(/[^.]+$/, '')}` })],
    [
      'one with another signature',
      (token) => ({ authorization: `Bearer ${token.replace(/[^.]+$/, (text) => text.split('').reverse().join(''))}` }),
    ],
    [
      'one with another claim',
      (token) => ({ authorization: `Bearer ${altered(token, (claims) => ({ ...claims, env: THERE }))}` }),
    ],
    [
      'one that lives longer',
      (token) => ({ authorization: `Bearer ${altered(token, (claims) => ({ ...claims, exp: 4_000_000_000 }))}` }),
    ],
    [
      'one that says `alg: none`',
      (token) => ({ authorization: `Bearer ${encode({ alg: 'none', typ: 'at+jwt' })}.${token.split('.')[1]}.` }),
    ],
    [
      'one that brings its own key',
      (token) => ({
        authorization: `Bearer ${encode({ alg: 'ES256', typ: 'at+jwt', jwk: {}, kid: 'x' })}.${token.split('.').slice(1).join('.')}`,
      }),
    ],
  ];
  const altered = (token: string, change: (claims: object) => object): string => {
    const [header, claims = '', signature] = token.split('.');
    return [header, encode(change(JSON.parse(Buffer.from(claims, 'base64url').toString()))), signature].join('.');
  };
  const UNAUTHORIZED = { status: 401, code: 'ACCESS_FAILED', details: ['INVALID_TOKEN'] };

  const refusedEverywhere = (headers: Ask['headers'], query = ''): Promise<void> =>
    unchanged(async () => {
      for (const route of routes.filter((each) => !isPublic(each))) {
        const right = rightRequest(route, ours);
        const answer = await world.ask({
          ...right,
          path: `${right.path}${query}`,
          token: null,
          ...(headers ? { headers } : {}),
        });
        expect([route.id, refusalOf(answer)]).toEqual([route.id, UNAUTHORIZED]);
        expect(answer.body['message']).toBe(
          'The request could not be completed. You do not have access to this resource.',
        );
        expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
      }
    });

  it.each(BAD)('%s', async (_name, headersOf) => refusedEverywhere(headersOf(await world.tokenOf('backend'))));

  it('a good one in the URL (RFC 6750 §2.1)', async () => {
    await refusedEverywhere({}, `?access_token=${await world.tokenOf('backend')}`);
  });

  it('a control: the same token in the header is good, whatever the case of the scheme', async () => {
    const token = await world.tokenOf('backend');
    for (const authorization of [`Bearer ${token}`, `bearer ${token}`, `BEARER  ${token}`])
      expect((await world.ask({ path: `/environments/${HERE}`, token: null, headers: { authorization } })).status).toBe(
        200,
      );
  });

  it('one that has expired, also when it was good a second ago', async () => {
    await using later = await startWorld();
    const named = await namedIn(later);
    const token = await later.tokenOf('backend');
    const read = () => later.ask({ path: `/environments/${HERE}`, token });
    await later.advance(3_599_000);
    expect((await read()).status).toBe(200);
    await later.advance(1_000);
    expect(refusalOf(await read())).toEqual(UNAUTHORIZED);
    const before = await later.fingerprint();
    for (const route of later.postern.app.routes.filter((each) => !isPublic(each)))
      expect([route.id, refusalOf(await later.ask({ ...rightRequest(route, named), token }))]).toEqual([
        route.id,
        UNAUTHORIZED,
      ]);
    expect(await later.fingerprint()).toBe(before);
  });
});
