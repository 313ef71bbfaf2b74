import type { Instant, Millis } from '../../kernel/clock.js';
import { minutes } from '../../kernel/duration.js';

/** A WebAuthn ceremony that was asked for: what its response is held against. */
export interface CeremonyRequest {
  /** base64url. */
  readonly challenge: string;
  readonly rpId: string;
  readonly issuedAt: Instant;
  /** How long the user was given. */
  readonly timeout: Millis;
}

/** For the way of the response (`10` §11.4). */
const GRACE: Millis = minutes(1);

/** Too late to be answered: the challenge is dead (SEC-25). */
export function isCeremonyOver({ issuedAt, timeout }: CeremonyRequest, now: Instant): boolean {
  return now > issuedAt + timeout + GRACE;
}
