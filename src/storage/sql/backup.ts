import type { Backup } from '../backup-port.js';
import { StoreError } from '../store-error.js';
import { SqliteBackups } from './dialects/sqlite-backup.js';
import { SqliteConnection } from './dialects/sqlite-driver.js';
import { call, statement } from './statement.js';

export { copyDatabase } from './dialects/sqlite-copy.js';

const integrityCheck = statement('rows', 'pragma integrity_check');

/** A backup of a file that nobody serves, as it is: no migration runs, no key is needed. Throws when another process has it. */
export async function beginBackup(file: string): Promise<Backup> {
  const connection = SqliteConnection.open(file);
  const backups = new SqliteBackups(connection, file);
  try {
    const { pageSize, changed, hold } = await backups.begin();
    return {
      pageSize,
      changed,
      hold,
      async [Symbol.asyncDispose]() {
        backups.close();
        connection.close();
      },
    };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Reads all of a database that nobody serves. Throws `StoreError` when it is not whole. */
export function assertWhole(file: string): void {
  const found = problemsOf(file);
  if (found.length > 0)
    throw new StoreError('unavailable', `the copy is not a whole database: ${found.slice(0, 3).join('; ')}`);
}

function problemsOf(file: string): readonly string[] {
  try {
    const connection = SqliteConnection.open(file);
    try {
      return connection
        .ask(call(integrityCheck, {}))
        .rows.map(([problem]) => String(problem))
        .filter((problem) => problem !== 'ok');
    } finally {
      connection.close();
    }
  } catch (error) {
    // Damage may be such that it cannot even be looked for.
    return [error instanceof Error ? error.message : String(error)];
  }
}
