import { systemClock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/log.js';
import { createSqliteEngine } from './dialects/sqlite.js';
import { SqliteBackups } from './dialects/sqlite-backup.js';
import { SqliteConnection } from './dialects/sqlite-driver.js';
import type { Engine, EngineOptions } from './engine.js';
import { MIGRATIONS } from './migrations/index.js';
import { migrateSqlite } from './migrations/sqlite.js';

/** The engine on a SQLite file, migrated first. Throws when the file is in use or newer than this release can serve. */
export function openSqliteEngine(file: string, options: EngineOptions): Engine {
  const connection = openSqlite(file, options.logger);
  const backups = file === ':memory:' ? undefined : new SqliteBackups(connection, file);
  return createSqliteEngine(connection, options, systemClock, backups);
}

/** The connection to a database that is up to date. Throws as `openSqliteEngine` does. */
export function openSqlite(file: string, logger: Logger): SqliteConnection {
  const connection = SqliteConnection.open(file);
  try {
    migrateSqlite(connection, MIGRATIONS, systemClock, logger);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}
