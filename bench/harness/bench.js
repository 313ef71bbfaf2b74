import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from './postgres.js';

/** Connections of every pool to PostgreSQL: Postern's default. */
const POOL_SIZE = 10;

/** Runs `work` with a bench: one folder and at most one PostgreSQL for the whole run, removed at its end. */
export async function withBench(options, work) {
  const parent = options.folder ?? tmpdir();
  const folder = mkdtempSync(join(parent, 'postern-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  let postgres;
  let serial = 0;
  const bench = {
    folder,
    options,
    /** What was left out, and why, for the report. */
    skipped: [],
    skip(name, reason) {
      const line = `SKIPPED ${name}: ${reason}`;
      console.error(line);
      bench.skipped.push(line);
    },
    postgres() {
      postgres ??= startPostgres(parent);
      return postgres;
    },
    /** What describes the databases in use so far. */
    databases: async () => (postgres ? (await postgres).description : undefined),
    /**
     * Starts a case afresh and hands its target to `measure`: in an empty folder unless `context.prepare(folder)` fills it, on
     * an empty database unless `context.template` names one to copy. Whatever happens, the case is gone afterwards, and its data
     * with it.
     */
    async withTarget(one, context, measure) {
      const own = join(folder, `case-${serial++}`);
      mkdirSync(own);
      context.prepare?.(own);
      const server = one.usesPostgres ? await bench.postgres() : undefined;
      const database = server && (await server.createDatabase(context.template));
      try {
        const target = await one.launch({
          folder: own,
          poolSize: POOL_SIZE,
          logLevel: options['log-level'],
          ...(database ? { database: { url: database.url, pid: server.pid } } : {}),
          ...context,
          env: { NODE_ENV: 'production', ...context.env },
        });
        try {
          return await measure(target);
        } finally {
          await target.stop();
        }
      } finally {
        await database?.drop();
        rmSync(own, { recursive: true, force: true });
      }
    },
  };
  try {
    await work(bench);
  } finally {
    await (await postgres)?.end();
  }
}
