import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Refusals } from '../../src/audit/refusals.js';
import { createClientEndpoint } from '../../src/http/client-endpoint.js';
import { ClientThrottle } from '../../src/http/client-throttle.js';
import { uuidOf } from '../../src/kernel/ids.js';
import { Redacted } from '../../src/kernel/sealed.js';
import { applicationDocument } from '../../src/platform/applications/application.js';
import { sealable } from '../../src/platform/applications/application-secret.js';
import type { Application } from '../../src/platform/model.js';
import { createTokenRealm } from '../../src/platform/tokens/access-token.js';
import { createAssertionProof } from '../../src/platform/tokens/assertion-proof.js';
import { assertionFault, audiencesOf, parseAssertion } from '../../src/platform/tokens/client-assertion.js';
import { assertionClaims, assertionForm, type ClientKey, clientKey, jws, keySet } from '../helpers/client-assertion.js';
import { TEST_TIME } from '../helpers/store.js';
import {
  API,
  AUTH,
  CLIENT,
  ELSEWHERE,
  HERE,
  NOWHERE,
  type PlatformOptions,
  type PlatformWorld,
  platformWorld,
  SECRET,
  worker,
} from './world.js';

const ISSUER = `${AUTH}/${HERE}/as`;
const TOKEN = `${ISSUER}/token`;
const ANOTHER = uuidOf('00000000-0000-4000-8000-0000000000c3');
let key: ClientKey;
let other: ClientKey;
/** For all tests that do without a world of their own: each puts its client there. */
let world: PlatformWorld;

beforeAll(async () => {
  key = clientKey('first');
  other = clientKey('second');
  world = await platformWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

describe('the claims of an assertion (00 §5.1; RFC 7523 §3)', () => {
  const now = TEST_TIME;
  const at = now / 1000;
  const audiences = audiencesOf(createTokenRealm(API, AUTH), HERE, 'introspect');
  const faultOf = (claims: object) =>
    assertionFault({ claims: { ...assertionClaims(CLIENT, TOKEN, now), ...claims }, clientId: CLIENT }, audiences, now);

  it.each<[string, object]>([
    ['the token endpoint', {}],
    ['the issuer', { aud: ISSUER }],
    ['the URL that is called', { aud: `${ISSUER}/introspect` }],
    ['the same without an environment (00 §1.2)', { aud: `${AUTH}/as/token` }],
    ['several of them', { aud: [ISSUER, TOKEN] }],
  ])('are good for %s', (_name, claims) => {
    expect(faultOf(claims)).toBeUndefined();
  });

  it.each<[string, object, string]>([
    ['another issuer', { iss: NOWHERE }, 'AssertionOfAnotherIssuer'],
    ['no issuer', { iss: undefined }, 'AssertionOfAnotherIssuer'],
    ['another endpoint than the one that is called', { aud: `${ISSUER}/revoke` }, 'AssertionForAnotherAudience'],
    ['another environment', { aud: `${AUTH}/${ELSEWHERE}/as` }, 'AssertionForAnotherAudience'],
    ['somebody beside this server', { aud: [ISSUER, 'https://other.test'] }, 'AssertionForAnotherAudience'],
    ['nobody', { aud: [] }, 'AssertionForAnotherAudience'],
    ['no audience', { aud: undefined }, 'AssertionForAnotherAudience'],
    ['an audience that is no text', { aud: { ISSUER } }, 'AssertionForAnotherAudience'],
    ['no end', { exp: undefined }, 'AssertionWithoutNearEnd'],
    ['an end that is no number', { exp: '9' }, 'AssertionWithoutNearEnd'],
    ['an end without end', { exp: Number.POSITIVE_INFINITY }, 'AssertionWithoutNearEnd'],
    ['an end beyond the hour', { exp: at + 3_661 }, 'AssertionWithoutNearEnd'],
    ['its end behind it', { exp: at }, 'AssertionExpired'],
    ['a beginning in the future', { nbf: at + 61 }, 'AssertionNotYetValid'],
    ['a beginning that is no number', { nbf: 'now' }, 'AssertionNotYetValid'],
  ])('with %s are none', (_name, claims, fault) => {
    expect(faultOf(claims)).toBe(fault);
  });

  it('allow a clock a minute ahead, and none behind', () => {
    const bounds = [{ exp: at + 3_660 }, { exp: at + 0.001 }, { nbf: at + 60 }, { iat: at + 9_999, jti: 7 }];
    expect(bounds.map(faultOf)).toEqual(bounds.map(() => undefined));
  });
});

describe('an assertion is parsed', () => {
  const claims = assertionClaims(CLIENT, TOKEN, TEST_TIME);
  const parsed = (header: object, changes: object = {}) =>
    parseAssertion(jws({ alg: 'HS256', ...header }, { ...claims, ...changes }, SECRET));

  it('with the method of its algorithm and the client of its subject', () => {
    expect(parsed({ typ: 'JWT', kid: 'any', x5t: 'any' })).toMatchObject({
      method: 'CLIENT_SECRET_JWT',
      clientId: CLIENT,
    });
    expect(parseAssertion(jws({ alg: 'RS512' }, claims, key.privateKey))?.method).toBe('PRIVATE_KEY_JWT');
  });

  it.each<[string, object]>([
    ['extensions that must be understood', { crit: ['exp'] }],
    ['an unencoded payload', { b64: true, crit: ['b64'] }],
    ['a key of its own', { jwk: {} }],
    ['a place to fetch keys', { jku: 'https://evil.test' }],
    ['a certificate', { x5c: [] }],
    ['a place to fetch certificates', { x5u: 'https://evil.test' }],
  ])('not with %s in its header (SEC-48)', (_name, header) => {
    expect(parsed(header)).toBeUndefined();
  });

  it('not when nobody signs it, by another algorithm, of nobody, or too long (SEC-48)', () => {
    const [header, payload] = jws({ alg: 'HS256' }, claims, SECRET).split('.');
    const unsigned = Buffer.from('{"alg":"none"}').toString('base64url');
    const algorithms = ['none', 'None', 'ES256', 'PS256', 'HS1', 'RS1', 'hs256', 'toString'];
    const headers = algorithms.map((alg) => Buffer.from(JSON.stringify({ alg })).toString('base64url'));
    for (const text of [...headers.map((one) => `${one}.${payload}.AAAA`), `${unsigned}.${payload}.`, `${header}.x.AA`])
      expect(parseAssertion(text)).toBeUndefined();
    expect(parsed({}, { sub: undefined })).toBeUndefined();
    expect(parsed({}, { sub: 7 })).toBeUndefined();
    expect(parsed({}, { long: 'x'.repeat(8_192) })).toBeUndefined();
  });
});

interface Asked {
  readonly header?: object;
  readonly claims?: object;
  readonly by?: ClientKey | string;
  readonly url?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly authorization?: string;
}

/** A request of the client at an endpoint, by an assertion under the key or the secret. */
async function ask(world: PlatformWorld, asked: Asked = {}) {
  const { header, claims, by = key, url = `/${HERE}/as/token`, form, authorization } = asked;
  const own = typeof by === 'string' ? { alg: 'HS256' } : { alg: 'RS256', kid: by.kid };
  const good = assertionClaims(CLIENT, TOKEN, world.test.clock.now());
  const signer = typeof by === 'string' ? by : by.privateKey;
  return present(world, jws({ ...own, ...header }, { ...good, ...claims }, signer), url, form, authorization);
}

async function present(world: PlatformWorld, assertion: string, url = `/${HERE}/as/token`, form = {}, header?: string) {
  const answer = await world.server.inject({
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(header === undefined ? {} : { authorization: header }),
    },
    payload: assertionForm(assertion, { grant_type: 'client_credentials', ...form }),
  });
  const body = answer.json();
  return { status: answer.statusCode, error: body.error, said: String(body.error_description).split(' (')[0], body };
}

const REFUSED = { status: 401, error: 'invalid_client', said: 'Request denied: Invalid client credentials' };
const WRONG_WAY = { status: 401, error: 'invalid_client', said: 'Request denied: Unsupported authentication method' };

const client = (changes: Partial<Application>): Promise<void> => world.putApplication(worker(changes));

async function worldOf(changes: Partial<Application>, options: PlatformOptions): Promise<PlatformWorld> {
  const own = await platformWorld(options);
  await own.putApplication(worker(changes));
  return own;
}
const withKeys = (...keys: readonly Pick<ClientKey, 'jwk'>[]): Partial<Application> => ({
  tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT',
  jwks: keySet(...keys),
});
const BY_SECRET = { tokenEndpointAuthMethod: 'CLIENT_SECRET_JWT' } as const;

describe('a client that proves itself by its private key (00 §5.1; SEC-50)', () => {
  it.each(['RS256', 'RS384', 'RS512'])('gets a token by %s, wherever it may be asked for', async (alg) => {
    await client(withKeys(key, other));
    for (const url of [`/${HERE}/as/token`, '/as/token']) {
      const { status, body } = await ask(world, { url, header: { alg }, form: { client_id: CLIENT } });
      expect(status).toBe(200);
      expect(await world.tokens.authenticate(body.access_token)).toMatchObject({ applicationId: CLIENT });
    }
  });

  it('may leave out the id of the only key, and of the only key that signs', async () => {
    await client(withKeys(key, { jwk: { ...other.jwk, use: 'enc' } }, { jwk: { kty: 'EC' } }));
    expect((await ask(world, { header: { kid: undefined } })).status).toBe(200);
  });

  it('asks about its tokens, and ends them', async () => {
    await client(withKeys(key));
    const { body } = await ask(world);
    const token = { token: String(body.access_token) };
    const own = (operation: string) => ({ url: `/${HERE}/as/${operation}`, claims: { aud: `${ISSUER}/${operation}` } });
    expect((await ask(world, { ...own('introspect'), form: token })).body).toMatchObject({ active: true });
    const revoked = await world.server.inject({
      method: 'POST',
      url: `/${HERE}/as/revoke`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: assertionForm(
        jws({ alg: 'RS256' }, assertionClaims(CLIENT, ISSUER, world.test.clock.now()), key.privateKey),
        token,
      ),
    });
    expect(revoked.statusCode).toBe(200);
    expect((await ask(world, { ...own('introspect'), form: token })).body).toEqual({ active: false });
    expect(await ask(world, { ...own('introspect'), ...{ claims: { aud: `${ISSUER}/revoke` } } })).toMatchObject(
      REFUSED,
    );
  });

  it.each<[string, () => Asked]>([
    ['another’s key under its id', () => ({ by: { ...other, kid: key.kid } })],
    ['a key that is not in its set', () => ({ by: other })],
    ['a key id that is no text', () => ({ header: { kid: 1 } })],
    ['its public key as a secret', () => ({ by: JSON.stringify(key.jwk), header: { kid: key.kid } })],
    ['its modulus as a secret', () => ({ by: String(key.jwk['n']), header: { kid: key.kid } })],
    ['an end that is over', () => ({ claims: { exp: TEST_TIME / 1000 - 1 } })],
    ['another audience', () => ({ claims: { aud: 'https://other.test' } })],
    ['another issuer', () => ({ claims: { iss: NOWHERE } })],
    ['the name of a client that is not there', () => ({ claims: { iss: NOWHERE, sub: NOWHERE } })],
    ['a name that is no id', () => ({ claims: { iss: 'me', sub: 'me' } })],
    ['the environment of others', () => ({ url: `/${ELSEWHERE}/as/token` })],
  ])('is refused with %s, in the same words (SEC-50)', async (_name, asked) => {
    await client(withKeys(key));
    const { status, error, said } = await ask(world, asked());
    expect({ status, error, said }).toEqual(REFUSED);
  });

  it.each<[string, () => Partial<Application>]>([
    ['are two of one id', () => withKeys(key, { jwk: { ...other.jwk, kid: key.kid } })],
    ['is for another algorithm', () => withKeys({ jwk: { ...key.jwk, alg: 'RS512' } })],
    ['is for encryption', () => withKeys({ jwk: { ...key.jwk, use: 'enc' } })],
    ['does not decode', () => withKeys({ jwk: { ...key.jwk, n: `${String(key.jwk['n']).slice(0, -1)}+` } })],
    ['is no number that signs', () => withKeys({ jwk: { ...key.jwk, e: 'AA' } })],
    ['is disabled with its client', () => ({ ...withKeys(key), enabled: false })],
    ['is missing', () => ({ tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT' })],
    ['is in no key set', () => ({ ...withKeys(), jwks: '[]' })],
  ])('is refused when its key %s', async (_name, changes) => {
    await client(changes());
    const { status, error, said } = await ask(world);
    expect({ status, error, said }).toEqual(REFUSED);
  });

  it('is refused with a key of less than 2048 bits (RFC 7518 §3.3)', async () => {
    const short = clientKey('short', 1_024);
    await client(withKeys(short));
    expect(await ask(world, { by: short })).toMatchObject(REFUSED);
  });

  it('is told of a way that is not its own only when the key is right', async () => {
    await client({ ...withKeys(key), tokenEndpointAuthMethod: 'CLIENT_SECRET_BASIC' });
    expect(await ask(world)).toMatchObject(WRONG_WAY);
    expect(await ask(world, { by: other })).toMatchObject(REFUSED);
    await world.putApplication(worker(withKeys(key)));
    expect(await ask(world, { by: SECRET })).toMatchObject(WRONG_WAY);
    const basic = `Basic ${Buffer.from(`${CLIENT}:${encodeURIComponent(SECRET)}`).toString('base64')}`;
    const answer = await world.server.inject({
      method: 'POST',
      url: '/as/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: basic },
      payload: 'grant_type=client_credentials',
    });
    expect([answer.statusCode, answer.json().error]).toEqual([401, 'invalid_client']);
    expect((await ask(world, { authorization: basic })).status).toBe(400);
    expect((await ask(world, { form: { client_id: CLIENT, client_secret: SECRET } })).status).toBe(400);
    expect((await ask(world, { form: { client_id: NOWHERE } })).status).toBe(400);
  });

  it('a client that is not there is judged by a key all the same, and not let in when that is guessed (SEC-50)', async () => {
    const modulus = Buffer.from(String(key.jwk['n']), 'base64url');
    const isProved = createAssertionProof({
      keySets: { keyFor: async () => undefined },
      random: { bytes: () => modulus },
    });
    const text = jws({ alg: 'RS256', kid: 'any' }, assertionClaims(CLIENT, TOKEN, TEST_TIME), key.privateKey);
    const assertion = parseAssertion(text);
    if (!assertion) throw new Error('no assertion');
    expect(await isProved(assertion, undefined, [])).toBe(false);
    expect(await isProved(assertion, worker(withKeys(key)), [])).toBe(false);
    expect(await isProved(assertion, worker(withKeys({ jwk: { ...key.jwk, kid: 'any' } })), [])).toBe(true);
  });
});

describe('a client that proves itself by its secret without sending it (00 §5.1; SEC-50)', () => {
  it.each(['HS256', 'HS384', 'HS512'])('gets a token by %s', async (alg) => {
    await client(BY_SECRET);
    expect((await ask(world, { by: SECRET, header: { alg } })).status).toBe(200);
    expect(await ask(world, { by: `${SECRET}x`, header: { alg } })).toMatchObject(REFUSED);
    expect(await ask(world, { by: '', header: { alg } })).toMatchObject(REFUSED);
    expect(await ask(world, { by: key })).toMatchObject(REFUSED);
  });

  it('by either of two secrets while one is replaced, and by none that is over (00 §9.3)', async () => {
    await client(BY_SECRET);
    const { clock } = world.test;
    const at = { createdAt: clock.now(), updatedAt: clock.now() };
    const both = { current: 'second', previous: { secret: 'first', expiresAt: clock.now() + 60_000 } };
    const value = applicationDocument(worker(BY_SECRET), new Redacted(sealable(both).reveal()), at);
    await world.write(HERE, { kind: 'put', entity: 'document', value });
    const statuses = async () => [
      (await ask(world, { by: 'first' })).status,
      (await ask(world, { by: 'second' })).status,
    ];
    expect(await statuses()).toEqual([200, 200]);
    clock.advance(60_000);
    expect(await statuses()).toEqual([401, 200]);
  });

  it('and by no secret that is sent: each application has one way', async () => {
    await client(BY_SECRET);
    const answer = await world.server.inject({
      method: 'POST',
      url: '/as/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: `grant_type=client_credentials&client_id=${CLIENT}&client_secret=${encodeURIComponent(SECRET)}`,
    });
    expect(answer.json().error_description).toContain('Unsupported authentication method');
    await world.putApplication(worker());
    expect(await ask(world, { by: SECRET })).toMatchObject(WRONG_WAY);
  });
});

describe('an assertion that names itself is good once (RFC 7523 §3)', () => {
  const assertion = (world: PlatformWorld, claims: object = {}) =>
    jws({ alg: 'HS256' }, { ...assertionClaims(CLIENT, TOKEN, world.test.clock.now()), ...claims }, SECRET);

  it('whoever comes first, of many at once and on whichever node, is the only one', async () => {
    await client(BY_SECRET);
    const credentials = parseAssertion(assertion(world));
    const issue = (n: number) =>
      (n % 2 ? world.tokens : world.otherNode).issue({ grantType: 'client_credentials', credentials });
    const outcomes = await Promise.all(Array.from({ length: 16 }, (_, n) => issue(n)));
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
  });

  it('also at another endpoint, and until it is over; a refused one is not used up', async () => {
    await client(BY_SECRET);
    const text = assertion(world, { aud: ISSUER });
    expect(await present(world, text, `/${ELSEWHERE}/as/token`)).toMatchObject(REFUSED);
    expect((await present(world, text)).status).toBe(200);
    expect(await present(world, text)).toMatchObject(REFUSED);
    expect(await present(world, text, `/${HERE}/as/introspect`)).toMatchObject(REFUSED);
    world.test.clock.advance(299_000);
    expect(await present(world, text)).toMatchObject(REFUSED);
  });

  it('another client’s of the same name is another; one without a name is good again', async () => {
    await client(BY_SECRET);
    await world.putApplication(worker({ ...BY_SECRET, id: ANOTHER }));
    const text = assertion(world, { jti: 'one' });
    const ofAnother = assertion(world, { jti: 'one', iss: ANOTHER, sub: ANOTHER });
    expect([(await present(world, text)).status, (await present(world, ofAnother)).status]).toEqual([200, 200]);
    const nameless = assertion(world, { jti: undefined });
    expect([(await present(world, nameless)).status, (await present(world, nameless)).status]).toEqual([200, 200]);
  });

  it('unless the operator lets clients repeat theirs', async () => {
    await using world = await worldOf(BY_SECRET, { reusesAssertions: true });
    const text = assertion(world);
    expect([(await present(world, text)).status, (await present(world, text)).status]).toEqual([200, 200]);
  });
});

describe('the keys of a client at an address of its own (00 §9.2; SEC-59, SEC-60)', () => {
  const URL = 'https://client.example.org/keys';
  const ELSEWHERE_KEPT = { tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT', jwksUrl: URL } as const;

  /** What is at the address, and how often it was asked for. */
  function address(text: string | undefined) {
    const at = { text, asked: 0 };
    const readKeySet = async (url: string): Promise<string | undefined> => {
      expect(url).toBe(URL);
      at.asked += 1;
      return at.text;
    };
    return Object.assign(at, { readKeySet });
  }

  it('are fetched once for many, and again after five minutes', async () => {
    const at = address(keySet(key));
    await using world = await worldOf(ELSEWHERE_KEPT, at);
    const statuses = await Promise.all([1, 2, 3].map(async () => (await ask(world)).status));
    expect([statuses, at.asked]).toEqual([[200, 200, 200], 1]);
    at.text = keySet(other);
    world.test.clock.advance(299_000);
    expect([(await ask(world)).status, at.asked]).toEqual([200, 1]);
    world.test.clock.advance(1_000);
    expect([await ask(world), at.asked]).toMatchObject([REFUSED, 2]);
  });

  it('are fetched anew for a key that is not known, twice a minute at most', async () => {
    const at = address(keySet(key));
    await using world = await worldOf(ELSEWHERE_KEPT, at);
    expect((await ask(world)).status).toBe(200);
    at.text = keySet(key, other);
    for (let n = 0; n < 5; n++) expect(await ask(world, { by: other })).toMatchObject(REFUSED);
    expect(at.asked).toBe(1);
    world.test.clock.advance(30_000);
    expect([(await ask(world, { by: other })).status, at.asked]).toEqual([200, 2]);
  });

  it('that cannot be had are none; those of before stay good for their time', async () => {
    const at = address(undefined);
    await using world = await worldOf(ELSEWHERE_KEPT, at);
    expect([await ask(world), await ask(world), at.asked]).toMatchObject([REFUSED, REFUSED, 1]);
    world.test.clock.advance(30_000);
    at.text = '<html>';
    expect([await ask(world), at.asked]).toMatchObject([REFUSED, 2]);
    world.test.clock.advance(30_000);
    at.text = keySet(key);
    expect((await ask(world)).status).toBe(200);
    world.test.clock.advance(30_000);
    at.text = undefined;
    expect(await ask(world, { by: other })).toMatchObject(REFUSED);
    expect([(await ask(world)).status, at.asked]).toEqual([200, 4]);
  });

  it('that take long hold up nobody else, and are not asked for on behalf of who is refused anyway', async () => {
    let answer: (text: string) => void = () => {};
    const slow = new Promise<string>((resolve) => {
      answer = resolve;
    });
    let asked = 0;
    const readKeySet = () => {
      asked += 1;
      return slow;
    };
    await using world = await worldOf(ELSEWHERE_KEPT, { readKeySet });
    const waiting = ask(world);
    await world.putApplication(worker({ ...BY_SECRET, id: ANOTHER }));
    const another = { iss: ANOTHER, sub: ANOTHER };
    expect((await ask(world, { by: SECRET, claims: another })).status).toBe(200);
    await world.putApplication(worker({ ...ELSEWHERE_KEPT, id: ANOTHER, tokenEndpointAuthMethod: 'NONE' }));
    expect(await ask(world, { claims: another })).toMatchObject(REFUSED);
    answer(keySet(key));
    expect([(await waiting).status, asked]).toEqual([200, 1]);
  });
});

describe('a wrong assertion', () => {
  it('waits like a wrong secret, and is on record with what was wrong with it (SEC-50, SEC-72)', async () => {
    const waits: number[] = [];
    const throttle = new ClientThrottle({ free: 1, wait: async (time) => waits.push(time) });
    const refusals = new Refusals(() => TEST_TIME);
    await using world = await worldOf(withKeys(key), { client: createClientEndpoint(throttle, refusals) });
    for (let n = 0; n < 3; n++) expect(await ask(world, { by: other })).toMatchObject(REFUSED);
    expect(waits).toEqual([250, 500]);
    expect((await ask(world)).status).toBe(200);
    expect(await ask(world, { claims: { exp: 1 } })).toMatchObject(REFUSED);
    const reasons = refusals.take(true).flatMap(({ events }) => events.map(({ detail }) => detail?.['reason']));
    expect(reasons).toEqual(['ClientNotAuthenticated', 'AssertionExpired']);
  });
});
