import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { echo } from '../cases/floor.js';
import { DEMO, POSTERN, posternOnPostgres, posternOnSqlite, tokenFor } from '../cases/postern.js';
import { judged, memberOf, ratioOf, round } from '../harness/figures.js';
import { generate } from '../harness/generate.js';
import { startProcess } from '../harness/process.js';
import { report } from '../harness/report.js';
import { closedLoad } from '../harness/rounds.js';
import { median } from '../harness/statistics.js';
import { usageOf } from '../harness/usage.js';

const ECHO = fileURLToPath(new URL('../servers/echo.js', import.meta.url));
/** After the first answer, before a process at rest is looked at. */
const REST_MILLIS = 2_000;
/** Between two tries to reach a server that is starting. */
const KNOCK_MILLIS = 2;
const BARE = 'bare node:http';

/**
 * `npm run bench -- start`: from spawning a server until it has answered 201, on an empty folder and on the one it left; and its
 * memory after that at rest and under load. For Postern the way to a 201 includes getting a token.
 */
export async function start(bench) {
  const { options } = bench;
  const results = {};
  const add = (name, result) => {
    results[name] ??= [];
    results[name].push({ failed: 0, completed: 1, ...result });
    console.error(
      `${name}: ${Object.entries(result)
        .map(([key, value]) => `${key} ${round(value)}`)
        .join(', ')}`,
    );
  };
  for (let at = 0; at < Number(options.rounds); at++) {
    add(BARE, { ...(await bareStarts()), ...(await memory(bench, echo, options)) });
    add('postern, SQLite', {
      ...(await posternStarts(bench, join(bench.folder, `start-${at}`))),
      ...(await memory(bench, posternOnSqlite, options)),
    });
    add('postern, PostgreSQL', await memory(bench, posternOnPostgres, options));
  }
  await report(bench, 'start', {
    tables: [
      {
        title: `${options.rounds} rounds, medians; under load: ${options.connections} connections for ${options.seconds} s after ${options['warm-up']} s`,
        rows: Object.entries(results).map(([name, runs]) => rowOf(name, runs)),
      },
    ],
    goals: goalsOf(results),
    results,
  });
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Milliseconds from spawning until `first201(origin)`, tried again and again, has its answer. */
async function timedStart(command, first201) {
  const port = await freePort();
  const spawnedAt = performance.now();
  const started = await startProcess({
    role: 'server',
    command: command(port),
    env: { NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit'],
    ready: async () => {
      for (;;) {
        try {
          return { first: await first201(`http://127.0.0.1:${port}`) };
        } catch (error) {
          if (error.cause?.code !== 'ECONNREFUSED') throw error;
          await delay(KNOCK_MILLIS);
        }
      }
    },
  });
  const millis = performance.now() - spawnedAt;
  await started.stop();
  return millis;
}

async function post201(url, token, body) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
  await answer.arrayBuffer();
}

async function bareStarts() {
  const restart = await timedStart(
    (port) => [process.execPath, ECHO, String(port)],
    (origin) => post201(`${origin}/environment/deviceAuthentications`, 'none', {}),
  );
  return { restart };
}

/** The first start migrates, makes keys and the demo environment; the second is what a restart takes. */
async function posternStarts(bench, folder) {
  mkdirSync(folder);
  const command = (port) => [
    process.execPath,
    POSTERN,
    ...['dev', '--port', String(port), '--data', join(folder, 'data'), '--log-level', bench.options['log-level']],
  ];
  const authenticate = async (origin) => {
    const token = await tokenFor(origin);
    await post201(`${origin}/${DEMO.environmentId}/deviceAuthentications`, token, {
      user: { id: DEMO.user },
      selectedDevice: { oneTime: { type: 'SMS', phone: '+14135550150', testMode: true } },
    });
  };
  const first = await timedStart(command, authenticate);
  const restart = await timedStart(command, authenticate);
  return { first, restart };
}

function memory(bench, one, options) {
  return bench.withTarget(one, {}, async (target) => {
    await delay(REST_MILLIS);
    const idle = usageOf(target.pid)?.rss;
    const { rss: loaded, failed, completed } = await generate(target, closedLoad(options));
    return { idle, loaded, failed, completed };
  });
}

function rowOf(name, runs) {
  const of = (path) => round(median(runs.map((run) => memberOf(run, path))));
  return {
    server: name,
    'empty folder → first 201, ms': of('first'),
    'restart → first 201, ms': of('restart'),
    'idle MiB': of('idle'),
    'under load MiB': of('loaded'),
    failed: runs.reduce((sum, { failed }) => sum + failed, 0),
  };
}

function goalsOf(results) {
  const { 'postern, SQLite': postern } = results;
  const ratio = (one, path) => ratioOf(results, one, BARE, path);
  return [
    judged('restart → first 201, postern : bare', { atMost: 5 }, ratio('postern, SQLite', 'restart')),
    judged('restart → first 201, ms', { atMost: 600 }, median(postern.map(({ restart }) => restart))),
    judged('empty folder → first 201, ms', { atMost: 600 }, median(postern.map(({ first }) => first))),
    judged('memory under load, postern on SQLite : bare', { atMost: 2.5 }, ratio('postern, SQLite', 'loaded')),
    judged('memory under load, postern on PostgreSQL : bare', { atMost: 2.5 }, ratio('postern, PostgreSQL', 'loaded')),
  ];
}
