import type { Clock } from '../../../kernel/clock.js';
import type { Logger } from '../../../kernel/log.js';
import type { SqliteConnection } from '../dialects/sqlite-driver.js';
import { integer, text } from '../row.js';
import { call, statement } from '../statement.js';
import type { Migration } from './index.js';
import { CREATE_SCHEMA_MIGRATIONS, INSERT_APPLIED, pendingMigrations, SELECT_APPLIED } from './plan.js';

/** Brings the file up to date in one transaction. The lock on the file keeps everyone else out meanwhile. */
export function migrateSqlite(
  connection: SqliteConnection,
  migrations: readonly Migration[],
  clock: Clock,
  logger: Logger,
): void {
  connection.exec('begin immediate');
  try {
    connection.exec(CREATE_SCHEMA_MIGRATIONS.sqlite);
    const applied = connection.ask(call(statement('rows', SELECT_APPLIED), {})).rows.map((row) => ({
      number: integer(row, 0),
      name: text(row, 1),
      oldestServer: integer(row, 2),
    }));
    const insert = statement('count', INSERT_APPLIED);
    for (const { number, name, oldestServer, sqlite } of pendingMigrations(migrations, applied)) {
      connection.exec(sqlite);
      connection.ask(call(insert, { number, name, oldestServer, now: clock.now() }));
      logger.info({ migration: number, name }, 'migration applied');
    }
    connection.exec('commit');
  } catch (error) {
    if (connection.inTransaction) connection.exec('rollback');
    throw error;
  }
}
