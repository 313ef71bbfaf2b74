import { describe, expect, it } from 'vitest';
import { detailsOf } from '../../src/devices/credential.js';
import { minutes, seconds } from '../../src/kernel/duration.js';
import { lockAccount } from '../../src/platform/users/account.js';
import { ORIGIN, RP_ID } from '../helpers/passkey.js';
import { FORGED, PasskeyWorld, problem } from './passkey-world.js';
import { granted, refused } from './results.js';
import { kinds, types } from './scenes.js';
import { ENVIRONMENT, id, POLICY, USER, type World } from './world.js';

describe('a flow without a user (10 §11.5)', () => {
  function discovery(options: Parameters<World['addPasskey']>[1] = {}) {
    const world = new PasskeyWorld();
    const passkey = world.addPasskey(1, options);
    return { world, passkey, flow: granted(world.discover()).flow.id };
  }

  it('asks for any credential, always with user verification, and tells of nobody', () => {
    const world = new PasskeyWorld();
    world.setFido2({ userVerification: { option: 'DISCOURAGED', enforceDuringAuthentication: false } });
    const answer = granted(world.discover());
    expect(answer.devices).toEqual([]);
    expect(JSON.parse(answer.requestOptions ?? '')).toMatchObject({
      rpId: RP_ID,
      allowCredentials: [],
      userVerification: 'required',
    });
    expect(answer.flow).toMatchObject({ environmentId: ENVIRONMENT, version: 1, policyId: POLICY, sends: 0 });
    expect(answer.flow.userId).toBeUndefined();
    expect(kinds(world)).toEqual(['insert deviceAuthentication']);
    expect(world.events).toEqual([
      expect.objectContaining({ type: 'AUTHENTICATION.CREATED', detail: { status: 'ASSERTION_REQUIRED' } }),
    ]);
  });

  it('keeps relying party, challenge and application of the request', () => {
    const world = new PasskeyWorld();
    world.documents = [
      { environmentId: ENVIRONMENT, kind: 'application', id: id(80), body: {}, createdAt: 0, updatedAt: 0 },
    ];
    const { user } = world;
    world.user = undefined;
    const assertion = { rpId: 'other.example', challenge: Buffer.alloc(32, 5).toString('base64url') };
    const { flow } = granted(world.create({ userId: undefined, assertion, applicationId: id(80) }));
    world.user = user;
    expect(flow).toMatchObject({ assertion, applicationId: id(80) });
    expect(world.asked(flow.id).asked).toMatchObject(assertion);
  });

  it('begins where nobody and no device is named, the method is on and credentials can be discovered', () => {
    const world = new PasskeyWorld();
    const user = world.user;
    world.user = undefined;
    const create = (command: object) => refused(world.create({ userId: undefined, ...command }));
    expect(create({ selection: { kind: 'device', id: id(1) } })).toEqual({
      kind: 'UserRequired',
      reason: 'DEVICE_NAMED',
    });
    expect(create({ otp: '123456' })).toEqual({ kind: 'UserRequired', reason: 'DEVICE_NAMED' });
    world.setFido2({ discoverableCredentials: 'DISCOURAGED' });
    expect(create({})).toEqual({ kind: 'UserRequired', reason: 'NOT_DISCOVERABLE' });
    world.setMethod({ enabled: false });
    expect(create({})).toEqual({ kind: 'UserRequired', reason: 'METHOD_DISABLED' });
    expect(world.flows.size).toBe(0);
    world.user = user;
  });

  it('is completed by an assertion, which says who the user is', () => {
    const { world, passkey, flow } = discovery({ signCount: 3 });
    const answer = granted(world.assert(flow, passkey));
    expect(answer.flow).toMatchObject({
      userId: USER,
      isDiscovered: true,
      state: {
        status: 'COMPLETED',
        selected: { kind: 'device', id: id(1), type: 'FIDO2' },
        authenticators: ['mfa', 'hwk', 'user'],
      },
    });
    expect(kinds(world)).toEqual(['update deviceAuthentication', 'update factors', 'put device']);
    expect(world.events[0]).toMatchObject({ type: 'ASSERTION.CHECK_SUCCESS', userId: USER });
    expect(detailsOf(world.device(1)).signCount).toBe(4);
    expect(refused(world.select(flow, 1))).toEqual({
      kind: 'WrongState',
      command: 'device.select',
      status: 'COMPLETED',
    });
  });

  it('allows no other command', () => {
    const { world, flow } = discovery();
    for (const [name, command] of [
      ['device.select', { deviceId: id(1) }],
      ['otp.check', { otp: '123456' }],
      ['cancel.push.authentication', { reason: 'DEFAULT' }],
      ['recoveryCode.check', { code: 'AAAAAAAAAA' }],
    ] as const)
      expect(refused(world.run(name, flow, command as never))).toEqual({
        kind: 'WrongState',
        command: name,
        status: 'ASSERTION_REQUIRED',
      });
    expect(world.writes).toEqual([]);
    world.flows.clear();
    expect(refused(world.run('assertion.check', flow, { origin: ORIGIN, assertion: '{}' }))).toEqual({
      kind: 'NotFound',
    });
  });

  it('counts wrong assertions in itself, by the method’s limit; the last ends it', () => {
    const { world, passkey, flow } = discovery();
    for (const count of [1, 2]) {
      expect(refused(world.assert(flow, passkey, FORGED))).toEqual({ kind: 'AssertionRefused' });
      expect(world.asked(flow)).toMatchObject({ failures: { count, limit: 3 } });
      expect(kinds(world)).toEqual(['update deviceAuthentication']);
      expect(types(world)).toEqual(['ASSERTION.CHECK_FAILED']);
      expect(problem(world)).toBe('SIGNATURE');
    }
    expect(world.device(1).failures).toBeUndefined();
    expect(refused(world.assert(flow, passkey, FORGED))).toEqual({ kind: 'AssertionRefused' });
    expect(world.flow(flow).state).toMatchObject({ status: 'FAILED', error: { code: 'ASSERTION_ATTEMPTS_LIMIT' } });
    expect(types(world)).toEqual(['ASSERTION.CHECK_FAILED', 'AUTHENTICATION.UPDATED']);
    expect(world.events[1]).toMatchObject({ detail: { status: 'FAILED' } });
  });

  it('takes no assertion without user verification, of an unusable device, or of nobody’s credential', () => {
    const unverified = discovery({ userVerified: false });
    refused(unverified.world.assert(unverified.flow, unverified.passkey));
    expect(problem(unverified.world)).toBe('USER_VERIFICATION');

    const blocked = discovery();
    blocked.world.changeDevice(1, { blockedAt: blocked.world.now });
    refused(blocked.world.assert(blocked.flow, blocked.passkey));
    expect(problem(blocked.world)).toBe('CREDENTIAL_ID');

    const nobody = discovery();
    nobody.world.devices = [];
    refused(nobody.world.assert(nobody.flow, nobody.passkey));
    expect(problem(nobody.world)).toBe('CREDENTIAL_ID');

    const gone = discovery();
    const command = gone.world.by(gone.flow, gone.passkey);
    gone.world.user = undefined;
    refused(gone.world.run('assertion.check', gone.flow, command));
    expect(problem(gone.world)).toBe('CREDENTIAL_ID');

    const elsewhere = discovery();
    elsewhere.world.changeDetails(1, { rp: { id: 'other.example', name: 'Other' } });
    refused(elsewhere.world.assert(elsewhere.flow, elsewhere.passkey));
    expect(problem(elsewhere.world)).toBe('RP_ID');
  });

  it('is over when the user may not go on, and only a right assertion finds that out', () => {
    const { world, passkey, flow } = discovery();
    world.factors = lockAccount(world.factors, world.now);
    expect(refused(world.assert(flow, passkey, FORGED))).toEqual({ kind: 'AssertionRefused' });
    expect(refused(world.assert(flow, passkey))).toEqual({ kind: 'AccountNotUsable' });
    expect(world.flow(flow).state).toMatchObject({ status: 'FAILED', error: { code: 'ACCOUNT_LOCKED_OUT' } });
    expect(world.flow(flow).state.selected).toBeUndefined();
    expect(kinds(world)).toEqual(['update deviceAuthentication']);
    expect(types(world)).toEqual(['AUTHENTICATION.UPDATED']);
  });

  it('neither counts what cannot be read, nor what is late or answers another challenge', () => {
    const { world, passkey, flow } = discovery();
    expect(refused(world.run('assertion.check', flow, { origin: ORIGIN, assertion: '{}' }))).toEqual({
      kind: 'AssertionMalformed',
    });
    expect(
      refused(
        world.assertAfter(flow, passkey, () => {
          world.askAnew(flow);
        }),
      ),
    ).toEqual({ kind: 'AssertionRefused' });
    const late = granted(world.discover()).flow.id;
    world.now += minutes(3) + seconds(1);
    expect(refused(world.assert(late, passkey))).toEqual({ kind: 'AssertionRefused' });
    expect(world.writes).toEqual([]);
  });
});
