import type { BusinessEvent } from '../../events.js';
import type { UserId } from '../../platform/model.js';
import type { Snapshot, Write } from '../../storage/port.js';
import { isLapsed } from '../eligibility.js';
import { createOathToken, grant, type OathTokenDecision, refuse, revokeOathToken } from './decide.js';
import { changed, type MalformedRow, type OathJob, type RefusedRow, rowsDone, settledJob } from './job.js';
import { guardOfCount, roomIn } from './room.js';
import { MAX_OATH_TOKENS, type OathToken, type OathTokenId, serialKey, type TokenPairing } from './token.js';

/** A row of an import: the token it is to be, or why it can be none. */
export interface ImportRow {
  readonly rowNumber: number;
  readonly serialNumber?: string;
  readonly token: OathToken | MalformedRow;
}

/** What became of some rows. */
interface Progress {
  succeeded: number;
  readonly refused: RefusedRow[];
  readonly writes: Write[];
  readonly events: BusinessEvent[];
}

/** A job that begins; its rows follow in steps. */
export function beginJob({ environment, now }: Snapshot, job: OathJob): OathTokenDecision<OathJob> {
  if (!environment) return refuse({ kind: 'EnvironmentNotFound', environmentId: job.environmentId });
  const begun = changed(job, now);
  return grant(begun, [{ kind: 'insert', entity: 'oathJob', value: begun }], []);
}

/** A job that ends before its last row. */
export function abandonJob(snapshot: Snapshot): OathTokenDecision<OathJob> {
  return onJob(snapshot, (job) => ({ ...job, status: 'FAILED' }));
}

/**
 * The rows of an import from `from` on, each by the rules of a single token (`20` §9.1), as far as there is room. A job that stands at
 * another row stays as it is.
 */
export function importStep(
  snapshot: Snapshot,
  { from, rows }: { readonly from: number; readonly rows: readonly ImportRow[] },
): OathTokenDecision<OathJob> {
  const room = roomIn(snapshot);
  // Guarded once for all rows.
  const { oathTokenCount: _, ...uncounted } = snapshot;
  const known = new Map((snapshot.oathTokens ?? []).map((token) => [serialKey(token.serialNumber), token]));
  return withRows(snapshot, from, (progress) => {
    for (const { token, ...row } of rows) {
      if ('kind' in token) {
        progress.refused.push({ ...row, refusal: token });
        continue;
      }
      const twin = known.get(serialKey(token.serialNumber));
      if (!twin && progress.succeeded >= room) {
        progress.refused.push({ ...row, refusal: { kind: 'TooManyTokens', maximumAllowed: MAX_OATH_TOKENS } });
        continue;
      }
      const { writes, outcome } = createOathToken({ ...uncounted, oathTokens: twin ? [twin] : [] }, token);
      if (outcome.result.ok) {
        progress.succeeded += 1;
        known.set(serialKey(token.serialNumber), token);
      } else if (outcome.result.rejection.kind === 'SerialNumberTaken')
        progress.refused.push({ ...row, refusal: outcome.result.rejection });
      progress.writes.push(...writes);
      progress.events.push(...outcome.events);
    }
    if (progress.succeeded > 0) progress.writes.push(...guardOfCount(snapshot));
    // Two imports of the same tokens claim their serial numbers in the same order, so that neither waits for the other in turn.
    progress.writes.sort((a, b) => (claimOf(a) < claimOf(b) ? -1 : 1));
  });
}

const claimOf = ({ entity, value }: Write): string => (entity === 'oathToken' ? serialKey(value.serialNumber) : '');

export interface RevocationStep {
  readonly from: number;
  /** The rows from `from` on, as far as they were loaded. */
  readonly ids: readonly OathTokenId[];
  /** Whether tokens that are somebody's go too, and with them the devices that they are paired as. */
  readonly forceUnpair: boolean;
  /** The user who was loaded with the first row's token, which is that user's. */
  readonly owner: UserId | undefined;
}

/**
 * The rows of a revocation from `from` on: up to the first token that is somebody's, or that one alone with its owner loaded, because
 * a unit sees one user.
 */
export function revocationStep(
  snapshot: Snapshot,
  { from, ids, forceUnpair, owner }: RevocationStep,
): OathTokenDecision<OathJob> {
  const tokens = new Map((snapshot.oathTokens ?? []).map((token) => [token.id, token]));
  return withRows(snapshot, from, (progress) => {
    for (const tokenId of ids) {
      const token = tokens.get(tokenId);
      tokens.delete(tokenId);
      if (token?.device && token.device.userId !== owner) break;
      if (!token) progress.refused.push({ tokenId, refusal: { kind: 'TokenNotFound' } });
      else if (token.device && !forceUnpair && stands(token.device, snapshot))
        progress.refused.push({ tokenId, refusal: { kind: 'TokenPaired' } });
      else {
        const { writes, outcome } = revokeOathToken(snapshot, tokenId);
        progress.succeeded += 1;
        progress.writes.push(...writes);
        progress.events.push(...outcome.events);
      }
      if (token?.device) break;
    }
  });
}

/** Whether the device of a pairing is still there. */
function stands({ deviceId }: TokenPairing, { devices, now }: Snapshot): boolean {
  return devices.some((device) => device.id === deviceId && !isLapsed(device, now));
}

/** What `work` does with the rows from `from` on, and the job after it. */
function withRows(snapshot: Snapshot, from: number, work: (progress: Progress) => void): OathTokenDecision<OathJob> {
  const progress: Progress = { succeeded: 0, refused: [], writes: [], events: [] };
  return onJob(
    snapshot,
    (job) => {
      if (rowsDone(job) !== from) return job;
      work(progress);
      const { succeeded, refused } = progress;
      if (succeeded + refused.length === 0) return job;
      const next = { ...job, succeeded: job.succeeded + succeeded, refused: [...job.refused, ...refused] };
      return rowsDone(next) < next.total ? next : { ...next, status: 'DONE' };
    },
    progress,
  );
}

/** Changes a job that still goes on; one that does not stays as it is. */
function onJob(
  { oathJob, now }: Snapshot,
  change: (job: OathJob) => OathJob,
  { writes, events }: Pick<Progress, 'writes' | 'events'> = { writes: [], events: [] },
): OathTokenDecision<OathJob> {
  if (!oathJob) return refuse({ kind: 'JobNotFound' });
  const job = settledJob(oathJob, now);
  const next = job.status === 'IN_PROGRESS' ? change(job) : job;
  if (next === job) return grant(job, [], []);
  const value = changed(next, now);
  return grant(value, [...writes, { kind: 'update', entity: 'oathJob', value }], events);
}
