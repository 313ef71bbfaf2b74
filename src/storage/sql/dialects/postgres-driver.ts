import type { Socket } from 'node:net';
import pg from 'pg';
import type { Millis } from '../../../kernel/clock.js';
import type { Logger } from '../../../kernel/log.js';
import { StoreError } from '../../store-error.js';
import { type Call, type Result, type Row, type Script, type Statement, withPlaceholders } from '../statement.js';

/** How long a connection may take to come, from the pool or from the server. */
const CONNECT_MILLIS: Millis = 2_000;
/** Units that may wait for a connection; more are answered at once. */
const WAITING_UNITS = 1_024;
const POOL_SIZE = 10;
const INT8 = 20;

/** The whole unit may be done again: the database says that it has undone it (SEC-78). */
export class RepeatableError extends Error {
  override readonly name = 'RepeatableError';
}

/**
 * Settings of one transaction: nothing is left on the session, so that a transaction pooler may stand in between. The planner's
 * are for prepared statements, which keep the plan of the day they were planned: one that suits a small table reads the same table
 * through once it has grown. Every statement of ours has an index to go by.
 */
export const BEGIN = [
  'begin isolation level read committed',
  'set local lock_timeout = 1000',
  'set local statement_timeout = 2000',
  'set local plan_cache_mode = force_generic_plan',
  'set local enable_seqscan = off',
  'set local enable_hashjoin = off',
  'set local enable_mergejoin = off',
  'set local jit = off',
].join('; ');

/** What became of a `COMMIT`. `unknown`: the connection broke after it was sent. */
type Committed =
  | { readonly kind: 'committed'; readonly results: readonly Result[] }
  | { readonly kind: 'unknown'; readonly cause: unknown };

/** One connection, for one unit. Statements of one call travel in one flush and are answered together. */
export class PostgresSession {
  readonly #client: pg.PoolClient;
  #broken: unknown;

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  /** Sends statements in one flush; throws the first error, as a `StoreError` or `RepeatableError` where it is one. */
  async ask(calls: readonly Call[], begin = false): Promise<readonly Result[]> {
    const settled = await this.#send([...(begin ? [BEGIN] : []), ...calls]);
    return resultsOf(begin ? settled.slice(1) : settled);
  }

  /** Sends statements that change nothing in one flush, with the settings of a transaction. */
  async look(calls: readonly Call[]): Promise<readonly Result[]> {
    return resultsOf((await this.#send([BEGIN, ...calls, 'rollback'])).slice(1, -1));
  }

  /**
   * Sends statements and their `COMMIT` in one flush. A `COMMIT` behind a failed statement succeeds and says `ROLLBACK`: only the
   * tag counts. Throws when nothing was committed.
   */
  async commit(calls: readonly Call[], begin = false): Promise<Committed> {
    const settled = await this.#send([...(begin ? [BEGIN] : []), ...calls, 'commit']);
    const last = settled.pop();
    const own = begin ? settled.slice(1) : settled;
    if (last?.status === 'fulfilled' && last.value.command === 'COMMIT')
      return { kind: 'committed', results: resultsOf(own) };
    if (last?.status === 'rejected' && !isRefusal(last.reason)) return { kind: 'unknown', cause: last.reason };
    resultsOf(settled);
    throw classified(last?.status === 'rejected' ? last.reason : new Error('COMMIT was answered with ROLLBACK'));
  }

  /** Plain text, several statements if need be: migrations. */
  async script(sql: string): Promise<void> {
    resultsOf(await this.#send([sql]));
  }

  async rollback(): Promise<void> {
    resultsOf(await this.#send(['rollback']));
  }

  /** Drives a script, one flush per group; with `first`, in a transaction that begins with these, in the first flush. */
  async drive<T>(script: Script<T>, first?: readonly Call[]): Promise<T> {
    let step = script.next();
    if (first) {
      const results = await this.ask([...first, ...(step.done ? [] : step.value)], true);
      if (!step.done) step = script.next(results.slice(first.length));
    }
    while (!step.done) step = script.next(await this.ask(step.value));
    return step.value;
  }

  /** Breaks the connection, so that whatever waits for it fails: the end of a unit that has taken too long. */
  abort(reason: Error): void {
    this.#broken = reason;
    socketOf(this.#client).destroy(reason);
  }

  /** Gives the connection back; one that failed, or may be inside a transaction, is closed. */
  release(error?: unknown): void {
    this.#client.release(this.#broken !== undefined || error !== undefined);
  }

  async #send(items: readonly (Call | string)[]): Promise<PromiseSettledResult<pg.QueryArrayResult>[]> {
    const socket = socketOf(this.#client);
    socket.cork();
    try {
      return Promise.allSettled(items.map((item) => this.#query(item)));
    } finally {
      socket.uncork();
    }
  }

  #query(item: Call | string): Promise<pg.QueryArrayResult> {
    if (typeof item === 'string') return this.#client.query({ text: item, rowMode: 'array' });
    const { name, text } = prepared(item.statement);
    return this.#client.query({ name, text, values: [...item.values], rowMode: 'array' });
  }
}

/** The pool and nothing else: bounded, and unimpressed by connections that break while idle. */
export class PostgresPool {
  readonly #pool: pg.Pool;

  constructor(url: string, size: number | undefined, logger: Logger) {
    const options: pg.PoolConfig & { readonly pipeline: true } = {
      connectionString: url,
      max: size ?? POOL_SIZE,
      connectionTimeoutMillis: CONNECT_MILLIS,
      keepAlive: true,
      application_name: 'postern',
      pipeline: true,
      // int8 as a number: instants and versions are far below 2^53.
      types: {
        getTypeParser: (oid: number, format?: 'text' | 'binary') =>
          oid === INT8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format),
      },
    };
    this.#pool = new pg.Pool(options);
    const lost = (error: Error): void => logger.warn({ err: error }, 'a connection to the database was lost');
    this.#pool.on('error', lost);
    // One that breaks while a unit holds it fails that unit's statements; this keeps it from ending the process as well.
    this.#pool.on('connect', (client) => client.on('error', () => {}));
  }

  /** Throws `StoreError`: `busy` when too many wait already, `unavailable` when none comes in time. */
  async session(): Promise<PostgresSession> {
    if (this.#pool.waitingCount >= WAITING_UNITS)
      throw new StoreError('busy', 'too many units wait for a connection to the database');
    try {
      return new PostgresSession(await this.#pool.connect());
    } catch (cause) {
      throw new StoreError('unavailable', 'the database cannot be reached; check that it runs and accepts us', {
        cause,
      });
    }
  }

  /** Connections, and units that wait for one. */
  stats(): { readonly waiting: number; readonly connections: { readonly open: number; readonly idle: number } } {
    const { waitingCount: waiting, totalCount: open, idleCount: idle } = this.#pool;
    return { waiting, connections: { open, idle } };
  }

  async end(): Promise<void> {
    await this.#pool.end();
  }
}

const texts = new WeakMap<Statement, { readonly name: string; readonly text: string }>();

function prepared(statement: Statement): { readonly name: string; readonly text: string } {
  const known = texts.get(statement);
  if (known) return known;
  const made = { name: statement.name, text: withPlaceholders(statement, '$') };
  texts.set(statement, made);
  return made;
}

/** The driver does not show its socket; without it a flush would be many packets and a deadline could not be kept. */
function socketOf(client: pg.PoolClient): Socket {
  return (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream;
}

function resultsOf(settled: readonly PromiseSettledResult<pg.QueryArrayResult>[]): readonly Result[] {
  return settled.map((one) => {
    if (one.status === 'rejected') throw classified(one.reason);
    // Texts, numbers and nulls: no column is of another type.
    return { rows: one.value.rows as unknown as Row[], count: one.value.rowCount ?? 0 };
  });
}

const sqlState = (error: unknown): string | undefined =>
  error instanceof pg.DatabaseError && error.code?.length === 5 ? error.code : undefined;

/** An answer of the database, which goes on: not the end of the connection. */
const isRefusal = (error: unknown): boolean => error instanceof pg.DatabaseError && error.severity === 'ERROR';

/** Classes of https://www.postgresql.org/docs/current/errcodes-appendix.html that are the database's trouble, not ours. */
const TROUBLE = /^(?:08|53|57|58|25006|55P03)/;

/** What an error means to a unit; a fault of ours stays what it is. */
function classified(error: unknown): unknown {
  const state = sqlState(error);
  if (state === '40001' || state === '40P01')
    return new RepeatableError('the database has undone the transaction', { cause: error });
  if (state === undefined || TROUBLE.test(state))
    return new StoreError('unavailable', 'the database does not answer as it should; look at its log', {
      cause: error,
    });
  return error;
}
