/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;
/** A length of time in milliseconds. */
export type Millis = number;

/** The only source of "now" outside the database. */
export interface Clock {
  now(): Instant;
}

export const systemClock: Clock = { now: () => Date.now() };

/** Monotonic milliseconds since an arbitrary origin; unaffected by a clock that is set. */
export function monotonicMillis(): Millis {
  return performance.now();
}

/** RFC 3339, UTC, milliseconds, `Z` (wire: `00` §2.5). */
export function toTimestamp(instant: Instant): string {
  return new Date(instant).toISOString();
}

/** Parses an RFC 3339 date-time; `undefined` when it is not one. */
export function parseTimestamp(text: string): Instant | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i.test(text)) return undefined;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : instant;
}
