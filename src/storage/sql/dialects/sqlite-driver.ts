import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Libsql from 'libsql';
import { StoreError } from '../../store-error.js';
import { type Call, call, type Result, type Row, type Statement, statement, withPlaceholders } from '../statement.js';

/** How long a second process waits for the first to let go of the file: enough for two runs to overlap at a restart. */
const BUSY_MILLIS = 5_000;
/** Pages in the log before a commit copies them into the file: about 4 MB, so that no commit stalls for long. */
export const CHECKPOINT_PAGES = 1_000;
const CACHE_KIB = 16_384;
/** What is deleted is overwritten in pages that are written anyway (https://www.sqlite.org/pragma.html#pragma_secure_delete). */
const ERASING_CHEAPLY = 'pragma secure_delete = fast';
/** Also in pages that become free and would not be written for that: a fifth more to write, were it always so. */
const ERASING_ALL = 'pragma secure_delete = on';

const BEGIN = statement('count', 'begin immediate');
const COMMIT = statement('count', 'commit');
const TRUNCATE = statement('row', 'pragma wal_checkpoint(truncate)');

type Prepared = ReturnType<Libsql.Database['prepare']>;

/** What went wrong with the file, as far as it matters here. */
export type SqliteProblem = 'busy' | 'full' | 'readonly' | 'io';

/** By the result code's name (https://www.sqlite.org/rescode.html); `undefined`: a fault of ours, not of the file. */
export function sqliteProblem(error: unknown): SqliteProblem | undefined {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code.startsWith('SQLITE_FULL')) return 'full';
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN')) return 'readonly';
  if (code.startsWith('SQLITE_IOERR')) return 'io';
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return 'busy';
  return undefined;
}

/**
 * The one connection to the file; the only place that knows the driver, so that `node:sqlite` can take libsql's when Node 24 is
 * the floor. Values are texts, numbers and nulls: libsql ends the process when it is given a boolean.
 */
export class SqliteConnection {
  readonly #database: Libsql.Database;
  readonly #prepared = new Map<Statement, Prepared>();
  /** Rises with every statement that changed something: tells whether a unit has left anything to undo. */
  changes = 0;
  /** Somebody was erased, whom the log still has. */
  #hasErased = false;

  private constructor(database: Libsql.Database) {
    this.#database = database;
  }

  /**
   * Opens and locks the file, made readable by its owner alone. Throws `StoreError` when another process holds it, after waiting
   * as long as a restart takes.
   */
  static open(file: string, busyMillis = BUSY_MILLIS): SqliteConnection {
    if (file !== ':memory:') createFile(file);
    const database = new Libsql(file, { timeout: busyMillis });
    const connection = new SqliteConnection(database);
    try {
      connection.exec(`pragma busy_timeout = ${busyMillis}`);
      // Before journal_mode, so that the log's index lives in memory and the operating system holds the lock for us (SEC-77).
      connection.exec('pragma locking_mode = exclusive');
      connection.exec('pragma journal_mode = wal');
      // Some builds use NORMAL for WAL files: an acknowledged commit could be lost with the power (SEC-76).
      connection.exec('pragma synchronous = full');
      connection.exec('pragma foreign_keys = on');
      connection.checkpointAfter(CHECKPOINT_PAGES);
      connection.exec(ERASING_CHEAPLY);
      connection.exec(`pragma cache_size = -${CACHE_KIB}`);
      connection.exec('pragma temp_store = memory');
      connection.exec('begin immediate');
      connection.exec('commit');
    } catch (cause) {
      connection.close();
      if (sqliteProblem(cause) !== 'busy') throw cause;
      throw new StoreError(
        'unavailable',
        `${file} is in use by another process: an embedded database serves one. Stop the other, or use PostgreSQL.`,
        { cause },
      );
    }
    return connection;
  }

  get inTransaction(): boolean {
    return this.#database.inTransaction;
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  /** Pages in the log before a commit copies them into the file; 0: none does. */
  checkpointAfter(pages: number): void {
    this.exec(`pragma wal_autocheckpoint = ${pages}`);
  }

  /** Nothing is left in the file of what the work deletes or replaces (SEC-74). */
  erasing<T>(work: () => T): T {
    this.#hasErased = true;
    this.exec(ERASING_ALL);
    try {
      return work();
    } finally {
      this.exec(ERASING_CHEAPLY);
    }
  }

  /** Copies the log into the file and cuts it off. Whether it could. */
  emptyLog(): boolean {
    const [busy] = this.ask(call(TRUNCATE, {})).rows[0] ?? [];
    if (busy === 0) this.#hasErased = false;
    return busy === 0;
  }

  get hasErased(): boolean {
    return this.#hasErased;
  }

  /** Past `ask`, whose count of changes would take the last write for theirs. */
  begin(): void {
    this.#prepare(BEGIN).run([]);
  }

  commit(): void {
    this.#prepare(COMMIT).run([]);
  }

  ask({ statement, values }: Call): Result {
    const prepared = this.#prepare(statement);
    switch (statement.yields) {
      case 'row': {
        // Raw mode gives an array; the driver's types do not say so.
        const row = prepared.get(values) as Row | undefined;
        return { rows: row ? [row] : [], count: 0 };
      }
      case 'rows':
      case 'returning': {
        const rows = prepared.all(values) as Row[];
        if (statement.yields === 'returning') this.changes += 1;
        return { rows, count: rows.length };
      }
      default: {
        const { changes } = prepared.run(values);
        this.changes += changes;
        return { rows: [], count: changes };
      }
    }
  }

  /**
   * Lets go of the file. The driver closes it only once its statements are garbage, so the lock is given back by leaving WAL mode
   * first: whoever opens the file next need not wait for that.
   */
  close(): void {
    try {
      for (const sql of ['pragma journal_mode = delete', 'pragma locking_mode = normal', 'select 1 from sqlite_master'])
        this.#database.prepare(sql).all();
    } catch {
      // The file is in trouble, or was never ours; what is committed is in it or in its log.
    }
    this.#prepared.clear();
    this.#database.close();
  }

  #prepare(statement: Statement): Prepared {
    const known = this.#prepared.get(statement);
    if (known) return known;
    const prepared = this.#database.prepare(withPlaceholders(statement, '?'));
    if (statement.yields !== 'count') prepared.raw(true);
    this.#prepared.set(statement, prepared);
    return prepared;
  }
}

/** Made by us and not by the driver, for its mode; the log beside it takes the same. */
function createFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
