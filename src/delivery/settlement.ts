import type { Instant, Millis } from '../kernel/clock.js';
import { seconds } from '../kernel/duration.js';
import type { SendResult } from './gateway.js';
import type { LeasedMessage, Settlement } from './message.js';

/** Attempts of one message, whichever process makes them (SEC-60). */
export const MAX_ATTEMPTS = 3;
const FIRST_PAUSE = seconds(3);
const GROWTH = 4;

/** What one attempt came to: the gateway that took the message, or the last that did not. */
export interface Attempt {
  readonly gateway: string;
  readonly result: SendResult;
  /** Every gateway was at rest: none was given the message. */
  readonly untried?: boolean;
}

/** Accepted, tried again later, or given up: for good when trying again makes no sense or the code has expired by then (SEC-80). */
export function settlementOf(
  { gateway, result, untried = false }: Attempt,
  { attempt, deadline }: Pick<LeasedMessage, 'attempt' | 'deadline'>,
  now: Instant,
  fraction: number,
): Settlement {
  if (result.ok) return { result: 'accepted', gateway, receipt: result.receipt };
  const { reason } = result;
  // An attempt inside a gateway's rest would be spent on nothing, and one that met it was none.
  const notBefore = Math.max(now + pauseAfter(attempt, fraction), result.notBefore ?? 0);
  const isLast = !untried && attempt >= MAX_ATTEMPTS;
  return result.failure === 'permanent' || isLast || notBefore >= deadline
    ? { result: 'abandoned', gateway, reason }
    : { result: 'retry', gateway, reason, notBefore, ...(untried ? { untried } : {}) };
}

/** Exponential with jitter: half to one and a half times 3 s, 12 s, … */
export function pauseAfter(attempt: number, fraction: number): Millis {
  return Math.round(FIRST_PAUSE * GROWTH ** (attempt - 1) * (0.5 + fraction));
}
