import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { type PosternProcess, spawnPostern } from '../helpers/postern.js';
import { freshDatabase } from '../helpers/postgres.js';
import { api, attemptsRemaining, createClient, wrong } from './client.js';
import { figure } from './figures.js';

const HOUR = 3_600_000;
const folder = mkdtempSync(join(tmpdir(), 'postern-clock-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SHIM = join(folder, 'shim.so');
const canShim = ((): boolean => {
  try {
    const source = fileURLToPath(new URL('./clock-shim.c', import.meta.url));
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', SHIM, source, '-ldl'], { stdio: 'ignore' });
    const file = join(folder, 'probe');
    writeFileSync(file, String(HOUR));
    const env = { ...process.env, LD_PRELOAD: SHIM, CLOCK_SHIM_FILE: file };
    const said = execFileSync(process.execPath, ['-p', 'Date.now()'], { env, encoding: 'utf8' });
    return Math.abs(Number(said) - HOUR - Date.now()) < 60_000;
  } catch {
    return false;
  }
})();

/** A server under a host's clock that can be set; `by` counts from the real time. */
async function underSetClock(name: string, more: readonly string[]) {
  const file = join(folder, `${name}.offset`);
  const set = (by: number): void => writeFileSync(file, String(by));
  set(0);
  const start = (): Promise<PosternProcess> =>
    spawnPostern(['--port', '0', '--data', join(folder, name), '--log-level', 'silent', ...more], {
      LD_PRELOAD: SHIM,
      CLOCK_SHIM_FILE: file,
    });
  return { set, start };
}

/** A new client takes a new token: tokens live by the host's clock, and a client whose token is refused fetches another. */
async function withApi<T>(postern: PosternProcess, work: (node: ReturnType<typeof api>) => Promise<T>): Promise<T> {
  await using client = await createClient(postern, 4);
  return await work(api(postern, client));
}

const instant = (value: unknown): number => Date.parse(String(value));

/** A policy that locks a device for two minutes at the second failure, and a device under it. */
async function lockedDevice(node: ReturnType<typeof api>): Promise<{ readonly path: string; readonly until: number }> {
  const otp = {
    lifeTime: { duration: 30, timeUnit: 'MINUTES' },
    failure: { count: 1, coolDown: { duration: 2, timeUnit: 'MINUTES' } },
  };
  const mobile = { failure: { count: 3, coolDown: { duration: 2, timeUnit: 'MINUTES' } } };
  const policy = await node.manage('POST', '/deviceAuthenticationPolicies', {
    name: `one attempt ${Math.random()}`,
    default: false,
    sms: { enabled: true, otp },
    voice: { enabled: false, otp },
    email: { enabled: false, otp },
    mobile: { enabled: false, otp: mobile },
    totp: { enabled: false, otp: mobile },
    fido2: { enabled: false },
  });
  const user = await node.manage('POST', '/users', {
    username: `clock-${Math.random()}`,
    email: 'c@example.org',
    mfaEnabled: true,
  });
  const devices = `/users/${String(user.body['id'])}/devices`;
  const policyId = String(policy.body['id']);
  const device = await node.manage('POST', devices, {
    type: 'SMS',
    phone: '+14135550177',
    testMode: true,
    policy: { id: policyId },
  });
  const path = `${devices}/${String(device.body['id'])}`;
  const flow = await node.withDevice(String(user.body['id']), String(device.body['id']), policyId);
  await node.check(flow.id, wrong(flow.otp));
  const lock = (await node.manage('GET', path)).body['lock'] as { status: string; expiresAt: string };
  expect(lock.status).toBe('LOCKED');
  return { path, until: instant(lock.expiresAt) };
}

const databases = [
  { database: 'SQLite', more: async (): Promise<readonly string[]> => [] },
  { database: 'PostgreSQL', more: async () => ['--database-url', await freshDatabase()] },
];

it.skipIf(!canShim).each(databases)(
  '$database: a clock set forwards and back revives no code, moves no lock and never turns time back (SEC-20; skipped without a C compiler)',
  { timeout: 120_000 },
  async ({ database, more }) => {
    const { set, start } = await underSetClock(database, await more());
    await using postern = await start();
    const ownTime = database === 'SQLite';
    const readiness = async (): Promise<number> => (await fetch(`${postern.ready.authPath}/readyz`)).status;
    /** What was asked a moment ago is answered from memory. */
    const settledReadiness = async (): Promise<number> => {
      await readiness();
      await sleep(1_100);
      return readiness();
    };

    const old = await withApi(postern, (node) => node.oneTime());
    const locked = await withApi(postern, lockedDevice);
    const lockExpiry = () =>
      withApi(
        postern,
        async (node) => (await node.manage('GET', locked.path)).body['lock'] as { status: string; expiresAt?: string },
      );
    const createdAt = () => withApi(postern, async (node) => instant((await node.create()).body['createdAt']));
    let latest = await createdAt();
    const seen: number[] = [];
    /** Time is never behind what was stored, and goes on at its usual pace. */
    const goesOn = async (): Promise<void> => {
      const now = await createdAt();
      expect(now).toBeGreaterThanOrEqual(latest);
      seen.push(now - latest);
      latest = now;
    };

    for (const step of [2_000, -2_000]) {
      set(step);
      await goesOn();
      // Two seconds are no reason to refuse anything: codes and locks go on as they were.
      const { id, otp } = await withApi(postern, (node) => node.oneTime());
      expect(attemptsRemaining(await withApi(postern, (node) => node.check(id, wrong(otp))))).toBe(2);
      expect((await withApi(postern, (node) => node.check(id, otp))).status).toBe(200);
      expect(await lockExpiry()).toMatchObject({ status: 'LOCKED' });
    }

    // Back by an hour: neither does the lock last an hour longer, nor do codes live again.
    set(-HOUR);
    await goesOn();
    expect(await settledReadiness()).toBe(503);
    const still = await lockExpiry();
    expect(still.status).toBe('LOCKED');
    expect(instant(still.expiresAt)).toBe(locked.until);
    const before = latest;
    await sleep(300);
    await goesOn();
    // It does not stand still either.
    expect(latest - before).toBeGreaterThanOrEqual(300);
    expect(latest - before).toBeLessThan(30_000);
    expect((await withApi(postern, (node) => node.read(old.id))).body['status']).toBe('OTP_REQUIRED');

    // On by an hour. The embedded database has only the host to go by: what would have expired has expired.
    set(HOUR);
    await goesOn();
    if (!ownTime) {
      expect(await settledReadiness()).toBe(503);
      expect((await lockExpiry()).status).toBe('LOCKED');
    }
    const gone = await withApi(postern, (node) => node.read(old.id));
    expect(gone.status === 404).toBe(ownTime);

    // And set right again: what has expired stays so, also after a restart.
    set(0);
    await goesOn();
    expect((await withApi(postern, (node) => node.read(old.id))).status).toBe(gone.status);
    expect((await withApi(postern, (node) => node.check(old.id, old.otp))).status).toBe(ownTime ? 404 : 200);
    await postern.kill('SIGKILL');
    await using again = await start();
    const now = await withApi(again, async (node) => instant((await node.create()).body['createdAt']));
    expect(now).toBeGreaterThanOrEqual(latest);
    expect((await withApi(again, (node) => node.read(old.id))).status).toBe(gone.status);
    figure(
      'clock',
      database,
      `steps +2 s, −2 s, −1 h, +1 h, back to 0, restart: time went on by ${seen.map((by) => Math.round(by / 1_000)).join(', ')} s; no code revived, no lock moved`,
    );
  },
);
