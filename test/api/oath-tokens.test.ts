import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { minutes } from '../../src/kernel/duration.js';
import { hotp } from '../../src/otp/hotp.js';
import { type Postern, startPostern } from '../helpers/postern.js';

const SECRET = '3132333435363738393031323334353637383930';
const code = (counter: number): string =>
  hotp({ secret: Buffer.from(SECRET, 'hex'), algorithm: 'SHA1', digits: 6 }, counter);
const HOTP = { type: 'HOTP', secret: SECRET, otpLength: 6 };
const vnd = (action: string): string => `application/vnd.pingidentity.${action}+json`;

let postern: Postern;
let serial = 0;
beforeAll(async () => {
  postern = await startPostern();
});
afterAll(() => postern[Symbol.asyncDispose]());

const environment = () => `${postern.apiPath}/environments/${postern.environmentId}`;

async function send(method: string, url: string, body?: unknown, contentType = 'application/json') {
  const answer = await postern.send({
    method,
    url,
    ...(body === undefined ? {} : { contentType, body: JSON.stringify(body) }),
  });
  // Bodies of any shape: the tests look into them.
  return { status: answer.status, body: answer.body as Record<string, never> & { readonly id: string } };
}

const newToken = async (more: object = {}) => {
  serial += 1;
  return send('POST', `${environment()}/oathTokens`, { serialNumber: `AX${serial}`, ...HOTP, ...more });
};

async function newUser(): Promise<string> {
  serial += 1;
  const { body } = await send('POST', `${environment()}/users`, {
    username: `user${serial}`,
    email: `user${serial}@example.org`,
    population: { id: postern.populationId },
  });
  await send('PUT', `${environment()}/users/${body.id}/mfaEnabled`, { mfaEnabled: true });
  return body.id;
}

const pair = (user: string, serialNumber: unknown, more: object = {}) =>
  send('POST', `${environment()}/users/${user}/devices`, { type: 'OATH_TOKEN', serialNumber, ...more });
const activate = (user: string, device: string, body: object) =>
  send('POST', `${environment()}/users/${user}/devices/${device}`, body, vnd('device.activate'));

/** A token with its user, paired at once by the administrator. */
async function paired() {
  const { body: token } = await newToken();
  const user = await newUser();
  const { body: device } = await pair(user, token['serialNumber'], { status: 'ACTIVE' });
  const start = async () =>
    (await send('POST', `${postern.authPath}/${postern.environmentId}/deviceAuthentications`, { user: { id: user } }))
      .body.id;
  const check = async (counter: number) =>
    send(
      'POST',
      `${postern.authPath}/${postern.environmentId}/deviceAuthentications/${await start()}`,
      { otp: code(counter) },
      vnd('otp.check'),
    );
  return { token, user, device, start, check };
}

describe('the OATH token (20 §9.1)', () => {
  it('is shown without its secret, with the counter or clock of its type', async () => {
    const { status, body } = await newToken({ hotp: { counter: 7 }, rowNumber: 3 });
    expect(status).toBe(201);
    expect(Object.keys(body)).toEqual([
      ...['_links', 'id', 'environment', 'serialNumber', 'type', 'otpLength', 'hashAlgorithm', 'hotp', 'rowNumber'],
      ...['createdAt', 'updatedAt'],
    ]);
    expect(body).toMatchObject({ type: 'HOTP', hashAlgorithm: 'HmacSHA1', hotp: { counter: 7 }, rowNumber: 3 });
    const clocked = await newToken({ type: 'TOTP', hashAlgorithm: 'HmacSHA256', totp: { timeStep: 60 } });
    expect(clocked.body).toMatchObject({ type: 'TOTP', hashAlgorithm: 'HmacSHA256', totp: { timeStep: 60, drift: 0 } });
    const read = await send('GET', `${environment()}/oathTokens/${body.id}`);
    expect(read).toEqual({ status: 200, body });
    expect(JSON.stringify([read, await send('GET', `${environment()}/oathTokens`)])).not.toContain(SECRET);
  });

  it.each([
    [{ serialNumber: undefined }, 'serialNumber', 'REQUIRED_VALUE'],
    [{ serialNumber: 'a-b' }, 'serialNumber', 'INVALID_VALUE'],
    [{ serialNumber: 'a'.repeat(51) }, 'serialNumber', 'SIZE_LIMIT_EXCEEDED'],
    [{ secret: 'zz' }, 'secret', 'INVALID_VALUE'],
    [{ secret: SECRET.slice(0, 30) }, 'secret', 'INVALID_VALUE'],
    [{ otpLength: 7 }, 'otpLength', 'INVALID_VALUE'],
    [{ hashAlgorithm: 'HmacSHA256' }, 'hashAlgorithm', 'INVALID_VALUE'],
    [{ hashAlgorithm: 'MD5' }, 'hashAlgorithm', 'INVALID_VALUE'],
    [{ type: 'TOTP' }, 'totp.timeStep', 'REQUIRED_VALUE'],
    [{ type: 'TOTP', totp: { timeStep: 45 } }, 'totp.timeStep', 'INVALID_VALUE'],
    [{ hotp: { counter: -1 } }, 'hotp.counter', 'OUT_OF_RANGE'],
  ])('is refused with %j', async (change, target, detail) => {
    expect(await newToken(change)).toMatchObject({
      status: 400,
      body: { code: 'INVALID_DATA', details: [{ code: detail, target }] },
    });
  });

  it('has a serial number of its own in its environment', async () => {
    const { body } = await newToken();
    expect(await newToken({ serialNumber: body['serialNumber'] })).toMatchObject({
      status: 400,
      body: { details: [{ code: 'UNIQUENESS_VIOLATION', target: 'serialNumber' }] },
    });
  });

  it('is listed by creation, in pages, and found by its serial number', async () => {
    const { body } = await newToken();
    const byName = await send(
      'GET',
      `${environment()}/oathTokens?filter=serialNumber%20eq%20%22${body['serialNumber']}%22`,
    );
    expect(byName.body).toMatchObject({ size: 1, count: 1, _embedded: { oathTokens: [{ id: body.id }] } });
    const nobody = await send('GET', `${environment()}/oathTokens?filter=serialNumber%20eq%20%22none%22`);
    expect(nobody.body).toMatchObject({ size: 0, count: 0, _embedded: { oathTokens: [] } });
    const page = await send('GET', `${environment()}/oathTokens?limit=1`);
    expect(page.body).toMatchObject({ size: 1, _links: { next: { href: expect.stringContaining('cursor=') } } });
    expect((await send('GET', `${environment()}/oathTokens/${postern.environmentId}`)).status).toBe(404);
  });
});

describe('a token’s device (20 §9.3)', () => {
  it('shows serial number and type, and is one user’s at a time', async () => {
    const { body: token } = await newToken();
    const user = await newUser();
    const { status, body: device } = await pair(user, token['serialNumber']);
    expect([status, device]).toMatchObject([
      201,
      { type: 'OATH_TOKEN', status: 'ACTIVATION_REQUIRED', serialNumber: token['serialNumber'], tokenType: 'HOTP' },
    ]);
    expect(await pair(await newUser(), token['serialNumber'])).toMatchObject({
      status: 400,
      body: { details: [{ code: 'UNIQUENESS_VIOLATION', target: 'serialNumber' }] },
    });
    expect(await pair(user, 'NONE')).toMatchObject({
      status: 400,
      body: { details: [{ code: 'INVALID_VALUE', target: 'serialNumber' }] },
    });
    expect(await pair(user, undefined)).toMatchObject({ body: { details: [{ code: 'REQUIRED_VALUE' }] } });
    const shown = await send('GET', `${environment()}/oathTokens/${token.id}?expand=devices`);
    expect(shown.body['devices']).toEqual([{ id: device.id, user: { id: user } }]);
    expect((await send('DELETE', `${environment()}/users/${user}/devices/${device.id}`)).status).toBe(204);
    expect((await send('GET', `${environment()}/oathTokens/${token.id}?expand=devices`)).body['devices']).toEqual([]);
    expect((await pair(await newUser(), token['serialNumber'])).status).toBe(201);
  });

  it('activates by a code in the window, or by two in a row with oathResync (20 §9.4)', async () => {
    const { body: token } = await newToken();
    const user = await newUser();
    const { body: device } = await pair(user, token['serialNumber']);
    expect(await activate(user, device.id, { otp: code(60) })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_DATA', details: [{ code: 'INVALID_OTP', innerError: { attemptsRemaining: 2 } }] },
    });
    const asked = await activate(user, device.id, { otp: code(60), oathResync: true });
    expect(asked).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_FAILED', details: [{ code: 'OATH_RESYNC_REQUIRED', target: 'otp' }] },
    });
    expect(await activate(user, device.id, { otp: code(61), oathResync: true })).toMatchObject({
      status: 200,
      body: { status: 'ACTIVE' },
    });
    expect((await send('GET', `${environment()}/oathTokens/${token.id}`)).body['hotp']).toEqual({ counter: 62 });
  });

  it('counts the first code of a resynchronisation like any attempt (SEC-23)', async () => {
    const { body: token } = await newToken();
    const user = await newUser();
    const { body: device } = await pair(user, token['serialNumber']);
    for (let n = 0; n < 3; n++) await activate(user, device.id, { otp: code(60 + 2 * n), oathResync: true });
    expect(await activate(user, device.id, { otp: code(65), oathResync: true })).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_FAILED', details: [{ code: 'LIMIT_EXCEEDED' }] },
    });
  });
});

describe('an authentication with a token (10 §10.3)', () => {
  it('is completed by a code ahead of the last, once, and the entry of the list is masked', async () => {
    const { check, device } = await paired();
    const done = await check(4);
    expect(done).toMatchObject({ status: 200, body: { status: 'COMPLETED', authenticators: ['mfa', 'otp'] } });
    expect(done.body['_embedded']).toEqual({
      devices: [
        {
          id: device.id,
          type: 'OATH_TOKEN',
          status: 'ACTIVE',
          tokenType: 'HOTP',
          serialNumber: expect.stringMatching(/^\*{7}AX\d+$/),
        },
      ],
    });
    for (const counter of [4, 0])
      expect(await check(counter)).toMatchObject({ status: 400, body: { details: [{ code: 'INVALID_OTP' }] } });
    expect((await check(5)).status).toBe(200);
  });

  it('may come with the create request (10 §10.4)', async () => {
    const { user } = await paired();
    const create = (otp: string) =>
      send('POST', `${postern.authPath}/${postern.environmentId}/deviceAuthentications`, {
        user: { id: user },
        selectedDevice: { otp },
      });
    expect(await create(code(2))).toMatchObject({ status: 201, body: { status: 'COMPLETED' } });
    expect(await create(code(2))).toMatchObject({ status: 400, body: { details: [{ code: 'INVALID_OTP' }] } });
  });

  it('takes no old code after the token has gone to another user (SEC-23)', async () => {
    const { token, user, device, check } = await paired();
    await check(9);
    await send('DELETE', `${environment()}/users/${user}/devices/${device.id}`);
    const heir = await newUser();
    const { body: inherited } = await pair(heir, token['serialNumber']);
    expect(await activate(heir, inherited.id, { otp: code(9) })).toMatchObject({ status: 400 });
    expect((await activate(heir, inherited.id, { otp: code(10) })).status).toBe(200);
  });

  it('a deleted user leaves the token free, with its counter (SEC-23)', async () => {
    const { token, user, check } = await paired();
    await check(3);
    expect((await send('DELETE', `${environment()}/users/${user}`)).status).toBe(204);
    const heir = await newUser();
    const { status, body } = await pair(heir, token['serialNumber']);
    expect(status).toBe(201);
    expect((await activate(heir, body.id, { otp: code(3) })).status).toBe(400);
    expect((await activate(heir, body.id, { otp: code(4) })).status).toBe(200);
  });
});

describe('resynchronisation and revocation (20 §9.2)', () => {
  const resync = (path: string, otps: readonly string[]) =>
    send('POST', `${environment()}${path}`, { otps }, vnd('device.resync'));

  it('two consecutive codes set the counter; used ones do not (SEC-23)', async () => {
    const { token, user, check } = await paired();
    const own = `/users/${user}/oathTokens/${token.id}`;
    expect(await resync(own, [code(70), code(71)])).toMatchObject({ status: 200, body: { hotp: { counter: 72 } } });
    expect(await resync(own, [code(70), code(71)])).toMatchObject({
      status: 400,
      body: { details: [{ code: 'INVALID_OTP', target: 'otps', innerError: { attemptsRemaining: 2 } }] },
    });
    expect((await check(71)).status).toBe(400);
    expect((await check(72)).status).toBe(200);
    expect((await resync(`/users/${await newUser()}/oathTokens/${token.id}`, [code(80), code(81)])).status).toBe(404);
    expect((await resync(`/oathTokens/${token.id}`, ['1234567'])).status).toBe(400);
  });

  it('of a paired token guesses count, one by one too, and a lock ends them (SEC-11, SEC-23)', async () => {
    const { token } = await paired();
    const path = `/oathTokens/${token.id}`;
    expect(await resync(path, [code(50)])).toMatchObject({ body: { details: [{ code: 'OATH_RESYNC_REQUIRED' }] } });
    expect(await resync(path, ['000000'])).toMatchObject({
      body: { details: [{ innerError: { attemptsRemaining: 1 } }] },
    });
    expect(await resync(path, ['000000'])).toMatchObject({
      body: { details: [{ innerError: { attemptsRemaining: 0 } }] },
    });
    expect(await resync(path, [code(51)])).toMatchObject({ body: { details: [{ code: 'LIMIT_EXCEEDED' }] } });
    postern.advance(minutes(2));
    expect((await resync(path, [code(51)])).status).toBe(200);
  });

  it('of a token that nobody has needs no count', async () => {
    const { body: token } = await newToken();
    const path = `/oathTokens/${token.id}`;
    for (let n = 0; n < 5; n++) expect((await resync(path, ['000000', '000000'])).status).toBe(400);
    expect((await resync(path, [code(30), code(31)])).status).toBe(200);
  });

  it('revoking takes the device away too', async () => {
    const { token, user, device } = await paired();
    expect((await send('DELETE', `${environment()}/oathTokens/${token.id}`)).status).toBe(204);
    expect((await send('GET', `${environment()}/users/${user}/devices/${device.id}`)).status).toBe(404);
    expect((await send('DELETE', `${environment()}/oathTokens/${token.id}`)).status).toBe(404);
  });
});
