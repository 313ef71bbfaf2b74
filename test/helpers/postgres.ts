import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

/** How long a server may take to start on a busy machine. */
const START_MILLIS = 60_000;
/** Databases of test runs that nobody has removed are removed by a later run, once they are this old. */
const STALE_MILLIS = 3_600_000;
const PREFIX = 'postern_test';
/**
 * The host of a test run does not lose its power: what is not flushed outlives every process that a test kills. Runs in full length
 * flush as in production, because a commit then takes as long as there.
 */
const SETTINGS = process.env['POSTERN_EVIDENCE'] === 'full' ? [] : ['fsync=off', 'full_page_writes=off'];

export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
}

/** A fresh database, dropped when disposed. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const url = await freshDatabase();
  return { url, [Symbol.asyncDispose]: () => administer((client) => drop(client, new URL(url).pathname.slice(1))) };
}

/**
 * A copy of a database that `fill` has made once for all test files of a run, dropped when disposed. `kind` names what it was filled
 * with: whoever fills differently says so in it.
 */
export async function copiedDatabase(kind: string, fill: (url: string) => Promise<void>): Promise<TestDatabase> {
  let name = '';
  await administer(async (client) => {
    // Until this connection ends: of all that want the same one, the first makes it.
    await client.query('select pg_advisory_lock(hashtext($1))', [kind]);
    const pattern = `^${PREFIX}_[0-9]+_${kind}$`;
    const { rows } = await client.query('select datname from pg_database where datname ~ $1', [pattern]);
    const original: string = rows[0]?.datname ?? (await filled(client, kind, fill));
    name = newName();
    await client.query(`create database ${name} template ${original}`);
  });
  return { url: await urlOf(name), [Symbol.asyncDispose]: () => administer((client) => drop(client, name)) };
}

/** It has its name once it is complete. */
async function filled(client: pg.Client, kind: string, fill: (url: string) => Promise<void>): Promise<string> {
  const partial = newName();
  await client.query(`create database ${partial} template template0 encoding 'UTF8'`);
  await fill(await urlOf(partial));
  const name = newName(kind);
  await client.query(`alter database ${partial} rename to ${name}`);
  return name;
}

/** The URL of a fresh, empty database. It ends with the test run's server, or is dropped by a later run. */
export async function freshDatabase(): Promise<string> {
  const name = newName();
  await administer(async (client) => {
    const { rows } = await client.query(`select datname from pg_database where datname ~ '^${PREFIX}_[0-9]+_'`);
    for (const { datname } of rows)
      if (Date.now() - Number(datname.split('_')[2]) > STALE_MILLIS) await drop(client, datname);
    await client.query(`create database ${name} template template0 encoding 'UTF8'`);
  });
  return urlOf(name);
}

const newName = (end = randomBytes(4).toString('hex')): string => `${PREFIX}_${Date.now()}_${end}`;

async function urlOf(name: string): Promise<string> {
  const url = new URL(await serverUrl());
  url.pathname = `/${name}`;
  return url.href;
}

const drop = async (client: pg.Client, name: string): Promise<void> => {
  await client.query(`drop database if exists ${name} with (force)`);
};

async function administer(work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: await serverUrl() });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

let server: Promise<string> | undefined;

/** The server that `POSTERN_TEST_DATABASE_URL` names, or one of our own, started once per test run and ended with it. */
function serverUrl(): Promise<string> {
  server ??= process.env['POSTERN_TEST_DATABASE_URL']
    ? Promise.resolve(process.env['POSTERN_TEST_DATABASE_URL'])
    : ownServer();
  return server;
}

async function ownServer(): Promise<string> {
  // Test files run in processes of their own, whose parent is the run; anything else is a run by itself.
  const owner = process.env['VITEST'] ? process.ppid : process.pid;
  const directory = join(tmpdir(), `postern-postgres-${userInfo().uid}-${owner}`);
  if (isFirst(directory)) {
    const script = fileURLToPath(new URL('./postgres-server.js', import.meta.url));
    spawn(process.execPath, [script, directory, String(owner), ...SETTINGS], {
      detached: true,
      stdio: 'ignore',
    }).unref();
  }
  for (const end = Date.now() + START_MILLIS; Date.now() < end; await delay(25)) {
    const url = read(join(directory, 'url'));
    if (url) return url;
    const error = read(join(directory, 'error'));
    if (error) {
      rmSync(directory, { recursive: true, force: true });
      throw new Error(`PostgreSQL for tests did not start; set POSTERN_TEST_DATABASE_URL to use another.\n${error}`);
    }
  }
  throw new Error(`PostgreSQL for tests did not start within ${START_MILLIS / 1000} s; remove ${directory}`);
}

/** Of the processes of a run, the one that makes the directory starts the server. Others may enter it, as the server must. */
function isFirst(directory: string): boolean {
  try {
    mkdirSync(directory, { mode: 0o755 });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
