import type { Clock } from '../../../kernel/clock.js';
import type { Decision, Plan, Snapshot } from '../../port.js';
import { StoreError } from '../../store-error.js';
import { Configurations } from '../configurations.js';
import type { Engine, EngineOptions } from '../engine.js';
import { Loader } from '../load.js';
import { call, type Script, statement } from '../statement.js';
import { localTime, serverTime } from '../time.js';
import { withDeadline } from './deadline.js';
import { Lines } from './lines.js';
import { type PostgresPool, type PostgresSession, RepeatableError } from './postgres-driver.js';
import { PostgresUnit } from './postgres-unit.js';

/** Times a script is done again after the database has undone it (SEC-78). */
const REPEATS = 3;
/** How long a script may take: nobody on the wire waits for it. */
const SCRIPT_MILLIS = 5_000;

const selectReadOnly = statement('row', `select current_setting('transaction_read_only')`);

/** PostgreSQL: load without locks, decide, guard under locks, write (`design.md` §4); any number of processes. */
export function createPostgresEngine(pool: PostgresPool, options: EngineOptions, host?: Clock): Engine {
  const time = options.clock ? localTime(options.clock) : serverTime(host);
  const loader = new Loader(time, new Configurations(options.parseConfiguration));
  const lines = new Lines();
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

  async function write<T>(script: () => Script<T>): Promise<T> {
    for (let repeats = 0; ; repeats++) {
      try {
        return await inSession(async (session) => {
          const result = await session.drive(script(), true);
          const committed = await session.commit([]);
          if (committed.kind === 'committed') return result;
          throw new StoreError('unknownCommit', 'the connection broke during a commit', { cause: committed.cause });
        });
      } catch (error) {
        if (!(error instanceof RepeatableError)) throw error;
        if (repeats === REPEATS) throw new StoreError('unavailable', 'the database keeps undoing it', { cause: error });
      }
    }
  }

  return {
    time,
    load: (plan) => admit(() => inSession((session) => session.drive(loader.load(plan)))),
    read: (script) => admit(() => inSession((session) => session.drive(script()))),
    transact: <O>(plan: Plan, decide: (snapshot: Snapshot) => Decision<O>): Promise<O> =>
      admit(() => new PostgresUnit({ pool, loader, lines, options }, plan, decide).run()),
    write: (_changes, script) => admit(() => write(script)),
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
