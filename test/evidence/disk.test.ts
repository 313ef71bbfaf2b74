import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { type PosternProcess, spawnPostern } from '../helpers/postern.js';
import { api, attemptsRemaining, type Client, createClient, inParallel, range, wrong } from './client.js';
import { ownPostgres } from './cluster.js';
import { figure, rounds } from './figures.js';

const folder = mkdtempSync(join(tmpdir(), 'postern-disk-'));
const mounts: string[] = [];
afterAll(() => {
  for (const path of mounts.reverse()) execFileSync('umount', [path]);
  rmSync(folder, { recursive: true, force: true });
});

/** A small file system of its own. Throws where this user may not mount. */
function mount(name: string, options: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'none', path], { stdio: 'ignore' });
  mounts.push(path);
  return path;
}

const canMount = ((): boolean => {
  try {
    mount('probe', 'size=64k');
    return true;
  } catch {
    return false;
  }
})();

const serve = (data: string, more: readonly string[] = [], runner: readonly string[] = []): Promise<PosternProcess> =>
  spawnPostern(['--port', '0', '--data', data, '--log-level', 'silent', ...more], {}, runner);

/** What is asked often is answered from memory for a moment: readiness turns soon, not at once. */
async function becomes(status: 200 | 503, postern: PosternProcess, client: Client): Promise<void> {
  for (const until = performance.now() + 10_000; ; await sleep(20)) {
    const { status: now } = await client.send('GET', `${postern.ready.authPath}/readyz`);
    if (now === status) return;
    expect(performance.now(), `ready: ${now}`).toBeLessThan(until);
  }
}

const messages = async (postern: PosternProcess, client: Client): Promise<number> => {
  const { body } = await client.send('GET', `${postern.ready.inboxUrl}/messages`);
  return (body['messages'] as readonly unknown[]).length;
};

/** To the last page. */
function fillUp(file: string): void {
  try {
    for (;;) appendFileSync(file, Buffer.alloc(4_096));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  }
}

it.skipIf(!canMount)(
  'a full disk: 503 within a second, nothing half done or sent, and it goes on by itself once there is room (SEC-82; skipped where nothing can be mounted)',
  { timeout: 600_000 },
  async () => {
    const data = mount('full', 'size=24m');
    await using postern = await serve(data);
    await using client = await createClient(postern, 8);
    const node = api(postern, client);
    let slowest = 0;
    let refused = 0;
    let recovery = 0;
    const stored: string[] = [];
    for (const _round of range(rounds(1, 10))) {
      const before = await node.oneTime();
      const others = await inParallel(8, 1, () => node.oneTime());
      const { bavail, bsize } = statfsSync(data);
      const ballast = join(data, 'ballast');
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - 64 * 1024)));
      // What is left of the log's preallocated pages is used up; then every write meets the full disk.
      for (let inARow = 0; inARow < 50; ) {
        const since = performance.now();
        const created = await node.create();
        slowest = Math.max(slowest, performance.now() - since);
        expect([201, 503]).toContain(created.status);
        if (created.status === 201) {
          inARow = 0;
          stored.push(String(created.body['id']));
        } else {
          inARow++;
          refused++;
        }
      }
      fillUp(ballast);
      // Where no creation fits, a check may: those of others use that up.
      for (const { id, otp } of others) {
        expect([400, 503]).toContain((await node.check(id, wrong(otp))).status);
        expect([200, 503]).toContain((await node.check(id, otp)).status);
      }
      const sent = await messages(postern, client);
      const answers = await inParallel(50, 8, () =>
        client.send('POST', node.flows, 'application/json', {
          user: { id: node.user },
          selectedDevice: { oneTime: { type: 'SMS', phone: '+14135550151' } },
        }),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(503));
      // No fail-open: neither a right nor a wrong code gets a verdict that is not stored.
      expect((await node.check(before.id, before.otp)).status).toBe(503);
      expect((await node.check(before.id, wrong(before.otp))).status).toBe(503);
      expect((await node.read(before.id)).body['status']).toBe('OTP_REQUIRED');
      expect(await messages(postern, client)).toBe(sent);
      await becomes(503, postern, client);

      rmSync(ballast);
      const room = performance.now();
      while ((await node.create()).status !== 201) await sleep(20);
      recovery = Math.max(recovery, performance.now() - room);
      await becomes(200, postern, client);
      expect(attemptsRemaining(await node.check(before.id, wrong(before.otp)))).toBe(2);
      expect((await node.check(before.id, before.otp)).status).toBe(200);
    }
    for (const id of stored.slice(-100)) expect((await node.read(id)).status).toBe(200);
    expect(slowest).toBeLessThan(rounds(5_000, 1_000));
    expect(recovery).toBeLessThan(10_000);
    figure(
      'disk',
      'full file system, SQLite',
      `${rounds(1, 10)} times full, ${refused} creations 503, slowest ${Math.round(slowest)} ms; written again ${Math.round(recovery)} ms after there was room`,
    );
  },
);

it('a limit on the size of files ends the process at the latest with an unknown commit; a restart has all that was answered (SEC-79, SEC-82)', {
  timeout: 600_000,
}, async () => {
  const data = join(folder, 'limited');
  // In blocks of 512 bytes: more than an empty database and its log need.
  const postern = await serve(data, [], ['sh', '-c', 'ulimit -f 3000; exec "$@"', 'sh']);
  const stored: string[] = [];
  const statuses = new Set<number>();
  {
    await using client = await createClient(postern, 8);
    const node = api(postern, client);
    let ended = false;
    void postern.ended.then(() => {
      ended = true;
    });
    await Promise.all(
      range(8).map(async () => {
        while (!ended) {
          const created = await node.create().catch(() => undefined);
          if (!created) return;
          statuses.add(created.status);
          if (created.status === 201) stored.push(String(created.body['id']));
          else await sleep(20);
        }
      }),
    );
    expect(await postern.ended).not.toBe(0);
  }
  expect([...statuses].filter((status) => status !== 201 && status !== 503)).toEqual([]);
  await using again = await serve(data);
  await using client = await createClient(again, 8);
  const node = api(again, client);
  for (const id of stored) expect((await node.read(id)).status).toBe(200);
  expect((await node.create()).status).toBe(201);
  figure('disk', 'limit on the size of files, SQLite', `${stored.length} flows answered before the limit, 0 lost`);
});

it.skipIf(!canMount)('on a read-only file system it does not start, and says why (SEC-82)', async () => {
  const data = mount('read-only', 'size=24m');
  await (await serve(data)).kill('SIGTERM');
  execFileSync('mount', ['-o', 'remount,ro', data]);
  await expect(serve(data)).rejects.toThrow(/read-?only|cannot be written/i);
});

it('a PostgreSQL that turns read-only: 503, nothing sent, and it goes on by itself (SEC-82, SEC-83)', {
  timeout: 120_000,
}, async () => {
  await using postgres = await ownPostgres();
  await using postern = await serve(join(folder, 'elsewhere'), ['--database-url', postgres.url]);
  await using client = await createClient(postern, 8);
  const node = api(postern, client);
  const before = await node.oneTime();
  const turn = async (value: string): Promise<void> => {
    await postgres.ask(`alter system set default_transaction_read_only = ${value}`);
    await postgres.ask('select pg_reload_conf()');
  };
  await turn('on');
  while ((await node.create()).status !== 503) await sleep(20);
  const sent = await messages(postern, client);
  let slowest = 0;
  for (const _try of range(20)) {
    const since = performance.now();
    expect((await node.check(before.id, before.otp)).status).toBe(503);
    slowest = Math.max(slowest, performance.now() - since);
  }
  await becomes(503, postern, client);
  expect((await node.read(before.id)).body['status']).toBe('OTP_REQUIRED');
  expect(await messages(postern, client)).toBe(sent);
  await turn('off');
  const since = performance.now();
  while ((await node.create()).status !== 201) await sleep(20);
  const recovery = performance.now() - since;
  expect((await node.check(before.id, before.otp)).status).toBe(200);
  await becomes(200, postern, client);
  expect(slowest).toBeLessThan(5_000);
  expect(recovery).toBeLessThan(10_000);
  figure(
    'disk',
    'PostgreSQL turned read-only',
    `slowest 503 ${Math.round(slowest)} ms; written again ${Math.round(recovery)} ms after it was writable`,
  );
});
