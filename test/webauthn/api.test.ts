import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { minutes } from '../../src/kernel/duration.js';
import { SoftAuthenticator } from '../helpers/soft-authenticator.js';
import { type Answer, ORIGIN, RP_ID, Scene } from './scene.js';

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterAll(() => scene[Symbol.asyncDispose]());

const optionsOf = (answer: Answer) => JSON.parse(String(answer.body['publicKeyCredentialRequestOptions']));
const detailOf = (answer: Answer) => (answer.body['details'] as Record<string, unknown>[] | undefined)?.[0];
const refusedAssertion = {
  status: 400,
  body: { code: 'INVALID_DATA', details: [{ code: 'CONSTRAINT_VIOLATION', target: 'assertion' }] },
};

/** A user with one active passkey. */
async function withPasskey(options: ConstructorParameters<typeof SoftAuthenticator>[0] = {}) {
  scene.user = await scene.newUser();
  const authenticator = new SoftAuthenticator(options);
  const { device, answer } = await scene.register(authenticator);
  expect(answer).toMatchObject({ status: 200, body: { status: 'ACTIVE', rp: { id: RP_ID } } });
  return { authenticator, device };
}

describe('pairing a passkey (20 §8)', () => {
  it('gives options in the documented form: text, signed bytes, algorithms as text', async () => {
    scene.user = await scene.newUser();
    const pending = await scene.pair({ status: 'ACTIVE', rp: { id: 'localhost', name: 'Here' }, nickname: 'Blue key' });
    expect(pending).toMatchObject({
      status: 201,
      body: { type: 'FIDO2', status: 'ACTIVATION_REQUIRED', nickname: 'Blue key' },
    });
    const text = pending.body['publicKeyCredentialCreationOptions'];
    const options = JSON.parse(String(text));
    expect(Object.keys(options)).toEqual([
      ...['rp', 'user', 'challenge', 'pubKeyCredParams', 'timeout', 'excludeCredentials', 'authenticatorSelection'],
      'attestation',
    ]);
    expect(options).toMatchObject({
      rp: { id: 'localhost', name: 'Here' },
      pubKeyCredParams: [-7, -37, -257].map((alg) => ({ type: 'public-key', alg: String(alg) })),
      ...{ timeout: 120_000, excludeCredentials: [], attestation: 'none' },
      authenticatorSelection: { requireResidentKey: false, residentKey: 'preferred', userVerification: 'preferred' },
    });
    for (const bytes of [options.challenge, options.user.id]) {
      expect(bytes.length).toBe(32);
      expect(bytes.every((byte: number) => Number.isInteger(byte) && byte >= -128 && byte <= 127)).toBe(true);
    }
    expect(options.user.name).toMatch(/^passkey-user-/);
    // Shown once, and kept by nobody who asks later.
    const read = await scene.readDevice(pending.body['id']);
    expect(read.body).not.toHaveProperty('publicKeyCredentialCreationOptions');
  });

  it('asks as the legacy types do: a security key, or the platform with the user verified', async () => {
    scene.user = await scene.newUser();
    const selection = async (type: string) =>
      JSON.parse(String((await scene.pair({ type })).body['publicKeyCredentialCreationOptions']))
        .authenticatorSelection;
    expect(await selection('SECURITY_KEY')).toMatchObject({ authenticatorAttachment: 'cross-platform' });
    expect(await selection('PLATFORM')).toMatchObject({
      authenticatorAttachment: 'platform',
      userVerification: 'required',
    });
  });

  it('takes both Base64 alphabets, padded or not', async () => {
    for (const encoding of ['base64', 'base64url'] as const) {
      scene.user = await scene.newUser();
      const rewrite = (text: string) => Buffer.from(text, 'base64').toString(encoding);
      const { answer } = await scene.register(new SoftAuthenticator(), {
        lies: {
          credential: ({ response, ...rest }) => ({
            ...rest,
            rawId: rewrite(rest.rawId),
            response: {
              clientDataJSON: rewrite(String(response['clientDataJSON'])),
              attestationObject: rewrite(String(response['attestationObject'])).replace(/=+$/, ''),
            },
          }),
        },
      });
      expect(answer.status).toBe(200);
    }
  });

  it('offers what the user has to be excluded, and refuses it on the server all the same (SEC-25)', async () => {
    const { authenticator } = await withPasskey();
    const pending = await scene.pair();
    const options = String(pending.body['publicKeyCredentialCreationOptions']);
    const [excluded] = JSON.parse(options).excludeCredentials;
    expect(Buffer.from(excluded.id)).toEqual(authenticator.credentialId);
    const again = authenticator.register(options, ORIGIN);
    const answer = await scene.activate(pending.body['id'], { origin: ORIGIN, attestation: again });
    expect(answer).toMatchObject({
      status: 400,
      body: { details: [{ code: 'INVALID_VALUE', target: 'attestation' }] },
    });
    expect((await scene.readDevice(pending.body['id'])).body['status']).toBe('ACTIVATION_REQUIRED');
  });

  it('refuses a credential of another user of the environment (SEC-25)', async () => {
    const { authenticator } = await withPasskey();
    const other = await scene.newUser();
    const { answer } = await scene.register(authenticator, { user: other });
    expect(answer.status).toBe(400);
  });

  it('frees the credential with its device', async () => {
    const { authenticator, device } = await withPasskey();
    expect((await scene.ask('DELETE', `${scene.devicesUrl()}/${device}`)).status).toBe(204);
    expect((await scene.register(authenticator)).answer.status).toBe(200);
  });

  it('spends the challenge with the first try, whatever comes of it (20 §8.3)', async () => {
    scene.user = await scene.newUser();
    const pending = await scene.pair();
    const options = String(pending.body['publicKeyCredentialCreationOptions']);
    const attestation = new SoftAuthenticator().register(options, ORIGIN);
    const wrong = await scene.activate(pending.body['id'], { origin: 'https://evil.example', attestation });
    expect(detailOf(wrong)).toMatchObject({ code: 'INVALID_VALUE', target: 'origin' });
    const late = await scene.activate(pending.body['id'], { origin: ORIGIN, attestation });
    expect(detailOf(late)).toMatchObject({ code: 'INVALID_VALUE', target: 'attestation' });
    expect((await scene.readDevice(pending.body['id'])).body['status']).toBe('ACTIVATION_REQUIRED');
  });

  it('takes no answer after the time it gave', async () => {
    scene.user = await scene.newUser();
    const pending = await scene.pair();
    const attestation = new SoftAuthenticator().register(
      String(pending.body['publicKeyCredentialCreationOptions']),
      ORIGIN,
    );
    scene.postern.advance(minutes(3) + 1);
    expect((await scene.activate(pending.body['id'], { origin: ORIGIN, attestation })).status).toBe(400);
  });

  it.each([
    ['nothing', {}, 'REQUIRED_VALUE', 'origin'],
    ['no attestation', { origin: ORIGIN }, 'REQUIRED_VALUE', 'attestation'],
    ['an object', { origin: ORIGIN, attestation: {} }, 'INVALID_VALUE', 'attestation'],
    ['no JSON', { origin: ORIGIN, attestation: 'x' }, 'INVALID_VALUE', 'attestation'],
    ['a passcode', { otp: '123456' }, 'REQUIRED_VALUE', 'origin'],
  ])('%s is no proof', async (_what, body, code, target) => {
    scene.user = await scene.newUser();
    const pending = await scene.pair();
    expect(detailOf(await scene.activate(pending.body['id'], body))).toMatchObject({ code, target });
  });
});

describe('authenticating with a passkey (10 §11)', () => {
  it('goes from ASSERTION_REQUIRED to COMPLETED, in the documented form', async () => {
    const { authenticator, device } = await withPasskey({ signCount: 7 });
    const flow = await scene.begin();
    expect(flow).toMatchObject({
      status: 201,
      body: {
        status: 'ASSERTION_REQUIRED',
        selectedDevice: { id: device },
        aggregateFido2Devices: false,
        _embedded: {
          devices: [{ id: device, type: 'FIDO2', rp: { id: RP_ID, name: RP_ID }, displayName: 'Security key' }],
        },
      },
    });
    expect(Object.keys(flow.body['_links'] as object)).toEqual(['self', 'device.select', 'assertion.check']);
    const options = optionsOf(flow);
    expect(Object.keys(options)).toEqual(['challenge', 'timeout', 'rpId', 'allowCredentials', 'userVerification']);
    expect(options).toMatchObject({ timeout: 120_000, rpId: RP_ID, userVerification: 'preferred' });
    expect(Buffer.from(options.allowCredentials[0].id)).toEqual(authenticator.credentialId);

    const done = await scene.assert(flow, authenticator);
    expect(done).toMatchObject({
      status: 200,
      body: { status: 'COMPLETED', selectedDevice: { id: device }, authenticators: ['mfa', 'hwk', 'user'] },
    });
    expect(done.body).not.toHaveProperty('publicKeyCredentialRequestOptions');
    expect(Object.keys(done.body['_links'] as object)).toEqual(['self']);
  });

  it('says of a synced passkey without verification what it proves, and no more (10 §7.6)', async () => {
    const { authenticator } = await withPasskey({ backupEligible: true, userVerified: false });
    const done = await scene.assert(await scene.begin(), authenticator);
    expect(done.body['authenticators']).toEqual(['mfa', 'swk']);
  });

  it('takes each challenge once: a new one with each select, an old one never again (SEC-07)', async () => {
    const { authenticator, device } = await withPasskey();
    const flow = await scene.begin();
    const selected = await scene.act(flow, 'device.select', { device: { id: device } });
    expect(optionsOf(selected).challenge).not.toEqual(optionsOf(flow).challenge);
    expect(await scene.assert(flow, authenticator)).toMatchObject(refusedAssertion);
    expect((await scene.assert(selected, authenticator)).status).toBe(200);
    const again = await scene.assert(selected, authenticator);
    expect(again).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
  });

  it('takes a challenge of the caller’s, byte for byte, for every device of the flow (10 §3.1)', async () => {
    const { authenticator, device } = await withPasskey();
    const chosen = Buffer.alloc(40, 200);
    const flow = await scene.begin({ webAuthn: { challenge: chosen.toString('base64url') } });
    expect(Buffer.from(optionsOf(flow).challenge)).toEqual(chosen);
    const selected = await scene.act(flow, 'device.select', { device: { id: device } });
    expect(Buffer.from(optionsOf(selected).challenge)).toEqual(chosen);
    expect((await scene.assert(selected, authenticator)).status).toBe(200);
  });

  it('refuses with CONSTRAINT_VIOLATION and counts; the last ends the flow and locks the device (10 §11.4, SEC-11)', async () => {
    const { authenticator, device } = await withPasskey();
    const flow = await scene.begin();
    const lies = { signature: () => Buffer.from('none') };
    for (let n = 0; n < 2; n++) {
      expect(await scene.assert(flow, authenticator, lies)).toMatchObject(refusedAssertion);
      expect((await scene.read(flow)).body['status']).toBe('ASSERTION_REQUIRED');
    }
    expect(await scene.assert(flow, authenticator, lies)).toMatchObject(refusedAssertion);
    expect((await scene.read(flow)).body).toMatchObject({
      status: 'FAILED',
      error: { code: 'ASSERTION_ATTEMPTS_LIMIT' },
    });
    expect((await scene.readDevice(device)).body['lock']).toMatchObject({ status: 'LOCKED' });
    expect((await scene.begin()).body).toMatchObject({
      status: 'FAILED',
      error: { unavailableDevices: [{ id: device }] },
    });
  });

  it('an assertion that does not read is a validation error and no attempt', async () => {
    const { authenticator } = await withPasskey();
    const flow = await scene.begin();
    for (const assertion of ['x', '{}', '{"id":"AA","type":"public-key","response":{}}']) {
      const answer = await scene.act(flow, 'assertion.check', { origin: ORIGIN, assertion });
      expect(detailOf(answer)).toMatchObject({ code: 'INVALID_VALUE', target: 'assertion' });
    }
    expect((await scene.act(flow, 'assertion.check', { origin: ORIGIN, assertion: {} })).status).toBe(400);
    expect((await scene.assert(flow, authenticator)).status).toBe(200);
  });

  it('offers FIDO2 to browsers that can: compatibility (10 §11.2)', async () => {
    const { device } = await withPasskey();
    expect((await scene.begin({ compatibility: 'NONE' })).body).toMatchObject({ status: 'FAILED' });
    expect((await scene.begin({ compatibility: 'SECURITY_KEY_ONLY' })).body['status']).toBe('ASSERTION_REQUIRED');
    const flow = await scene.begin();
    const select = { device: { id: device }, compatibility: 'NONE' };
    expect(detailOf(await scene.act(flow, 'device.select', select))).toMatchObject({
      code: 'INVALID_VALUE',
      target: 'device.id',
    });
  });

  it('asks for credentials of the relying party that the request names (10 §3.1)', async () => {
    const { authenticator, device } = await withPasskey();
    const body = { rp: { id: 'example.org' } };
    const elsewhere = new SoftAuthenticator();
    const other = await scene.register(elsewhere, { body, origin: 'https://login.example.org' });
    expect(other.answer.status).toBe(200);
    const flow = await scene.begin(body);
    expect(flow.body['selectedDevice']).toEqual({ id: other.device });
    expect(optionsOf(flow)).toMatchObject({ rpId: 'example.org' });
    expect(optionsOf(flow).allowCredentials.length).toBe(1);
    expect(await scene.assert(flow, authenticator, {}, 'https://login.example.org')).toMatchObject(refusedAssertion);
    expect((await scene.assert(flow, elsewhere, {}, 'https://login.example.org')).body['status']).toBe('COMPLETED');
    expect((await scene.begin({ selectedDevice: { id: device } })).body['status']).toBe('ASSERTION_REQUIRED');
  });

  it('any credential of the user completes the flow, and is the one that it names afterwards', async () => {
    const { authenticator } = await withPasskey();
    const second = new SoftAuthenticator();
    const { device } = await scene.register(second);
    const flow = await scene.begin({ selectedDevice: { id: device } });
    expect(optionsOf(flow).allowCredentials.length).toBe(2);
    const done = await scene.assert(flow, authenticator);
    expect(done.body['status']).toBe('COMPLETED');
    expect(done.body['selectedDevice']).not.toEqual({ id: device });
  });

  it('a pending device authenticates nobody (SEC-24)', async () => {
    scene.user = await scene.newUser();
    await scene.pair();
    expect((await scene.begin()).body).toMatchObject({ status: 'FAILED', error: { code: 'NO_USABLE_DEVICES' } });
  });
});

describe('without a user name (10 §11.5)', () => {
  it('the credential says who the user is', async () => {
    const { authenticator, device } = await withPasskey();
    const flow = await scene.discover();
    expect(flow).toMatchObject({ status: 201, body: { status: 'ASSERTION_REQUIRED', _embedded: { devices: [] } } });
    expect(flow.body).not.toHaveProperty('user');
    expect(Object.keys(flow.body['_links'] as object)).toEqual(['self', 'assertion.check']);
    expect(optionsOf(flow)).toMatchObject({ rpId: RP_ID, allowCredentials: [], userVerification: 'required' });
    expect((await scene.read(flow)).body['publicKeyCredentialRequestOptions']).toBe(
      flow.body['publicKeyCredentialRequestOptions'],
    );
    const done = await scene.assert(flow, authenticator);
    expect(done).toMatchObject({
      status: 200,
      body: { status: 'COMPLETED', user: { id: scene.user }, selectedDevice: { id: device } },
    });
    expect((await scene.read(flow)).body).toMatchObject({ status: 'COMPLETED', user: { id: scene.user } });
  });

  it('takes neither a credential without its user handle, nor one without verification, nor a stranger’s', async () => {
    const { authenticator } = await withPasskey();
    const flow = await scene.discover();
    const withoutHandle = await scene.assert(flow, authenticator, {
      credential: ({ response, ...rest }) => ({ ...rest, response: { ...response, userHandle: null } }),
    });
    expect(withoutHandle).toMatchObject(refusedAssertion);
    expect(await scene.assert(flow, authenticator, { flags: (flags) => flags & ~4 })).toMatchObject(refusedAssertion);
    expect(await scene.assert(flow, new SoftAuthenticator())).toMatchObject(refusedAssertion);
    expect((await scene.read(flow)).body).toMatchObject({
      status: 'FAILED',
      error: { code: 'ASSERTION_ATTEMPTS_LIMIT' },
    });
  });

  it('tells nothing of a user who is disabled or whose MFA is off until the assertion is right', async () => {
    const { authenticator } = await withPasskey();
    await scene.ask('PUT', `${scene.devicesUrl().replace(/devices$/, 'mfaEnabled')}`, { mfaEnabled: false });
    const flow = await scene.discover();
    expect(await scene.assert(flow, authenticator, { signature: () => Buffer.of(1) })).toMatchObject(refusedAssertion);
    expect(await scene.assert(flow, authenticator)).toMatchObject({ status: 400, body: { code: 'REQUEST_FAILED' } });
    expect((await scene.read(flow)).body).toMatchObject({ status: 'FAILED', error: { code: 'MFA_DISABLED' } });
  });

  it('knows no other action, and no device by name', async () => {
    const { device } = await withPasskey();
    expect(detailOf(await scene.discover({ selectedDevice: { id: device } }))).toMatchObject({ target: 'user.id' });
    const flow = await scene.discover();
    for (const [action, body] of [
      ['device.select', { device: { id: device } }],
      ['otp.check', { otp: '123456' }],
      ['cancel.push.authentication', { reason: 'CHANGE_DEVICE' }],
    ] as const)
      expect(await scene.act(flow, action, body)).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
  });
});

describe('the sign count (SEC-28)', () => {
  it('is refused when it does not grow, and moves on success alone', async () => {
    const { authenticator } = await withPasskey({ signCount: 10 });
    expect((await scene.assert(await scene.begin(), authenticator)).status).toBe(200);
    authenticator.signCount = 9;
    const flow = await scene.begin();
    expect(await scene.assert(flow, authenticator)).toMatchObject(refusedAssertion);
    authenticator.signCount = 10;
    expect(await scene.assert(flow, authenticator)).toMatchObject({ status: 400 });
    authenticator.signCount = 11;
    expect((await scene.assert(flow, authenticator)).status).toBe(200);
  });
});
