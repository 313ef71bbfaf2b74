import type { Logger } from '../../kernel/log.js';
import { prepareDataKeys } from './data-keys.js';
import type { Database, Engine, EngineOptions } from './engine.js';
import { createStore, type SqlStore } from './store.js';

// The dialect in use is loaded when it is known, and the other never: a driver is tens of milliseconds of every start.
const postgres = () => import('./open-postgres.js');
const sqlite = () => import('./open-sqlite.js');

/** `openStore` with every part given: tests bring a configuration parser of their own. */
export async function openStoreWith(database: Database, options: EngineOptions): Promise<SqlStore> {
  return database.kind === 'sqlite'
    ? ready((await sqlite()).openSqliteEngine(database.file, options), '', options)
    : ready(await (await postgres()).openPostgresEngine(database, options), 'for update skip locked', options);
}

/** The store, once its keys are there. `lock` passes over rows that another process is at. */
async function ready(engine: Engine, lock: string, options: EngineOptions): Promise<SqlStore> {
  try {
    await prepareDataKeys(engine, options.vault.keys);
    return createStore(engine, lock, options);
  } catch (error) {
    await engine[Symbol.asyncDispose]();
    throw error;
  }
}

/** Brings the database up to date and leaves it. Throws when it is in use, unreachable, or newer than this release can serve. */
export async function migrate(database: Database, logger: Logger): Promise<void> {
  if (database.kind === 'sqlite') (await sqlite()).openSqlite(database.file, logger).close();
  else await (await (await postgres()).openPostgres(database, logger)).end();
}
