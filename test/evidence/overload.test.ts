import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { spawnPostern } from '../helpers/postern.js';
import { type Answer, api, attemptsRemaining, type Client, createClient, range, wrong } from './client.js';
import { figure, percentile, rounds } from './figures.js';

const PEAK_CONNECTIONS = 32;
const MILLIS = rounds(1_500, 20_000);

/** Resident memory in MB. */
const rss = (pid: number): number =>
  Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024);

/** Creates and checks until the time is over; counts what was completed, and what was refused for the load. */
async function legitimate(node: ReturnType<typeof api>, end: number, tally: Map<string, number>): Promise<void> {
  const count = (what: string): void => void tally.set(what, (tally.get(what) ?? 0) + 1);
  while (performance.now() < end) {
    const created = await node.create().catch(() => undefined);
    if (created?.status === 201) {
      const { otp } = created.body['test'] as { otp: string };
      const checked = await node.check(String(created.body['id']), otp).catch(() => undefined);
      count(checked?.status === 200 ? 'completed' : `check ${checked?.status ?? 'cut'}`);
    } else {
      count(`create ${created?.status ?? 'cut'}`);
      await sleep(5);
    }
  }
}

it(`ten times the connections of the peak and a fifth of the requests hostile: counters stay exact and memory bounded, ${MILLIS / 1_000} s (SEC-85)`, {
  timeout: 300_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-overload-'));
  await using postern = await spawnPostern(['--port', '0', '--data', folder, '--log-level', 'error']);
  const probe = `${postern.ready.authPath}/livez`;

  const peak = new Map<string, number>();
  {
    await using client = await createClient(postern, PEAK_CONNECTIONS);
    const node = api(postern, client);
    const end = performance.now() + MILLIS;
    await Promise.all(range(PEAK_CONNECTIONS).map(() => legitimate(node, end, peak)));
  }
  const before = rss(postern.pid);

  await using client: Client = await createClient(postern, PEAK_CONNECTIONS * 10);
  await using watcher = await createClient(postern, 2);
  const node = api(postern, client);
  const victims = await Promise.all(range(8).map(() => node.oneTime()));
  const compared = new Map<string, (number | undefined)[]>(victims.map(({ id }) => [id, []]));
  const under = new Map<string, number>();
  const delays: number[] = [];
  let most = before;
  let attacks = 0;
  const end = performance.now() + MILLIS;

  /** Guesses at a few flows, tokens that are none, bodies that are none. */
  const attacker = async (n: number): Promise<void> => {
    for (let turn = n; performance.now() < end; turn++) {
      const victim = victims[turn % victims.length];
      if (!victim) return;
      const answer: Answer | undefined = await [
        () => node.check(victim.id, wrong(victim.otp, 1 + (turn % 999_999))),
        () => client.send('POST', node.flows, 'application/json', '{"user":{"id":'),
        () => client.send('GET', `${node.environment}/users?filter=((((`),
      ]
        .at(turn % 3)?.()
        .catch(() => undefined);
      attacks++;
      if (turn % 3 === 0 && answer && attemptsRemaining(answer) !== undefined)
        compared.get(victim.id)?.push(attemptsRemaining(answer));
      // No fault, and nothing that is hostile succeeds.
      expect([0, 400, 429, 503]).toContain(answer?.status ?? 0);
    }
  };
  const watch = async (): Promise<void> => {
    while (performance.now() < end) {
      const since = performance.now();
      expect((await watcher.send('GET', probe)).status).toBe(200);
      delays.push(performance.now() - since);
      most = Math.max(most, rss(postern.pid));
      await sleep(50);
    }
  };
  await Promise.all([
    ...range(PEAK_CONNECTIONS * 8).map(() => legitimate(node, end, under)),
    ...range(PEAK_CONNECTIONS * 2).map(attacker),
    watch(),
  ]);

  // Every guess that was answered was counted, and none more than the policy allows (SEC-07, SEC-11).
  for (const lefts of compared.values()) expect([...lefts].sort()).toEqual([0, 1, 2].slice(3 - lefts.length));
  for (const victim of victims) {
    const { status } = (await node.read(victim.id)).body;
    expect(status).toBe((compared.get(victim.id) ?? []).length === 3 ? 'FAILED' : 'OTP_REQUIRED');
  }
  expect(under.get('completed') ?? 0).toBeGreaterThan(0);
  expect([...under.keys()].filter((what) => !/^(?:completed|(?:create|check) (?:429|503))$/.test(what))).toEqual([]);
  expect(most).toBeLessThan(before + 300);
  const rate = (tally: Map<string, number>): number => Math.round(((tally.get('completed') ?? 0) / MILLIS) * 1_000);
  const refusals = [...under].filter(([what]) => what !== 'completed').map(([what, n]) => `${what}: ${n}`);
  figure(
    'overload',
    'SQLite',
    `peak ${rate(peak)} authentications/s over ${PEAK_CONNECTIONS} connections; over ${PEAK_CONNECTIONS * 10} with ${attacks} hostile requests ${rate(under)}/s (${Math.round((rate(under) / Math.max(1, rate(peak))) * 100)} %); refused ${refusals.join(', ') || 'none'}; /livez p50 ${Math.round(percentile(delays, 0.5))} ms, p99 ${Math.round(percentile(delays, 0.99))} ms; memory ${before} → ${most} MB; counters exact`,
  );
  rmSync(folder, { recursive: true, force: true });
});
