import Libsql from 'libsql';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/kernel/keys.js';
import { silentLogger } from '../../src/kernel/log.js';
import { PostgresPool } from '../../src/storage/sql/dialects/postgres-driver.js';
import { SqliteConnection } from '../../src/storage/sql/dialects/sqlite-driver.js';
import { type Database, migrate } from '../../src/storage/sql/index.js';
import { MIGRATIONS, type Migration } from '../../src/storage/sql/migrations/index.js';
import { MigrationError, pendingMigrations } from '../../src/storage/sql/migrations/plan.js';
import { migratePostgres } from '../../src/storage/sql/migrations/postgres.js';
import { migrateSqlite } from '../../src/storage/sql/migrations/sqlite.js';
import { KINDS, keptDatabase, raw } from '../contract/raw.js';
import { createTestDatabase } from '../helpers/postgres.js';
import { openTestStore, testClock } from '../helpers/store.js';

/** What each migration says on SQLite and on PostgreSQL. What needs changing is a migration of its own; a new one gets its line. */
const DIGESTS: Readonly<Record<number, readonly [sqlite: string, postgres: string]>> = {
  1: ['0XNY6ty9mBUrnB0aG39jRwd7o96DcpYqA0-ci5pa9_w', '7TnP_BrvB0L_UQkUUrLApBjvXg3YDZSEZ1dpJ2_EWcg'],
  2: ['cE1Gq2_RCRuuxNY94-ERmTSe90I-ffoIw8OOCtjiBjk', 's3MY9WJgvcFTW4hlodQ2EZK5AdwK1uy-Avx4vlfBR7w'],
  3: ['xVzdOH6E11-5VEc2O2-Y4wS1RZz-d4Mzj6dyXTBhaoI', 'Lu3dyjrVz01yGake-CuqTPPWqloPYgS5iPuKFdUbHgQ'],
  4: ['akAylX-KjPKA_i2Vl79qX2JAgvuH8rR6fJPglU48N08', 'aiLuyWyj4kU4bFwa5sddlL6xb-Upi_KvY2rACxc7xQ8'],
};

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly key: number;
}

const TYPES: Record<string, string> = { text: 'text', integer: 'integer', bigint: 'integer' };
const byName = (a: Column, b: Column): number => `${a.table}.${a.column}`.localeCompare(`${b.table}.${b.column}`);

function sqliteCatalogue(): { columns: Column[]; indexes: string[] } {
  const database = new Libsql(':memory:');
  for (const { sqlite } of MIGRATIONS) database.exec(sqlite);
  const all = (sql: string) => database.prepare(sql).all() as Record<string, string | number>[];
  const tables = all(`select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`).map(
    ({ name }) => String(name),
  );
  const columns = tables.flatMap((table) =>
    all(`pragma table_info(${table})`).map((row) => ({
      table,
      column: String(row['name']),
      type: TYPES[String(row['type']).toLowerCase()] ?? String(row['type']),
      nullable: row['notnull'] === 0,
      key: Number(row['pk']),
    })),
  );
  const indexes = tables.flatMap((table) =>
    all(`pragma index_list(${table})`).map((index) => {
      const of = all(`pragma index_info('${index['name']}')`).map(({ name }) => name);
      return `${table}(${of.join(',')})${index['unique'] ? ' unique' : ''}${index['partial'] ? ' partial' : ''}`;
    }),
  );
  database.close();
  return { columns, indexes };
}

async function postgresCatalogue(): Promise<{ columns: Column[]; indexes: string[]; collations: string[] }> {
  await using fresh = await createTestDatabase();
  const client = new pg.Client({ connectionString: fresh.url });
  await client.connect();
  try {
    for (const { postgres } of MIGRATIONS) await client.query(postgres);
    const { rows: columns } = await client.query(`
      select c.table_name as table, c.column_name as column, c.data_type as type, c.is_nullable = 'YES' as nullable,
        coalesce(k.ordinal_position, 0)::int as key, c.collation_name as collation
      from information_schema.columns c
      left join information_schema.table_constraints t
        on t.table_schema = c.table_schema and t.table_name = c.table_name and t.constraint_type = 'PRIMARY KEY'
      left join information_schema.key_column_usage k
        on k.constraint_name = t.constraint_name and k.table_name = t.table_name and k.column_name = c.column_name
      where c.table_schema = 'public'`);
    const { rows: indexes } = await client.query(`
      select t.relname as table, x.indisunique as unique, x.indpred is not null as partial,
        string_agg(a.attname, ',' order by p.place) as columns
      from pg_index x join pg_class t on t.oid = x.indrelid join pg_namespace n on n.oid = t.relnamespace
      cross join lateral unnest(x.indkey) with ordinality as p (attribute, place)
      join pg_attribute a on a.attrelid = t.oid and a.attnum = p.attribute
      where n.nspname = 'public' group by x.indexrelid, t.relname, x.indisunique, x.indpred is not null`);
    return {
      columns: columns.map(({ collation: _, ...column }) => ({ ...column, type: TYPES[column.type] ?? column.type })),
      indexes: indexes.map(
        (index) => `${index.table}(${index.columns})${index.unique ? ' unique' : ''}${index.partial ? ' partial' : ''}`,
      ),
      collations: columns.filter(({ type }) => type === 'text').map(({ collation }) => collation),
    };
  } finally {
    await client.end();
  }
}

/** SQLite keeps its own time; PostgreSQL has a clock. */
const OWN_TO_SQLITE = 'clock';

describe('the two catalogues', () => {
  it('have the same tables, columns, keys and indexes', async () => {
    const [sqlite, postgres] = [sqliteCatalogue(), await postgresCatalogue()];
    const shared = sqlite.columns.filter(({ table }) => table !== OWN_TO_SQLITE);
    expect(shared.length).toBeGreaterThan(50);
    expect(shared.sort(byName)).toEqual(postgres.columns.sort(byName));
    expect(sqlite.indexes.filter((index) => !index.startsWith(OWN_TO_SQLITE)).sort()).toEqual(postgres.indexes.sort());
    expect(new Set(postgres.collations)).toEqual(new Set(['C']));
  });

  it('put the environment first in every key (SEC-42)', () => {
    const keys = sqliteCatalogue().columns.filter(({ key }) => key === 1);
    const exempt = {
      environments: 'id',
      environment_names: 'organization_id',
      license_names: 'organization_id',
      sequences: 'name',
      clock: 'id',
      marks: 'name',
    } as Record<string, string>;
    for (const { table, column } of keys) expect([table, column]).toEqual([table, exempt[table] ?? 'environment_id']);
    for (const index of sqliteCatalogue().indexes.filter((text) => text.includes(' unique')))
      if (!Object.keys(exempt).some((table) => index.startsWith(`${table}(`)))
        expect(index).toMatch(/^\w+\(environment_id[,)]/);
  });
});

/** Applies migrations as a server would that knows these. */
async function apply(database: Database, migrations: readonly Migration[]): Promise<void> {
  if (database.kind === 'sqlite') {
    const connection = SqliteConnection.open(database.file);
    try {
      migrateSqlite(connection, migrations, testClock(), silentLogger);
    } finally {
      connection.close();
    }
    return;
  }
  const pool = new PostgresPool(database.url, 1, silentLogger);
  const session = await pool.session();
  try {
    await migratePostgres(session, migrations, testClock(), silentLogger);
  } finally {
    session.release(true);
    await pool.end();
  }
}

describe.each(KINDS)('migrations on %s', (kind) => {
  it('are applied once, in order, and recorded', async () => {
    await using kept = await keptDatabase(kind, createTestDatabase);
    await migrate(kept.database, silentLogger);
    await migrate(kept.database, silentLogger);
    const rows = await raw(kept.database, 'select number, name, oldest_server from schema_migrations order by number');
    expect(rows.map(({ number, name }) => [Number(number), name])).toEqual(
      MIGRATIONS.map(({ number, name }) => [number, name]),
    );
  });

  it('users from before there were keys beside their documents are found by them', async () => {
    await using kept = await keptDatabase(kind, createTestDatabase);
    const before = MIGRATIONS.slice(
      0,
      MIGRATIONS.findIndex(({ name }) => name === 'directory'),
    );
    await apply(kept.database, before);
    const [environment, population] = ['environment', '00000000-0000-4000-8000-00000000000a'];
    await raw(kept.database, `insert into environments values ('${environment}', 1, '{}', 0) returning id`);
    const documents = [
      {
        username: 'a"populationId":"x',
        populationId: population,
        profile: { email: 'Maria@Example.org', title: '"email":"' },
      },
      { username: 'b', populationId: population, profile: {} },
    ];
    for (const [at, document] of documents.entries())
      await raw(
        kept.database,
        `insert into users (environment_id, id, version, username_key, document, created_at)
         values ('${environment}', 'u${at}', 1, 'u${at}', '${JSON.stringify(document)}', 0) returning id`,
      );
    await migrate(kept.database, silentLogger);
    const rows = await raw(kept.database, 'select email_key, population_id from users order by id');
    expect(rows).toEqual([
      { email_key: 'maria@example.org', population_id: population },
      { email_key: null, population_id: population },
    ]);
  });

  it('an older server refuses a database that has moved on, and says what to do', async () => {
    await using kept = await keptDatabase(kind, createTestDatabase);
    await migrate(kept.database, silentLogger);
    await raw(kept.database, `insert into schema_migrations values (999, 'contracted', 999, 0) returning number`);
    await expect(openTestStore({ ...kept })).rejects.toThrow(MigrationError);
    await expect(openTestStore({ ...kept })).rejects.toThrow(/999 \(contracted\).*newer/);
  });

  it('a server of the release before carries on when a step only added something', async () => {
    await using kept = await keptDatabase(kind, createTestDatabase);
    await migrate(kept.database, silentLogger);
    await raw(kept.database, `insert into schema_migrations values (999, 'expanded', 1, 0) returning number`);
    await using test = await openTestStore({ ...kept });
    expect(await test.store.check()).toEqual({ ready: true });
  });

  it('a step that fails leaves nothing behind', async () => {
    await using kept = await keptDatabase(kind, createTestDatabase);
    const broken: Migration = {
      number: 2,
      name: 'broken',
      oldestServer: 2,
      sqlite: 'create table t (a integer) strict; select nonsense',
      postgres: 'create table t (a bigint); select nonsense',
    };
    await expect(apply(kept.database, [...MIGRATIONS, broken])).rejects.toThrow('nonsense');
    await migrate(kept.database, silentLogger);
    const rows = await raw(kept.database, 'select number from schema_migrations');
    expect(rows.map(({ number }) => Number(number))).toEqual(MIGRATIONS.map(({ number }) => number));
  });
});

describe('servers that start at once on PostgreSQL', () => {
  it('migrate an empty database exactly once between them', async () => {
    await using kept = await keptDatabase('postgres');
    await Promise.all(Array.from({ length: 6 }, () => migrate(kept.database, silentLogger)));
    const rows = await raw(kept.database, 'select count(*) as count from schema_migrations');
    expect(Number(rows[0]?.['count'])).toBe(MIGRATIONS.length);
  });
});

describe('the list of migrations', () => {
  it('is numbered from one without gaps, and none demands a server newer than itself', () => {
    expect(MIGRATIONS.map(({ number }) => number)).toEqual(MIGRATIONS.map((_, index) => index + 1));
    for (const { number, oldestServer } of MIGRATIONS) expect(oldestServer).toBeLessThanOrEqual(number);
  });

  it('that databases have been made with is not edited any more', () => {
    const made = MIGRATIONS.filter(({ number }) => number in DIGESTS);
    expect(made.map(({ number }) => number)).toEqual(Object.keys(DIGESTS).map(Number));
    for (const { number, sqlite, postgres } of made)
      expect([number, sha256(sqlite), sha256(postgres)]).toEqual([number, ...(DIGESTS[number] ?? [])]);
  });

  it('what is left is what is not recorded', () => {
    const known = [1, 2, 3].map((number) => ({
      number,
      name: `m${number}`,
      oldestServer: 1,
      sqlite: '',
      postgres: '',
    }));
    expect(pendingMigrations(known, known.slice(0, 1)).map(({ number }) => number)).toEqual([2, 3]);
    expect(pendingMigrations(known, known)).toEqual([]);
  });
});
