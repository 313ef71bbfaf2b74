import { describe, expect, it } from 'vitest';
import { minutes, seconds } from '../../src/kernel/duration.js';
import { granted, refused } from './results.js';
import { guess, kinds, open, openOneTime, paired, types } from './scenes.js';
import { id, T0, World } from './world.js';

describe('a right code', () => {
  it('completes the flow, names its authenticators and wipes the digest', () => {
    const world = paired();
    const flow = open(world, 2);
    world.now += seconds(7);
    const answer = granted(world.check(flow, world.code(flow)));
    expect(answer.flow.state).toEqual({
      status: 'COMPLETED',
      selected: { kind: 'device', id: id(2), type: 'EMAIL' },
      authenticators: ['mfa', 'email'],
    });
    expect(answer.flow.updatedAt).toBe(T0 + seconds(7));
    expect(types(world)).toEqual(['OTP.CHECK_SUCCESS', 'AUTHENTICATION.UPDATED']);
  });

  it.each([
    ['SMS', ['mfa', 'sms']],
    ['VOICE', ['mfa', 'tel']],
    ['EMAIL', ['mfa', 'email']],
    ['WHATSAPP', ['mfa', 'whatsapp']],
  ] as const)('of %s gives authenticators %j', (type, authenticators) => {
    const world = new World();
    world.addDevice(1, type);
    const flow = open(world);
    expect(granted(world.check(flow, world.code(flow))).flow.state).toMatchObject({ authenticators });
  });

  it('guards the factors although nothing in them changes (SEC-10)', () => {
    const world = paired();
    const flow = open(world);
    granted(world.check(flow, world.code(flow)));
    expect(kinds(world)).toEqual(['update deviceAuthentication', 'expect factors']);
  });

  it('guards factors and destination of a one-time contact (SEC-10)', () => {
    const world = paired();
    const flow = openOneTime(world);
    granted(world.check(flow, world.code(flow)));
    expect(kinds(world)).toEqual(['update deviceAuthentication', 'expect factors', 'expect destination']);
  });

  it('works once: the second finds the flow ended, without comparison (SEC-07, SEC-18)', () => {
    const world = paired();
    const flow = open(world);
    granted(world.check(flow, world.code(flow)));
    expect(refused(world.check(flow, world.code(flow)))).toMatchObject({ kind: 'WrongState', status: 'COMPLETED' });
    expect(world.writes).toEqual([]);
  });

  it('as the last attempt still completes, and the counter is 0', () => {
    const world = paired();
    const flow = open(world);
    guess(world, flow);
    guess(world, flow);
    expect(granted(world.check(flow, world.code(flow))).flow.state.status).toBe('COMPLETED');
    expect(world.device(1).failures).toBeUndefined();
    expect(kinds(world)).toEqual(['update deviceAuthentication', 'update factors', 'put device']);
  });

  it('of another flow, device or send is wrong here (SEC-06)', () => {
    const world = paired();
    const first = open(world);
    const second = open(world);
    expect(refused(world.check(second, world.code(first)))).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 2 });
    const before = world.code(second);
    granted(world.select(second, 1));
    expect(refused(world.check(second, before))).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 1 });
  });
});

describe('a code that a newer one replaced (SEC-18)', () => {
  it('is answered and counted as a wrong one, and recorded as what it is', () => {
    const world = paired();
    const flow = open(world);
    const old = world.code(flow);
    granted(world.select(flow, 2));
    expect(refused(world.check(flow, old))).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 2 });
    expect(world.events[0]).toMatchObject({ type: 'OTP.CHECK_INVALID', detail: { replacedCode: true } });
    guess(world, flow);
    expect(world.events[0]?.detail).not.toHaveProperty('replacedCode');
  });
});
describe('a code that is not compared', () => {
  it('expired: refused without an attempt, the flow waits for another (10 §9.2)', () => {
    const world = paired();
    world.setPolicy({}, { lifeTime: minutes(2) });
    const flow = open(world);
    world.now += minutes(2);
    granted(world.check(flow, world.code(flow)));

    const late = open(world);
    world.now += minutes(2) + 1;
    expect(refused(world.check(late, world.code(late)))).toEqual({ kind: 'CodeDead', expired: true });
    expect(world.writes).toEqual([]);
    expect(types(world)).toEqual(['OTP.CHECK_FAILED']);
    expect(world.flow(late).state.status).toBe('OTP_REQUIRED');
    granted(world.select(late, 1));
    granted(world.check(late, world.code(late)));
  });

  it('keeps the length and the expiry it was issued with, whatever the policy says now (10 §4.1)', () => {
    const world = paired();
    const flow = open(world);
    const code = world.code(flow);
    world.setPolicy({}, { otpLength: 8, lifeTime: minutes(1) });
    world.now += minutes(20);
    granted(world.check(flow, code));
  });

  it('of another length: a validation error, no attempt (SEC-09)', () => {
    const world = paired();
    const flow = open(world);
    for (const otp of ['1234567', '12345'])
      expect(refused(world.check(flow, otp))).toEqual({ kind: 'OtpMalformed', length: 6 });
    expect(world.writes).toEqual([]);
    expect(guess(world, flow)).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 2 });
  });

  it('a clock that is set back does not revive a code (SEC-20)', () => {
    const world = paired();
    world.setPolicy({}, { lifeTime: minutes(2) });
    const flow = open(world);
    granted(world.cancel(flow));
    world.now += minutes(3);
    granted(world.select(flow, 1));
    world.now -= minutes(10);
    expect(granted(world.check(flow, world.code(flow))).flow.updatedAt).toBe(T0 + minutes(3));
  });
});
