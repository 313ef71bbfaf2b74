import type { Instant, Millis } from '../../kernel/clock.js';
import type { AccountLock, UserFactors } from '../model.js';

/** The lock as it stands now: one whose end has passed is gone (wire: `00` §8.6). */
export function activeLock(factors: UserFactors, now: Instant): AccountLock | undefined {
  const lock = factors.accountLock;
  return lock && (lock.unlockAt === undefined || now < lock.unlockAt) ? lock : undefined;
}

export function isAccountLocked(factors: UserFactors, now: Instant): boolean {
  return activeLock(factors, now) !== undefined;
}

/** The same factors without a lock, its end having set the count to 0 (`10` §9.4). Returns its argument when nothing lapsed. */
export function withoutLapsedLock(factors: UserFactors, now: Instant): UserFactors {
  if (!factors.accountLock || activeLock(factors, now)) return factors;
  const { accountLock: _, ...rest } = factors;
  return { ...rest, lockoutFailures: 0 };
}

/** An administrator's lock; it replaces one that is running. */
export function lockAccount(factors: UserFactors, now: Instant, unlockAt?: Instant): UserFactors {
  return {
    ...factors,
    accountLock: { lockedAt: now, ...(unlockAt === undefined ? {} : { unlockAt }) },
    lockEpochs: raised(factors.lockEpochs, ACCOUNT),
  };
}

/** The account's entry in `lockEpochs`; every other key is a factor type. */
const ACCOUNT = 'account';

/** How often this account has been locked: the number that a code carries to die with the next lock (SEC-16). */
export function accountLockEpoch(factors: UserFactors): number {
  return factors.lockEpochs[ACCOUNT] ?? 0;
}

/** One more lock of the account or of a factor type. */
export function raised(epochs: UserFactors['lockEpochs'], key: string): UserFactors['lockEpochs'] {
  return { ...epochs, [key]: (epochs[key] ?? 0) + 1 };
}

/** Ends a lock, the count of failures and every ceiling of the user (`10` §9.3: one-time ceilings end by `account.unlock`). */
export function unlockAccount(factors: UserFactors): UserFactors {
  const { accountLock: _, ...rest } = factors;
  return { ...rest, lockoutFailures: 0, ceilings: {} };
}

/** When a count of incorrect MFA actions ends in a lock, and for how long (`30` §3.3). Duration 0 = until unlocked. */
export interface LockoutTerms {
  readonly failureCount: number;
  readonly duration: Millis;
}

/**
 * One more incorrect MFA action. Counted whatever the governing policy says of locks; a lock that is running is neither
 * extended nor replaced (SEC-15).
 */
export function chargeAccount(factors: UserFactors, terms: LockoutTerms | undefined, now: Instant): UserFactors {
  const current = withoutLapsedLock(factors, now);
  if (!terms || terms.failureCount === 0 || current.accountLock) return current;
  const failures = current.lockoutFailures + 1;
  if (failures < terms.failureCount) return { ...current, lockoutFailures: failures };
  return lockAccount({ ...current, lockoutFailures: 0 }, now, terms.duration > 0 ? now + terms.duration : undefined);
}
