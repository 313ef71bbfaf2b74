import { describe, expect, it } from 'vitest';
import { type Ask, ask, ELSEWHERE, engine, HERE, NOWHERE, THING, THING_PATH, THINGS } from './engine.js';

const good = { name: 'one', kind: 'SMS' };

describe('the order of checks (00 §2.6): each refusal wins over everything that comes after it', () => {
  const everythingWrong: Ask = {
    url: `/v1/environments/${ELSEWHERE}/things/not-an-id`,
    token: 'bad',
    type: 'text/plain',
    body: '{',
  };
  const cases: readonly [string, Ask, number, string][] = [
    ['an unknown path', { ...everythingWrong, url: '/v1/nothing' }, 404, 'NOT_FOUND'],
    ['a method the path does not have', { ...everythingWrong, url: THINGS, method: 'PUT' }, 405, 'INVALID_REQUEST'],
    ['a bad token', everythingWrong, 401, 'ACCESS_FAILED'],
    ['an environment that no role covers', { ...everythingWrong, token: 'admin' }, 403, 'ACCESS_FAILED'],
    ['a role that does not permit', { ...everythingWrong, url: THING_PATH, token: 'reader' }, 403, 'ACCESS_FAILED'],
    [
      'a media type the path does not know',
      { ...everythingWrong, url: THING_PATH, token: 'admin' },
      415,
      'INVALID_REQUEST',
    ],
    [
      'a body that is not JSON, before ids of the path',
      {
        ...everythingWrong,
        url: `${THINGS}/nope`,
        token: 'admin',
        type: 'application/vnd.pingidentity.otp.check+json',
      },
      400,
      'INVALID_REQUEST',
    ],
    [
      'a body that does not fit, before ids of the path',
      { url: `${THINGS}/nope`, type: 'application/vnd.pingidentity.otp.check+json', body: { otp: 1 } },
      400,
      'INVALID_DATA',
    ],
    [
      'a malformed id in the path, last',
      { url: `${THINGS}/nope`, type: 'application/vnd.pingidentity.otp.check+json', body: { otp: '123456' } },
      404,
      'NOT_FOUND',
    ],
  ];
  it.each(cases)('%s', async (_name, request, status, code) => {
    await using server = engine();
    const answer = await ask(server, request);
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
    expect(answer.body['id']).toBe(answer.headers['correlation-id']);
    expect(answer.headers['content-type']).toBe('application/json');
  });

  it('lets a good request through', async () => {
    await using server = engine();
    const answer = await ask(server, { body: good });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ handled: 'thing.create', body: good, query: {} });
  });
});

describe('who may see which environment (00 §4.6; SEC-42)', () => {
  const at = (environment: string): Ask => ({ url: `/v1/environments/${environment}/things`, body: good });
  const reading = (environment: string): Ask => ({
    method: 'GET',
    url: `/v1/environments/${environment}/things/${THING}`,
    type: null,
  });

  it.each([ELSEWHERE, NOWHERE, 'not-a-uuid', HERE.toUpperCase()])(
    'a caller with a role elsewhere gets the same 403 for %s, existing or not',
    async (environment) => {
      await using server = engine();
      const { status, body } = await ask(server, at(environment));
      expect(status).toBe(403);
      expect(body).toEqual({
        id: expect.any(String),
        code: 'ACCESS_FAILED',
        message: 'The request could not be completed. You do not have access to this resource.',
        details: [{ code: 'INSUFFICIENT_PERMISSIONS', message: expect.any(String) }],
      });
    },
  );

  it.each([NOWHERE, 'not-a-uuid'])(
    'a caller with a role over the organization learns that %s is not there',
    async (id) => {
      await using server = engine();
      const { status, body } = await ask(server, { ...at(id), token: 'organization' });
      expect(status).toBe(404);
      expect(body).toEqual({
        id: expect.any(String),
        code: 'NOT_FOUND',
        message: `Unable to find environment with ID: '${id}'`,
      });
    },
  );

  it('a role over the organization covers every environment of it', async () => {
    await using server = engine();
    expect((await ask(server, { ...at(ELSEWHERE), token: 'organization' })).status).toBe(200);
  });

  it('a role that covers the environment and does not permit says so in the words that clients match (00 §4.4)', async () => {
    await using server = engine();
    for (const token of ['reader', 'organizationAdmin']) {
      const { status, body } = await ask(server, { ...at(HERE), token });
      expect([status, body['message']]).toEqual([
        403,
        'The actor attempting to perform the request is not authorized.',
      ]);
    }
    expect((await ask(server, { ...reading(HERE), token: 'reader' })).status).toBe(200);
  });

  it.each(['nobody', 'population'])('denies by default: the token %s covers nothing (SEC-44)', async (token) => {
    await using server = engine();
    expect((await ask(server, { ...reading(HERE), token })).status).toBe(403);
  });
});

describe('bearer tokens on the wire (00 §4.5; SEC-48)', () => {
  const headers: readonly [string, Record<string, string>][] = [
    ['no header', {}],
    ['an empty one', { authorization: '' }],
    ['another scheme', { authorization: 'Basic YWRtaW46YWRtaW4=' }],
    ['no token', { authorization: 'Bearer ' }],
    ['two tokens', { authorization: 'Bearer admin, Bearer admin' }],
    ['a token with a space', { authorization: 'Bearer ad min' }],
    ['an unknown token', { authorization: 'Bearer somebody' }],
  ];
  it.each(headers)('%s is 401, with the documented body', async (_name, authorization) => {
    await using server = engine();
    const answer = await ask(server, { token: null, headers: authorization, body: good });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.body).toEqual({
      id: expect.any(String),
      code: 'ACCESS_FAILED',
      message: 'The request could not be completed. You do not have access to this resource.',
      details: [{ code: 'INVALID_TOKEN', message: 'The access token is invalid or expired.' }],
    });
  });

  it('a token in the URL is no token', async () => {
    await using server = engine();
    expect((await ask(server, { token: null, url: `${THINGS}?access_token=admin`, body: good })).status).toBe(401);
  });

  it('the scheme is compared without case (RFC 9110 §11.1)', async () => {
    await using server = engine();
    const answer = await ask(server, { token: null, headers: { authorization: 'bearer admin' }, body: good });
    expect(answer.status).toBe(200);
  });

  it('a public route needs none', async () => {
    await using server = engine();
    expect((await ask(server, { method: 'GET', url: `/${HERE}/as/thing`, token: null, type: null })).status).toBe(200);
    const malformed = await ask(server, { method: 'GET', url: '/nope/as/thing', token: null, type: null });
    expect([malformed.status, malformed.body['message']]).toEqual([404, "Unable to find environment with ID: 'nope'"]);
  });
});
