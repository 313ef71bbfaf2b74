import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type PosternProcess, spawnPostern } from '../helpers/postern.js';
import { freshDatabase } from '../helpers/postgres.js';
import { type Answer, api, attemptsRemaining, createClient, range, rounds, wrong } from './client.js';

const WORKERS = 16;
/** Flows per round that are guessed at after the restart. */
const SAMPLE = 20;

/** What was acknowledged before the process died. */
interface Acknowledged {
  readonly otp: string;
  /** Attempts left as last answered; 3 = no guess was answered. */
  attempts: number;
  completed: boolean;
  /** A request was under way when the process died: its effect is unknown. */
  open: boolean;
}

describe.each([
  { database: 'SQLite', count: rounds(5, 50) },
  { database: 'PostgreSQL', count: rounds(3, 20) },
])('kill -9 under load on $database', ({ database, count }) => {
  it(`loses nothing acknowledged and gives no attempt back, ${count} rounds (SEC-75, SEC-81)`, {
    timeout: 900_000,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'postern-crash-'));
    const url = database === 'PostgreSQL' ? ['--database-url', await freshDatabase()] : [];
    const start = (): Promise<PosternProcess> =>
      spawnPostern(['--port', '0', '--data', folder, '--log-level', 'warn', ...url]);
    let slowest = 0;
    let verified = 0;
    let postern = await start();
    try {
      for (const round of range(count)) {
        const acknowledged = await loadUntilKilled(postern, 200 + ((round * 137) % 600));
        const killedAt = performance.now();
        postern = await start();
        slowest = Math.max(slowest, performance.now() - killedAt);
        verified += await verify(postern, acknowledged);
      }
      expect(slowest).toBeLessThan(5_000);
      expect(verified).toBeGreaterThan(count * 8);
      console.info(
        `${database}: ${count} rounds, ${verified} acknowledged results verified, slowest restart ${Math.round(slowest)} ms`,
      );
    } finally {
      await postern.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

async function loadUntilKilled(postern: PosternProcess, millis: number): Promise<ReadonlyMap<string, Acknowledged>> {
  const acknowledged = new Map<string, Acknowledged>();
  await using client = await createClient(postern, WORKERS);
  const node = api(postern, client);
  let running = true;
  const worker = async (seed: number): Promise<void> => {
    for (let turn = seed; running; turn++) {
      const { id, otp } = await node.oneTime();
      const flow: Acknowledged = { otp, attempts: 3, completed: false, open: false };
      acknowledged.set(id, flow);
      const guarded = async (submitted: string): Promise<Answer> => {
        flow.open = true;
        const answer = await node.check(id, submitted);
        flow.open = false;
        return answer;
      };
      if (turn % 2 === 0) flow.attempts = attemptsRemaining(await guarded(wrong(otp))) ?? flow.attempts;
      if (turn % 3 === 0) flow.completed = (await guarded(otp)).status === 200;
    }
  };
  const workers = range(WORKERS).map((seed) => worker(seed).catch(() => undefined));
  await sleep(millis);
  const killed = postern.kill('SIGKILL');
  running = false;
  await killed;
  await Promise.all(workers);
  return acknowledged;
}

async function verify(postern: PosternProcess, acknowledged: ReadonlyMap<string, Acknowledged>): Promise<number> {
  await using client = await createClient(postern, WORKERS);
  const node = api(postern, client);
  let verified = 0;
  let guesses = 0;
  for (const [id, flow] of acknowledged) {
    const answer = await node.read(id);
    expect(answer.status).toBe(200);
    const status = answer.body['status'];
    if (flow.completed) expect(status).toBe('COMPLETED');
    else if (!flow.open) expect(status).toBe('OTP_REQUIRED');
    if (status === 'OTP_REQUIRED' && guesses < SAMPLE) {
      guesses++;
      const left = attemptsRemaining(await node.check(id, wrong(flow.otp)));
      if (flow.open) expect(left).toBeLessThan(flow.attempts);
      else expect(left).toBe(flow.attempts - 1);
    }
    verified++;
  }
  // A right code: the failures of this round must not add up to the ceilings of user and contact (SEC-13, SEC-14).
  const { id, otp } = await node.oneTime();
  expect((await node.check(id, otp)).status).toBe(200);
  return verified;
}
