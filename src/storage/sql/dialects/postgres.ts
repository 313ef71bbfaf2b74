import { type Clock, type Millis, monotonicMillis } from '../../../kernel/clock.js';
import type { Decision, Plan, Snapshot } from '../../port.js';
import { StoreError } from '../../store-error.js';
import { type AppendAudit, type AuditLine, assertOnRecord, lineOf, TailWriter } from '../audit-tail.js';
import { Configurations } from '../configurations.js';
import { announce, type Engine, type EngineOptions } from '../engine.js';
import { Loader } from '../load.js';
import { call, type Script, statement } from '../statement.js';
import { CommitTally } from '../tally.js';
import { localTime, serverTime } from '../time.js';
import { withDeadline } from './deadline.js';
import { Lines } from './lines.js';
import { type PostgresPool, type PostgresSession, RepeatableError } from './postgres-driver.js';
import { COMMIT_MILLIS, PostgresGroup } from './postgres-group.js';
import { commitScripts, PostgresScripts } from './postgres-scripts.js';
import { PostgresUnit, UNIT_MILLIS } from './postgres-unit.js';

/** Times a script is done again after the database has undone it (SEC-78). */
const REPEATS = 3;
/** How long a script may take: nobody on the wire waits for it. */
const SCRIPT_MILLIS: Millis = 5_000;

const selectReadOnly = statement('row', `select current_setting('transaction_read_only')`);

/** PostgreSQL: load without locks, decide, guard under locks, write (`design.md` §4); any number of processes. */
export function createPostgresEngine(pool: PostgresPool, options: EngineOptions, host?: Clock): Engine {
  const time = options.clock ? localTime(options.clock) : serverTime(host);
  const loader = new Loader(time, new Configurations(options.parseConfiguration, options.vault.keys));
  const lines = new Lines();
  const tally = new CommitTally();
  const tail = new TailWriter(options);
  const loads = new PostgresScripts(pool);
  const messages = new PostgresScripts(pool, tail, tally);
  const group = new PostgresGroup(pool, tail, (appended) => announce(options, appended), tally);
  const running = new Set<Promise<unknown>>();
  let closed = false;

  /** Lets work in until the store is closed, and remembers it until it ends. */
  function admit<T>(work: () => Promise<T>): Promise<T> {
    if (closed) return Promise.reject(new StoreError('unavailable', 'the store is closed'));
    const admitted = work();
    const forget = (): void => {
      running.delete(admitted);
    };
    running.add(admitted);
    admitted.then(forget, forget);
    return admitted;
  }

  async function inSession<T>(work: (session: PostgresSession) => Promise<T>): Promise<T> {
    const session = await pool.session();
    try {
      const result = await withDeadline(session, SCRIPT_MILLIS, () => work(session));
      session.release();
      return result;
    } catch (error) {
      session.release(error);
      throw error;
    }
  }

  const inTransaction = <T>(script: (append: AppendAudit) => Script<T>): Promise<T> =>
    inSession(async (session) => {
      const audit: AuditLine[] = [];
      const work = script((record) => {
        audit.push(lineOf(record));
      });
      const result = await session.drive(work, []);
      const onRecord = await commitScripts(session, tail.calls(audit));
      tally.committed(1);
      assertOnRecord(onRecord);
      return result;
    });

  /** Does it again where the database has undone it. */
  async function repeated<T>(work: () => Promise<T>): Promise<T> {
    for (let repeats = 0; ; repeats++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof RepeatableError)) throw error;
        tally.repeats += 1;
        if (repeats === REPEATS) throw new StoreError('unavailable', 'the database keeps undoing it', { cause: error });
      }
    }
  }

  return {
    time,
    settle: UNIT_MILLIS + COMMIT_MILLIS,
    load: (plan) => admit(() => loads.run(() => loader.load(plan), monotonicMillis() + SCRIPT_MILLIS)),
    read: (script) => admit(() => inSession((session) => session.drive(script()))),
    transact: <O>(plan: Plan, decide: (snapshot: Snapshot) => Decision<O>): Promise<O> =>
      admit(() => new PostgresUnit({ pool, loader, loads, group, lines, tail, tally, options }, plan, decide).run()),
    write: (changes, script) =>
      admit(() =>
        repeated(() =>
          changes === 'message' ? messages.run(script, monotonicMillis() + SCRIPT_MILLIS) : inTransaction(script),
        ),
      ),
    // Its log is the operator's, and others' too.
    async cutLog() {},
    backups: undefined,
    stats() {
      const { waiting, connections } = pool.stats();
      const inQueues = loads.waiting + messages.waiting + group.waiting;
      return { database: 'postgres', tally, waiting: waiting + inQueues, connections };
    },
    async unwritable() {
      try {
        const [result] = await admit(() => inSession((session) => session.ask([call(selectReadOnly, {})])));
        return result?.rows[0]?.[0] === 'on' ? 'the database is read-only; point the server at the primary' : undefined;
      } catch (error) {
        if (error instanceof StoreError) return error.message;
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      if (closed) return;
      closed = true;
      await Promise.allSettled(running);
      await pool.end();
    },
  };
}
