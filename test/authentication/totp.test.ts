import { describe, expect, it } from 'vitest';
import { linksOf } from '../../src/authentication/table.js';
import { minutes, seconds } from '../../src/kernel/duration.js';
import type { Uuid } from '../../src/kernel/ids.js';
import { DEVICE_METHODS } from '../helpers/rules.js';
import { granted, listed, refused, wrong } from './results.js';
import { kinds, types } from './scenes.js';
import { id, POLICY, World } from './world.js';

/** A user with an authenticator app (1) and a phone (2); three failures, a minute of cool-down, five windows on each side. */
function withApp(gracePeriod = 5): World {
  const world = new World();
  const totp = { ...DEVICE_METHODS.totp, coolDown: minutes(1), gracePeriod };
  world.setPolicy({}, {}, undefined, POLICY, { totp });
  world.addApp(1);
  world.addDevice(2, 'SMS');
  return world;
}

const open = (world: World, n = 1): Uuid => granted(world.create({ selection: { kind: 'device', id: id(n) } })).flow.id;

describe('a flow with an authenticator app', () => {
  it('waits for its passcode; nothing is sent, and a code can be checked or another device chosen (10 §4.2, §6)', () => {
    const world = withApp();
    const answer = granted(world.create({ selection: { kind: 'device', id: id(1) } }));
    expect(answer.flow.state).toMatchObject({ status: 'OTP_REQUIRED', selected: { id: id(1), type: 'TOTP' } });
    expect(linksOf(answer.flow.state)).toEqual(['device.select', 'otp.check']);
    expect(listed(answer)).toEqual([id(1), id(2)]);
    expect(kinds(world)).toEqual(['insert deviceAuthentication']);
    expect(types(world)).toEqual(['AUTHENTICATION.CREATED']);
  });

  it('lives 35 minutes from its last change (10 §17)', () => {
    const world = withApp();
    const flow = open(world);
    expect(world.flow(flow).expiresAt).toBe(world.now + minutes(35));
  });

  it('is completed by the passcode, as ["mfa", "otp"], in one commit with the step that is used up', () => {
    const world = withApp();
    const flow = open(world);
    const answer = granted(world.check(flow, world.passcode(1)));
    expect(answer.flow.state).toMatchObject({ status: 'COMPLETED', authenticators: ['mfa', 'otp'] });
    expect(kinds(world)).toEqual(['update deviceAuthentication', 'update factors', 'put device']);
    expect(types(world)).toEqual(['OTP.CHECK_SUCCESS', 'AUTHENTICATION.UPDATED']);
    expect(world.device(1).lastStep).toBe(Math.floor(world.now / 30_000));
  });

  it.each([1, 2, 5, 10])('takes passcodes from %i windows on each side, and none beyond (10 §10.1)', (grace) => {
    for (const side of [-1, 1]) {
      const world = withApp(grace);
      expect(refused(world.check(open(world), world.passcode(1, side * (grace + 1))))).toMatchObject({
        kind: 'OtpMismatch',
        attemptsRemaining: 2,
      });
      granted(world.check(open(world), world.passcode(1, side * grace)));
    }
  });

  it('takes a passcode to the last millisecond of the window, wherever the clock is moved (10 §10.1)', () => {
    for (const [moved, ends] of [
      [seconds(29) + 999, 'COMPLETED'],
      [seconds(30), 'OTP_REQUIRED'],
    ] as const) {
      const world = withApp(1);
      world.now = Math.floor(world.now / seconds(30)) * seconds(30);
      const oldest = world.passcode(1, -1);
      const flow = open(world);
      world.now += moved;
      world.check(flow, oldest);
      expect(world.flow(flow).state.status).toBe(ends);
    }
  });

  it('in the strict profile takes one window on each side, whatever the policy says (SEC-22)', () => {
    const world = withApp(5);
    world.deployment = { widestPasscodeWindow: 1 };
    expect(refused(world.check(open(world), world.passcode(1, 2)))).toMatchObject({ kind: 'OtpMismatch' });
    granted(world.check(open(world), world.passcode(1, 1)));
  });

  it('refuses a used passcode, and all before it, in any flow, as a wrong one, and records what it was (SEC-18, SEC-22)', () => {
    const world = withApp();
    granted(world.check(open(world), world.passcode(1)));
    const flow = open(world);
    for (const [steps, attemptsRemaining] of [
      [0, 2],
      [-1, 1],
    ] as const) {
      expect(refused(world.check(flow, world.passcode(1, steps)))).toEqual({ kind: 'OtpMismatch', attemptsRemaining });
      expect(world.events[0]).toMatchObject({ type: 'OTP.CHECK_INVALID', detail: { replayed: true } });
    }
    granted(world.check(flow, world.passcode(1, 1)));
  });

  it('a clock that is set back does not revive a passcode (SEC-20, SEC-22)', () => {
    const world = withApp();
    granted(world.check(open(world), world.passcode(1)));
    world.now -= seconds(30);
    expect(refused(world.check(open(world), world.passcode(1)))).toMatchObject({ kind: 'OtpMismatch' });
    expect(refused(world.check(open(world), world.passcode(1, 1)))).toMatchObject({ kind: 'OtpMismatch' });
  });

  it('takes no attempt for a text of another length (SEC-09)', () => {
    const world = withApp();
    const flow = open(world);
    expect(refused(world.check(flow, '1234567'))).toEqual({ kind: 'OtpMalformed', length: 6 });
    expect(world.writes).toEqual([]);
  });

  it('takes nobody else’s passcode (SEC-06)', () => {
    const world = withApp();
    world.addApp(3);
    expect(refused(world.check(open(world, 1), world.passcode(3)))).toMatchObject({ kind: 'OtpMismatch' });
  });

  it('counts failures by the policy’s totp section over all flows, and locks for its cool-down (10 §10, SEC-11, SEC-12)', () => {
    const world = withApp();
    const flows = [open(world), open(world), open(world), open(world)];
    const guess = (n: number) => refused(world.check(flows[n] as Uuid, wrong(world.passcode(1, 5))));
    expect([guess(0), guess(1)]).toEqual([
      { kind: 'OtpMismatch', attemptsRemaining: 2 },
      { kind: 'OtpMismatch', attemptsRemaining: 1 },
    ]);
    expect(guess(2)).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 0 });
    expect(types(world)).toEqual(['OTP.CHECK_FAILED', 'DEVICE.LOCKED', 'AUTHENTICATION.UPDATED']);
    expect(world.flow(flows[2] as Uuid).state).toMatchObject({
      status: 'FAILED',
      error: { code: 'OTP_ATTEMPTS_LIMIT' },
    });
    expect(world.device(1).lock).toEqual({ reason: 'OTP', expiresAt: world.now + minutes(1) });
    expect(refused(world.check(flows[3] as Uuid, world.passcode(1)))).toMatchObject({ kind: 'DeviceLocked' });
    expect(refused(world.create({ selection: { kind: 'device', id: id(1) } }))).toMatchObject({
      kind: 'DeviceNotEligible',
    });
  });

  it('that was open when its device was locked takes no passcode after the lock either; selecting again does (SEC-16)', () => {
    const world = withApp();
    const [bystander, victim] = [open(world), open(world)];
    for (let n = 0; n < 3; n++) refused(world.check(victim, wrong(world.passcode(1, 5))));
    world.now += minutes(2);
    expect(refused(world.check(bystander, world.passcode(1)))).toEqual({ kind: 'CodeDead', expired: false });
    expect(world.writes).toEqual([]);
    granted(world.select(bystander, 1));
    granted(world.check(bystander, world.passcode(1)));
  });

  it('a lock of the account since it began has ended it for good, unless the policy ignores locks (SEC-16)', () => {
    for (const ignoreUserLock of [false, true]) {
      const world = withApp();
      world.setPolicy({ ignoreUserLock });
      const flow = open(world);
      world.factors = { ...world.factors, lockEpochs: { account: 1 } };
      const result = world.check(flow, world.passcode(1));
      expect(result.ok).toBe(ignoreUserLock);
    }
  });

  it('selects from a sent code to a passcode and back, each with its own proof (10 §7.2)', () => {
    const world = withApp();
    const flow = open(world, 2);
    const sent = world.code(flow);
    granted(world.select(flow, 1));
    expect(refused(world.check(flow, sent))).toMatchObject({ kind: 'OtpMismatch' });
    granted(world.select(flow, 2));
    expect(refused(world.check(flow, world.passcode(1)))).toMatchObject({ kind: 'OtpMismatch' });
    granted(world.check(flow, world.code(flow)));
  });

  it('can be cancelled, back to the choice of a device (10 §7.5)', () => {
    const world = withApp();
    const flow = open(world);
    expect(granted(world.cancel(flow)).flow.state).toMatchObject({
      status: 'DEVICE_SELECTION_REQUIRED',
      selected: { id: id(1) },
    });
  });

  it('ends when the method is switched off and no other device is left (10 §9.8)', () => {
    const world = withApp();
    world.devices = world.devices.slice(0, 1);
    const flow = open(world);
    world.setPolicy({}, {}, undefined, POLICY, { totp: { ...DEVICE_METHODS.totp, enabled: false } });
    expect(refused(world.check(flow, world.passcode(1)))).toEqual({ kind: 'DeviceUnusable', selected: 'device' });
    expect(world.flow(flow).state).toMatchObject({ status: 'FAILED', error: { code: 'NO_USABLE_DEVICES' } });
  });

  it('an app that has not activated neither authenticates nor is offered (SEC-24)', () => {
    const world = withApp();
    world.changeDevice(1, { status: 'ACTIVATION_REQUIRED' });
    expect(refused(world.create({ selection: { kind: 'device', id: id(1) } }))).toMatchObject({
      kind: 'DeviceNotEligible',
    });
    expect(listed(granted(world.create()))).toEqual([id(2)]);
    expect(refused(world.create({ otp: world.passcode(1) }))).toEqual({ kind: 'NoPasscodeDevice' });
  });
});

describe('a passcode that comes with the create request (10 §10.4)', () => {
  it('completes the flow at once with the device whose it is', () => {
    const world = withApp();
    world.addApp(3);
    const answer = granted(world.create({ otp: world.passcode(3) }));
    expect(answer.flow).toMatchObject({
      version: 1,
      state: { status: 'COMPLETED', selected: { kind: 'device', id: id(3) }, authenticators: ['mfa', 'otp'] },
    });
    expect(kinds(world)).toEqual(['insert deviceAuthentication', 'update factors', 'put device']);
    expect(types(world)).toEqual(['AUTHENTICATION.CREATED', 'OTP.CHECK_SUCCESS', 'AUTHENTICATION.UPDATED']);
    expect(world.device(1).failures).toBeUndefined();
    expect(granted(world.read(answer.flow.id)).flow.state.status).toBe('COMPLETED');
  });

  it('is good once, there as in a check (SEC-22)', () => {
    const world = withApp();
    granted(world.create({ otp: world.passcode(1) }));
    expect(refused(world.create({ otp: world.passcode(1) }))).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 2 });
    expect(refused(world.check(open(world), world.passcode(1)))).toMatchObject({ attemptsRemaining: 1 });
  });

  it('that is nobody’s makes no flow, and is a failure of each device it was held against', () => {
    const world = withApp();
    world.addApp(3, { failures: { count: 1, limit: 3 } });
    const flows = world.flows.size;
    expect(refused(world.create({ otp: wrong(world.passcode(1, 5)) }))).toEqual({
      kind: 'OtpMismatch',
      attemptsRemaining: 1,
    });
    expect(world.flows.size).toBe(flows);
    expect([world.device(1).failures?.count, world.device(3).failures?.count]).toEqual([1, 2]);
    expect(world.factors.ceilings).toEqual({ TOTP: 2 });
    expect(types(world)).toEqual(['OTP.CHECK_INVALID', 'OTP.CHECK_INVALID']);
    expect(kinds(world)).toEqual(['update factors', 'put device', 'put device']);
  });

  it('is held against the named device alone', () => {
    const world = withApp();
    world.addApp(3);
    const selection = { kind: 'device', id: id(1) } as const;
    expect(refused(world.create({ selection, otp: world.passcode(3) }))).toMatchObject({ attemptsRemaining: 2 });
    expect(world.device(3).failures).toBeUndefined();
    granted(world.create({ selection, otp: world.passcode(1) }));
    expect(refused(world.create({ selection, otp: '12345678' }))).toEqual({ kind: 'OtpMalformed', length: 6 });
    expect(refused(world.create({ selection: { kind: 'device', id: id(9) }, otp: '123456' }))).toMatchObject({
      kind: 'DeviceNotEligible',
    });
  });

  it('locks devices and account by the same books as a check (SEC-11, SEC-13)', () => {
    const world = withApp();
    world.settings = { ...world.settings, lockout: { failureCount: 3, duration: minutes(5) } };
    for (let n = 0; n < 2; n++) refused(world.create({ otp: wrong(world.passcode(1, 5)) }));
    expect(refused(world.create({ otp: wrong(world.passcode(1, 5)) }))).toMatchObject({ attemptsRemaining: 0 });
    expect(types(world)).toEqual(['OTP.CHECK_FAILED', 'DEVICE.LOCKED', 'USER.LOCKED']);
    const answer = granted(world.create({ otp: world.passcode(1) }));
    expect(answer.flow.state).toMatchObject({ status: 'FAILED', error: { code: 'ACCOUNT_LOCKED_OUT' } });
  });

  it('many devices are one wrong code of the account’s (10 §9.4)', () => {
    const world = withApp();
    world.settings = { ...world.settings, lockout: { failureCount: 3, duration: minutes(5) } };
    for (const n of [3, 4, 5]) world.addApp(n);
    refused(world.create({ otp: '000000' }));
    expect(world.factors.lockoutFailures).toBe(1);
  });
});
