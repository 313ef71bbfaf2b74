import type { OutboxMessage } from '../../../delivery/message.js';
import type { Millis } from '../../../kernel/clock.js';
import { StoreError } from '../../store-error.js';
import { assertOnRecord, type TailWriter } from '../audit-tail.js';
import { StorageFault } from '../fault.js';
import type { Call, Result } from '../statement.js';
import type { CommitTally } from '../tally.js';
import type { Step, WriteSet } from '../write-set.js';
import { Batches, type Queued, timeFor } from './batches.js';
import { withDeadline } from './deadline.js';
import { type PostgresPool, type PostgresSession, RepeatableError } from './postgres-driver.js';
import { type GuardedRow, LockRound } from './postgres-guards.js';
import { type Place, Round } from './postgres-round.js';
import { hotRank } from './postgres-rows.js';

/** How long the answer to a `COMMIT` is waited for before it counts as unknown. */
export const COMMIT_MILLIS: Millis = 5_000;

/** What became of a unit in a batch. `alone`: something else in it failed, nothing was committed, it may do better by itself. */
export type Grouped = 'committed' | 'moved' | 'alone';

/** A unit that waits to be committed. */
interface Unit extends Queued {
  readonly set: WriteSet;
  readonly rows: readonly GuardedRow[];
  readonly resolve: (grouped: Grouped) => void;
}

/** Whether a write set may travel in a batch: all its statements have a form for many rows and wait for nobody. */
export function isHot({ claims, steps }: WriteSet): boolean {
  return (
    claims.length === 0 && steps.every(({ call, rows }) => rows === 'one' && hotRank(call.statement) !== undefined)
  );
}

/**
 * Group commit (`design.md` §4): one transaction for many units. The guards decide which of them survive, the others go back to
 * their load; the survivors' writes are one statement per shape and travel with `COMMIT`. No two batches in flight guard the same
 * row, and within one nobody guards a row after another has written it, so its units have an order in which each could have run.
 */
export class PostgresGroup {
  readonly #pool: PostgresPool;
  readonly #tail: TailWriter;
  readonly #announce: (messages: readonly OutboxMessage[]) => void;
  readonly #tally: CommitTally;
  readonly #batches: Batches<Unit>;
  /** Lines of the rows that batches in flight guard. */
  readonly #inFlight = new Set<string>();

  constructor(
    pool: PostgresPool,
    tail: TailWriter,
    announce: (messages: readonly OutboxMessage[]) => void,
    tally: CommitTally,
  ) {
    this.#pool = pool;
    this.#tail = tail;
    this.#announce = announce;
    this.#tally = tally;
    this.#batches = new Batches({
      name: 'for their commit',
      admission: () => this.#admission(),
      run: (batch) => this.#run(batch),
    });
  }

  /** Units that wait. */
  get waiting(): number {
    return this.#batches.waiting;
  }

  /** Commits a hot write set with others. Throws `StoreError` and `RepeatableError`, as a transaction of its own would. */
  commit(set: WriteSet, rows: readonly GuardedRow[], deadline: Millis): Promise<Grouped> {
    return new Promise((resolve, reject) => this.#batches.add({ set, rows, deadline, resolve, reject }));
  }

  #admission(): (unit: Unit) => boolean {
    const written = new Set<string>();
    return ({ rows }) => {
      if (rows.some(({ line }) => this.#inFlight.has(line) || written.has(line))) return false;
      for (const { line, shared } of rows) if (!shared) written.add(line);
      return true;
    };
  }

  async #run(batch: readonly Unit[]): Promise<void> {
    const lines = new Set(batch.flatMap(({ rows }) => rows.map(({ line }) => line)));
    for (const line of lines) this.#inFlight.add(line);
    try {
      const session = await this.#pool.session();
      try {
        await this.#commit(session, batch);
        session.release();
      } catch (error) {
        session.release(error);
        throw error;
      }
    } catch (error) {
      if (batch.length === 1 || error instanceof StoreError || error instanceof RepeatableError) throw error;
      // A fault of one of them, undone with all the others: which one shows when each has a transaction of its own.
      for (const { resolve } of batch) resolve('alone');
    } finally {
      for (const line of lines) this.#inFlight.delete(line);
    }
  }

  async #commit(session: PostgresSession, batch: readonly Unit[]): Promise<void> {
    const guarded = batch.some(({ rows }) => rows.length > 0);
    const survivors = guarded ? await withDeadline(session, timeFor(batch), () => guard(session, batch)) : batch;
    if (survivors.length === 0) return session.rollback();
    const writes = new Writes(survivors, this.#tail.calls(survivors.flatMap(({ set }) => set.audit)));
    const committed = await withDeadline(session, COMMIT_MILLIS, () => session.commit(writes.calls(), !guarded));
    if (committed.kind === 'unknown') {
      const { cause } = committed;
      throw new StoreError('unknownCommit', 'the connection broke after a commit was sent; it may have happened', {
        cause,
      });
    }
    this.#tally.committed(survivors.length);
    this.#announce(survivors.flatMap(({ set }) => set.appended));
    settle(survivors, () => writes.unwritten(committed.results));
  }
}

/** Tells the units of a commit. Nothing may throw from here on: they would be taken for undone, and committed twice. */
function settle(units: readonly Unit[], unwritten: () => ReadonlyMap<Unit, StorageFault>): void {
  try {
    const faults = unwritten();
    for (const unit of units) {
      const fault = faults.get(unit);
      if (fault) unit.reject(fault);
      else unit.resolve('committed');
    }
  } catch (error) {
    for (const { reject } of units) reject(error);
  }
}

/** Locks what the batch guards; those who find a row moved are sent back to their load at once. */
async function guard(session: PostgresSession, batch: readonly Unit[]): Promise<readonly Unit[]> {
  const round = new LockRound(batch.flatMap(({ rows }) => rows));
  round.answered(await session.ask(round.calls(), true));
  return batch.filter(({ rows, resolve }) => {
    const holds = round.holds(rows);
    if (!holds) resolve('moved');
    return holds;
  });
}

/** The writes of many units, parents before children, and behind them what all of these put on record. */
class Writes {
  readonly #round = new Round();
  readonly #steps: { readonly unit: Unit; readonly step: Step; readonly place: Place }[];
  readonly #tail: readonly Place[];

  constructor(units: readonly Unit[], tail: readonly Call[]) {
    const steps = units.flatMap((unit) => unit.set.steps.map((step) => ({ unit, step, rank: rankOf(step) })));
    steps.sort((a, b) => a.rank - b.rank);
    this.#steps = steps.map(({ unit, step }) => ({ unit, step, place: this.#round.add(step.call) }));
    this.#tail = tail.map((row) => this.#round.add(row));
  }

  calls(): readonly Call[] {
    return this.#round.calls();
  }

  /**
   * Units whose rows were not all there. Nobody can have taken one from under its lock: the schema is not the one we know. Throws
   * when what they did is not on record, which is for all of them.
   */
  unwritten(results: readonly Result[]): ReadonlyMap<Unit, StorageFault> {
    const answers = this.#round.answers(results);
    assertOnRecord(this.#tail.map(answers));
    const faults = new Map<Unit, StorageFault>();
    for (const { unit, step, place } of this.#steps) {
      const { count } = answers(place);
      if (count !== 1)
        faults.set(unit, new StorageFault(`a guarded write changed ${count} rows: ${step.call.statement.text}`));
    }
    return faults;
  }
}

const rankOf = ({ call }: Step): number => hotRank(call.statement) ?? 0;
