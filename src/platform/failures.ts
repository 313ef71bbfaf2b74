import type { Instant } from '../kernel/clock.js';

/** What counts its wrong attempts, and is locked by them for a while: a password, the codes of a user. */
export interface Counted {
  readonly failures: number;
  readonly lockedUntil?: Instant;
}

export const hasFailures = ({ failures, lockedUntil }: Counted): boolean => failures > 0 || lockedUntil !== undefined;

/** The same without its count and its lock. */
export function withoutFailures<T extends Counted>(counted: T): Omit<T, 'lockedUntil'> & { readonly failures: 0 } {
  const { lockedUntil: _, ...rest } = counted;
  return { ...rest, failures: 0 };
}
