import type { Millis } from './clock.js';

export type TimeUnit = 'SECONDS' | 'MINUTES' | 'HOURS' | 'DAYS';

/** The wire's form of a length of time (`30` §1.3). */
export interface Duration {
  readonly duration: number;
  readonly timeUnit: TimeUnit;
}

const UNIT_MILLIS: Record<TimeUnit, Millis> = {
  SECONDS: 1_000,
  MINUTES: 60_000,
  HOURS: 3_600_000,
  DAYS: 86_400_000,
};

export function toMillis(duration: Duration): Millis {
  return duration.duration * UNIT_MILLIS[duration.timeUnit];
}

export const seconds = (n: number): Millis => n * UNIT_MILLIS.SECONDS;
export const minutes = (n: number): Millis => n * UNIT_MILLIS.MINUTES;
export const hours = (n: number): Millis => n * UNIT_MILLIS.HOURS;
export const days = (n: number): Millis => n * UNIT_MILLIS.DAYS;
