import { describe, expect, it } from 'vitest';
import { decide } from '../../src/authentication/decide.js';
import { FAILURE_CEILING } from '../../src/devices/model.js';
import { minutes } from '../../src/kernel/duration.js';
import { Redacted } from '../../src/kernel/sealed.js';
import { granted, refused, wrong } from './results.js';
import { kinds, open, types } from './scenes.js';
import { id, T0, USER, World } from './world.js';

/** A user with a hardware token (1) and an SMS device (2). */
function withToken(): World {
  const world = new World();
  world.addToken(1);
  world.addDevice(2, 'SMS');
  return world;
}

describe('a check by a hardware token (10 §10.3)', () => {
  it('completes the flow by a count ahead, once, and moves the token on (SEC-23)', () => {
    const world = withToken();
    const flow = open(world);
    expect(world.outbox).toEqual([]);
    expect(granted(world.check(flow, world.count(1, 14))).flow.state).toMatchObject({
      status: 'COMPLETED',
      authenticators: ['mfa', 'otp'],
    });
    expect(kinds(world)).toEqual(['update deviceAuthentication', 'update oathToken', 'expect factors']);
    expect(world.tokens).toEqual([expect.objectContaining({ lastStep: 14, updatedAt: T0 })]);
    expect(refused(world.check(open(world), world.count(1, 14)))).toMatchObject({ kind: 'OtpMismatch' });
    expect(world.events[0]).toMatchObject({ type: 'OTP.CHECK_INVALID', detail: { replayed: true } });
  });

  it('that is wrong counts, guarded by the token it was held against (SEC-10, SEC-11)', () => {
    const world = withToken();
    const flow = open(world);
    expect(refused(world.check(flow, world.count(1, 50)))).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 2 });
    expect(kinds(world)).toEqual(['update deviceAuthentication', 'update factors', 'put device', 'expect oathToken']);
    expect(world.events[0]?.detail).toEqual({ deviceType: 'OATH_TOKEN', attemptsRemaining: 2 });
  });

  it('of another length is no attempt; of a token that was revoked every code is wrong', () => {
    const world = withToken();
    const flow = open(world);
    expect(refused(world.check(flow, '12345678'))).toEqual({ kind: 'OtpMalformed', length: 6 });
    expect(world.writes).toEqual([]);
    world.tokens = [];
    expect(refused(world.check(flow, world.count(1, 10)))).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 2 });
    expect(kinds(world)).not.toContain('expect oathToken');
  });
});

describe('a passcode that comes with the create request (10 §10.4)', () => {
  it('may be a hardware token’s, which is loaded for it and moves on', () => {
    const world = withToken();
    world.addApp(3);
    const answer = granted(world.create({ otp: world.count(1, 10) }));
    expect(answer.flow.state).toMatchObject({ status: 'COMPLETED', selected: { id: id(1) } });
    expect(kinds(world)).toEqual(['insert deviceAuthentication', 'update oathToken', 'expect factors']);
    expect(world.events[0]).toMatchObject({
      type: 'AUTHENTICATION.CREATED',
      deviceId: id(1),
      detail: { deviceType: 'OATH_TOKEN', status: 'OTP_REQUIRED' },
    });
    expect(refused(world.create({ otp: world.count(1, 10) }))).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 2 });
  });

  it('that is nobody’s is reported of each device it was held against, and as a replay where it is one', () => {
    const world = withToken();
    world.addApp(3, { failures: { count: 2, limit: 3 } });
    expect(refused(world.create({ otp: world.count(1, 9) }))).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 0 });
    expect(kinds(world)).toEqual(['update factors', 'put device', 'expect oathToken', 'put device']);
    const of = { environmentId: world.factors.environmentId, userId: USER };
    expect(world.events).toEqual([
      {
        ...of,
        type: 'OTP.CHECK_INVALID',
        deviceId: id(1),
        detail: { deviceType: 'OATH_TOKEN', attemptsRemaining: 2, replayed: true },
      },
      { ...of, type: 'OTP.CHECK_FAILED', deviceId: id(3), detail: { deviceType: 'TOTP', attemptsRemaining: 0 } },
      { ...of, type: 'DEVICE.LOCKED', deviceId: id(3), detail: { deviceType: 'TOTP', ceiling: false } },
    ]);
    expect(world.events[1]?.detail).not.toHaveProperty('replayed');
  });

  it('that reaches a ceiling, or the alarm, says so (SEC-13, SEC-19)', () => {
    const world = withToken();
    world.deployment = { failureAlarm: 2 };
    world.factors = { ...world.factors, ceilings: { OATH_TOKEN: FAILURE_CEILING - 2 } };
    const bad = wrong(world.count(1, 60));
    refused(world.create({ otp: bad }));
    expect(types(world)).toEqual(['OTP.CHECK_INVALID']);
    refused(world.create({ otp: bad }));
    expect(types(world)).toEqual(['OTP.CHECK_INVALID', 'DEVICE.LOCKED', 'USER.FAILURES_EXCEEDED']);
    expect(world.events[1]).toMatchObject({ detail: { ceiling: true } });
    expect(world.events[2]).not.toHaveProperty('deviceId');
  });

  it('is refused without a count where no device that is meant could have made it', () => {
    const world = withToken();
    const selection = (n: number) => ({ kind: 'device', id: id(n) }) as const;
    expect(refused(world.create({ otp: '12345678' }))).toEqual({ kind: 'NoPasscodeDevice' });
    expect(refused(world.create({ selection: selection(1), otp: '12345678' }))).toEqual({
      kind: 'OtpMalformed',
      length: 6,
    });
    expect(refused(world.create({ selection: selection(2), otp: '123456' }))).toEqual({ kind: 'NoPasscodeDevice' });
    expect(refused(world.create({ selection: selection(9), otp: '123456' }))).toEqual({
      kind: 'DeviceNotEligible',
      during: 'create',
    });
    expect(world.writes).toEqual([]);
  });
});

describe('rows that do not fit a passcode are faults, never verdicts', () => {
  it('a secret that is no Base32, a device that makes no passcodes, a contact that would', () => {
    const world = new World();
    world.addApp(1);
    const flow = open(world);
    world.changeDevice(1, { secret: new Redacted('not Base32 1') });
    expect(() => world.check(flow, '123456')).toThrow(`device ${id(1)} has a secret that is no Base32`);
    world.changeDevice(1, { type: 'SMS' });
    expect(() => world.check(flow, '123456')).toThrow(`device ${id(1)} makes no passcodes`);
    const sent = granted(world.create({ selection: world.oneTime() })).flow;
    const { state } = world.flow(flow);
    const { selected } = sent.state;
    if (state.status !== 'OTP_REQUIRED' || !state.challenge || !selected) throw new Error(state.status);
    world.flows.set(sent.id, { ...world.flow(sent.id), state: { ...state, selected } });
    expect(() => world.check(sent.id, '123456')).toThrow(`one-time flow ${sent.id} waits for a device's passcode`);
  });

  it('a contact that a send has counted, and that was not loaded, is not written', () => {
    const world = new World();
    world.deployment = { sendLimits: { unconfirmed: 5, hourly: 0, daily: 0, pause: 0, prefix: 0 } };
    world.addDevice(1, 'SMS');
    const check = (destination: object) => {
      const flow = open(world);
      const otp = world.code(flow);
      const { destination: _, ...rest } = world.snapshot({ flow });
      const facts = world.facts();
      granted(world.commit({ ...rest, ...destination }, (loaded) => decide('otp.check', loaded, { otp }, facts)));
      return kinds(world);
    };
    const nothing = ['update deviceAuthentication', 'expect factors'];
    expect(check({})).toEqual(nothing);
    const other = { environmentId: USER, contactKey: 'other', version: 0, oneTimeFailures: 0, leftovers: {} };
    expect(check({ destination: { ...other, sends: { at: [T0], unconfirmed: 1 } } })).toEqual(nothing);
  });
});

describe('many wrong codes of a user (SEC-19)', () => {
  it('raise the alarm once', () => {
    const world = withToken();
    world.deployment = { failureAlarm: 2 };
    const flow = open(world);
    const guess = () => refused(world.check(flow, world.count(1, 50)));
    guess();
    expect(types(world)).toEqual(['OTP.CHECK_INVALID']);
    guess();
    expect(types(world)).toEqual(['OTP.CHECK_INVALID', 'USER.FAILURES_EXCEEDED']);
    guess();
    expect(types(world)).toEqual(['OTP.CHECK_FAILED', 'DEVICE.LOCKED', 'AUTHENTICATION.UPDATED']);
    expect(world.device(1).lock).toEqual({ reason: 'OTP', expiresAt: T0 + minutes(2) });
  });
});
