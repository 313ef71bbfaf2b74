import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ensureBuilt } from '../../bin/build.js';

const bench = (file: string) => fileURLToPath(new URL(`../../bench/${file}`, import.meta.url));
const ended = (child: ChildProcess) => new Promise((resolve) => child.once('exit', resolve));

interface Run {
  readonly failed: number;
  readonly completed: number;
}

/** What a command of the bench writes, run so briefly that it means nothing. */
async function brief(...args: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'postern-bench-test-'));
  try {
    const json = join(folder, 'result.json');
    const load = ['--rounds', '1', '--seconds', '0.3', '--warm-up', '0.1', '--connections', '4'];
    const child = spawn(process.execPath, [bench('run.js'), ...args, ...load, '--folder', folder, '--json', json], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    expect(await ended(child), said).toBe(0);
    const { results, goals } = JSON.parse(readFileSync(json, 'utf8'));
    for (const [run] of Object.values<Run[]>(results)) {
      expect(run?.failed).toBe(0);
      expect(run?.completed).toBeGreaterThan(0);
    }
    return { cases: Object.keys(results), verdicts: goals.map(({ verdict }: { verdict: string }) => verdict) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('a run completes MFAs in every case, without a failure, and writes what it printed', async () => {
  const { cases, verdicts } = await brief('--only', 'floor,echo,commit');
  expect(cases).toEqual(['floor', 'echo', 'commit per request']);
  expect(new Set(verdicts)).toEqual(new Set(['not measured']));
});

test('growth stores what it says through the store, and users complete MFAs beside it', {
  timeout: 120_000,
}, async () => {
  ensureBuilt();
  const { cases } = await brief('growth', '--only', 'sqlite', '--users', '3', '--sizes', '5,9');
  expect(cases).toEqual(['SQLite, 5', 'SQLite, 9']);
});

test('an open load charges a stall to every MFA that was due meanwhile, not to one', async () => {
  const STALL_MILLIS = 400;
  let stalledUntil = 0;
  const server = createServer((request, response) => {
    request.resume();
    stalledUntil ||= Date.now() + STALL_MILLIS;
    const isCheck = /deviceAuthentications\/./.test(request.url ?? '');
    const id = '0'.repeat(8) + '-0000-0000-0000-'.padEnd(28, '0');
    const created = JSON.stringify({ id, status: 'OTP_REQUIRED', test: { otp: '123456' } });
    const body = isCheck ? JSON.stringify({ id, status: 'COMPLETED' }) : created;
    const answer = () => response.writeHead(isCheck ? 200 : 201, { 'content-length': body.length }).end(body);
    setTimeout(answer, Math.max(0, stalledUntil - Date.now()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const plan = {
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      flow: { kind: 'deviceAuthentication', path: '/e/deviceAuthentications', token: 'none', user: 'none' },
      // Three quarters of what is measured are due while the server stalls, on fewer connections than that.
      load: { kind: 'open', rate: 100, connections: 4, spin: false, seconds: (4 * STALL_MILLIS) / 3_000, warmUp: 0 },
    };
    const child = fork(bench('generator/main.js'), [JSON.stringify(plan)]);
    const messages: { event: string; result: { failed: number; mfa: { p50: number; p99: number } } }[] = [];
    child.on('message', (message) => messages.push(message as (typeof messages)[number]));
    expect(await ended(child)).toBe(0);
    const result = messages.at(-1)?.result;
    expect(result?.failed).toBe(0);
    expect(result?.mfa.p99).toBeGreaterThan(STALL_MILLIS * 0.7);
    // A generator that waits for answers would have one slow MFA per connection, and a fast median.
    expect(result?.mfa.p50).toBeGreaterThan(STALL_MILLIS * 0.05);
  } finally {
    server.close();
  }
});
