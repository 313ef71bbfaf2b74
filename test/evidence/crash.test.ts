import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createProxy, type Proxy as DatabaseProxy } from '../contract/proxy.js';
import { type PosternProcess, spawnPostern } from '../helpers/postern.js';
import { underLoad, verify } from './acknowledged.js';
import { range } from './client.js';
import { type OwnPostgres, ownPostgres } from './cluster.js';
import { figure, rounds } from './figures.js';

/** Restart to ready (SEC-81), and trouble with the database to served again (SEC-82). */
const READY_WITHIN = 5_000;
const SERVED_WITHIN = 10_000;

/** Any instant of a load: in the middle of a batch, a flush, an answer. */
const anyInstant = (): Promise<void> => sleep(50 + Math.random() * 600);

it(`kill -9 on SQLite, ${rounds(4, 500)} times: nothing acknowledged is lost, no attempt given back (SEC-75, SEC-81)`, {
  timeout: 3_600_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-crash-'));
  const start = () => spawnPostern(['--port', '0', '--data', folder, '--log-level', 'warn']);
  let postern = await start();
  let slowest = 0;
  let verified = 0;
  try {
    for (const _round of range(rounds(4, 500))) {
      const load = await underLoad(postern);
      await anyInstant();
      await postern.kill('SIGKILL');
      const acknowledged = await load.stop();
      const killedAt = performance.now();
      postern = await start();
      slowest = Math.max(slowest, performance.now() - killedAt);
      verified += await verify(postern, acknowledged);
    }
  } finally {
    await postern.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
  expect(slowest).toBeLessThan(READY_WITHIN);
  expect(verified).toBeGreaterThan(rounds(4, 500));
  figure(
    'crash',
    'kill -9, SQLite',
    `${rounds(4, 500)} cycles, ${verified} acknowledged flows verified, 0 lost; slowest restart to ready ${Math.round(slowest)} ms`,
  );
});

interface Trouble {
  readonly postern: PosternProcess;
  readonly postgres: OwnPostgres;
  readonly proxy: DatabaseProxy;
}

/** What happens to PostgreSQL under load; each resolves when the database can be reached again. */
const TROUBLES: Readonly<Record<string, (trouble: Trouble) => Promise<void>>> = {
  'immediate stop': async ({ postgres }) => {
    await anyInstant();
    await postgres.crash();
    await postgres.start();
  },
  'connections cut after COMMIT': async ({ proxy }) => {
    let cut = 0;
    proxy.tap((chunk, client, server) => {
      if (!/commit\0/i.test(chunk.toString('latin1')) || Math.random() > 0.2) return chunk;
      cut++;
      // The commit arrives; its answer does not.
      server.removeAllListeners('data');
      server.once('data', () => client.destroy());
      return chunk;
    });
    while (cut < 3) await anyInstant();
    proxy.tap((chunk) => chunk);
  },
  'terminated backends': async ({ postgres }) => {
    for (const _time of range(3)) {
      await anyInstant();
      await postgres.ask(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'postern' and pid <> pg_backend_pid()`,
      );
    }
  },
};

const CYCLES = rounds(4, 100);

it(`${CYCLES} cycles on PostgreSQL of kill -9, immediate stop, cut connections and terminated backends lose nothing (SEC-75, SEC-78, SEC-79, SEC-81)`, {
  timeout: 3_600_000,
}, async () => {
  await using postgres = await ownPostgres();
  await using proxy = await createProxy(postgres.url);
  const folder = mkdtempSync(join(tmpdir(), 'postern-crash-'));
  const start = () =>
    spawnPostern(['--port', '0', '--data', folder, '--log-level', 'silent', '--database-url', proxy.url]);
  const kinds = ['kill -9', ...Object.keys(TROUBLES)];
  const slowest = new Map(kinds.map((kind) => [kind, 0]));
  const unknown = new Map<string, number>();
  let verified = 0;
  let postern = await start();
  try {
    for (const cycle of range(CYCLES)) {
      const kind = kinds[cycle % kinds.length] ?? '';
      const load = await underLoad(postern);
      const trouble = TROUBLES[kind];
      let since = performance.now();
      if (trouble) {
        await trouble({ postern, postgres, proxy });
        since = performance.now();
        load.isServed();
        while (!load.isServed()) {
          await sleep(5);
          expect(performance.now() - since, `${kind}: served again`).toBeLessThan(SERVED_WITHIN);
        }
      } else {
        await anyInstant();
        await postern.kill('SIGKILL');
      }
      const took = performance.now() - since;
      const acknowledged = await load.stop();
      if (!trouble) {
        since = performance.now();
        postern = await start();
      }
      slowest.set(kind, Math.max(slowest.get(kind) ?? 0, trouble ? took : performance.now() - since));
      for (const [status, count] of load.refused) {
        expect([status, kind]).toEqual([503, kind]);
        unknown.set(kind, (unknown.get(kind) ?? 0) + count);
      }
      verified += await verify(postern, acknowledged);
    }
  } finally {
    await postern.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
  expect(slowest.get('kill -9')).toBeLessThan(READY_WITHIN);
  for (const kind of kinds)
    figure(
      'crash',
      `${kind}, PostgreSQL`,
      `${CYCLES / kinds.length} cycles, ${unknown.get(kind) ?? 0} answers 503; slowest ${kind === 'kill -9' ? 'restart to ready' : 'return to service'} ${Math.round(slowest.get(kind) ?? 0)} ms`,
    );
  figure('crash', 'all of these, PostgreSQL', `${CYCLES} cycles, ${verified} acknowledged flows verified, 0 lost`);
});
