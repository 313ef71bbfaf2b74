import type { Instant } from '../../kernel/clock.js';
import type { IssuedCode } from '../../otp/code.js';
import type { EnvironmentId, UserId } from '../model.js';

/** What a code is for that is sent to a user outside a device authentication (wire: `00` §8.1, §8.7). */
export type CodeUse = 'verification' | 'recovery';

/** Codes that are sent for one purpose: the one that is alive, and the count of attempts, which belongs to no single code (SEC-12). */
export interface CodeCount {
  /** The last that was sent, unless it was spent or has been used up. */
  readonly code?: IssuedCode;
  /** The one that it replaced: told from a mistyped code in the records (SEC-18). */
  readonly replaced?: IssuedCode;
  /** Codes sent so far: the send number of the next. */
  readonly sends: number;
  /** Wrong attempts since the last right one. */
  readonly failures: number;
  /** No attempt is compared before it. */
  readonly lockedUntil?: Instant;
}

/** The codes of a user for one use. */
export interface UserCode extends CodeCount {
  readonly userId: UserId;
  readonly environmentId: EnvironmentId;
  readonly use: CodeUse;
}
