import type { Instant } from '../../kernel/clock.js';
import type { UserFactors } from '../../platform/model.js';
import { chargeAccount, type LockoutTerms, raised, withoutLapsedLock } from '../../platform/users/account.js';
import type { FactorRules } from '../../policies/model.js';
import { type DestinationUse, type Device, type DeviceType, FAILURE_CEILING, type FailureRun } from '../model.js';
import { withRecentFailure } from './recent-failures.js';

/** Recovery codes, counted as a factor type beside those of devices (decision 16). */
export const RECOVERY = 'RECOVERY_CODE';

/** What failures are counted by, beside single devices. */
export type FactorType = DeviceType | typeof RECOVERY;

/** The part of a method's rules that counting needs. */
export type FailureTerms = Pick<FactorRules, 'failureCount' | 'coolDown'>;

/** The smaller of the policy's limit now and at the first failure of the run: an edit gives no attempt back (`10` §9.3). */
export function effectiveLimit(run: FailureRun | undefined, terms: FailureTerms): number {
  return run ? Math.min(run.limit, terms.failureCount) : terms.failureCount;
}

/** One more failure on a run. `next` is absent when the run is used up and starts anew (`10` §9.4). */
export function chargeRun(
  run: FailureRun | undefined,
  terms: FailureTerms,
): { readonly next?: FailureRun; readonly attemptsRemaining: number } {
  const limit = effectiveLimit(run, terms);
  const count = (run?.count ?? 0) + 1;
  return count < limit ? { next: { count, limit }, attemptsRemaining: limit - count } : { attemptsRemaining: 0 };
}

/** A device whose lock has lapsed, without it (`20` §3: lazily evaluated). Returns its argument when nothing lapsed. */
export function withoutLapsedDeviceLock(device: Device, now: Instant): Device {
  if (!device.lock || now < device.lock.expiresAt) return device;
  const { lock: _, ...rest } = device;
  return rest;
}

/**
 * A wrong code for a device. At the limit: the counter starts anew, every live code of the device is dead, and with a cool-down
 * the device is locked (`10` §9.4). The same for pairing and for authentication.
 */
export function chargeDevice(
  device: Device,
  terms: FailureTerms,
  now: Instant,
): { readonly device: Device; readonly attemptsRemaining: number; readonly exhausted: boolean } {
  const { failures: _, ...rest } = withoutLapsedDeviceLock(device, now);
  const { next, attemptsRemaining } = chargeRun(device.failures, terms);
  if (next) return { device: { ...rest, failures: next }, attemptsRemaining, exhausted: false };
  return {
    device: {
      ...rest,
      codeEpoch: device.codeEpoch + 1,
      ...(terms.coolDown > 0 ? { lock: { reason: 'OTP', expiresAt: now + terms.coolDown } } : {}),
    },
    attemptsRemaining,
    exhausted: true,
  };
}

/** A right code for a device: its run of failures is over. Returns its argument when there was none. */
export function clearDevice(device: Device, now: Instant): Device {
  const current = withoutLapsedDeviceLock(device, now);
  if (!current.failures) return current;
  const { failures: _, ...rest } = current;
  return rest;
}

/** Whether the user's ceiling for this factor type stands (SEC-13): no comparison until it is ended. */
export function isAtCeiling(factors: UserFactors, type: FactorType): boolean {
  return (factors.ceilings[type] ?? 0) >= FAILURE_CEILING;
}

/** A failure in the user's books: account lockout, the ceiling of the factor type, and the failures of the last days. */
export function chargeUser(
  factors: UserFactors,
  type: FactorType,
  lockout: LockoutTerms | undefined,
  now: Instant,
): UserFactors {
  const charged = chargeType(chargeAccount(factors, lockout, now), type);
  return { ...charged, recentFailures: withRecentFailure(factors, now) };
}

/** A comparison that failed, towards the ceiling of its factor type alone (SEC-13). */
export function chargeType(factors: UserFactors, type: FactorType): UserFactors {
  const count = (factors.ceilings[type] ?? 0) + 1;
  return {
    ...factors,
    ceilings: { ...factors.ceilings, [type]: count },
    ...(count === FAILURE_CEILING ? { lockEpochs: raised(factors.lockEpochs, type) } : {}),
  };
}

/**
 * The epoch under which a code for this device, or for a one-time contact of this type, is issued. It rises when the device's
 * codes are killed and when the type reaches its ceiling; both parts only rise, so an equal sum means that neither has moved.
 */
export function codeEpochOf(factors: UserFactors, type: DeviceType, device?: Device): number {
  return (device?.codeEpoch ?? 0) + (factors.lockEpochs[type] ?? 0);
}

/**
 * A completed check: the account's count is 0 again, and so is this type's ceiling; another type's only once it had been
 * reached (SEC-13: "or another factor succeeds"). Returns its argument when nothing changes.
 */
export function clearUser(factors: UserFactors, type: FactorType, now: Instant): UserFactors {
  const current = withoutLapsedLock(factors, now);
  const kept = Object.entries(current.ceilings).filter(([other, count]) => other !== type && count < FAILURE_CEILING);
  if (current.lockoutFailures === 0 && kept.length === Object.keys(current.ceilings).length) return current;
  return { ...current, lockoutFailures: 0, ceilings: Object.fromEntries(kept) };
}

/** A wrong code sent to a one-time contact, in the contact's own book (SEC-14). */
export function chargeDestination(destination: DestinationUse): DestinationUse {
  return { ...destination, oneTimeFailures: destination.oneTimeFailures + 1 };
}

export function isDestinationAtCeiling(destination: DestinationUse): boolean {
  return destination.oneTimeFailures >= FAILURE_CEILING;
}

/** A right code proves the contact. Returns its argument when there was nothing to clear. */
export function clearDestination(destination: DestinationUse): DestinationUse {
  return destination.oneTimeFailures === 0 ? destination : { ...destination, oneTimeFailures: 0 };
}
