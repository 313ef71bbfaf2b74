import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createProxy } from '../contract/proxy.js';
import { spawnPostern } from '../helpers/postern.js';
import { freshDatabase } from '../helpers/postgres.js';
import { underLoad, verify } from './acknowledged.js';
import { api, createClient, range } from './client.js';
import { figure, percentile, rounds } from './figures.js';

const SECONDS = rounds(3, 60);

it(`PostgreSQL away for ${SECONDS} s under load: 503 within 5 s, alive and not ready, served again within 10 s (SEC-82, SEC-83)`, {
  timeout: 600_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-down-'));
  await using proxy = await createProxy(await freshDatabase());
  await using postern = await spawnPostern(
    ['--port', '0', '--data', folder, '--log-level', 'silent', '--database-url', proxy.url],
    {},
  );
  const load = await underLoad(postern);
  await using client = await createClient(postern, 8);
  const node = api(postern, client);
  const probe = async (name: string): Promise<number> =>
    (await client.send('GET', `${postern.ready.authPath}/${name}`)).status;
  await sleep(300);

  // A message that was promised before and may be waiting to be sent.
  const promised = await client.send('POST', node.flows, 'application/json', {
    user: { id: node.user },
    selectedDevice: { oneTime: { type: 'SMS', phone: '+14135550152' } },
  });
  expect(promised.status).toBe(201);
  await proxy.down();
  const downAt = performance.now();
  const delays: number[] = [];
  const probes: [number, number][] = [];
  const attempts = range(8).map(async () => {
    while (performance.now() - downAt < SECONDS * 1_000 - 500) {
      const since = performance.now();
      const { status } = await node.create();
      delays.push(performance.now() - since);
      expect(status).toBe(503);
      await sleep(100);
    }
  });
  while (performance.now() - downAt < SECONDS * 1_000) {
    probes.push([await probe('livez'), await probe('readyz')]);
    await sleep(200);
  }
  await Promise.all(attempts);
  expect([...new Set(probes.map(String))]).toEqual(['200,503']);
  expect(Math.max(...delays)).toBeLessThan(5_000);

  await proxy.up();
  const upAt = performance.now();
  while ((await node.create()).status !== 201) await sleep(10);
  const recovery = performance.now() - upAt;
  expect(recovery).toBeLessThan(10_000);
  while ((await probe('readyz')) !== 200) {
    expect(performance.now() - upAt).toBeLessThan(10_000);
    await sleep(10);
  }
  load.isServed();
  while (!load.isServed()) await sleep(10);
  const acknowledged = await load.stop();
  expect([...load.refused.keys()]).toEqual([503]);
  const verified = await verify(postern, acknowledged);
  // Delivered once, whether it was sent before or after: the inbox is a gateway like any other, whose rows are in the database.
  const inbox = `${postern.ready.inboxUrl}/messages?deviceAuthentication=${String(promised.body['id'])}`;
  const arrived = async (): Promise<number> =>
    ((await client.send('GET', inbox)).body['messages'] as readonly unknown[]).length;
  for (const until = performance.now() + 30_000; (await arrived()) === 0 && performance.now() < until; )
    await sleep(200);
  expect(await arrived()).toBe(1);
  figure(
    'database-down',
    'PostgreSQL',
    `away ${SECONDS} s: ${delays.length} requests 503, p50 ${Math.round(percentile(delays, 0.5))} ms, slowest ${Math.round(Math.max(...delays))} ms; served again ${Math.round(recovery)} ms after it was back; ${verified} acknowledged flows verified, 0 lost`,
  );
  rmSync(folder, { recursive: true, force: true });
});
