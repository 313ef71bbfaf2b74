import type { Instant } from '../../kernel/clock.js';
import type { EnvironmentId, UserId } from '../model.js';

/** A user's password as it is kept: a slow salted hash, never the password (wire: `00` §8.7). */
export interface StoredPassword {
  readonly userId: UserId;
  readonly environmentId: EnvironmentId;
  /** As `kernel/password-hash.ts` writes it. */
  readonly hash: string;
  /** The user is to choose another at the next sign-on. */
  readonly forceChange: boolean;
  readonly setAt: Instant;
  /** Wrong attempts since the last right one. */
  readonly failures: number;
  /** No attempt is compared before it. */
  readonly lockedUntil?: Instant;
  /** Hashes that a policy's history remembers, the latest first, each with when it was replaced. Absent: none. */
  readonly former?: readonly FormerPassword[];
}

export interface FormerPassword {
  readonly hash: string;
  readonly replacedAt: Instant;
}
