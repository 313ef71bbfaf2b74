import { setTimeout as delay } from 'node:timers/promises';
import { type Millis, monotonicMillis } from '../../../kernel/clock.js';
import { unreachable } from '../../../kernel/outcome.js';
import type { Decided, Decision, Plan, Snapshot } from '../../port.js';
import { StoreError } from '../../store-error.js';
import { assertOnRecord, type TailWriter } from '../audit-tail.js';
import { announce, type EngineOptions, MAX_TAKEN, withTakenName } from '../engine.js';
import { StorageFault } from '../fault.js';
import type { Loader } from '../load.js';
import { addToCounter } from '../tables/counters.js';
import { insertDestination } from '../tables/destinations.js';
import type { CommitTally } from '../tally.js';
import { inLockOrder, type WriteSet } from '../write-set.js';
import { writeSetOf } from '../writes.js';
import { withDeadline } from './deadline.js';
import { type Lines, Standing } from './lines.js';
import { type PostgresPool, type PostgresSession, RepeatableError } from './postgres-driver.js';
import { COMMIT_MILLIS, isHot, type PostgresGroup } from './postgres-group.js';
import { type GuardedRow, guardedRows, lockOne, versionOf } from './postgres-guards.js';
import type { PostgresScripts } from './postgres-scripts.js';

/** A unit's time in all; then 503, nothing revealed (`design.md` §12). */
export const UNIT_MILLIS: Millis = 2_000;
/** Longest pause after each optimistic try that another process has beaten; after the last, the unit decides under the locks. */
const JITTER: readonly Millis[] = [10, 20, 40];
/** Times a unit is done again after the database has undone it (SEC-78). */
const REPEATS = 3;

/** What became of one try. */
type Tried<O> =
  | { readonly kind: 'done'; readonly outcome: O }
  /** Another process was first. */
  | { readonly kind: 'moved'; readonly rows: readonly GuardedRow[] }
  /** A unit of this process is at it: stand in line, load again. */
  | { readonly kind: 'line'; readonly rows: readonly GuardedRow[] }
  /** Those who travelled with it were undone, and it with them. */
  | { readonly kind: 'alone' }
  | { readonly kind: 'taken'; readonly plan: Plan };

/** A write set to be committed. */
interface Ready<O> {
  readonly kind: 'ready';
  readonly decision: Decided<O>;
  readonly set: WriteSet;
  readonly rows: readonly GuardedRow[];
}

export interface UnitContext {
  readonly pool: PostgresPool;
  readonly loader: Loader;
  readonly loads: PostgresScripts;
  readonly group: PostgresGroup;
  readonly lines: Lines;
  readonly tally: CommitTally;
  readonly tail: TailWriter;
  readonly options: EngineOptions;
}

/** One `transact`: tries until it is committed, refused for good, or out of time. */
export class PostgresUnit<O> {
  readonly #context: UnitContext;
  #plan: Plan;
  readonly #decide: (snapshot: Snapshot) => Decision<O>;
  readonly #standing: Standing;
  readonly #deadline = monotonicMillis() + UNIT_MILLIS;
  /** Set once it has been undone in company. */
  #alone = false;

  constructor(context: UnitContext, plan: Plan, decide: (snapshot: Snapshot) => Decision<O>) {
    this.#context = context;
    this.#plan = plan;
    this.#decide = decide;
    this.#standing = new Standing(context.lines);
  }

  async run(): Promise<O> {
    try {
      return await this.#tries();
    } finally {
      this.#standing.leave();
    }
  }

  async #tries(): Promise<O> {
    let beaten = 0;
    let taken = 0;
    let repeats = 0;
    /** Set when it is to lock these before it loads: after too many defeats, and at the head of a line, where others wait. */
    let locked: readonly GuardedRow[] | undefined;
    for (;;) {
      const trying = locked ? this.#tryUnderLocks(locked) : this.#try();
      const tried = await trying.catch((error: unknown): Tried<O> => {
        if (error instanceof RepeatableError && repeats++ < REPEATS) {
          this.#context.tally.repeats += 1;
          return { kind: 'alone' };
        }
        throw error instanceof RepeatableError ? unavailable('the database keeps undoing the unit', error) : error;
      });
      switch (tried.kind) {
        case 'done':
          return tried.outcome;
        case 'line':
          locked = (await this.#enter(tried.rows)) ? tried.rows : undefined;
          break;
        case 'moved':
          this.#context.tally.conflicts += 1;
          await delay(this.#context.options.random.fraction() * (JITTER[beaten] ?? 0));
          beaten++;
          if (beaten >= JITTER.length) locked = tried.rows;
          break;
        case 'alone':
          this.#alone = true;
          break;
        case 'taken':
          if (taken++ === MAX_TAKEN) throw new StorageFault('a decision keeps asking for a name that is taken');
          this.#plan = tried.plan;
          break;
        default:
          unreachable(tried);
      }
    }
  }

  /** Waits in line; whether it is to lock these rows now, as the writer at their head. */
  async #enter(rows: readonly GuardedRow[]): Promise<boolean> {
    const isHead = await this.#standing.enter(rows, this.#deadline);
    return isHead && rows.some(({ shared }) => !shared);
  }

  /** Loads and commits in company, where what it writes may travel so; nothing is locked or held before the guards. */
  async #try(): Promise<Tried<O>> {
    const { loader, loads, group } = this.#context;
    const plan = this.#plan;
    const decided = this.#decided(await loads.run(() => loader.load(plan), this.#deadline));
    if (decided.kind !== 'ready') return decided;
    if (this.#alone || !isHot(decided.set)) return this.#inSession((session) => this.#guarded(session, decided));
    const grouped = await group.commit(decided.set, decided.rows, this.#deadline);
    if (grouped === 'committed') return { kind: 'done', outcome: decided.decision.outcome };
    return grouped === 'moved' ? { kind: 'moved', rows: decided.rows } : { kind: 'alone' };
  }

  /** Locks these rows in the flush that loads, so that nobody can be first. */
  #tryUnderLocks(rows: readonly GuardedRow[]): Promise<Tried<O>> {
    return this.#inSession(async (session) => {
      const load = this.#context.loader.load(this.#plan);
      const decided = this.#decided(await session.drive(load, [...rows].sort(inLockOrder).map(lockOne)));
      if (decided.kind === 'ready') return this.#guarded(session, decided, rows);
      await session.rollback();
      return decided;
    });
  }

  /**
   * Decides on a snapshot, and takes the lines of what it writes. A refusal that changes nothing waits for nobody, and
   * whoever waits behind one looks for itself: an attacked flow that has ended is not served one by one (SEC-86).
   */
  #decided(snapshot: Snapshot): Tried<O> | Ready<O> {
    const decision = this.#decide(snapshot);
    if (decision.needs) return { kind: 'taken', plan: { ...this.#plan, ...decision.needs } };
    const { outcome, writes } = decision;
    if (writes.length === 0) {
      this.#standing.breakUp();
      return { kind: 'done', outcome };
    }
    const set = writeSetOf(this.#plan, snapshot, writes, this.#context.options);
    const rows = guardedRows(set, writes);
    return this.#standing.tryEnter(rows) ? { kind: 'ready', decision, set, rows } : { kind: 'line', rows };
  }

  /** A connection of its own, within the time that is left. What the work leaves to be committed is committed on it. */
  async #inSession(work: (session: PostgresSession) => Promise<Tried<O> | Guarded<O>>): Promise<Tried<O>> {
    const session = await this.#context.pool.session();
    const left = this.#deadline - monotonicMillis();
    if (left <= 0) {
      session.release();
      throw unavailable('the unit took too long');
    }
    try {
      const tried = await withDeadline(session, left, () => work(session));
      const result = tried.kind === 'guarded' ? await this.#commit(session, tried) : tried;
      session.release();
      return result;
    } catch (error) {
      session.release(error);
      throw error;
    }
  }

  /** Guards and claims: a write set that holds under the locks, or why there is none to commit. */
  async #guarded(
    session: PostgresSession,
    ready: Ready<O>,
    locked?: readonly GuardedRow[],
  ): Promise<Tried<O> | Guarded<O>> {
    const { set, rows, decision } = ready;
    const begun = locked !== undefined;
    // What was locked before it was loaded is at the version that was loaded.
    const holds = rows.every(({ line }) => locked?.some((one) => one.line === line));
    if (holds && set.claims.length === 0) return { kind: 'guarded', ready, begun };
    const results = await session.ask([...rows.map(lockOne), ...set.claims], !begun);
    const lost = set.claims.find((_, index) => results[rows.length + index]?.count !== 1);
    const moved = rows.some((row, index) => versionOf(results[index]) !== row.version);
    if (!moved && !lost) return { kind: 'guarded', ready, begun: true };
    await session.rollback();
    return moved || lost?.statement === insertDestination || lost?.statement === addToCounter
      ? { kind: 'moved', rows }
      : { kind: 'taken', plan: withTakenName(this.#plan, decision) };
  }

  /** The writes touch only locked or new rows, so they wait for nobody and travel with their `COMMIT`. */
  async #commit(session: PostgresSession, { ready, begun }: Guarded<O>): Promise<Tried<O>> {
    const { set, decision } = ready;
    const record = this.#context.tail.calls(set.audit);
    // Behind the steps, whose results are looked at by their place.
    const calls = [...set.steps.map((step) => step.call), ...record];
    const committed = await withDeadline(session, COMMIT_MILLIS, () => session.commit(calls, !begun));
    if (committed.kind === 'unknown')
      throw new StoreError('unknownCommit', 'the connection broke after a commit was sent; it may have happened', {
        cause: committed.cause,
      });
    // First, because it is durable whatever the checks below say.
    announce(this.#context.options, set.appended);
    set.steps.forEach(({ rows }, index) => {
      const count = committed.results[index]?.count;
      // Nobody can have taken it from under the locks: the schema is not the one this release knows.
      if (rows === 'one' && count !== 1)
        throw new StorageFault(`a guarded write changed ${count} rows: ${set.steps[index]?.call.statement.text}`);
    });
    this.#context.tally.committed(1);
    assertOnRecord(record.map((_, index) => committed.results[set.steps.length + index]));
    return { kind: 'done', outcome: decision.outcome };
  }
}

/** What may be committed: its guards hold. */
interface Guarded<O> {
  readonly kind: 'guarded';
  readonly ready: Ready<O>;
  /** Whether the transaction has begun. */
  readonly begun: boolean;
}

const unavailable = (message: string, cause?: unknown): StoreError => new StoreError('unavailable', message, { cause });
