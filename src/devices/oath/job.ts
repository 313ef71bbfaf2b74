import type { Instant, Millis } from '../../kernel/clock.js';
import { days, minutes } from '../../kernel/duration.js';
import type { Uuid } from '../../kernel/ids.js';
import type { EnvironmentId } from '../../platform/model.js';
import type { OathTokenRejection } from './rejection.js';
import type { OathTokenId } from './token.js';

export type OathJobId = Uuid;

/** Rows of one job: its request stays within a size that is known (SEC-53). */
export const MOST_ROWS = 1_000;
/** Between two steps of a job that goes on there is never as much: a job that is silent for longer has lost its process. */
const LONGEST_SILENCE: Millis = minutes(1);
/** How long a job can be read after its last change. */
const RETENTION: Millis = days(1);

/** Many hardware tokens imported or revoked by one request, row by row (wire: `20` §9.2). No secret is in it. */
export interface OathJob {
  readonly id: OathJobId;
  readonly environmentId: EnvironmentId;
  readonly version: number;
  readonly type: 'CREATE_OATH_TOKENS' | 'REVOKE_OATH_TOKENS';
  /** `DONE`: every row was looked at. `FAILED`: the rows after those that were are not touched. */
  readonly status: 'IN_PROGRESS' | 'DONE' | 'FAILED';
  readonly total: number;
  readonly succeeded: number;
  /** In the order of the rows. */
  readonly refused: readonly RefusedRow[];
  readonly updatedAt: Instant;
  readonly expiresAt: Instant;
}

/** A row that was not done, by what it named. */
export interface RefusedRow {
  readonly rowNumber?: number;
  readonly serialNumber?: string;
  readonly tokenId?: OathTokenId;
  readonly refusal: RowRefusal;
}

/** Why a row was not done. */
export type RowRefusal =
  | Extract<OathTokenRejection, { readonly kind: 'SerialNumberTaken' | 'TooManyTokens' | 'TokenNotFound' }>
  /** The token is somebody's, and nobody said that this may end. */
  | { readonly kind: 'TokenPaired' }
  /** Refused before it was a token, in the words that its sender is told. */
  | MalformedRow;

export interface MalformedRow {
  readonly kind: 'Malformed';
  readonly code: string;
  readonly message: string;
}

/** The rows that a job is through with; they are the first ones. */
export function rowsDone({ succeeded, refused }: OathJob): number {
  return succeeded + refused.length;
}

/** A new job, before its first row. */
export function newOathJob(of: Pick<OathJob, 'id' | 'environmentId' | 'type' | 'total'>): OathJob {
  return { ...of, version: 1, status: 'IN_PROGRESS', succeeded: 0, refused: [], updatedAt: 0, expiresAt: 0 };
}

/** A job after a change at `now`. */
export function changed(job: OathJob, now: Instant): OathJob {
  return { ...job, updatedAt: now, expiresAt: now + RETENTION };
}

/** The job as it stands: one whose process is gone has failed, and never goes on. */
export function settledJob(job: OathJob, now: Instant): OathJob {
  return job.status === 'IN_PROGRESS' && now - job.updatedAt > LONGEST_SILENCE ? { ...job, status: 'FAILED' } : job;
}
