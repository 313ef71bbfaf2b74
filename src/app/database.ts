import type { Config } from '../config/config.js';
import type { Database } from '../storage/sql/index.js';

/** The form in which the storage takes it. */
export function databaseOf({ database }: Pick<Config, 'database'>): Database {
  return database.kind === 'sqlite'
    ? { kind: 'sqlite', file: database.file }
    : { kind: 'postgres', url: database.url.reveal(), poolSize: database.poolSize };
}
