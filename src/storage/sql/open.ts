import { systemClock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/log.js';
import { prepareDataKeys } from './data-keys.js';
import { createPostgresEngine } from './dialects/postgres.js';
import { PostgresPool } from './dialects/postgres-driver.js';
import { createSqliteEngine } from './dialects/sqlite.js';
import { SqliteConnection } from './dialects/sqlite-driver.js';
import type { Database, Engine, EngineOptions } from './engine.js';
import { MIGRATIONS } from './migrations/index.js';
import { checkSettings, migratePostgres } from './migrations/postgres.js';
import { migrateSqlite } from './migrations/sqlite.js';
import { createStore, type SqlStore } from './store.js';

/** `openStore` with every part given: tests bring a configuration parser of their own. */
export async function openStoreWith(database: Database, options: EngineOptions): Promise<SqlStore> {
  if (database.kind === 'sqlite') {
    const connection = openSqlite(database.file, options.logger);
    return ready(createSqliteEngine(connection, options), '', options);
  }
  const pool = await openPostgres(database, options.logger);
  return ready(createPostgresEngine(pool, options), 'for update skip locked', options);
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
  if (database.kind === 'sqlite') openSqlite(database.file, logger).close();
  else await (await openPostgres(database, logger)).end();
}

function openSqlite(file: string, logger: Logger): SqliteConnection {
  const connection = SqliteConnection.open(file);
  try {
    migrateSqlite(connection, MIGRATIONS, systemClock, logger);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function openPostgres(
  { url, poolSize }: Extract<Database, { kind: 'postgres' }>,
  logger: Logger,
): Promise<PostgresPool> {
  const pool = new PostgresPool(url, poolSize, logger);
  try {
    const session = await pool.session();
    try {
      await checkSettings(session);
      await migratePostgres(session, MIGRATIONS, systemClock, logger);
      session.release();
    } catch (error) {
      session.release(error);
      throw error;
    }
    return pool;
  } catch (error) {
    await pool.end();
    throw error;
  }
}
