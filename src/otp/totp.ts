import type { Instant } from '../kernel/clock.js';
import { seconds } from '../kernel/duration.js';
import { judgeCounter, type Match, type PasscodeKey } from './hotp.js';

/** Seconds of one time step where nothing says otherwise (RFC 6238 §5.2; `10` §10.1). */
export const DEFAULT_PERIOD = 30;

/** A key whose counts are time steps. */
export interface TotpKey extends PasscodeKey {
  /** Of a step, in seconds. */
  readonly period: number;
}

/** The time step of an instant (RFC 6238 §4.2, T0 = 0). */
export function stepAt(now: Instant, period: number): number {
  return Math.floor(now / seconds(period));
}

/** What a passcode is accepted against. */
export interface TotpTerms {
  readonly now: Instant;
  /** Steps accepted on each side of the device's own current one. */
  readonly window: number;
  /** The device's clock minus ours, in steps. */
  readonly drift?: number;
  /** The last accepted step; absent before the first. */
  readonly lastStep?: number;
}

/** Holds a passcode against the steps around now; one is good for a single use, and the steps before it are over (RFC 6238 §5.2). */
export function judgeTotp(key: TotpKey, passcode: string, { now, window, drift = 0, lastStep = -1 }: TotpTerms): Match {
  const step = stepAt(now, key.period) + drift;
  return judgeCounter(key, passcode, { first: step - window, last: step + window }, lastStep);
}
