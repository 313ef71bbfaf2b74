import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import pg from 'pg';
import type { Database } from '../../src/storage/sql/engine.js';
import { migratedDatabase } from '../helpers/migrated-database.js';

export interface KeptDatabase extends AsyncDisposable {
  readonly database: Database;
}

export const KINDS = ['sqlite', 'postgres'] as const;

/** A database that outlives the stores opened on it; `make`: on PostgreSQL another than one that is up to date. */
export async function keptDatabase(kind: Database['kind'], make = migratedDatabase): Promise<KeptDatabase> {
  if (kind === 'postgres') {
    const fresh = await make();
    return { database: { kind, url: fresh.url }, [Symbol.asyncDispose]: () => fresh[Symbol.asyncDispose]() };
  }
  const directory = mkdtempSync(join(tmpdir(), 'postern-contract-'));
  return {
    database: { kind, file: join(directory, 'postern.db') },
    async [Symbol.asyncDispose]() {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

type Cells = Record<string, string | number | null>;

/** Runs SQL past the store. On SQLite no store may have the file open. */
export async function raw(database: Database, sql: string): Promise<Cells[]> {
  if (database.kind === 'sqlite') {
    const connection = new Libsql(database.file);
    try {
      return connection.prepare(sql).all() as Cells[];
    } finally {
      connection.close();
    }
  }
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const TABLES = {
  sqlite: `select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name`,
  postgres: `select tablename as name from pg_tables where schemaname = 'public' order by tablename`,
};

/** All that the database holds, as one text. */
export async function dump(database: Database): Promise<string> {
  const tables = await raw(database, TABLES[database.kind]);
  const contents = [];
  for (const { name } of tables) contents.push(name, await raw(database, `select * from ${name}`));
  return JSON.stringify(contents);
}
