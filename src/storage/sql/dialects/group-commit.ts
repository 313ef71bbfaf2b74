import { type Millis, monotonicMillis } from '../../../kernel/clock.js';
import { StoreError } from '../../store-error.js';
import { type SqliteConnection, sqliteProblem } from './sqlite-driver.js';

/** Units in one commit, and how long they may take: whoever waits for the flush waits for all of them. */
const BATCH_UNITS = 256;
const BATCH_MILLIS: Millis = 5;
/** Units between two looks at the clock. */
const CLOCK_UNITS = 8;
/** Units that may stand in the queue; a full one answers at once (`design.md` §12). */
const QUEUE_UNITS = 8_192;

/** Work done in a batch. `attempt` loads, decides, checks and writes in one go; it may run twice, the last run counts. */
interface Unit {
  readonly attempt: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** What the last `attempt` gave. */
  value: unknown;
}

export interface GroupCommitHooks {
  /**
   * Writes what belongs to the batch as a whole, given the values of its units and whether they have changed anything; returns
   * what to do once it is durable, if there is something to make durable.
   */
  readonly stamp: (values: readonly unknown[], changed: boolean) => (() => void) | undefined;
  /** After the commit, before any promise settles, with the values of the units that were in it. */
  readonly committed: (values: readonly unknown[]) => void;
  /** What was read inside the batch never was. */
  readonly rolledBack: () => void;
  readonly onFatal: (error: unknown) => void;
}

/**
 * Group commit (`design.md` §4): units wait in a queue, one turn of the loop runs many of them in one transaction with one flush,
 * then all promises settle. Nothing is awaited inside, so each unit sees those before it, nobody sees half a batch, and conflicts
 * cannot happen. While a batch runs, the next one queues up: it sizes itself.
 */
export class GroupCommit {
  readonly #connection: SqliteConnection;
  readonly #hooks: GroupCommitHooks;
  readonly #queue: Unit[] = [];
  #scheduled = false;
  #closed: StoreError | undefined;
  #fatal: StoreError | undefined;
  /** The connection's count of changes at the last commit or rollback: equal means that there is nothing to make durable. */
  #settledChanges = 0;

  constructor(connection: SqliteConnection, hooks: GroupCommitHooks) {
    this.#connection = connection;
    this.#hooks = hooks;
  }

  /** Units that wait for their turn. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Settles once the unit's transaction is durable, with what `attempt` gave. */
  run<T>(attempt: () => T): Promise<T> {
    const stopped = this.#fatal ?? this.#closed;
    if (stopped) return Promise.reject(stopped);
    if (this.#queue.length >= QUEUE_UNITS)
      return Promise.reject(new StoreError('busy', 'the queue of the embedded database is full'));
    return new Promise<T>((resolve, reject) => {
      // A unit is resolved with what its own `attempt` returned.
      this.#queue.push({ attempt, resolve: resolve as (value: unknown) => void, reject, value: undefined });
      this.#schedule();
    });
  }

  /** Finishes what is queued and takes no more. */
  close(): void {
    this.#closed ??= new StoreError('unavailable', 'the store is closed');
    while (this.#queue.length > 0) this.#batch();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#queue.length > 0) this.#batch();
      if (this.#queue.length > 0) this.#schedule();
    });
  }

  #batch(): void {
    const queue = this.#queue;
    try {
      this.#connection.begin();
    } catch (error) {
      for (const unit of queue.splice(0, BATCH_UNITS)) unit.reject(withoutFile(error));
      return;
    }
    const done: Unit[] = [];
    const refused: [Unit, unknown][] = [];
    let taken = 0;
    try {
      const end = monotonicMillis() + BATCH_MILLIS;
      for (const unit of queue) {
        if (taken === BATCH_UNITS || (taken > 0 && taken % CLOCK_UNITS === 0 && monotonicMillis() >= end)) break;
        taken += 1;
        const before = this.#connection.changes;
        try {
          unit.value = unit.attempt();
          done.push(unit);
        } catch (error) {
          // It left nothing behind, so the others need not be undone for it.
          if (this.#connection.changes !== before || sqliteProblem(error)) throw error;
          refused.push([unit, error]);
        }
      }
    } catch {
      this.#rollback();
      this.#oneByOne(queue.splice(0, taken));
      return;
    }
    queue.splice(0, taken);
    this.#commit(done, refused);
  }

  /** A unit that throws after it wrote hurts only itself. */
  #oneByOne(units: readonly Unit[]): void {
    for (const unit of units) {
      if (this.#fatal) {
        unit.reject(this.#fatal);
        continue;
      }
      try {
        this.#connection.begin();
        unit.value = unit.attempt();
      } catch (error) {
        this.#rollback();
        unit.reject(withoutFile(error));
        continue;
      }
      this.#commit([unit], []);
    }
  }

  #commit(done: readonly Unit[], refused: readonly [Unit, unknown][]): void {
    try {
      const changed = this.#connection.changes !== this.#settledChanges;
      const stamped = this.#hooks.stamp(
        done.map(({ value }) => value),
        changed,
      );
      this.#connection.commit();
      this.#settledChanges = this.#connection.changes;
      stamped?.();
    } catch (error) {
      this.#rollback();
      this.#failed(done, error);
      for (const [unit, reason] of refused) unit.reject(reason);
      return;
    }
    this.#hooks.committed(done.map(({ value }) => value));
    for (const unit of done) unit.resolve(unit.value);
    for (const [unit, reason] of refused) unit.reject(reason);
  }

  /** A full disk has rolled the batch back. After an I/O error nobody knows, and only recovery from the log can tell. */
  #failed(units: readonly Unit[], cause: unknown): void {
    const known = sqliteProblem(cause) !== 'io';
    const error = known
      ? withoutFile(cause)
      : new StoreError('unknownCommit', 'a commit ended in an I/O error', { cause });
    for (const unit of units) unit.reject(error);
    if (known) return;
    this.#fatal = new StoreError('unavailable', 'the store has stopped after an I/O error', { cause });
    for (const unit of this.#queue.splice(0)) unit.reject(this.#fatal);
    this.#hooks.onFatal(cause);
  }

  #rollback(): void {
    if (this.#connection.inTransaction) this.#connection.exec('rollback');
    this.#settledChanges = this.#connection.changes;
    this.#hooks.rolledBack();
  }
}

/** Trouble with the file is 503 and says nothing of the unit; anything else is a fault and stays what it is. */
function withoutFile(error: unknown): unknown {
  const problem = sqliteProblem(error);
  if (!problem) return error;
  const messages = {
    full: 'the disk of the database is full; make room',
    readonly: 'the database file cannot be written to; check its permissions and mount',
    io: 'the database file cannot be read or written; check its disk',
    busy: 'the database file is locked by something else',
  };
  return new StoreError('unavailable', messages[problem], { cause: error });
}
