import type { OutboxMessage } from '../../../delivery/message.js';
import type { Clock } from '../../../kernel/clock.js';
import { systemClock } from '../../../kernel/clock.js';
import type { Decision, Plan, Snapshot } from '../../port.js';
import { StoreError } from '../../store-error.js';
import { type AppendAudit, type AuditLine, assertOnRecord, lineOf, TailWriter } from '../audit-tail.js';
import { Configurations } from '../configurations.js';
import { announce, type Engine, type EngineOptions, MAX_TAKEN, withTakenName } from '../engine.js';
import { StorageFault } from '../fault.js';
import { Loader } from '../load.js';
import { integer } from '../row.js';
import { type Call, call, type Script, statement } from '../statement.js';
import { CommitTally } from '../tally.js';
import { localTime, PersistedClock } from '../time.js';
import type { Step, WriteSet } from '../write-set.js';
import { writeSetOf } from '../writes.js';
import { GroupCommit } from './group-commit.js';
import type { SqliteBackups } from './sqlite-backup.js';
import type { SqliteConnection } from './sqlite-driver.js';
import { SqliteMemory } from './sqlite-memory.js';

const selectClock = statement('row', 'select instant from clock where id = 1');
const stampClock = statement('count', 'update clock set instant = :now where id = 1');

/** Drives a script over the connection, in one turn. */
export function drive<T>(connection: SqliteConnection, script: Script<T>): T {
  let step = script.next();
  while (!step.done) step = script.next(step.value.map((one) => connection.ask(one)));
  return step.value;
}

/** What a unit leaves for after its commit. */
interface Done {
  readonly outcome: unknown;
  readonly appended: readonly OutboxMessage[];
  /** Written with the batch: one row for all of its units. */
  readonly audit: readonly AuditLine[];
}

const NOTHING: readonly never[] = [];

/**
 * The embedded database: load, decide and write in one synchronous turn under group commit, so versions cannot move in between;
 * they are stored and checked all the same, because the other database needs them and a moved one here is a fault.
 */
export function createSqliteEngine(
  connection: SqliteConnection,
  options: EngineOptions,
  host: Clock = systemClock,
  backups?: SqliteBackups,
): Engine {
  const persisted = connection.ask(call(selectClock, {})).rows[0] ?? [];
  const persistedClock = new PersistedClock(integer(persisted, 0), host);
  const clock = options.clock ?? persistedClock;
  const time = options.clock ? localTime(options.clock) : localTime(persistedClock, host);
  const configurations = new Configurations(options.parseConfiguration, options.vault.keys);
  const loader = new Loader(time, configurations);
  const memory = new SqliteMemory();
  const tally = new CommitTally();
  const tail = new TailWriter(options);
  const commits = new GroupCommit(connection, {
    stamp(values, changed) {
      const rows = tail.calls(values.flatMap((value) => (value as Done).audit));
      if (!changed && rows.length === 0) return undefined;
      assertOnRecord(rows.map((row) => connection.ask(row)));
      const now = clock.now();
      connection.ask(call(stampClock, { now }));
      return () => persistedClock.persisted(now);
    },
    committed(values) {
      tally.committed(values.length);
      const appended = values.flatMap((value) => (value as Done).appended);
      announce(options, appended);
    },
    rolledBack() {
      configurations.clear();
      memory.forget();
    },
    onFatal: options.onFatal,
  });

  function load(plan: Plan): Snapshot {
    const known = memory.recall(plan, clock.now());
    if (known) return known;
    const snapshot = drive(connection, loader.load(plan));
    memory.learn(plan.environmentId, snapshot);
    return snapshot;
  }

  function unit<O>(first: Plan, decide: (snapshot: Snapshot) => Decision<O>): Done {
    let plan = first;
    for (let taken = 0; taken <= MAX_TAKEN; taken++) {
      const snapshot = load(plan);
      const decision = decide(snapshot);
      if (decision.needs) {
        plan = { ...plan, ...decision.needs };
        continue;
      }
      if (decision.writes.length === 0) return { outcome: decision.outcome, appended: NOTHING, audit: NOTHING };
      const set = writeSetOf(plan, snapshot, decision.writes, options);
      const { erases, appended, audit } = set;
      if (erases ? connection.erasing(() => isWritten(set)) : isWritten(set)) {
        memory.wrote(plan.environmentId, decision.writes);
        return { outcome: decision.outcome, appended, audit };
      }
      plan = withTakenName(plan, decision);
    }
    throw new StorageFault('a decision keeps asking for a name that is taken');
  }

  /** Not, when a name is taken. */
  function isWritten({ claims, steps }: WriteSet): boolean {
    if (!claims.every((claim, index) => isClaimed(claim, index))) return false;
    for (const step of steps) write(step);
    return true;
  }

  /** The first claim may be lost with nothing to undo; a later one only by a decision that did not look. */
  function isClaimed(claim: Call, index: number): boolean {
    if (connection.ask(claim).count === 1) return true;
    if (index === 0) return false;
    throw new StorageFault('a unique key that was free when it was loaded is taken in the same turn');
  }

  function write({ call, rows }: Step): void {
    const { count } = connection.ask(call);
    if (rows !== 'any' && count !== 1)
      throw new StorageFault(`a guarded write changed ${count} rows: ${call.statement.text}`);
  }

  const closed = { value: false };
  const assertOpen = (): void => {
    if (closed.value) throw new StoreError('unavailable', 'the store is closed');
  };

  return {
    time,
    settle: 0,
    async load(plan) {
      assertOpen();
      return load(plan);
    },
    async read(script) {
      assertOpen();
      return drive(connection, script());
    },
    async transact<O>(plan: Plan, decide: (snapshot: Snapshot) => Decision<O>): Promise<O> {
      const done = await commits.run(() => unit(plan, decide));
      // `unit` has just been given this very decision.
      return done.outcome as O;
    },
    async write<T>(
      changes: 'message' | 'queues' | 'aggregates' | 'people',
      script: (append: AppendAudit) => Script<T>,
    ): Promise<T> {
      const done = await commits.run((): Done => {
        const before = connection.changes;
        const audit: AuditLine[] = [];
        const run = (): T =>
          drive(
            connection,
            script((record) => {
              audit.push(lineOf(record));
            }),
          );
        const outcome = changes === 'people' ? connection.erasing(run) : run();
        if ((changes === 'aggregates' || changes === 'people') && connection.changes !== before) memory.forget();
        return { outcome, appended: NOTHING, audit };
      });
      // As above.
      return done.outcome as T;
    },
    async cutLog() {
      // A backup makes all checkpoints while it lasts, and empties the log with each.
      if (!closed.value && connection.hasErased && !backups?.isTaken) connection.emptyLog();
    },
    backups,
    stats: () => ({ database: 'sqlite', waiting: commits.waiting, tally }),
    async unwritable() {
      // The probe writes what every batch writes: the time.
      try {
        await commits.run((): Done => {
          connection.ask(call(stampClock, { now: clock.now() }));
          return { outcome: undefined, appended: NOTHING, audit: NOTHING };
        });
        return undefined;
      } catch (error) {
        if (error instanceof StoreError) return error.message;
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      if (closed.value) return;
      commits.close();
      closed.value = true;
      backups?.close();
      connection.close();
    },
  };
}
