import type { Migration } from './index.js';

/** A row of `schema_migrations`. */
export interface Applied {
  readonly number: number;
  readonly name: string;
  readonly oldestServer: number;
}

/** The database cannot be served by this release. Its message ends with what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** Where the database says what it is; made before anything else. */
export const CREATE_SCHEMA_MIGRATIONS = {
  sqlite: `create table if not exists schema_migrations (number integer not null primary key, name text not null,
    oldest_server integer not null, applied_at integer not null) strict`,
  postgres: `create table if not exists schema_migrations (number bigint not null primary key, name text collate "C" not null,
    oldest_server bigint not null, applied_at bigint not null)`,
};
export const INSERT_APPLIED = `insert into schema_migrations (number, name, oldest_server, applied_at)
  values (:number, :name, :oldestServer, :now)`;
export const SELECT_APPLIED = 'select number, name, oldest_server from schema_migrations order by number';

/**
 * What is left to apply. Throws `MigrationError` when the database has been moved on by a release that this one is too old to
 * stand beside; a newer database that still admits it is served as it is.
 */
export function pendingMigrations(known: readonly Migration[], applied: readonly Applied[]): readonly Migration[] {
  const newestKnown = known.at(-1)?.number ?? 0;
  const demanding = applied.find(({ oldestServer }) => oldestServer > newestKnown);
  if (demanding)
    throw new MigrationError(
      `the database has migration ${demanding.number} (${demanding.name}), which this release does not know and cannot serve; ` +
        'start the release that applied it, or a newer one',
    );
  const present = new Set(applied.map(({ number }) => number));
  return known.filter(({ number }) => !present.has(number));
}
