import { describe, expect, it } from 'vitest';
import { minutes } from '../../src/kernel/duration.js';
import { granted, refused } from './results.js';
import { guess, open, openOneTime, paired, types } from './scenes.js';
import { T0, type World } from './world.js';

describe('exhaustion kills every live code of the device (SEC-16)', () => {
  it.each([0, minutes(5)])('with a cool-down of %i', (coolDown) => {
    const world = paired(coolDown);
    const other = open(world);
    const flow = open(world);
    for (let n = 0; n < 3; n++) guess(world, flow);
    world.now += coolDown;
    expect(refused(world.check(other, world.code(other)))).toEqual({ kind: 'CodeDead', expired: false });
    expect(world.writes).toEqual([]);
    granted(world.select(other, 1));
    granted(world.check(other, world.code(other)));
  });

  it('but not the codes of another device', () => {
    const world = paired();
    const other = open(world, 2);
    const flow = open(world, 1);
    for (let n = 0; n < 3; n++) guess(world, flow);
    granted(world.check(other, world.code(other)));
  });
});

describe('ceilings (SEC-13, SEC-14)', () => {
  it('the 100th failure of a type locks every device of it, with no end, and kills its codes', () => {
    const world = paired();
    world.addDevice(3, 'SMS');
    const other = open(world, 3);
    world.factors = { ...world.factors, ceilings: { SMS: 99 } };
    const flow = open(world, 1);
    guess(world, flow);
    expect(world.factors.ceilings).toEqual({ SMS: 100 });
    expect(types(world)).toContain('DEVICE.LOCKED');
    expect(refused(world.check(other, world.code(other)))).toEqual({ kind: 'DeviceLocked' });

    const email = open(world, 2);
    granted(world.check(email, world.code(email)));
    expect(world.factors.ceilings).toEqual({});
    expect(refused(world.check(flow, world.code(flow)))).toEqual({ kind: 'CodeDead', expired: false });
  });

  it('success with the same type starts its count anew, and leaves another’s below the ceiling', () => {
    const world = paired();
    world.factors = { ...world.factors, ceilings: { SMS: 5, EMAIL: 7 } };
    const flow = open(world, 1);
    granted(world.check(flow, world.code(flow)));
    expect(world.factors.ceilings).toEqual({ EMAIL: 7 });
  });
});

describe('account lockout (10 §9.4, 30 §3.3)', () => {
  const locking = (failureCount: number, duration = minutes(10)): World => {
    const world = paired();
    world.settings = { ...world.settings, lockout: { failureCount, duration } };
    return world;
  };

  it('the failure that reaches the count locks the account and ends the flow; the answer is the ordinary one', () => {
    const world = locking(2);
    guess(world, openOneTime(world));
    const flow = open(world);
    expect(guess(world, flow)).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 2 });
    expect(world.flow(flow).state).toMatchObject({ status: 'FAILED', error: { code: 'ACCOUNT_LOCKED_OUT' } });
    expect(world.factors.accountLock).toEqual({ lockedAt: T0, unlockAt: T0 + minutes(10) });
    expect(types(world)).toEqual(['OTP.CHECK_INVALID', 'USER.LOCKED', 'AUTHENTICATION.UPDATED']);
  });

  it('without a duration it lasts until an administrator ends it', () => {
    const world = locking(1, 0);
    guess(world, open(world));
    expect(world.factors.accountLock).toEqual({ lockedAt: T0 });
  });

  it('counts also under a policy that ignores locks, whose flow goes on', () => {
    const world = locking(1);
    world.setPolicy({ ignoreUserLock: true });
    const flow = open(world);
    expect(guess(world, flow)).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 2 });
    expect(world.factors.accountLock).toBeDefined();
    expect(world.flow(flow).state.status).toBe('OTP_REQUIRED');
    granted(world.check(flow, world.code(flow)));
  });

  it('a failure during the lock neither extends nor counts towards another (SEC-15)', () => {
    const world = locking(1);
    world.setPolicy({ ignoreUserLock: true });
    const flow = open(world);
    guess(world, flow);
    const lock = world.factors.accountLock;
    world.now += minutes(1);
    guess(world, flow);
    expect(world.factors).toMatchObject({ accountLock: lock, lockoutFailures: 0 });
  });

  it('codes issued before the lock stay dead after it (SEC-16)', () => {
    const world = locking(1);
    const other = open(world, 2);
    guess(world, open(world, 1));
    world.now += minutes(10);
    expect(refused(world.check(other, world.code(other)))).toEqual({ kind: 'CodeDead', expired: false });
    granted(world.select(other, 2));
    granted(world.check(other, world.code(other)));
  });

  it('a completed check sets the count to 0', () => {
    const world = locking(3);
    guess(world, open(world));
    expect(world.factors.lockoutFailures).toBe(1);
    const flow = open(world, 2);
    granted(world.check(flow, world.code(flow)));
    expect(world.factors.lockoutFailures).toBe(0);
  });

  it('a count of 0 never locks', () => {
    const world = locking(0);
    for (let n = 0; n < 20; n++) guess(world, open(world));
    expect(world.factors.accountLock).toBeUndefined();
  });
});
