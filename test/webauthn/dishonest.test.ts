import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SoftAuthenticator } from '../helpers/soft-authenticator.js';
import { credential, DISHONEST_ASSERTIONS } from './dishonest-assertions.js';
import { DISHONEST_REGISTRATIONS } from './dishonest-registrations.js';
import { type Answer, ORIGIN, Scene } from './scene.js';

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterAll(() => scene[Symbol.asyncDispose]());

const refused = (answer: Answer) => ({ status: answer.status, isClients: answer.status >= 400 && answer.status < 500 });

describe('a dishonest registration is refused with a 4xx, and no device becomes active (SEC-25, SEC-29, SEC-30)', () => {
  it('a control: without the lie each of these authenticators is taken', async () => {
    const honest = new Map(
      DISHONEST_REGISTRATIONS.map(({ options = {}, type }) => [
        JSON.stringify([options.attestation, options.algorithm, type]),
        { options, type },
      ]),
    );
    for (const { options, type = 'FIDO2' } of honest.values()) {
      if (options.algorithm === 'EdDSA') continue;
      scene.user = await scene.newUser();
      const { answer } = await scene.register(new SoftAuthenticator(options), { body: { type } });
      expect([options.attestation, options.algorithm, answer.status]).toEqual([
        options.attestation,
        options.algorithm,
        200,
      ]);
    }
  });

  it.each(DISHONEST_REGISTRATIONS.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    scene.user = await scene.newUser();
    const { options = {}, lies, problem, type = 'FIDO2' } = one;
    const { device, answer } = await scene.register(new SoftAuthenticator(options), { body: { type }, lies });
    expect(refused(answer)).toEqual({ status: 400, isClients: true });
    expect(answer.body).toMatchObject({
      code: 'INVALID_DATA',
      details: [{ code: 'INVALID_VALUE', target: problem === 'ORIGIN' ? 'origin' : 'attestation' }],
    });
    const read = await scene.readDevice(device);
    expect(read.body['status']).toBe('ACTIVATION_REQUIRED');
    expect((await scene.begin()).body).toMatchObject({ status: 'FAILED', error: { code: 'NO_USABLE_DEVICES' } });
    const told = scene.events(device, /^DEVICE\.(?:ACTIVATION|PAIRING)_FAILED/);
    expect(told).toEqual(
      problem === undefined ? [] : [expect.objectContaining({ detail: expect.objectContaining({ problem }) })],
    );
  });
});

describe('a dishonest assertion is refused with a 4xx, and completes nothing (SEC-25, SEC-26, SEC-28)', () => {
  it.each(DISHONEST_ASSERTIONS)('%s', async (_name, lies, problem) => {
    scene.user = await scene.newUser();
    const authenticator = new SoftAuthenticator({ signCount: 3 });
    const { device } = await scene.register(authenticator);
    const before = await scene.readDevice(device);
    const flow = await scene.begin();
    const answer = await scene.assert(flow, authenticator, lies);
    expect(answer).toMatchObject({
      status: 400,
      body: {
        details: [{ code: problem === undefined ? 'INVALID_VALUE' : 'CONSTRAINT_VIOLATION', target: 'assertion' }],
      },
    });
    expect((await scene.read(flow)).body['status']).toBe('ASSERTION_REQUIRED');
    expect((await scene.readDevice(device)).body).toEqual(before.body);
    const told = scene.events(device, /^ASSERTION\.CHECK_FAILED/);
    expect(told).toEqual(
      problem === undefined ? [] : [expect.objectContaining({ detail: expect.objectContaining({ problem }) })],
    );
    // The challenge is alive still, and the honest answer to it is taken.
    expect((await scene.assert(flow, authenticator)).status).toBe(200);
  });

  it('of another user, though right for that one', async () => {
    const [mine, theirs] = [new SoftAuthenticator(), new SoftAuthenticator()];
    scene.user = await scene.newUser();
    await scene.register(mine);
    const flow = await scene.begin();
    scene.user = await scene.newUser();
    await scene.register(theirs);
    expect(await scene.assert(flow, theirs)).toMatchObject({ status: 400 });
  });

  it('of another flow of the same user', async () => {
    scene.user = await scene.newUser();
    const authenticator = new SoftAuthenticator();
    await scene.register(authenticator);
    const [one, other] = [await scene.begin(), await scene.begin()];
    const options = String(one.body['publicKeyCredentialRequestOptions']);
    const assertion = authenticator.assert(options, ORIGIN);
    expect((await scene.act(other, 'assertion.check', { origin: ORIGIN, assertion })).status).toBe(400);
    expect((await scene.act(one, 'assertion.check', { origin: ORIGIN, assertion })).status).toBe(200);
  });

  it('signed by another key of the same credential id', async () => {
    scene.user = await scene.newUser();
    const authenticator = new SoftAuthenticator();
    await scene.register(authenticator);
    const flow = await scene.begin();
    const impostor = new SoftAuthenticator();
    impostor.userHandle = authenticator.userHandle;
    const id = authenticator.credentialId.toString('base64url');
    const lies = credential((c) => ({ ...c, id, rawId: id }));
    expect(await scene.assert(flow, impostor, lies)).toMatchObject({ status: 400 });
  });
});

it('there are at least fifty of them', () => {
  expect(DISHONEST_REGISTRATIONS.length + DISHONEST_ASSERTIONS.length).toBeGreaterThan(100);
});
