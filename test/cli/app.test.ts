import { describe, expect, it } from 'vitest';
import { type Postern, startPostern } from '../helpers/postern.js';

const USER = '788d4931-6936-43f2-82ff-178f5762298a';
const CHECK = 'application/vnd.pingidentity.otp.check+json';

async function create(postern: Postern, body: object) {
  const url = `${postern.authPath}/${postern.environmentId}/deviceAuthentications`;
  const answer = await postern.send({
    method: 'POST',
    url,
    contentType: 'application/json',
    body: JSON.stringify(body),
  });
  const { id } = answer.body as { id: string };
  return { ...answer, id, url: `${url}/${id}` };
}

describe.each(['sqlite', 'postgres'] as const)('a server in this process on %s', (database) => {
  it('does a whole MFA by the fixed clock', async () => {
    await using postern = await startPostern({ database });
    const flow = await create(postern, { user: { id: USER } });
    expect(flow.body).toMatchObject({ status: 'OTP_REQUIRED', createdAt: '2026-11-22T09:00:00.000Z' });
    const otp = await postern.lastCode({ deviceAuthentication: flow.id });
    postern.advance(1_000);
    const checked = await postern.send({
      method: 'POST',
      url: flow.url,
      contentType: CHECK,
      body: JSON.stringify({ otp }),
    });
    expect(checked.body).toMatchObject({ status: 'COMPLETED', updatedAt: '2026-11-22T09:00:01.000Z' });
  });
});

describe('what an operator sets', () => {
  it('test codes come back where they are allowed, and only there (`10` §4.4)', async () => {
    const selectedDevice = { oneTime: { type: 'SMS', phone: '+15125550100', testMode: true } };
    const body = { user: { id: USER }, selectedDevice };
    await using allowed = await startPostern();
    expect((await create(allowed, body)).body).toMatchObject({ test: { otp: expect.stringMatching(/^\d{6}$/) } });
    await using refused = await startPostern({
      env: { POSTERN_TEST_MODE_ENVIRONMENTS: '11111111-1111-1111-1111-111111111111' },
    });
    expect(await create(refused, body)).toMatchObject({
      status: 400,
      body: { details: [{ target: 'selectedDevice.oneTime.testMode' }] },
    });
  });

  it('origins of web pages (SEC-57)', async () => {
    const origin = 'https://admin.example.org';
    await using postern = await startPostern({ env: { POSTERN_CORS_ORIGINS: origin } });
    const ask = async (from: string) => {
      const url = `${postern.apiPath}/environments`;
      const { headers } = await postern.send({ method: 'GET', url, headers: { origin: from } });
      return headers['access-control-allow-origin'];
    };
    expect(await ask(origin)).toBe(origin);
    expect(await ask('http://localhost:3000')).toBeUndefined();
  });

  it('a base URL with a path is what the API and the inbox stand below (`00` §1.3)', async () => {
    await using postern = await startPostern({ authUrl: 'https://h.example/mfa' });
    expect(postern.apiPath).toBe('https://h.example/mfa/v1');
    const flow = await create(postern, { user: { id: USER } });
    expect(flow.body).toMatchObject({ _links: { self: { href: flow.url } } });
    expect(await postern.lastCode({ deviceAuthentication: flow.id })).toMatch(/^\d{6}$/);
    const { status, text } = await postern.send({ method: 'GET', url: postern.inboxUrl, token: null });
    expect([status, text]).toEqual([200, expect.stringContaining('<h1>Inbox</h1>')]);
  });
});

describe('the demo client', () => {
  it('is told of an environment that does not exist, having roles over the organization (`00` §4.6)', async () => {
    await using postern = await startPostern();
    const id = '22222222-2222-2222-2222-222222222222';
    const url = `${postern.apiPath}/environments/${id}`;
    expect(await postern.send({ method: 'GET', url })).toMatchObject({
      status: 404,
      body: { message: `Unable to find environment with ID: '${id}'` },
    });
  });
});
