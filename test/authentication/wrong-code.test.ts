import { describe, expect, it } from 'vitest';
import { minutes } from '../../src/kernel/duration.js';
import { granted, refused } from './results.js';
import { guess, kinds, open, openOneTime, paired, types } from './scenes.js';
import { id, OTHER_POLICY, T0 } from './world.js';

describe('a wrong code for a paired device (10 §9.3, §9.4)', () => {
  it('counts 2, 1, 0; the last ends the flow, without a lock when there is no cool-down', () => {
    const world = paired();
    const flow = open(world);
    expect(guess(world, flow)).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 2 });
    expect(guess(world, flow)).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 1 });
    expect(types(world)).toEqual(['OTP.CHECK_INVALID']);
    expect(guess(world, flow)).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 0 });
    expect(types(world)).toEqual(['OTP.CHECK_FAILED', 'AUTHENTICATION.UPDATED']);
    expect(world.flow(flow).state).toEqual({
      status: 'FAILED',
      selected: { kind: 'device', id: id(1), type: 'SMS' },
      error: { code: 'OTP_ATTEMPTS_LIMIT', message: expect.any(String) },
    });
    expect(world.device(1)).toMatchObject({ codeEpoch: 1 });
    expect(world.device(1).lock).toBeUndefined();
    expect(world.device(1).failures).toBeUndefined();
    expect(refused(world.check(flow, world.code(flow)))).toMatchObject({ kind: 'WrongState', status: 'FAILED' });
  });

  it('writes flow, factors and device together, and moves neither updatedAt nor the expiry', () => {
    const world = paired();
    const flow = open(world);
    const before = world.flow(flow);
    world.now += minutes(1);
    guess(world, flow);
    expect(kinds(world)).toEqual(['update deviceAuthentication', 'update factors', 'put device']);
    const { updatedAt, expiresAt } = before;
    expect(world.flow(flow)).toMatchObject({ updatedAt, expiresAt });
  });

  it('locks the device for the cool-down at the last one', () => {
    const world = paired(minutes(5));
    const flow = open(world);
    for (let n = 0; n < 3; n++) guess(world, flow);
    expect(world.device(1).lock).toEqual({ reason: 'OTP', expiresAt: T0 + minutes(5) });
    expect(types(world)).toContain('DEVICE.LOCKED');
  });

  it('spans flows: a new flow goes on where the device stood, and may fail at its first guess (SEC-12)', () => {
    const world = paired();
    guess(world, open(world));
    guess(world, open(world));
    const third = open(world);
    expect(guess(world, third)).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 0 });
    expect(world.flow(third).state.status).toBe('FAILED');
  });

  it('is not forgotten by cancelling, selecting again or a new code (SEC-12)', () => {
    const world = paired();
    const flow = open(world);
    guess(world, flow);
    granted(world.cancel(flow));
    granted(world.select(flow, 1));
    expect(guess(world, flow)).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 1 });
    granted(world.select(flow, 1));
    expect(guess(world, flow)).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 0 });
  });

  it('each device counts for itself', () => {
    const world = paired();
    const flow = open(world, 1);
    guess(world, flow);
    granted(world.select(flow, 2));
    expect(guess(world, flow)).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 2 });
  });

  it('a success ends the run', () => {
    const world = paired();
    guess(world, open(world));
    const flow = open(world);
    granted(world.check(flow, world.code(flow)));
    expect(guess(world, open(world))).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 2 });
  });

  it('the end of the lock starts the counter anew', () => {
    const world = paired(minutes(5));
    const flow = open(world);
    for (let n = 0; n < 3; n++) guess(world, flow);
    world.now += minutes(5);
    expect(guess(world, open(world))).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 2 });
    expect(world.device(1).lock).toBeUndefined();
  });

  it('a raised limit does not help a run already begun, a lowered one holds at once (SEC-12)', () => {
    const world = paired();
    const flow = open(world);
    guess(world, flow);
    world.setPolicy({}, { failureCount: 7 });
    expect(guess(world, flow)).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 1 });
    world.setPolicy({}, { failureCount: 2 });
    expect(guess(world, flow)).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 0 });
    world.setPolicy({}, { failureCount: 7 });
    expect(guess(world, open(world))).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 6 });
  });

  it('another policy with a higher limit does not help either (SEC-12)', () => {
    const world = paired();
    world.setPolicy({}, { failureCount: 7 }, undefined, OTHER_POLICY);
    guess(world, open(world));
    expect(guess(world, open(world, 1, OTHER_POLICY))).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 1 });
  });
});

describe('a wrong code for a one-time contact', () => {
  it('counts in the flow, the user and the contact; the last ends the flow and locks nobody (SEC-14)', () => {
    const world = paired(minutes(5));
    const flow = openOneTime(world);
    for (const attemptsRemaining of [2, 1, 0])
      expect(guess(world, flow)).toEqual({ kind: 'OtpMismatch', attemptsRemaining });
    expect(kinds(world)).toEqual(['update deviceAuthentication', 'update factors', 'update destination']);
    expect(world.flow(flow).state).toMatchObject({ status: 'FAILED', error: { code: 'OTP_ATTEMPTS_LIMIT' } });
    expect([...world.destinations.values()]).toEqual([expect.objectContaining({ oneTimeFailures: 3 })]);
    expect(world.factors.ceilings).toEqual({ SMS: 3 });
    expect(world.devices.every(({ lock, failures }) => !lock && !failures)).toBe(true);
    expect(guess(world, openOneTime(world))).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 2 });
  });

  it('a right one clears the books', () => {
    const world = paired();
    const flow = openOneTime(world);
    guess(world, flow);
    granted(world.check(flow, world.code(flow)));
    expect(kinds(world)).toEqual(['update deviceAuthentication', 'update factors', 'update destination']);
    expect([...world.destinations.values()]).toEqual([expect.objectContaining({ oneTimeFailures: 0 })]);
    expect(world.factors.ceilings).toEqual({});
  });
});
