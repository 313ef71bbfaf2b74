import { spawnSync } from 'node:child_process';
import { closeSync, cpSync, fsyncSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { posternOnPostgres, posternOnSqlite } from '../cases/postern.js';
import { withClient } from '../harness/postgres.js';

const SEED = fileURLToPath(new URL('./seed.js', import.meta.url));

function seed(plan) {
  const { status } = spawnSync(process.execPath, [SEED, JSON.stringify(plan)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`the seed of ${plan.to} authentications ended with ${status}`);
}

/** A copy that is on the disk before anything is measured. */
function copyFolder(from, to) {
  cpSync(from, to, { recursive: true });
  for (const name of readdirSync(to)) {
    const descriptor = openSync(join(to, name), 'r+');
    fsyncSync(descriptor);
    closeSync(descriptor);
  }
}

/**
 * Databases with each number of authentications, ascending. Each size is what the last one was and more, kept as a copy, so that
 * rounds may begin with the same one again: as cases of `context` and `base`, the case that serves them.
 */
export async function stockSqlite(bench, { sizes, users }) {
  const base = join(bench.folder, 'growth');
  mkdirSync(base);
  return sizes.map((size, at) => {
    seed({ sqlite: join(base, 'data'), users, from: sizes[at - 1] ?? 0, to: size });
    const kept = join(base, String(size));
    copyFolder(join(base, 'data'), kept);
    return {
      name: `SQLite, ${size}`,
      size,
      base: posternOnSqlite,
      context: { prepare: (folder) => copyFolder(kept, join(folder, 'data')) },
    };
  });
}

/** As `stockSqlite`, with a template database for each size. */
export async function stockPostgres(bench, { sizes, users }) {
  const postgres = await bench.postgres();
  const base = await postgres.createDatabase();
  const stock = [];
  for (const [at, size] of sizes.entries()) {
    seed({ postgres: base.url, users, from: sizes[at - 1] ?? 0, to: size });
    // As autovacuum will have left it.
    await withClient(base.url, (client) => client.query('vacuum analyze'));
    const { name: template } = await postgres.createDatabase(base.name);
    stock.push({ name: `PostgreSQL, ${size}`, size, base: posternOnPostgres, context: { template } });
  }
  return stock;
}
