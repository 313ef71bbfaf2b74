import type { Instant, Millis } from '../kernel/clock.js';
import type { StoredDocument } from '../platform/model.js';

/** A place in the chain of an environment: a record, and in it an event, counted from 0. */
export interface Place {
  readonly seq: number;
  readonly index: number;
}

/** How far a subscription has been served. */
export interface Progress {
  /** Everything before has been taken, or is not for it. */
  readonly next: Place;
  /** Where the batch ends that was tried and not taken: the same is tried again (`00` §11.5). */
  readonly end?: Place;
  /** Tries of that batch. */
  readonly failures: number;
  /** When the oldest event of that batch was recorded. */
  readonly pendingSince?: Instant;
}

/** A subscription in the hands of this process: until the lease ends, nobody else sends to it. */
export interface Claim {
  readonly subscription: StoredDocument;
  readonly progress: Progress;
  /** Events that were recorded before are not for it. */
  readonly since: Instant;
  readonly version: number;
  readonly leaseUntil: Instant;
  /** The store's time at the claim or at its last renewal. */
  readonly now: Instant;
}

/** The sender's view of the store. Every change of hands is a guarded update and a row count. */
export interface WebhookQueue {
  /** Up to `limit` subscriptions that have something before them and are in nobody's hands, for `lease`. */
  claim(limit: number, lease: Millis): Promise<readonly Claim[]>;
  /** Records progress and keeps the subscription for another `lease`; `undefined`: it is in other hands meanwhile. */
  advance(claim: Claim, progress: Progress, lease: Millis): Promise<Claim | undefined>;
  /** Records progress and lets go: nobody takes it again before `wait` is over or it is changed. `false`: it was in other hands already. */
  release(claim: Claim, progress: Progress, wait: Millis): Promise<boolean>;
}
