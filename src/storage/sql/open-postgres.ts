import { systemClock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/log.js';
import { createPostgresEngine } from './dialects/postgres.js';
import { PostgresPool } from './dialects/postgres-driver.js';
import type { Database, Engine, EngineOptions } from './engine.js';
import { MIGRATIONS } from './migrations/index.js';
import { checkSettings, migratePostgres } from './migrations/postgres.js';

type PostgresDatabase = Extract<Database, { kind: 'postgres' }>;

/** The engine on PostgreSQL, migrated first. Rejects when it is unreachable or newer than this release can serve. */
export async function openPostgresEngine(database: PostgresDatabase, options: EngineOptions): Promise<Engine> {
  return createPostgresEngine(await openPostgres(database, options.logger), options);
}

/** The pool of a database that is up to date. Rejects as `openPostgresEngine` does. */
export async function openPostgres({ url, poolSize }: PostgresDatabase, logger: Logger): Promise<PostgresPool> {
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
