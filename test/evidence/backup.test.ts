import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { raw } from '../contract/raw.js';
import { runPostern, spawnPostern } from '../helpers/process.js';
import { type Acknowledged, underLoad, verify } from './acknowledged.js';
import { api, createClient } from './client.js';
import { figure, percentile, rounds } from './figures.js';

const MASTER = 'ab'.repeat(32);
/** What is in the database before the backup begins: flows of so many milliseconds at full speed. */
const FILLED = rounds(400, 120_000);
const BACKUPS = rounds(1, 5);

it(`postern backup while the server writes, ${BACKUPS} times: what was acknowledged before is in the copy, which is whole and serves (SEC-77)`, {
  timeout: 900_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-backup-'));
  const env = { POSTERN_MASTER_KEY: MASTER };
  const start = (data: string) => spawnPostern(['--port', '0', '--data', data, '--log-level', 'warn'], env);
  const data = join(folder, 'served');
  try {
    await using postern = await start(data);
    const filling = await underLoad(postern);
    await sleep(FILLED);
    let before: Acknowledged = await filling.stop();
    for (let n = 0; n < BACKUPS; n++) {
      const restored = join(folder, `restored-${n}`);
      mkdirSync(restored);
      const file = join(restored, 'postern.db');

      const load = await underLoad(postern);
      await using watcher = await createClient(postern, 1);
      let ended = false;
      const delays: number[] = [];
      const watch = async (): Promise<void> => {
        for (const node = api(postern, watcher); !ended; await sleep(5)) {
          const since = performance.now();
          expect((await node.create()).status).toBe(201);
          delays.push(performance.now() - since);
        }
      };
      const watching = watch();
      const began = performance.now();
      // It needs no key: what is sealed stays so.
      const { code, out, err } = await runPostern(['backup', file, '--data', data]);
      const took = performance.now() - began;
      ended = true;
      await watching;
      const during = await load.stop();

      expect({ code, err }).toMatchObject({ code: 0 });
      expect(out).toMatch(/^Copied and verified \d+ bytes/);
      expect(load.refused.size).toBe(0);
      expect(readdirSync(restored)).toEqual(['postern.db']);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(await raw({ kind: 'sqlite', file }, 'pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
      // The log did not grow with the backup.
      expect(statSync(join(data, 'postern.db-wal')).size).toBeLessThan(64 << 20);

      await using copy = await start(restored);
      const verified = await verify(copy, before);
      before = new Map([...before, ...during]);
      figure(
        'backup',
        `SQLite, backup ${n + 1}`,
        `${Math.round(statSync(file).size / 2 ** 20)} MB in ${Math.round(took)} ms beside ${during.size} authentications; ${verified} acknowledged before it verified in the copy, 0 lost; a request beside it p50 ${Math.round(percentile(delays, 0.5))} ms, p99 ${Math.round(percentile(delays, 0.99))} ms, slowest ${Math.round(Math.max(...delays))} ms`,
      );
    }
    expect(postern.output()).not.toMatch(/"level":"error"/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
