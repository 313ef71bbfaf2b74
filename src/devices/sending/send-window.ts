import type { Instant, Millis } from '../../kernel/clock.js';
import { days, hours, minutes } from '../../kernel/duration.js';
import type { DestinationUse } from '../model.js';
import { runsEnd } from './resend-run.js';

/** What may be sent to one contact, whatever a policy says (SEC-36), and under one number prefix (SEC-38). 0 = no such limit. */
export interface SendLimits {
  /** Sends in 10 minutes to a contact that has seen no completed check since. */
  readonly unconfirmed: number;
  readonly hourly: number;
  readonly daily: number;
  /** Between a send and the next, while the first has seen no completed check. */
  readonly pause: Millis;
  /** Contacts of one number prefix that are sent to in an hour without completing a check; the next is refused for an hour. */
  readonly prefix: number;
}

/** What a contact has been sent. Written only while a limit in force reads it (`design.md` §3). */
export interface SendWindow {
  /** Oldest first; no older than a day, and no more than the largest of the limits in force when the last was counted, at least one. */
  readonly at: readonly Instant[];
  /** How many of the last of them have seen no completed check since. */
  readonly unconfirmed: number;
  /** Where and since when the contact counts among the unconfirmed of its number prefix. */
  readonly counted?: { readonly counter: string; readonly at: Instant };
}

const UNCONFIRMED_WINDOW = minutes(10);
const LONGEST_WINDOW = days(1);
/** Of the breaker: what it counts, and how long it stops (SEC-38). */
export const PREFIX_WINDOW: Millis = hours(1);

const NOTHING: SendWindow = { at: [], unconfirmed: 0 };

/** Whether sends to a contact are counted at all. */
export function countsSends({ unconfirmed, hourly, daily, pause, prefix }: SendLimits): boolean {
  return unconfirmed > 0 || hourly > 0 || daily > 0 || pause > 0 || prefix > 0;
}

/** When the contact can be sent to again; `undefined`: now. Each limit is a window that slides with the time. */
export function sendableAt(
  { sends = NOTHING }: Pick<DestinationUse, 'sends'>,
  limits: SendLimits,
  now: Instant,
): Instant | undefined {
  const unconfirmed = sends.at.slice(sends.at.length - sends.unconfirmed);
  const ends = [
    windowEnd(unconfirmed, limits.unconfirmed, UNCONFIRMED_WINDOW),
    windowEnd(sends.at, limits.hourly, hours(1)),
    windowEnd(sends.at, limits.daily, days(1)),
    limits.pause > 0 ? windowEnd(unconfirmed, 1, limits.pause) : 0,
  ];
  const end = Math.max(...ends);
  return end > now ? end : undefined;
}

/** When fewer than `limit` of these lie within the window; 0 when that is so already, or there is no limit. */
function windowEnd(at: readonly Instant[], limit: number, window: Millis): Instant {
  const oldest = limit > 0 ? at[at.length - limit] : undefined;
  return oldest === undefined ? 0 : oldest + window;
}

/**
 * One more send; `counter` names where the contact counts from now on as unconfirmed. Kept are as many as a limit looks back: where
 * nothing but the breaker or the pause stops them, a contact may be sent to any number of times.
 */
export function withSend(use: DestinationUse, now: Instant, limits: SendLimits, counter?: string): DestinationUse {
  const { at, unconfirmed, counted } = use.sends ?? NOTHING;
  const looksBack = Math.max(limits.unconfirmed, limits.hourly, limits.daily, 1);
  const recent = at.filter((instant) => instant > now - LONGEST_WINDOW);
  const where = counter === undefined ? counted : { counter, at: now };
  return {
    ...use,
    sends: {
      at: [...recent, now].slice(-looksBack),
      unconfirmed: Math.min(Math.min(unconfirmed, recent.length) + 1, looksBack),
      ...(where ? { counted: where } : {}),
    },
  };
}

/** Whether the contact counts already among the unconfirmed of a prefix whose window ends then. */
export function isCounted({ sends }: DestinationUse, counter: string, endsAt: Instant, now: Instant): boolean {
  const { counted } = sends ?? NOTHING;
  return counted?.counter === counter && endsAt > now && counted.at >= endsAt - PREFIX_WINDOW;
}

/** A completed check: what was sent so far has reached who was meant. Returns its argument when nothing is unconfirmed. */
export function confirmSends(use: DestinationUse): DestinationUse {
  const { at, unconfirmed, counted } = use.sends ?? NOTHING;
  return unconfirmed === 0 && !counted ? use : { ...use, sends: { at, unconfirmed: 0 } };
}

/** From when on nothing of the contact is left to know; `undefined`: failures or what a device has left keep it. */
export function forgottenAfter(use: DestinationUse): Instant | undefined {
  const { oneTimeFailures, leftovers, sends } = use;
  if (oneTimeFailures > 0 || Object.keys(leftovers).length > 0) return undefined;
  const windowsEnd = (sends?.at.at(-1) ?? 0) + LONGEST_WINDOW;
  return use.resends ? Math.max(sends ? windowsEnd : 0, runsEnd(use)) : windowsEnd;
}
