import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { spawnPostern } from '../helpers/postern.js';
import { api, createClient, range } from './client.js';
import { rounds } from './figures.js';

const WORKERS = 32;

it('SIGTERM under load: readiness turns first, every request sent until then is answered and kept (SEC-84)', {
  timeout: 300_000,
}, async () => {
  for (const _round of range(rounds(2, 10))) {
    const folder = mkdtempSync(join(tmpdir(), 'postern-shutdown-'));
    // On a busy machine a probe may take longer than the second that development has for it.
    const start = (grace: string) =>
      spawnPostern(['--port', '0', '--data', folder, '--log-level', 'warn', '--shutdown-grace', grace]);
    const postern = await start('3');
    const completed: string[] = [];
    let ready = true;
    let answeredAfterTurning = 0;
    {
      await using client = await createClient(postern, WORKERS + 1);
      const node = api(postern, client);
      // What a load balancer does: it asks, and sends nothing more once the answer is no.
      const watch = (async () => {
        while (ready) {
          const answer = await client.send('GET', `${postern.ready.authPath}/readyz`);
          if (answer.status !== 200) ready = false;
          await sleep(5);
        }
      })();
      const workers = range(WORKERS).map(async () => {
        while (ready) {
          const { id, otp } = await node.oneTime();
          const answer = await node.check(id, otp);
          expect(answer.status).toBe(200);
          completed.push(id);
          if (!ready) answeredAfterTurning++;
        }
      });
      await sleep(300);
      const exit = postern.kill('SIGTERM');
      await watch;
      await Promise.all(workers);
      expect(await exit).toBe(0);
    }
    expect(answeredAfterTurning).toBeGreaterThan(0);

    const again = await start('0');
    {
      await using client = await createClient(again, WORKERS);
      const node = api(again, client);
      for (const id of completed.slice(-200)) expect((await node.read(id)).body['status']).toBe('COMPLETED');
    }
    expect(await again.kill('SIGTERM')).toBe(0);
    rmSync(folder, { recursive: true, force: true });
  }
});
