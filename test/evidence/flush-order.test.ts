import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { spawnPostern } from '../helpers/postern.js';
import { freshDatabase } from '../helpers/postgres.js';
import { api, createClient, inParallel, unlessUnserved, wrong } from './client.js';
import { figure, rounds } from './figures.js';

const CALLS = 'trace=read,recvfrom,write,writev,sendto,fsync,fdatasync';

/** Whether a running process can be watched here: not without `strace`, and not where tracing is restricted. */
const canTrace = ((): boolean => {
  try {
    execFileSync('sh', ['-c', 'sleep 5 & timeout 2 strace -qq -o /dev/null -p $! & wait $!; [ $? -ne 1 ]'], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
})();

/** Watches the process's system calls while `work` runs, and gives them in their order. */
async function traced(pid: number, folder: string, work: () => Promise<void>): Promise<readonly string[]> {
  const file = join(folder, 'trace');
  const tracer: ChildProcess = spawn(
    'strace',
    ['-f', '-yy', '-s', '16384', '-e', CALLS, '-o', file, '-p', String(pid)],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const ended = new Promise((resolve) => tracer.once('exit', resolve));
  let said = '';
  await new Promise<void>((resolve, reject) => {
    tracer.stderr?.on('data', (chunk: Buffer) => {
      said += chunk;
      if (said.includes('attached')) resolve();
    });
    tracer.once('exit', () => reject(new Error(`strace ended: ${said}`)));
  });
  try {
    await work();
  } finally {
    tracer.kill('SIGINT');
    await ended;
  }
  return readFileSync(file, 'utf8').split('\n');
}

interface Answered {
  readonly connection: string;
  /** Calls between the last byte of the request and the first of its answer. */
  readonly between: readonly string[];
}

/** Every POST that was answered with 200, 201 or 400. One request at a time is under way on each connection. */
function answersIn(calls: readonly string[]): readonly Answered[] {
  const asked = new Map<string, number>();
  const answers: Answered[] = [];
  for (const [at, call] of calls.entries()) {
    const [, name = '', connection = ''] = /^\d+\s+(\w+)\(\d+<(TCP(?:v6)?:\[[^\]]*\]+)>/.exec(call) ?? [];
    if (connection === '') continue;
    if (/^(?:read|recvfrom)$/.test(name) && call.includes('"POST /')) asked.set(connection, at);
    const from = asked.get(connection);
    if (from === undefined || !/^(?:write|writev|sendto)$/.test(name) || !/HTTP\/1\.1 (?:200|201|400) /.test(call))
      continue;
    asked.delete(connection);
    answers.push({ connection, between: calls.slice(from, at) });
  }
  return answers;
}

it.skipIf(!canTrace).each([
  // A flush that has ended without an error, of the log that commits are written to.
  { database: 'SQLite', isDurable: (call: string) => /f(?:data)?sync\(\d+<[^>]*postern\.db-wal>\)\s*= 0/.test(call) },
  // The database has flushed when it says COMMIT: it is started with synchronous_commit on, or not served (SEC-78).
  { database: 'PostgreSQL', isDurable: (call: string) => /(?:read|recvfrom)\(.*COMMIT\\0/.test(call) },
])(
  'on $database no answer to a change leaves before its commit is durable (SEC-75, SEC-76; skipped where strace cannot watch)',
  {
    timeout: 600_000,
  },
  async ({ database, isDurable }) => {
    const folder = mkdtempSync(join(tmpdir(), 'postern-flush-'));
    const url = database === 'PostgreSQL' ? ['--database-url', await freshDatabase()] : [];
    const count = rounds(40, 1_000);
    await using postern = await spawnPostern(['--port', '0', '--data', folder, '--log-level', 'silent', ...url]);
    try {
      await using client = await createClient(postern, 8);
      const node = api(postern, client);
      const calls = await traced(postern.pid, folder, async () => {
        await inParallel(count, 8, async () => {
          const { id, otp } = await node.oneTime();
          await unlessUnserved(() => node.check(id, wrong(otp)));
          await unlessUnserved(() => node.check(id, otp));
        });
      });
      const answers = answersIn(calls);
      // Calls that another thread's interrupted are told in two lines, and not looked at.
      expect(answers.length).toBeGreaterThanOrEqual(count * 3 * 0.98);
      expect(answers.filter(({ between }) => !between.some(isDurable)).map(({ connection }) => connection)).toEqual([]);
      const flushes = calls.filter(isDurable).length;
      figure(
        'flush-order',
        database,
        `${answers.length} answers, each after a ${database === 'SQLite' ? 'flush' : 'COMMIT'} that ended between request and answer (${flushes} in all, 8 connections)`,
      );
    } finally {
      await postern.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
