import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { uuidOf } from '../../src/kernel/ids.js';
import {
  accessToken,
  createTokenRealm,
  environmentOf,
  keyNamedBy,
  toVerifiedToken,
} from '../../src/platform/tokens/access-token.js';
import { parseToken } from '../../src/platform/tokens/jws.js';
import { createSigningKey } from '../../src/platform/tokens/signing-key.js';
import {
  API,
  AUTH,
  CLIENT,
  ELSEWHERE,
  HERE,
  NOWHERE,
  ORGANIZATION,
  type PlatformWorld,
  platformWorld,
  SECRET,
  worker,
} from './world.js';

const b64 = (value: object | string): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A compact JWS under ES256 (RFC 7515 §7.1, RFC 7518 §3.4), by other hands than the server's: it signs whatever it is told. */
function signed(header: object, claims: object | string, key: KeyObject): string {
  const text = `${b64(header)}.${b64(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/** The environment's private key, its id, and the header and claims of a good token. */
async function forge(world: PlatformWorld, environment = HERE) {
  const [document] = await world.test.store.documents(environment, { kind: 'signingKey' });
  if (!document?.secret) throw new Error('no signing key');
  const key = createPrivateKey({ key: JSON.parse(world.test.keyring.vault.open(document.secret)), format: 'jwk' });
  const good = accessToken(
    { clientId: CLIENT, environmentId: environment, organizationId: ORGANIZATION },
    createTokenRealm(API, AUTH),
    { kid: document.id, jti: world.test.random.uuid() },
    world.test.clock.now(),
  );
  const make = (header: object, claims: object, by: KeyObject = key) =>
    signed({ ...good.header, ...header }, { ...good.claims, ...claims }, by);
  return { key, kid: document.id, make, ...good };
}

describe('an access token (00 §5.2)', () => {
  it('has the documented claims, under a signature that the published key verifies', async () => {
    await using world = await platformWorld();
    const token = await world.tokenOf();
    const [jwk] = (await world.tokens.publicKeys(HERE)) ?? [];
    if (!jwk) throw new Error('no key');
    const dot = token.lastIndexOf('.');
    const key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    const signature = Buffer.from(token.slice(dot + 1), 'base64url');
    expect(verify('sha256', Buffer.from(token.slice(0, dot)), { key, dsaEncoding: 'ieee-p1363' }, signature)).toBe(
      true,
    );
    const iat = Math.floor(world.test.clock.now() / 1000);
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: jwk.kid });
    expect(decodeJwt(token)).toEqual({
      client_id: CLIENT,
      iss: `${AUTH}/${HERE}/as`,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      iat,
      exp: iat + 3600,
      aud: ['https://mfa.example.org'],
      env: HERE,
      org: ORGANIZATION,
    });
  });

  it('names its holder with the roles of now, not of when it was issued', async () => {
    await using world = await platformWorld();
    const token = await world.tokenOf();
    expect((await world.tokens.authenticate(token))?.roles).toHaveLength(1);
    await world.putApplication(worker({ roles: [] }));
    world.test.clock.advance(2_000);
    expect(await world.tokens.authenticate(token)).toEqual({
      kind: 'worker',
      applicationId: CLIENT,
      environmentId: HERE,
      roles: [],
    });
  });

  it('is good until it expires, and not a millisecond longer', async () => {
    await using world = await platformWorld();
    const token = await world.tokenOf();
    world.test.clock.advance(3_600_000 - 10);
    expect(await world.tokens.authenticate(token)).toBeDefined();
    world.test.clock.advance(10);
    expect(await world.tokens.authenticate(token)).toBeUndefined();
  });

  it.each([
    ['disabled', (world: PlatformWorld) => world.putApplication(worker({ enabled: false }))],
    ['deleted', (world: PlatformWorld) => world.deleteApplication(CLIENT)],
    ['no worker any more', (world: PlatformWorld) => world.putApplication(worker({ type: 'WEB_APP' }))],
  ])('of a client that is %s is good for nothing within 5 s (SEC-49)', async (_name, change) => {
    await using world = await platformWorld();
    const token = await world.tokenOf();
    expect(await world.tokens.authenticate(token)).toBeDefined();
    await change(world);
    world.test.clock.advance(5_000);
    expect(await world.tokens.authenticate(token)).toBeUndefined();
  });

  it('an older key still verifies, the newest signs, a removed one does neither', async () => {
    await using world = await platformWorld();
    const old = await world.tokenOf();
    const [first] = await world.test.store.documents(HERE, { kind: 'signingKey' });
    if (!first) throw new Error('no key');
    const next = createSigningKey(world.test.random.uuid());
    world.test.clock.advance(1_000);
    const at = { createdAt: world.test.clock.now(), updatedAt: world.test.clock.now() };
    await world.write(HERE, {
      kind: 'put',
      entity: 'document',
      value: {
        environmentId: HERE,
        kind: 'signingKey',
        id: next.id,
        body: next.publicJwk,
        secret: next.privateJwk,
        ...at,
      },
    });
    world.test.clock.advance(5_000);
    const young = await world.tokenOf();
    expect(decodeProtectedHeader(young).kid).toBe(next.id);
    expect(await world.tokens.authenticate(old)).toBeDefined();
    expect(await world.tokens.authenticate(young)).toBeDefined();
    expect((await world.tokens.publicKeys(HERE))?.map(({ kid }) => kid)).toEqual([first.id, next.id]);
    const gone = await forge(world);
    await world.write(HERE, {
      kind: 'delete',
      entity: 'document',
      value: { environmentId: HERE, kind: 'signingKey', id: first.id },
    });
    world.test.clock.advance(5_000);
    expect(await world.tokens.authenticate(gone.make({}, {}))).toBeUndefined();
  });

  it('of a key that was removed is good for nothing within 5 s, also one that was good before (SEC-48)', async () => {
    await using world = await platformWorld();
    const token = await world.tokenOf();
    expect(await world.tokens.authenticate(token)).toBeDefined();
    const [key] = await world.test.store.documents(HERE, { kind: 'signingKey' });
    if (!key) throw new Error('no key');
    await world.write(HERE, {
      kind: 'delete',
      entity: 'document',
      value: { environmentId: HERE, kind: 'signingKey', id: key.id },
    });
    world.test.clock.advance(5_000);
    expect(await world.tokens.authenticate(token)).toBeUndefined();
  });
});

describe('what is not an access token (SEC-48)', () => {
  it('the forgery without a change is good: the refusals below are for what they change', async () => {
    await using world = await platformWorld();
    const { make } = await forge(world);
    expect(await world.tokens.authenticate(make({}, {}))).toBeDefined();
  });

  it.each<[string, object]>([
    ['another type', { typ: 'JWT' }],
    ['no type', { typ: undefined }],
    ['another algorithm in the header', { alg: 'RS256' }],
    ['no key id', { kid: undefined }],
    ['an unknown key id', { kid: NOWHERE }],
    ['a key of its own', { jwk: { kty: 'EC' } }],
    ['a place to fetch keys', { jku: 'https://evil.test/keys' }],
    ['a certificate', { x5c: ['MII'] }],
    ['a place to fetch certificates', { x5u: 'https://evil.test' }],
    ['something critical', { crit: ['exp'], exp: 1 }],
    ['nothing critical', { crit: [] }],
    ['an unencoded payload', { b64: false }],
    ['an unencoded payload, critically', { b64: false, crit: ['b64'] }],
    ['an encoded payload, critically', { b64: true, crit: ['b64'] }],
    ['a compressed payload', { zip: 'DEF' }],
  ])('a header with %s', async (_name, header) => {
    await using world = await platformWorld();
    expect(await world.tokens.authenticate((await forge(world)).make(header, {}))).toBeUndefined();
  });

  it.each<[string, object]>([
    ['another issuer', { iss: 'https://evil.test' }],
    ['the issuer of another environment', { iss: `${AUTH}/${ELSEWHERE}/as` }],
    ['another audience', { aud: ['https://api.pingone.eu'] }],
    ['an audience that is a text', { aud: 'https://mfa.example.org' }],
    ['no audience', { aud: undefined }],
    ['no end', { exp: undefined }],
    ['an end that is text', { exp: '9999999999' }],
    ['its end past', { exp: 1 }],
    ['a beginning to come', { nbf: 9_999_999_999 }],
    ['an issue to come', { iat: 9_999_999_999 }],
    ['a beginning that is text', { nbf: '1' }],
    ['no issue', { iat: undefined }],
    ['an issue longer ago than a token lives', { iat: 1 }],
    ['no client', { client_id: undefined }],
    ['a client that is no id', { client_id: "' or 1=1" }],
    ['an unknown client', { client_id: NOWHERE }],
    ['no environment', { env: undefined }],
    ['an unknown environment', { env: NOWHERE, iss: `${AUTH}/${NOWHERE}/as` }],
    ['another environment than the key’s', { env: ELSEWHERE, iss: `${AUTH}/${ELSEWHERE}/as` }],
  ])('claims with %s', async (_name, claims) => {
    await using world = await platformWorld();
    expect(await world.tokens.authenticate((await forge(world)).make({}, claims))).toBeUndefined();
  });

  it('a client of another environment, under that environment’s own key', async () => {
    await using world = await platformWorld();
    const { make } = await forge(world, ELSEWHERE);
    expect(await world.tokens.authenticate(make({}, {}))).toBeUndefined();
  });

  it('a clock that is up to a minute ahead is forgiven', async () => {
    await using world = await platformWorld();
    const { make } = await forge(world);
    const now = Math.floor(world.test.clock.now() / 1000);
    expect(await world.tokens.authenticate(make({}, { nbf: now + 60, iat: now + 60 }))).toBeDefined();
    expect(await world.tokens.authenticate(make({}, { nbf: now + 62 }))).toBeUndefined();
    expect(await world.tokens.authenticate(make({}, { iat: now + 62 }))).toBeUndefined();
  });

  it('an end is not forgiven', async () => {
    await using world = await platformWorld();
    const { make } = await forge(world);
    const now = Math.floor(world.test.clock.now() / 1000);
    expect(await world.tokens.authenticate(make({}, { exp: now + 1 }))).toBeDefined();
    expect(await world.tokens.authenticate(make({}, { exp: now }))).toBeUndefined();
  });

  it('a second spelling of a good signature', async () => {
    await using world = await platformWorld();
    const good = (await forge(world)).make({}, {});
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    // The last character carries two bits of the signature and four that say nothing.
    const spare = `${good.slice(0, -1)}${alphabet[alphabet.indexOf(good.slice(-1)) + 1]}`;
    const bytes = (token: string) => Buffer.from(token.split('.')[2] ?? '', 'base64url');
    for (const token of [spare, `${good}==`, `${good}\n`, `${good.slice(0, -5)} ${good.slice(-5)}`]) {
      expect(bytes(token)).toEqual(bytes(good));
      expect(await world.tokens.authenticate(token)).toBeUndefined();
    }
    expect(await world.tokens.authenticate(good)).toBeDefined();
  });

  it('what is signed, but is no set of claims, or longer than a token is', async () => {
    await using world = await platformWorld();
    const { header, key, make } = await forge(world);
    for (const claims of ['[]', 'null', '"text"', '{', '']) {
      expect(await world.tokens.authenticate(signed(header, claims, key))).toBeUndefined();
    }
    expect(await world.tokens.authenticate(make({}, { padding: 'x'.repeat(4_096) }))).toBeUndefined();
    expect(await world.tokens.authenticate(make({}, { padding: 'x'.repeat(1_024) }))).toBeDefined();
  });

  it('signed by nobody, by a stranger, or by a secret that is public', async () => {
    await using world = await platformWorld();
    const { header, claims, key, make } = await forge(world);
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const part = `${b64({ ...header, alg: 'none' })}.${b64(claims)}`;
    const mac = `${b64({ ...header, alg: 'HS256' })}.${b64(claims)}`;
    const publicKey = createPublicKey(key).export({ type: 'spki', format: 'pem' });
    const good = make({}, {});
    const der = sign('sha256', Buffer.from(good.slice(0, good.lastIndexOf('.'))), key).toString('base64url');
    const forgeries = [
      `${part}.`,
      `${part}.${b64('x'.repeat(64))}`,
      `${mac}.${createHmac('sha256', publicKey).update(mac).digest('base64url')}`,
      make({}, {}, stranger),
      `${good.slice(0, good.lastIndexOf('.'))}.${der}`,
      `${good.slice(0, good.lastIndexOf('.'))}.${Buffer.alloc(64).toString('base64url')}`,
      good.slice(0, -2),
      `${good}=`,
      `${good}.${good}`,
      ` ${good}`,
      `${good}, Bearer ${good}`,
      '',
      '..',
      'a.b.c',
      `${b64('[]')}.${b64('null')}.${b64('x'.repeat(64))}`,
      'x'.repeat(100_000),
    ];
    for (const token of forgeries) expect(await world.tokens.authenticate(token)).toBeUndefined();
  });

  it('what only ends like a token that has just been good', async () => {
    await using world = await platformWorld();
    const { make } = await forge(world);
    const token = make({}, {});
    expect(await world.tokens.authenticate(token)).toBeDefined();
    const [head = '', , tail = ''] = token.split('.');
    const other = [head, b64({ ...(await forge(world)).claims, exp: 4_000_000_000 }), tail].join('.');
    for (const ending of [other, tail, tail.slice(-43), `x${token}`])
      expect(await world.tokens.authenticate(ending)).toBeUndefined();
    expect(await world.tokens.authenticate(token)).toBeDefined();
  });

  it('one bit of the payload changed', async () => {
    await using world = await platformWorld();
    const token = await world.tokenOf();
    const [head = '', , tail = ''] = token.split('.');
    const claims = { ...decodeJwt(token), client_id: NOWHERE };
    expect(await world.tokens.authenticate(`${head}.${b64(claims)}.${tail}`)).toBeUndefined();
  });
});

describe('claims under a good signature (00 §5.2; SEC-48)', () => {
  const now = 1_900_000_000_000;
  const good = { client_id: CLIENT, jti: NOWHERE, aud: ['https://api.example'], exp: now / 1000 + 1, env: HERE };
  const verified = (change: object, at = now) => toVerifiedToken({ ...good, ...change }, 'k', HERE, at);

  it('name a client of ours, a list of audiences and an end that is still to come', () => {
    expect(verified({})).toEqual({
      id: NOWHERE,
      kid: 'k',
      clientId: CLIENT,
      environmentId: HERE,
      expiresAt: now + 1_000,
    });
    expect(verified({}, now + 999)).toBeDefined();
    for (const change of [
      { client_id: undefined },
      { client_id: 7 },
      { client_id: 'postern' },
      { jti: undefined },
      { jti: 'any' },
      { aud: 'https://api.example' },
      { exp: undefined },
    ])
      expect(verified(change)).toBeUndefined();
    for (const at of [now + 1_000, now + 1_001]) expect(verified({}, at)).toBeUndefined();
  });

  it('say whose keys to try only if what they say is an id', () => {
    expect(environmentOf(good)).toBe(HERE);
    for (const env of [undefined, 7, [HERE], 'nowhere', HERE.toUpperCase()])
      expect(environmentOf({ ...good, env })).toBeUndefined();
  });

  it.each(['jwk', 'jku', 'x5c', 'x5u', 'crit', 'b64', 'zip'])('a header that also has %s names no key', (name) => {
    expect(keyNamedBy({ kid: 'k' })).toBe('k');
    expect(keyNamedBy({ kid: 'k', [name]: undefined })).toBeUndefined();
    for (const kid of [undefined, 7, null]) expect(keyNamedBy({ kid })).toBeUndefined();
  });

  it('the audience is the API without its version, and only that', () => {
    expect(createTokenRealm('https://api.example/v1', AUTH).audience).toBe('https://api.example');
    expect(createTokenRealm('https://api.example/v1/mfa/v1', AUTH).audience).toBe('https://api.example/v1/mfa');
    expect(createTokenRealm('https://api.example/v10', AUTH).audience).toBe('https://api.example/v10');
  });

  it('a token is three parts, the last of 64 bytes, and not longer than is looked at', () => {
    const signature = `${'A'.repeat(85)}A`;
    const token = (payload: string) => `${b64({ alg: 'ES256' })}.${payload}.${signature}`;
    const padding = (length: number) => {
      const payload = b64(JSON.stringify({ a: 'x'.repeat(length) }));
      return token(payload);
    };
    expect(parseToken(token(b64({ a: 1 })))?.claims).toEqual({ a: 1 });
    let longest = 0;
    while (padding(longest + 1).length <= 4_096) longest += 1;
    expect(parseToken(padding(longest))).toBeDefined();
    expect(parseToken(padding(longest + 3))).toBeUndefined();
    for (const text of [
      '',
      `x${' '}${token(b64({}))}`,
      `.${token(b64({}))}`,
      `${token(b64({}))}A`,
      `${token(b64({}))}\n`,
    ])
      expect(parseToken(text)).toBeUndefined();
    for (const payload of [b64('[]'), b64('"x"'), b64('{'), 'A']) expect(parseToken(token(payload))).toBeUndefined();
  });
});

describe('who gets a token (00 §5.1)', () => {
  const request = (
    method: 'CLIENT_SECRET_BASIC' | 'CLIENT_SECRET_POST',
    clientId: string = CLIENT,
    clientSecret = SECRET,
  ) => ({
    grantType: 'client_credentials',
    credentials: { method, clientId, clientSecret },
  });
  const kind = async (world: PlatformWorld, asked: Parameters<typeof world.tokens.issue>[0]) => {
    const issued = await world.tokens.issue(asked);
    return issued.ok ? 'issued' : issued.rejection.kind;
  };

  it('a client by its own method; by another only the demo client', async () => {
    await using world = await platformWorld();
    const demo = uuidOf('00000000-0000-4000-8000-0000000000c2');
    await world.putApplication(worker({ id: demo, anySecretMethod: true }));
    expect(await kind(world, request('CLIENT_SECRET_BASIC'))).toBe('issued');
    expect(await kind(world, request('CLIENT_SECRET_POST'))).toBe('AuthenticationMethodNotSupported');
    expect(await kind(world, request('CLIENT_SECRET_POST', demo))).toBe('issued');
    expect(await kind(world, request('CLIENT_SECRET_BASIC', demo))).toBe('issued');
  });

  it('that the method is wrong is told only to those who know the secret', async () => {
    await using world = await platformWorld();
    expect(await kind(world, request('CLIENT_SECRET_POST', CLIENT, 'wrong'))).toBe('ClientNotAuthenticated');
  });

  it('nobody else', async () => {
    await using world = await platformWorld();
    const refused = 'ClientNotAuthenticated';
    expect(await kind(world, request('CLIENT_SECRET_BASIC', CLIENT, `${SECRET}x`))).toBe(refused);
    expect(await kind(world, request('CLIENT_SECRET_BASIC', CLIENT, ''))).toBe(refused);
    expect(await kind(world, request('CLIENT_SECRET_BASIC', NOWHERE))).toBe(refused);
    expect(await kind(world, request('CLIENT_SECRET_BASIC', "' or 1=1"))).toBe(refused);
    expect(await kind(world, { grantType: 'client_credentials', credentials: undefined })).toBe(refused);
    await world.putApplication(worker({ enabled: false }));
    expect(await kind(world, request('CLIENT_SECRET_BASIC'))).toBe(refused);
  });

  it('only where the client lives (SEC-42)', async () => {
    await using world = await platformWorld();
    for (const environmentId of [ELSEWHERE, NOWHERE])
      expect(await kind(world, { ...request('CLIENT_SECRET_BASIC'), environmentId })).toBe('ClientNotAuthenticated');
    expect(await kind(world, { ...request('CLIENT_SECRET_BASIC'), environmentId: HERE })).toBe('issued');
  });

  it('for a grant that there is, and as a worker', async () => {
    await using world = await platformWorld();
    expect(await kind(world, { ...request('CLIENT_SECRET_BASIC'), grantType: undefined })).toBe('GrantTypeMissing');
    expect(await kind(world, { ...request('CLIENT_SECRET_BASIC'), grantType: 'password' })).toBe(
      'GrantTypeNotSupported',
    );
    await world.putApplication(worker({ type: 'WEB_APP' }));
    expect(await kind(world, request('CLIENT_SECRET_BASIC'))).toBe('ClientNotAuthorized');
  });

  it('a new secret replaces the old one at once', async () => {
    await using world = await platformWorld();
    await world.putApplication(worker(), 'another secret');
    expect(await kind(world, request('CLIENT_SECRET_BASIC'))).toBe('ClientNotAuthenticated');
    expect(await kind(world, request('CLIENT_SECRET_BASIC', CLIENT, 'another secret'))).toBe('issued');
  });

  it('the secret rests sealed', async () => {
    await using world = await platformWorld();
    const document = await world.test.store.findDocument('application', CLIENT);
    expect(JSON.stringify(document)).not.toContain(SECRET);
    expect(document?.secret && world.test.keyring.vault.open(document.secret)).toBe(SECRET);
  });
});
