import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { pinnedTo } from './machine.js';

const START_MILLIS = 60_000;
const INSUFFICIENT_PRIVILEGE = '42501';
const SCRIPT = fileURLToPath(new URL('../../test/helpers/postgres-server.js', import.meta.url));

/**
 * The PostgreSQL of one run: what `POSTERN_BENCH_DATABASE_URL` names, or one of our own with the settings it comes with, which
 * ends with this process and takes its folder below `parent` along. `pid` is known of our own only.
 */
export async function startPostgres(parent) {
  const given = process.env.POSTERN_BENCH_DATABASE_URL;
  const own = given ? undefined : await ownServer(parent);
  const url = given ?? own.url;
  const version = await withClient(url, async (client) => (await client.query('show server_version')).rows[0]);
  let serial = 0;
  const created = new Set();
  const drop = async (name) => {
    await withClient(url, (client) => client.query(`drop database if exists ${name} with (force)`));
    created.delete(name);
  };
  return {
    pid: own?.pid,
    description: `PostgreSQL ${version.server_version}, ${given ? 'as given' : 'default settings'}`,
    /** A new database, empty or a copy of another that nobody is connected to. */
    async createDatabase(template = 'template0') {
      const name = `postern_bench_${process.pid}_${serial++}`;
      await withClient(url, async (client) => {
        await client.query(`create database ${name} template ${template}`);
        created.add(name);
        // What was written before is flushed before, not while the next case is measured; a given role may not be allowed to.
        await client.query('checkpoint').catch((error) => {
          if (error.code !== INSUFFICIENT_PRIVILEGE) throw error;
        });
      });
      return {
        name,
        url: Object.assign(new URL(url), { pathname: `/${name}` }).href,
        drop: () => drop(name),
      };
    },
    /** Drops what is left. */
    async end() {
      for (const name of created) await drop(name);
    },
  };
}

/** Runs work over one connection to a database. */
export async function withClient(url, work) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function ownServer(parent) {
  // Not inside the bench's own folder, which other users cannot enter: as root, the server runs as another.
  const directory = mkdtempSync(join(parent, 'postern-bench-postgres-'));
  const [program, ...args] = pinnedTo('database', [process.execPath, SCRIPT, directory, String(process.pid)]);
  // It watches this process, and ends and tidies up after it.
  spawn(program, args, { detached: true, stdio: 'ignore' }).unref();
  for (const end = Date.now() + START_MILLIS; Date.now() < end; await delay(25)) {
    const error = read(join(directory, 'error'));
    if (error) throw new Error(`PostgreSQL did not start; set POSTERN_BENCH_DATABASE_URL to use another.\n${error}`);
    const url = read(join(directory, 'url'));
    if (url) return { url, pid: Number(read(join(directory, 'data', 'postmaster.pid'))?.split('\n')[0]) };
  }
  throw new Error(`PostgreSQL did not start within ${START_MILLIS / 1_000} s`);
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
