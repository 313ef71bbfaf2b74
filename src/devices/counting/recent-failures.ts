import type { Instant } from '../../kernel/clock.js';
import { days } from '../../kernel/duration.js';
import type { UserFactors } from '../../platform/model.js';

/** How long a failure is remembered, whatever succeeds or is unlocked in between (SEC-19). */
const REMEMBERED_DAYS = 30;

const dayOf = (now: Instant): number => Math.floor(now / days(1));

/** One more failure in the user's book of the last days: a number per day, so that it stays small under any attack. */
export function withRecentFailure(
  { recentFailures = {} }: UserFactors,
  now: Instant,
): Readonly<Record<string, number>> {
  const today = dayOf(now);
  const kept = Object.entries(recentFailures).filter(([day]) => Number(day) > today - REMEMBERED_DAYS);
  const before = Object.hasOwn(recentFailures, String(today)) ? (recentFailures[today] ?? 0) : 0;
  return { ...Object.fromEntries(kept), [today]: before + 1 };
}

/** Failures of the last 30 days, today included. */
export function countRecentFailures({ recentFailures = {} }: UserFactors, now: Instant): number {
  const oldest = dayOf(now) - REMEMBERED_DAYS;
  return Object.entries(recentFailures).reduce((sum, [day, count]) => (Number(day) > oldest ? sum + count : sum), 0);
}

/** Whether this failure is the one that reaches the threshold; never without one, nor with 0, below which no count lies. An event, not a lock (SEC-19). */
export function raisesAlarm(
  before: UserFactors,
  after: UserFactors,
  threshold: number | undefined,
  now: Instant,
): boolean {
  if (threshold === undefined) return false;
  return countRecentFailures(before, now) < threshold && countRecentFailures(after, now) >= threshold;
}
