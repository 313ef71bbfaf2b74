import type { Requester } from '../../audit/record.js';
import type { Refusals } from '../../audit/refusals.js';
import { createTrail } from '../../audit/trail.js';
import type { EventSink } from '../../events.js';
import type { Logger } from '../../kernel/log.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { Random } from '../../kernel/random.js';
import type { EnvironmentId } from '../../platform/model.js';
import type { Plan, Snapshot, Store } from '../../storage/port.js';
import type { OathTokenDecision } from './decide.js';
import { type MalformedRow, newOathJob, type OathJob, type OathJobId, rowsDone, settledJob } from './job.js';
import { abandonJob, beginJob, type ImportRow, importStep, revocationStep } from './job-steps.js';
import type { OathTokenRejection } from './rejection.js';
import { planForRoom } from './room.js';
import { type NewToken, newOathToken, type OathTokenId, serialKey } from './token.js';

/** Rows of one unit: some milliseconds, in which nobody else writes to an embedded database. */
const STEP_ROWS = 100;
/** Jobs that go on in this process after their requests have been answered. */
const AT_ONCE = 4;
/** Steps in a row that came to nothing, because tokens were paired and freed between their load and their unit. */
const MOST_IDLE = 5;

export interface OathJobDependencies {
  readonly store: Pick<Store, 'load' | 'transact' | 'oathTokens'>;
  readonly random: Pick<Random, 'uuid'>;
  readonly events: EventSink;
  readonly refusals?: Refusals;
  readonly logger: Logger;
}

type Result = Promise<Outcome<OathJob, OathTokenRejection>>;

/** A row of an import as its sender wrote it: a token, or why it is none. */
export interface SentRow extends Omit<ImportRow, 'token'> {
  readonly token: NewToken | MalformedRow;
}

/** How a job is done, and for whom. `mayGoOn`: the request may be answered before the job is through. */
export interface JobTerms {
  readonly mayGoOn: boolean;
  readonly by?: Requester;
}

export interface Revocation {
  readonly tokenIds: readonly OathTokenId[];
  readonly forceUnpair: boolean;
}

/**
 * Imports and revocations of many hardware tokens (`20` §9.2), in steps that are durable one by one, each row on record as a request of its
 * own would be. A job whose process ends stays where it is: it has failed then, and what was done is done. Disposing ends the jobs that
 * go on after their present step.
 */
export interface OathJobService extends AsyncDisposable {
  import(environmentId: EnvironmentId, rows: readonly SentRow[], terms: JobTerms): Result;
  revoke(environmentId: EnvironmentId, revocation: Revocation, terms: JobTerms): Result;
  /** As it stands now. */
  read(environmentId: EnvironmentId, id: OathJobId): Result;
}

export function createOathJobService(dependencies: OathJobDependencies): OathJobService {
  const { store, random, logger } = dependencies;
  const trail = createTrail(dependencies);
  const goingOn = new Set<Promise<void>>();
  const ending = new AbortController();

  /** Does rows from one place on; the plan says what the decision looks at beside the job. */
  type Step = (from: number) => Promise<{
    readonly plan: Omit<Plan, 'environmentId' | 'oathJob'>;
    readonly decide: (snapshot: Snapshot) => OathTokenDecision<OathJob>;
  }>;

  async function run(begun: OathJob, step: Step, by: Requester | undefined): Result {
    const { id: oathJob, environmentId } = begun;
    let job = begun;
    for (let idle = 0; job.status === 'IN_PROGRESS'; ) {
      const isOver = ending.signal.aborted || idle === MOST_IDLE;
      const { plan, decide } = isOver ? { plan: {}, decide: abandonJob } : await step(rowsDone(job));
      const outcome = await trail.transact({ ...plan, environmentId, oathJob }, by, decide);
      if (!outcome.ok) return outcome;
      idle = rowsDone(outcome.value) > rowsDone(job) ? 0 : idle + 1;
      job = outcome.value;
    }
    return accept(job);
  }

  async function start(job: OathJob, step: Step, { mayGoOn, by }: JobTerms): Result {
    const begun = await trail.transact({ environmentId: job.environmentId }, by, (seen) => beginJob(seen, job));
    if (!begun.ok) return begun;
    const work = run(begun.value, step, by);
    // Whoever finds them all taken waits for its own.
    if (!mayGoOn || goingOn.size >= AT_ONCE) return work;
    const watched: Promise<void> = work
      .then(() => {})
      .catch((error: unknown) => logger.warn({ err: error, oathJobId: job.id }, 'a job on OATH tokens was broken off'))
      .finally(() => goingOn.delete(watched));
    goingOn.add(watched);
    return begun;
  }

  return {
    import(environmentId, sent, terms) {
      const rows = sent.map(({ token, ...row }): ImportRow => {
        const made = 'kind' in token ? token : newOathToken({ id: random.uuid(), environmentId }, token);
        return { ...row, token: made };
      });
      const job = newOathJob({ id: random.uuid(), environmentId, type: 'CREATE_OATH_TOKENS', total: rows.length });
      return start(
        job,
        async (from) => {
          const some = rows.slice(from, from + STEP_ROWS);
          const { count = 0 } = await store.oathTokens(environmentId, { limit: 1 });
          return {
            plan: { oathTokens: serialNumbersOf(some), ...planForRoom(count) },
            decide: (snapshot) => importStep(snapshot, { from, rows: some }),
          };
        },
        terms,
      );
    },

    revoke(environmentId, { tokenIds, forceUnpair }, terms) {
      const job = newOathJob({ id: random.uuid(), environmentId, type: 'REVOKE_OATH_TOKENS', total: tokenIds.length });
      return start(
        job,
        async (from) => {
          const some = tokenIds.slice(from, from + STEP_ROWS);
          const [first] = (await store.load({ environmentId, oathTokens: byId(some.slice(0, 1)) })).oathTokens ?? [];
          const owner = first?.device?.userId;
          const ids = owner === undefined ? some : some.slice(0, 1);
          return {
            plan: { oathTokens: byId(ids), ...(owner === undefined ? {} : { user: owner }) },
            decide: (snapshot) => revocationStep(snapshot, { from, ids, forceUnpair, owner }),
          };
        },
        terms,
      );
    },

    async read(environmentId, oathJob) {
      const { environment, oathJob: job, now } = await store.load({ environmentId, oathJob });
      if (!environment) return reject({ kind: 'EnvironmentNotFound', environmentId });
      return job ? accept(settledJob(job, now)) : reject({ kind: 'JobNotFound' });
    },

    async [Symbol.asyncDispose]() {
      ending.abort();
      await Promise.all(goingOn);
    },
  };
}

const byId = (ids: readonly OathTokenId[]): NonNullable<Plan['oathTokens']> => [...new Set(ids)].map((id) => ({ id }));

/** Each once, whatever its case. */
function serialNumbersOf(rows: readonly ImportRow[]): NonNullable<Plan['oathTokens']> {
  const serialNumbers = new Map<string, string>();
  for (const { token } of rows)
    if ('serialNumber' in token) serialNumbers.set(serialKey(token.serialNumber), token.serialNumber);
  return [...serialNumbers.values()].map((serialNumber) => ({ serialNumber }));
}
