import { describe, expect, it } from 'vitest';
import { decide } from '../../src/authentication/decide.js';
import { asDetails, detailsOf } from '../../src/devices/credential.js';
import { minutes } from '../../src/kernel/duration.js';
import type { Uuid } from '../../src/kernel/ids.js';
import { Redacted } from '../../src/kernel/sealed.js';
import { lockAccount, unlockAccount } from '../../src/platform/users/account.js';
import type { Fido2PolicyDocument } from '../../src/policies/fido2/fido2-policy-document.js';
import { ORIGIN, RP_ID } from '../helpers/passkey.js';
import type { SoftAuthenticator } from '../helpers/soft-authenticator.js';
import { FORGED, PasskeyWorld, problem } from './passkey-world.js';
import { granted, listed, refused } from './results.js';
import { kinds, types } from './scenes.js';
import { id, type World } from './world.js';

function scene(options: Parameters<World['addPasskey']>[1] = {}) {
  const world = new PasskeyWorld();
  const passkey = world.addPasskey(1, options);
  return { world, passkey, flow: world.open() };
}

const options = (world: PasskeyWorld, flow: Uuid) => JSON.parse(world.requestOptions(flow));
const bytesOf = (authenticator: SoftAuthenticator): readonly number[] => [
  ...Int8Array.from(authenticator.credentialId),
];

describe('what the browser is asked for (10 §11.1)', () => {
  it('an assertion by any credential of the user’s for this relying party, as the policy says', () => {
    const world = new PasskeyWorld();
    world.setFido2({
      userVerification: { option: 'REQUIRED', enforceDuringAuthentication: false },
      userPresenceTimeout: { duration: 90, timeUnit: 'SECONDS' },
      publicKeyCredentialHints: ['SECURITY_KEY'],
    });
    const [first, second, third] = [world.addPasskey(1), world.addPasskey(2), world.addPasskey(3)];
    world.changeDevice(2, { type: 'SECURITY_KEY' });
    world.addDevice(4, 'SMS');
    const flow = world.open();
    expect(options(world, flow)).toEqual({
      challenge: [...Int8Array.from(Buffer.from(world.asked(flow).asked.challenge, 'base64url'))],
      timeout: 90_000,
      rpId: RP_ID,
      allowCredentials: [first, second, third].map((one) => ({ type: 'public-key', id: bytesOf(one) })),
      userVerification: 'required',
      hints: ['security-key'],
    });
    world.changeDetails(2, { rp: { id: 'other.example', name: 'Other' } });
    world.changeDevice(3, { blockedAt: world.now });
    expect(options(world, flow).allowCredentials).toEqual([{ type: 'public-key', id: bytesOf(first) }]);
  });

  it('by a challenge of 32 bytes, new each time, or one that the request brings with its relying party', () => {
    const { world, flow } = scene();
    const { challenge } = world.asked(flow).asked;
    expect(Buffer.from(challenge, 'base64url')).toHaveLength(32);
    granted(world.select(flow, 1));
    expect(world.asked(flow).asked.challenge).not.toBe(challenge);
    expect(kinds(world)).toEqual(['update deviceAuthentication']);
    expect(types(world)).toEqual(['AUTHENTICATION.UPDATED']);
    const assertion = { challenge: Buffer.alloc(40, 3).toString('base64url'), rpId: RP_ID };
    const own = granted(world.create({ selection: { kind: 'device', id: id(1) }, assertion })).flow.id;
    expect(world.asked(own).asked).toMatchObject(assertion);
    expect(world.outbox).toEqual([]);
  });

  it('of a device that the browser can use: of the named relying party, and by a key that can be carried to it (10 §11.2)', () => {
    const { world } = scene();
    world.addPasskey(2);
    world.changeDetails(2, { isCrossPlatform: false });
    world.addPasskey(3);
    world.changeDetails(3, { rp: { id: 'other.example', name: 'Other' } });
    world.addDevice(4, 'SMS');
    const offered = (command: Parameters<World['create']>[0]) => listed(granted(world.create(command)));
    expect(offered({})).toEqual([1, 2, 3, 4].map(id));
    expect(offered({ compatibility: 'FULL' })).toEqual([1, 2, 3, 4].map(id));
    expect(offered({ compatibility: 'SECURITY_KEY_ONLY' })).toEqual([1, 3, 4].map(id));
    expect(offered({ compatibility: 'NONE' })).toEqual([id(4)]);
    expect(offered({ assertion: { rpId: 'other.example' } })).toEqual([3, 4].map(id));
    expect(offered({ assertion: { rpId: RP_ID }, compatibility: 'SECURITY_KEY_ONLY' })).toEqual([1, 4].map(id));
    const { details: _, ...plain } = world.device(2);
    const { isCrossPlatform: __, ...unknown } = detailsOf(world.device(2));
    world.changeDevice(2, { ...plain, details: asDetails(unknown) });
    expect(offered({ compatibility: 'SECURITY_KEY_ONLY' })).toEqual([1, 3, 4].map(id));
    const flow = granted(world.create({ assertion: { rpId: 'other.example' } })).flow.id;
    expect(refused(world.select(flow, 1))).toMatchObject({ kind: 'DeviceNotEligible' });
    const any = granted(world.create()).flow.id;
    expect(refused(world.run('device.select', any, { deviceId: id(2), compatibility: 'SECURITY_KEY_ONLY' }))).toEqual({
      kind: 'DeviceNotEligible',
      during: 'device.select',
    });
  });
});

describe('a right assertion (10 §7.4)', () => {
  it('completes the flow; one whose authenticator does not count changes no device, and the factors are guarded (SEC-10)', () => {
    const { world, passkey, flow } = scene();
    const answer = granted(world.assert(flow, passkey));
    expect(answer.flow.state).toEqual({
      status: 'COMPLETED',
      selected: { kind: 'device', id: id(1), type: 'FIDO2' },
      authenticators: ['mfa', 'hwk', 'user'],
    });
    expect(kinds(world)).toEqual(['update deviceAuthentication', 'expect factors']);
    expect(types(world)).toEqual(['ASSERTION.CHECK_SUCCESS', 'AUTHENTICATION.UPDATED']);
    expect(refused(world.run('assertion.check', flow, { origin: ORIGIN, assertion: '{}' }))).toMatchObject({
      kind: 'WrongState',
    });
  });

  it('is kept with its count and backup state, under the factors (SEC-28)', () => {
    const { world, passkey, flow } = scene({ signCount: 5 });
    granted(world.assert(flow, passkey));
    expect(detailsOf(world.device(1)).signCount).toBe(6);
    expect(kinds(world)).toEqual(['update deviceAuthentication', 'update factors', 'put device']);
    expect(types(world)).toEqual(['ASSERTION.CHECK_SUCCESS', 'AUTHENTICATION.UPDATED', 'DEVICE.WEBAUTHN_UPDATED']);

    const synced = scene({ backupEligible: true });
    const { flow: done } = granted(synced.world.assert(synced.flow, synced.passkey, { flags: (bits) => bits | 0x10 }));
    expect(done.state).toMatchObject({ authenticators: ['mfa', 'swk', 'user'] });
    expect(detailsOf(synced.world.device(1)).backedUp).toBe(true);
    expect(types(synced.world)).toContain('DEVICE.WEBAUTHN_UPDATED');
  });

  it('says nothing of the user where the authenticator did not verify one (10 §7.6)', () => {
    const { world, passkey, flow } = scene({ userVerified: false });
    expect(granted(world.assert(flow, passkey)).flow.state).toMatchObject({ authenticators: ['mfa', 'hwk'] });
  });

  it('may be by another of the user’s credentials, which is the one that has authenticated', () => {
    const { world, flow } = scene();
    const other = world.addPasskey(2);
    expect(granted(world.assert(flow, other)).flow.state).toMatchObject({ selected: { id: id(2) } });
  });

  it('ends the runs of failures of its device and user', () => {
    const { world, passkey, flow } = scene();
    refused(world.assert(flow, passkey, FORGED));
    granted(world.assert(flow, passkey));
    expect(world.device(1).failures).toBeUndefined();
    expect(world.factors.ceilings).toEqual({});
  });
});

describe('a wrong assertion', () => {
  it('counts against the selected device; the last ends the flow and kills what else is asked of it (SEC-11, SEC-16)', () => {
    const { world, passkey, flow } = scene();
    const other = world.open();
    const before = world.by(other, passkey);
    for (const n of [1, 2]) {
      expect(refused(world.assert(flow, passkey, FORGED))).toEqual({ kind: 'AssertionRefused' });
      expect(world.device(1).failures?.count).toBe(n);
      expect(types(world)).toEqual(['ASSERTION.CHECK_FAILED']);
      expect(problem(world)).toBe('SIGNATURE');
      expect(kinds(world)).toEqual(['update deviceAuthentication', 'update factors', 'put device']);
    }
    expect(refused(world.assert(flow, passkey, FORGED))).toEqual({ kind: 'AssertionRefused' });
    expect(world.flow(flow).state).toMatchObject({ status: 'FAILED', error: { code: 'ASSERTION_ATTEMPTS_LIMIT' } });
    expect(world.device(1).lock).toEqual({ reason: 'OTP', expiresAt: world.now + minutes(2) });
    world.now += minutes(2);
    expect(refused(world.run('assertion.check', other, before))).toEqual({ kind: 'AssertionRefused' });
    expect(world.writes).toEqual([]);
    granted(world.select(other, 1));
    granted(world.assert(other, passkey));
  });

  it('by a credential that the flow has not allowed counts like any other', () => {
    const { world, passkey, flow } = scene();
    const [elsewhere, blocked] = [world.addPasskey(2), world.addPasskey(3)];
    world.changeDetails(2, { rp: { id: 'other.example', name: 'Other' } });
    world.changeDevice(3, { blockedAt: world.now });
    for (const other of [elsewhere, blocked]) {
      expect(refused(world.assert(flow, other))).toEqual({ kind: 'AssertionRefused' });
      expect(problem(world)).toBe('CREDENTIAL_ID');
    }
    expect(world.device(1).failures?.count).toBe(2);
    granted(world.assert(flow, passkey));
  });

  it('by a credential of nobody that is here', () => {
    const { world, flow } = scene();
    const stranger = world.addPasskey(2);
    world.devices = world.devices.slice(0, 1);
    refused(world.assert(flow, stranger));
    expect(problem(world)).toBe('CREDENTIAL_ID');
  });

  it('by one that is still pending is no credential', () => {
    const { world, flow } = scene();
    const pending = world.addPasskey(2);
    world.changeDevice(2, { status: 'ACTIVATION_REQUIRED' });
    refused(world.assert(flow, pending));
    expect(problem(world)).toBe('CREDENTIAL_ID');
  });

  it('where the row has changed since it was verified: another key, or a count that was used up (SEC-28)', () => {
    const keyed = scene();
    keyed.world.addPasskey(2);
    const [mine, theirs] = [1, 2].map((n) => {
      const { secret } = keyed.world.device(n);
      return secret ? keyed.world.facts().open(secret).split('.') : [];
    });
    const exchanged = new Redacted(`${mine?.[0]}.${theirs?.[1]}`);
    refused(
      keyed.world.assertAfter(keyed.flow, keyed.passkey, () => keyed.world.changeDevice(1, { secret: exchanged })),
    );
    expect(problem(keyed.world)).toBe('PUBLIC_KEY');

    const counted = scene({ signCount: 5 });
    refused(
      counted.world.assertAfter(counted.flow, counted.passkey, () => counted.world.changeDetails(1, { signCount: 6 })),
    );
    expect(problem(counted.world)).toBe('SIGN_COUNT');
  });
});

describe('an assertion that is no attempt', () => {
  it('cannot be read, or answers a challenge that is not the flow’s any more', () => {
    const { world, passkey, flow } = scene();
    expect(refused(world.run('assertion.check', flow, { origin: ORIGIN, assertion: '{}' }))).toEqual({
      kind: 'AssertionMalformed',
    });
    expect(world.writes).toEqual([]);
    // Verified against the challenge of then; a resend comes first.
    const result = world.assertAfter(flow, passkey, () => {
      world.askAnew(flow);
    });
    expect(refused(result)).toEqual({ kind: 'AssertionRefused' });
    expect(world.writes).toEqual([]);
    const facts = world.facts();
    const unverified = world.commit(world.snapshot({ flow }), (snapshot) =>
      decide('assertion.check', snapshot, { origin: ORIGIN, assertion: '' }, facts),
    );
    expect(refused(unverified)).toEqual({ kind: 'AssertionRefused' });
    expect(world.writes).toEqual([]);
  });

  it('is late: the time the user was given and a minute for the way (10 §11.4)', () => {
    const { world, passkey, flow } = scene();
    const late = world.open();
    world.now += minutes(3);
    granted(world.assert(flow, passkey));
    world.now += 1;
    expect(refused(world.assert(late, passkey))).toEqual({ kind: 'AssertionRefused' });
    expect(world.writes).toEqual([]);
  });

  it('follows a lock of the account, unless the policy ignores locks (SEC-16)', () => {
    for (const ignoreUserLock of [false, true]) {
      const { world, passkey, flow } = scene();
      world.setPolicy({ ignoreUserLock });
      world.factors = unlockAccount(lockAccount(world.factors, world.now));
      expect(world.assert(flow, passkey).ok).toBe(ignoreUserLock);
    }
  });

  it('follows a check that found the device unusable (10 §9.8)', () => {
    const { world, passkey, flow } = scene();
    world.addDevice(2, 'SMS');
    world.changeDevice(1, { blockedAt: world.now });
    const command = { origin: ORIGIN, assertion: '{}' };
    expect(refused(world.run('assertion.check', flow, command))).toEqual({
      kind: 'DeviceUnusable',
      selected: 'device',
    });
    expect(world.asked(flow)).toMatchObject({ codeDead: true });
    const { blockedAt: _, ...usable } = world.device(1);
    world.devices = [usable, world.device(2)];
    expect(refused(world.assert(flow, passkey))).toEqual({ kind: 'AssertionRefused' });
    expect(world.writes).toEqual([]);
  });
});

describe('what a FIDO policy demands of an assertion (30 §2.2)', () => {
  const verification = (option: Fido2PolicyDocument['userVerification']['option'], enforce: boolean) => ({
    userVerification: { option, enforceDuringAuthentication: enforce },
  });

  it.each([
    [verification('REQUIRED', false), 'FIDO2', false],
    [verification('PREFERRED', true), 'FIDO2', false],
    [verification('PREFERRED', false), 'PLATFORM', false],
    [verification('PREFERRED', false), 'FIDO2', true],
    [verification('DISCOURAGED', false), 'SECURITY_KEY', true],
  ] as const)('%j, of a %s device without user verification: %s', (policy, type, accepted) => {
    const { world, passkey, flow } = scene({ userVerified: false });
    world.changeDevice(1, { type });
    world.setFido2(policy);
    const again = world.open();
    expect(flow).not.toBe(again);
    expect(world.assert(again, passkey).ok).toBe(accepted);
    if (!accepted) expect(problem(world)).toBe('USER_VERIFICATION');
  });

  it.each([
    [true, false, true, false],
    [true, false, false, true],
    [true, true, true, true],
    [false, false, true, true],
  ])('eligible for backup %s, allowed %s, enforced %s: %s', (backupEligible, allow, enforced, accepted) => {
    const { world, passkey, flow } = scene({ backupEligible });
    world.setFido2({ backupEligibility: { allow, enforceDuringAuthentication: enforced } });
    expect(world.assert(flow, passkey).ok).toBe(accepted);
    if (!accepted) expect(problem(world)).toBe('BACKUP_ELIGIBLE');
  });

  it.each([
    ['GLOBAL', true, false],
    ['GLOBAL', false, true],
    ['NONE', true, true],
  ] as const)(
    'an authenticator of the metadata: %s, enforced %s: %s',
    (option, enforceDuringAuthentication, accepted) => {
      const { world, passkey, flow } = scene();
      world.setFido2({ mdsAuthenticatorsRequirements: { option, enforceDuringAuthentication } });
      expect(world.assert(flow, passkey).ok).toBe(accepted);
      if (!accepted) expect(problem(world)).toBe('UNTRUSTED');
      // Registered before anything was kept of its attestation: as one of which nothing is known.
      const { provenance: _, ...unproved } = detailsOf(world.device(1));
      world.changeDevice(1, { details: asDetails(unproved) });
      expect(world.assert(world.open(), passkey).ok).toBe(accepted);
    },
  );
});
