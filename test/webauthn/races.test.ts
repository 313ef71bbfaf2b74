import { describe, expect, it } from 'vitest';
import { SoftAuthenticator } from '../helpers/soft-authenticator.js';
import { ORIGIN, Scene } from './scene.js';

describe.each(['sqlite', 'postgres'] as const)('on %s', (database) => {
  it('the same assertion 64 times at once completes one flow once, and moves the count once (SEC-07, SEC-28)', async () => {
    await using scene = await Scene.open({ database });
    const authenticator = new SoftAuthenticator({ signCount: 1 });
    const { device } = await scene.register(authenticator);
    const flow = await scene.begin();
    const assertion = authenticator.assert(String(flow.body['publicKeyCredentialRequestOptions']), ORIGIN);
    const answers = await Promise.all(
      Array.from({ length: 64 }, () => scene.act(flow, 'assertion.check', { origin: ORIGIN, assertion })),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200).length).toBe(1);
    expect(new Set(statuses.filter((status) => status !== 200))).toEqual(new Set([400]));
    expect(scene.events(device, /^ASSERTION\.CHECK_SUCCESS/).length).toBe(1);
    expect((await scene.read(flow)).body['status']).toBe('COMPLETED');
  });

  it('the same assertion in 16 flows at once counts in one of them: a count is used up once (SEC-28)', async () => {
    await using scene = await Scene.open({ database });
    const authenticator = new SoftAuthenticator({ signCount: 1 });
    await scene.register(authenticator);
    // One challenge of the caller's makes one assertion right for all of them, but for the count.
    const body = { webAuthn: { challenge: Buffer.alloc(32, 3).toString('base64url') } };
    const flows = await Promise.all(Array.from({ length: 16 }, () => scene.begin(body)));
    const [first] = flows;
    const assertion = authenticator.assert(String(first?.body['publicKeyCredentialRequestOptions']), ORIGIN);
    const answers = await Promise.all(
      flows.map((flow) => scene.act(flow, 'assertion.check', { origin: ORIGIN, assertion })),
    );
    expect(answers.filter(({ status }) => status === 200).length).toBe(1);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
  });

  it('of two users who register one credential at once, one has it (SEC-25)', async () => {
    await using scene = await Scene.open({ database });
    const authenticator = new SoftAuthenticator();
    const users = await Promise.all([scene.newUser(), scene.newUser()]);
    const pending = await Promise.all(users.map((user) => scene.pair({}, user)));
    const answers = await Promise.all(
      pending.map(({ body }, index) => {
        const options = String(body['publicKeyCredentialCreationOptions']);
        const attestation = authenticator.register(options, ORIGIN);
        return scene.activate(body['id'], { origin: ORIGIN, attestation }, users[index]);
      }),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  });
});
