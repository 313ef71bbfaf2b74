import { describe, expect, it } from 'vitest';
import { minutes } from '../../src/kernel/duration.js';
import type { UserFactors } from '../../src/platform/model.js';
import {
  accountLockEpoch,
  activeLock,
  chargeAccount,
  isAccountLocked,
  lockAccount,
  raised,
  unlockAccount,
  withoutLapsedLock,
} from '../../src/platform/users/account.js';
import { HERE, ORGANIZATION } from './world.js';

const T0 = 1_900_000_000_000;
const FACTORS: UserFactors = {
  userId: ORGANIZATION,
  environmentId: HERE,
  version: 3,
  mfaEnabled: true,
  lockoutFailures: 0,
  ceilings: { SMS: 7 },
  lockEpochs: { SMS: 1 },
  deviceOrder: [],
};
const lockedTo = (unlockAt?: number): UserFactors => ({
  ...FACTORS,
  lockoutFailures: 4,
  accountLock: { lockedAt: T0, ...(unlockAt === undefined ? {} : { unlockAt }) },
});

describe('an account’s lock (00 §8.6)', () => {
  it('stands until its end, and not a millisecond longer; without an end for good', () => {
    expect(isAccountLocked(FACTORS, T0)).toBe(false);
    expect(isAccountLocked(lockedTo(T0 + 1), T0)).toBe(true);
    expect(isAccountLocked(lockedTo(T0), T0)).toBe(false);
    expect(isAccountLocked(lockedTo(), T0 + minutes(1_000_000))).toBe(true);
    expect(activeLock(lockedTo(T0 + 1), T0)).toEqual({ lockedAt: T0, unlockAt: T0 + 1 });
    expect(activeLock(lockedTo(T0), T0)).toBeUndefined();
  });

  it('that has ended takes the count with it; one that stands, or none, changes nothing (10 §9.4)', () => {
    expect(withoutLapsedLock(lockedTo(T0), T0)).toEqual(FACTORS);
    const standing = lockedTo(T0 + 1);
    expect(withoutLapsedLock(standing, T0)).toBe(standing);
    const counting = { ...FACTORS, lockoutFailures: 2 };
    expect(withoutLapsedLock(counting, T0)).toBe(counting);
  });

  it('set by an administrator replaces one that runs, and every code from before it is dead (SEC-16)', () => {
    const locked = lockAccount(lockedTo(T0 + 5), T0 + 1, T0 + 9);
    expect(locked.accountLock).toEqual({ lockedAt: T0 + 1, unlockAt: T0 + 9 });
    expect(lockAccount(FACTORS, T0).accountLock).toStrictEqual({ lockedAt: T0 });
    expect([accountLockEpoch(FACTORS), accountLockEpoch(locked), accountLockEpoch(lockAccount(locked, T0))]).toEqual([
      0, 1, 2,
    ]);
    expect(locked.lockEpochs).toMatchObject({ SMS: 1 });
  });

  it('ended by an administrator takes counts and ceilings with it; dead codes stay dead (10 §9.3)', () => {
    const locked = lockAccount({ ...FACTORS, lockoutFailures: 2 }, T0);
    expect(unlockAccount(locked)).toEqual({ ...FACTORS, ceilings: {}, lockEpochs: locked.lockEpochs });
  });

  it('has an epoch of its own beside those of the types', () => {
    expect(raised({ SMS: 1 }, 'SMS')).toEqual({ SMS: 2 });
    expect(raised({ SMS: 1 }, 'EMAIL')).toEqual({ SMS: 1, EMAIL: 1 });
  });
});

describe('incorrect MFA actions (30 §3.3; SEC-15)', () => {
  const terms = { failureCount: 3, duration: minutes(5) };

  it('count one by one; the one that reaches the limit locks, and the count starts anew', () => {
    let factors = FACTORS;
    for (const count of [1, 2]) {
      factors = chargeAccount(factors, terms, T0);
      expect(factors).toEqual({ ...FACTORS, lockoutFailures: count });
    }
    const locked = chargeAccount(factors, terms, T0);
    expect(locked).toEqual({
      ...FACTORS,
      accountLock: { lockedAt: T0, unlockAt: T0 + minutes(5) },
      lockEpochs: { SMS: 1, account: 1 },
    });
  });

  it('lock without an end when the settings give no duration', () => {
    const locked = chargeAccount(FACTORS, { failureCount: 1, duration: 0 }, T0);
    expect(locked.accountLock).toEqual({ lockedAt: T0 });
  });

  it('neither count nor extend anything during a lock; the first after its end is the first of a new run', () => {
    const locked = lockedTo(T0 + 5);
    expect(chargeAccount(locked, terms, T0 + 4)).toBe(locked);
    expect(chargeAccount(locked, terms, T0 + 5)).toEqual({ ...FACTORS, lockoutFailures: 1 });
  });

  it('are not counted without a lockout, nor with one of 0; a lock that has ended is gone all the same', () => {
    expect(chargeAccount(FACTORS, undefined, T0)).toBe(FACTORS);
    expect(chargeAccount(FACTORS, { failureCount: 0, duration: 1 }, T0)).toBe(FACTORS);
    expect(chargeAccount(lockedTo(T0), undefined, T0)).toEqual(FACTORS);
  });
});
