import { describe, expect, it } from 'vitest';
import { uuidOf } from '../../src/kernel/ids.js';
import {
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
} from '../platform/world.js';

const DEMO = uuidOf('00000000-0000-4000-8000-0000000000c2');
const FORM = 'application/x-www-form-urlencoded';
const basic = (id: string, secret: string) =>
  `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;
const grant = 'grant_type=client_credentials';

interface TokenAsk {
  readonly url?: string;
  readonly authorization?: string | undefined;
  readonly body?: string;
  readonly type?: string;
}

async function askToken(world: PlatformWorld, request: TokenAsk = {}) {
  const { url = `/${HERE}/as/token`, body = grant, type = FORM } = request;
  const authorization = 'authorization' in request ? request.authorization : basic(CLIENT, SECRET);
  const answer = await world.server.inject({
    method: 'POST',
    url,
    headers: { 'content-type': type, ...(authorization === undefined ? {} : { authorization }) },
    payload: body,
  });
  return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
}

describe('the token endpoint (00 §5.1)', () => {
  it('answers as documented', async () => {
    await using world = await platformWorld();
    const answer = await askToken(world);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 3600 });
    expect(answer.headers['cache-control']).toContain('no-store');
    expect(await world.tokens.authenticate(answer.body.access_token)).toMatchObject({ applicationId: CLIENT });
  });

  it('finds the environment by the client when the path has none (00 §1.2)', async () => {
    await using world = await platformWorld();
    const answer = await askToken(world, { url: '/as/token' });
    expect(answer.status).toBe(200);
    expect((await world.tokens.authenticate(answer.body.access_token))?.environmentId).toBe(HERE);
  });

  it('takes the secret from the form, for clients of that method', async () => {
    await using world = await platformWorld();
    await world.putApplication(worker({ id: DEMO, tokenEndpointAuthMethod: 'CLIENT_SECRET_POST' }));
    const body = `${grant}&client_id=${DEMO}&client_secret=${encodeURIComponent(SECRET)}`;
    expect((await askToken(world, { authorization: undefined, body })).status).toBe(200);
  });

  it('a client that probes, Basic first and then the form, gets there (00 §5.1)', async () => {
    await using world = await platformWorld();
    await world.putApplication(worker({ id: DEMO, tokenEndpointAuthMethod: 'CLIENT_SECRET_POST' }));
    const first = await askToken(world, { authorization: basic(DEMO, SECRET) });
    expect(first.status).toBe(401);
    expect(first.body).toEqual({
      error: 'invalid_client',
      error_description: `Request denied: Unsupported authentication method (Correlation ID: ${first.headers['correlation-id']})`,
    });
  });

  it('ignores scope, empty parameters and unknown ones', async () => {
    await using world = await platformWorld();
    expect((await askToken(world, { body: `${grant}&scope=openid+p1%3Aread&client_secret=&x=y` })).status).toBe(200);
  });

  const refusals: readonly [string, TokenAsk, number, string][] = [
    ['a wrong secret', { authorization: basic(CLIENT, 'wrong') }, 401, 'invalid_client'],
    ['an unknown client', { authorization: basic(NOWHERE, SECRET) }, 401, 'invalid_client'],
    ['no credentials', { authorization: undefined }, 401, 'invalid_client'],
    ['an id alone', { authorization: undefined, body: `${grant}&client_id=${CLIENT}` }, 401, 'invalid_client'],
    ['another scheme', { authorization: 'Bearer abc' }, 401, 'invalid_client'],
    ['Basic of nothing', { authorization: 'Basic' }, 401, 'invalid_client'],
    [
      'Basic without a colon',
      { authorization: `Basic ${Buffer.from('abc').toString('base64')}` },
      401,
      'invalid_client',
    ],
    ['Basic that is not base64', { authorization: 'Basic ???' }, 401, 'invalid_client'],
    [
      'an assertion that is none',
      {
        authorization: undefined,
        body: `${grant}&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion=a.b.c`,
      },
      401,
      'invalid_client',
    ],
    [
      'an assertion of another type',
      {
        authorization: undefined,
        body: `${grant}&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:saml2-bearer&client_assertion=a`,
      },
      401,
      'invalid_client',
    ],
    [
      'an assertion of no type',
      { authorization: undefined, body: `${grant}&client_assertion=a.b.c` },
      400,
      'invalid_request',
    ],
    ['two ways at once', { body: `${grant}&client_id=${CLIENT}&client_secret=x` }, 400, 'invalid_request'],
    ['two ids', { body: `${grant}&client_id=${NOWHERE}` }, 400, 'invalid_request'],
    ['the environment of others', { url: `/${ELSEWHERE}/as/token` }, 401, 'invalid_client'],
    ['an environment that is not there', { url: `/${NOWHERE}/as/token` }, 401, 'invalid_client'],
    ['no grant type', { body: 'scope=x' }, 400, 'invalid_request'],
    ['an empty body', { body: '' }, 400, 'invalid_request'],
    ['another grant type', { body: 'grant_type=password' }, 400, 'unsupported_grant_type'],
    ['a parameter twice', { body: `${grant}&${grant}` }, 400, 'invalid_request'],
    ['bad percent encoding', { body: `${grant}&scope=%zz` }, 400, 'invalid_request'],
    ['bytes beyond ASCII', { body: `${grant}&scope=é` }, 400, 'invalid_request'],
    ['a control character', { body: `${grant}&scope=%00` }, 400, 'invalid_request'],
    ['too many parameters', { body: `${grant}${'&a=b'.repeat(60)}` }, 400, 'invalid_request'],
    ['a body too large for a form', { body: `${grant}&a=${'x'.repeat(20_000)}` }, 400, 'invalid_request'],
  ];
  it.each(refusals)('%s, in the words of RFC 6749 (00 §4.7)', async (_name, request, status, error) => {
    await using world = await platformWorld();
    const answer = await askToken(world, request);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({
      error,
      error_description: expect.stringContaining(`(Correlation ID: ${answer.headers['correlation-id']})`),
    });
    if (status === 401) expect(answer.headers['www-authenticate']).toMatch(/^Basic /);
  });

  it.each(['application/json', 'text/plain', 'multipart/form-data; boundary=x'])('%s is 415', async (type) => {
    await using world = await platformWorld();
    expect((await askToken(world, { type })).status).toBe(415);
  });

  it('an id that is none is 404', async () => {
    await using world = await platformWorld();
    expect((await askToken(world, { url: '/nope/as/token' })).status).toBe(404);
  });
});

describe('discovery (00 §5.4)', () => {
  const read = async (world: PlatformWorld, path: string) => {
    const answer = await world.server.inject({ method: 'GET', url: path });
    return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
  };

  it('every address stands below the issuer, from the configured base URL and never from Host (SEC-56)', async () => {
    await using world = await platformWorld();
    const answer = await world.server.inject({
      method: 'GET',
      url: `/${HERE}/as/.well-known/openid-configuration`,
      headers: { host: 'evil.test', 'x-forwarded-host': 'evil.test', forwarded: 'host=evil.test' },
    });
    const document = answer.json();
    expect(document.issuer).toBe(`${AUTH}/${HERE}/as`);
    expect(document.token_endpoint).toBe(`${AUTH}/${HERE}/as/token`);
    for (const [name, value] of Object.entries(document))
      if (/_endpoint$|_uri$|_iframe$/.test(name)) expect(String(value).startsWith(`${document.issuer}/`)).toBe(true);
    expect(answer.payload).not.toContain('evil.test');
    expect(document.response_modes_supported).toContain('pi.flow');
  });

  it('publishes public keys only, to any page', async () => {
    await using world = await platformWorld();
    const answer = await read(world, `/${HERE}/as/jwks`);
    expect(answer.body.keys).toEqual([
      {
        kty: 'EC',
        crv: 'P-256',
        x: expect.any(String),
        y: expect.any(String),
        use: 'sig',
        alg: 'ES256',
        kid: expect.any(String),
      },
    ]);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
  });

  it.each(['jwks', '.well-known/openid-configuration'])(
    '%s without an environment is that of the environment that the domain stands for (00 §1.2)',
    async (name) => {
      await using world = await platformWorld();
      const [here, named] = [await read(world, `/as/${name}`), await read(world, `/${HERE}/as/${name}`)];
      expect([here.status, here.body]).toEqual([200, named.body]);
      expect(here.headers['access-control-allow-origin']).toBe('*');
    },
  );

  it.each(['jwks', '.well-known/openid-configuration'])(
    '%s of an environment that is not there is 404',
    async (name) => {
      await using world = await platformWorld();
      for (const id of [NOWHERE, 'nope']) {
        const answer = await read(world, `/${id}/as/${name}`);
        expect([answer.status, answer.body.message]).toEqual([404, `Unable to find environment with ID: '${id}'`]);
      }
    },
  );
});

describe('a token on the API', () => {
  const users = `/v1/environments/${HERE}/users`;
  const status = async (world: PlatformWorld, token: string) =>
    (await world.server.inject({ method: 'GET', url: users, headers: { authorization: `Bearer ${token}` } }))
      .statusCode;

  it('opens it, until it expires or its client is gone', async () => {
    await using world = await platformWorld();
    const token = await world.tokenOf();
    expect(await status(world, token)).toBe(200);
    world.test.clock.advance(3_600_000);
    expect(await status(world, token)).toBe(401);
    const next = await world.tokenOf();
    expect(await status(world, next)).toBe(200);
    await world.deleteApplication(CLIENT);
    world.test.clock.advance(5_000);
    expect(await status(world, next)).toBe(401);
  });

  it('a worker of another environment is judged by its roles, not by its home (10 §1)', async () => {
    await using world = await platformWorld();
    await world.putApplication(worker({ id: DEMO, environmentId: ELSEWHERE, roles: worker().roles }));
    expect(await status(world, await world.tokenOf(DEMO))).toBe(200);
    await world.putApplication(worker({ id: DEMO, environmentId: ELSEWHERE }));
    world.test.clock.advance(5_000);
    expect(await status(world, await world.tokenOf(DEMO))).toBe(403);
  });
});

describe('introspection and revocation (00 §5.5; RFC 7662, RFC 7009)', () => {
  const at = (operation: string, environment = HERE) => `/${environment}/as/${operation}`;
  const introspect = (world: PlatformWorld, token: string, request: TokenAsk = {}) =>
    askToken(world, { url: at('introspect'), body: `token=${token}&token_type_hint=access_token`, ...request });

  it('show a client its own token’s claims, and nothing of any other', async () => {
    await using world = await platformWorld();
    const token = await world.tokenOf();
    const iat = Math.floor(world.test.clock.now() / 1000);
    const { status, body, headers } = await introspect(world, token);
    expect([status, body]).toEqual([
      200,
      {
        active: true,
        client_id: CLIENT,
        iat,
        exp: iat + 3_600,
        iss: `${AUTH}/${HERE}/as`,
        aud: [AUTH],
        env: HERE,
        org: ORGANIZATION,
      },
    ]);
    expect(headers['cache-control']).toContain('no-store');
    await world.putApplication(worker({ id: DEMO }));
    const another = { authorization: basic(DEMO, SECRET) };
    const inactive = [await introspect(world, token, another), await introspect(world, `${token}x`)];
    expect(inactive.map((answer) => [answer.status, answer.body])).toEqual(
      inactive.map(() => [200, { active: false }]),
    );
    world.test.clock.advance(3_600_000);
    expect((await introspect(world, token)).body).toEqual({ active: false });
  });

  it('end a token here at once, on every other node within 5 s, for good (SEC-49)', async () => {
    await using world = await platformWorld();
    const [token, kept] = [await world.tokenOf(), await world.tokenOf()];
    for (const node of [world.tokens, world.otherNode])
      for (const each of [token, kept]) expect(await node.authenticate(each)).toBeDefined();
    const answer = await revoke(world, token);
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
    expect(await world.tokens.authenticate(token)).toBeUndefined();
    expect((await introspect(world, token)).body).toEqual({ active: false });
    world.test.clock.advance(5_000);
    expect(await world.otherNode.authenticate(token)).toBeUndefined();
    for (const node of [world.tokens, world.otherNode]) expect(await node.authenticate(kept)).toBeDefined();
    // What is kept of it goes with its time, and not before.
    world.test.clock.advance(3_595_000 - 1);
    await world.test.store.purge(100);
    expect(await world.otherNode.authenticate(token)).toBeUndefined();
    expect(world.events.filter(({ type }) => type === 'TOKEN.REVOKED')).toEqual([
      expect.objectContaining({ environmentId: HERE, detail: { applicationId: CLIENT } }),
    ]);
  });

  it('take what is no good token any more for revoked, and leave other clients’ tokens alone', async () => {
    await using world = await platformWorld();
    await world.putApplication(worker({ id: DEMO }));
    const token = await world.tokenOf();
    const foreign = await revoke(world, token, basic(DEMO, SECRET));
    expect([foreign.statusCode, foreign.json().error]).toEqual([400, 'unauthorized_client']);
    expect(await world.tokens.authenticate(token)).toBeDefined();
    for (const other of ['nobodys', token, token]) expect((await revoke(world, other)).statusCode).toBe(200);
    expect(world.events.filter(({ type }) => type === 'TOKEN.REVOKED')).toHaveLength(1);
  });

  it.each(['introspect', 'revoke'])('%s asks for a client and a token of its environment', async (operation) => {
    await using world = await platformWorld();
    const token = await world.tokenOf();
    const url = at(operation);
    for (const [request, status, error] of [
      [{ url, body: `token=${token}`, authorization: basic(CLIENT, 'wrong') }, 401, 'invalid_client'],
      [{ url, body: `token=${token}`, authorization: undefined }, 401, 'invalid_client'],
      [{ url, body: `token=${token}`, authorization: `Bearer ${token}` }, 401, 'invalid_client'],
      [{ url: at(operation, ELSEWHERE), body: `token=${token}` }, 401, 'invalid_client'],
      [{ url, body: 'token_type_hint=access_token' }, 400, 'invalid_request'],
    ] as const) {
      const answer = await askToken(world, request);
      expect([answer.status, answer.body.error]).toEqual([status, error]);
    }
    expect(await world.tokens.authenticate(token)).toBeDefined();
  });
});

const revoke = (world: PlatformWorld, token: string, authorization = basic(CLIENT, SECRET)) =>
  world.server.inject({
    method: 'POST',
    url: `/${HERE}/as/revoke`,
    headers: { 'content-type': FORM, authorization },
    payload: `token=${token}`,
  });
