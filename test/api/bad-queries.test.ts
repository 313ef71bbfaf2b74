import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { detailsOf, invalidData, refusalOf } from './refusal.js';
import { MALFORMED_IDS } from './shapes.js';
import { type Ask, clientId, HERE, here, NOBODY, SECRET, startWorld, THERE, type World } from './world.js';

let started: World;
beforeAll(async () => {
  started = await startWorld();
});
afterAll(() => started[Symbol.asyncDispose]());

const USERS = `/environments/${HERE}/users`;

describe('queries of lists (00 §3.4, §3.6)', () => {
  const lists = ['/environments', `/environments/${HERE}/populations`, USERS];
  const devices = `${USERS}/${here.user}/devices`;
  const refused = async (path: string) => refusalOf(await started.ask({ path }));

  it.each(['0', '-1', '1001', '1.5', 'ten', '', '1e2', '0x10', '99999999999999999999', ' 5'])(
    'limit=%s',
    async (limit) => {
      for (const path of lists)
        expect([path, await refused(`${path}?limit=${encodeURIComponent(limit)}`)]).toEqual([
          path,
          invalidData('INVALID_PARAMETER limit'),
        ]);
    },
  );

  it.each(['x', '', 'AAAA.BBBB', `${'A'.repeat(10)}.${'B'.repeat(43)}`, 'x'.repeat(3_000), "' or 1=1"])(
    'cursor=%s',
    async (cursor) => {
      for (const path of lists)
        expect([path, await refused(`${path}?cursor=${encodeURIComponent(cursor)}`)]).toEqual([
          path,
          invalidData('INVALID_PARAMETER cursor'),
        ]);
    },
  );

  it('a parameter twice', async () => {
    for (const path of lists)
      expect(await refused(`${path}?limit=1&limit=2`)).toEqual(invalidData('INVALID_PARAMETER limit'));
    expect(await refused(`${devices}?filter=a&filter=b`)).toEqual(invalidData('INVALID_PARAMETER filter'));
  });

  it.each([
    '',
    'username',
    'username eq',
    'username eq "a',
    'username eq ann',
    '(username eq "a"',
    'username eq "a")',
    'username eq "a" and',
    'no.body eq "a"',
    '__proto__ eq "a"',
    'username like "a"',
    'username eq "a"; drop table users',
    'username eq "a" xor username eq "b"',
    '%',
    `${'('.repeat(17)}username eq "a"${')'.repeat(17)}`,
    `username eq "${'a'.repeat(2_048)}"`,
  ])('filter=%s', async (filter) => {
    for (const path of [...lists, devices]) {
      const refusal = await refused(`${path}?filter=${encodeURIComponent(filter)}`);
      expect([path, refusal.status, refusal.code]).toEqual([path, 400, 'INVALID_DATA']);
      expect(refusal.details?.[0]).toMatch(/^INVALID_(FILTER|PARAMETER) filter$/);
    }
  });

  it('an attribute that a list does not support is named with those that it does', async () => {
    const of = async (path: string, filter: string) =>
      detailsOf(await started.ask({ path: `${path}?filter=${encodeURIComponent(filter)}` }))[0];
    expect(await of(devices, 'phone eq "+15125550101"')).toMatchObject({
      code: 'INVALID_FILTER',
      innerError: { supportedAttributes: ['status', 'type'] },
    });
    expect(await of(devices, 'status sw "A"')).toMatchObject({
      code: 'INVALID_FILTER',
      innerError: { supportedOperators: expect.arrayContaining(['eq']) },
    });
    expect(await of('/environments', 'status eq "A"')).toMatchObject({
      innerError: { supportedAttributes: ['name', 'id', 'organization.id', 'license.id'] },
    });
  });

  it('unknown parameters and expansions are ignored (00 §3.5)', async () => {
    for (const path of [...lists, devices])
      expect((await started.ask({ path: `${path}?expand=nothing&unknown=1&include=x` })).status).toBe(200);
    expect((await started.ask({ path: `${devices}?limit=0` })).status).toBe(200);
  });
});

describe('ids of paths that are none (00 §2.5; 20 §17.1)', () => {
  it.each(MALFORMED_IDS)('%s', async (malformed) => {
    const encoded = encodeURIComponent(malformed);
    const paths = [
      `${USERS}/${encoded}`,
      `${USERS}/${here.user}/devices/${encoded}`,
      `/${HERE}/deviceAuthentications/${encoded}`,
      `/environments/${HERE}/deviceAuthenticationPolicies/${encoded}`,
    ];
    for (const path of paths)
      expect([path, refusalOf(await started.ask({ path }))]).toEqual([path, { status: 404, code: 'NOT_FOUND' }]);
  });
});

describe('the token endpoint (00 §4.7, §5.1)', () => {
  const basic = (id: string, secret: string) => ({
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  });
  const right = basic(clientId(HERE, 'backend'), SECRET);
  const GRANT = 'grant_type=client_credentials';
  const JWT_BEARER = 'client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  const to = (request: Partial<Ask>): Ask => ({
    path: `/${HERE}/as/token`,
    type: 'application/x-www-form-urlencoded',
    token: null,
    body: GRANT,
    ...request,
  });

  const cases: readonly [string, Partial<Ask>, number, string][] = [
    ['no grant type', { headers: right, body: '' }, 400, 'invalid_request'],
    ['an empty grant type', { headers: right, body: 'grant_type=' }, 400, 'invalid_request'],
    ['a grant type twice', { headers: right, body: `${GRANT}&${GRANT}` }, 400, 'invalid_request'],
    ['an unknown grant type', { headers: right, body: 'grant_type=magic' }, 400, 'unsupported_grant_type'],
    [
      'the password grant',
      { headers: right, body: 'grant_type=password&username=a&password=b' },
      400,
      'unsupported_grant_type',
    ],
    ['half a percent code', { headers: right, body: `${GRANT}&scope=%4` }, 400, 'invalid_request'],
    ['a percent code that is no UTF-8', { headers: right, body: `${GRANT}&scope=%ff` }, 400, 'invalid_request'],
    ['bytes beyond ASCII', { headers: right, body: Buffer.from(`${GRANT}&scope=ü`) }, 400, 'invalid_request'],
    ['NUL', { headers: right, body: `${GRANT}&scope=%00` }, 400, 'invalid_request'],
    [
      'too many parameters',
      { headers: right, body: `${GRANT}&${Array.from({ length: 60 }, (_, n) => `p${n}=1`).join('&')}` },
      400,
      'invalid_request',
    ],
    ['no client', {}, 401, 'invalid_client'],
    ['an unknown client', { headers: basic(NOBODY, SECRET) }, 401, 'invalid_client'],
    ['a client id that is none', { headers: basic('nobody', SECRET) }, 401, 'invalid_client'],
    ['a wrong secret', { headers: basic(clientId(HERE, 'backend'), `${SECRET}x`) }, 401, 'invalid_client'],
    ['an empty secret', { headers: basic(clientId(HERE, 'backend'), '') }, 401, 'invalid_client'],
    [
      'a client of the other environment',
      { headers: basic(clientId(THERE, 'backend'), SECRET) },
      401,
      'invalid_client',
    ],
    ['another scheme', { headers: { authorization: 'Digest x' } }, 401, 'invalid_client'],
    ['a token for credentials', { headers: { authorization: 'Bearer x' } }, 401, 'invalid_client'],
    ['Basic that is no Base64', { headers: { authorization: 'Basic ???' } }, 401, 'invalid_client'],
    [
      'Basic without a colon',
      { headers: { authorization: `Basic ${Buffer.from('ab').toString('base64')}` } },
      401,
      'invalid_client',
    ],
    [
      'the secret in the form, for a client of Basic',
      { body: `${GRANT}&client_id=${clientId(HERE, 'backend')}&client_secret=${SECRET}` },
      401,
      'invalid_client',
    ],
    [
      'both ways at once',
      { headers: right, body: `${GRANT}&client_id=${clientId(HERE, 'backend')}&client_secret=${SECRET}` },
      400,
      'invalid_request',
    ],
    ['an assertion of no type', { body: `${GRANT}&client_assertion=a.b.c` }, 400, 'invalid_request'],
    ['an assertion that is none', { body: `${GRANT}&${JWT_BEARER}&client_assertion=a.b.c` }, 401, 'invalid_client'],
  ];
  it.each(cases)('%s', async (_name, request, status, error) => {
    for (const path of [`/${HERE}/as/token`, '/as/token']) {
      // Without an environment in the path it is the client's own, so that client is at home there (00 §1.2).
      if (path === '/as/token' && _name.includes('other environment')) continue;
      const answer = await started.ask(to({ ...request, path }));
      expect([answer.status, answer.body['error']], answer.text).toEqual([status, error]);
      expect(Object.keys(answer.body)).toEqual(['error', 'error_description']);
      expect(answer.body['error_description']).toContain(`Correlation ID: ${answer.headers['correlation-id']}`);
      expect(answer.headers['cache-control']).toContain('no-store');
      if (status === 401) expect(answer.headers['www-authenticate']).toMatch(/^Basic/);
      expect(answer.text).not.toContain(SECRET);
    }
  });

  it('an unknown client, another environment’s and a wrong secret answer alike (SEC-42, SEC-50)', async () => {
    const told = async (headers: Ask['headers']) => {
      const { status, body } = await started.ask(to(headers ? { headers } : {}));
      return [status, String(body['error_description']).replace(/[0-9a-f-]{36}/, '')];
    };
    const wrong = await told(basic(clientId(HERE, 'backend'), 'wrong-secret'));
    expect(await told(basic(NOBODY, SECRET))).toEqual(wrong);
    expect(await told(basic(clientId(THERE, 'backend'), SECRET))).toEqual(wrong);
  });

  it('a control: the right client gets a token, by either address', async () => {
    for (const path of [`/${HERE}/as/token`, '/as/token'])
      expect((await started.ask(to({ path, headers: right }))).body).toMatchObject({
        token_type: 'Bearer',
        expires_in: 3600,
      });
  });
});
