import type { Clock } from '../../../kernel/clock.js';
import type { Logger } from '../../../kernel/log.js';
import { StoreError } from '../../store-error.js';
import type { PostgresSession } from '../dialects/postgres-driver.js';
import { integer, text } from '../row.js';
import { call, statement } from '../statement.js';
import type { Migration } from './index.js';
import { CREATE_SCHEMA_MIGRATIONS, INSERT_APPLIED, pendingMigrations, SELECT_APPLIED } from './plan.js';

/** Any number that nobody else uses for advisory locks in this database. */
const LOCK = 7_046_029_254;
const selectSettings = statement(
  'row',
  `select current_setting('synchronous_commit'), current_setting('server_encoding')`,
);

/**
 * Brings the database up to date in one transaction. Of several servers that start at once one migrates, under a lock that ends
 * with the transaction, and the others find it done.
 */
export async function migratePostgres(
  session: PostgresSession,
  migrations: readonly Migration[],
  clock: Clock,
  logger: Logger,
): Promise<void> {
  await session.script('begin');
  // Waits as long as another server's migrations take, which may be longer than any unit may wait.
  await session.script(`select pg_advisory_xact_lock(${LOCK})`);
  await session.script(CREATE_SCHEMA_MIGRATIONS.postgres);
  const [result] = await session.ask([call(statement('rows', SELECT_APPLIED), {})]);
  const applied = (result?.rows ?? []).map((row) => ({
    number: integer(row, 0),
    name: text(row, 1),
    oldestServer: integer(row, 2),
  }));
  const insert = statement('count', INSERT_APPLIED);
  for (const { number, name, oldestServer, postgres } of pendingMigrations(migrations, applied)) {
    await session.script(postgres);
    await session.ask([call(insert, { number, name, oldestServer, now: clock.now() })]);
    logger.info({ migration: number, name }, 'migration applied');
  }
  const committed = await session.commit([]);
  if (committed.kind === 'unknown')
    throw new StoreError('unknownCommit', 'the connection broke during the migration; start again', {
      cause: committed.cause,
    });
}

/** Refuses a database on which an answered commit could be lost (SEC-78), or that cannot hold every text. */
export async function checkSettings(session: PostgresSession): Promise<void> {
  const [result] = await session.ask([call(selectSettings, {})]);
  const [synchronousCommit, encoding] = result?.rows[0] ?? [];
  if (synchronousCommit === 'off')
    throw new StoreError('unavailable', 'synchronous_commit is off for this role or database; turn it on');
  if (encoding !== 'UTF8')
    throw new StoreError('unavailable', `the database's encoding is ${encoding}; create it with encoding UTF8`);
}
