import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startProcess } from '../harness/process.js';

export const POSTERN = fileURLToPath(new URL('../../bin/postern.js', import.meta.url));
/** The demo environment (`src/cli/demo.ts`). */
export const DEMO = {
  environmentId: 'abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6',
  clientId: 'de300c11-e470-4dde-8000-00000000c11e',
  clientSecret: 'demo-secret-never-use-in-production',
  user: '991776fd-145b-499e-8237-2c62aef35b2c',
};

/** `postern dev` on a folder, or on PostgreSQL. Its log goes to a file, as a supervisor's would. `POSTERN_*` variables reach it. */
async function launch({
  folder,
  database,
  poolSize,
  logLevel,
  env,
  nodeArguments = [],
  postern = POSTERN,
  first = [],
}) {
  const readyFile = join(folder, 'ready.json');
  const log = openSync(join(folder, 'postern.log'), 'a');
  const started = await startProcess({
    role: 'server',
    command: [
      ...first,
      process.execPath,
      ...nodeArguments,
      postern,
      'dev',
      ...['--port', '0', '--ready-file', readyFile, '--log-level', logLevel],
      ...(database
        ? ['--database-url', database.url, '--database-pool-size', String(poolSize)]
        : ['--data', join(folder, 'data')]),
    ],
    env,
    stdio: ['ignore', 'ignore', log],
    ready: () => readyAt(readyFile),
  }).finally(() => closeSync(log));
  const { authPath } = started.ready;
  const auth = new URL(`${authPath}/${DEMO.environmentId}`);
  return {
    ...started,
    host: auth.hostname,
    port: Number(auth.port),
    flow: {
      kind: 'deviceAuthentication',
      path: `${auth.pathname}/deviceAuthentications`,
      token: await tokenFor(authPath),
      user: DEMO.user,
    },
    databasePid: database?.pid,
  };
}

/** Resolves with the ready file's content once it is there. */
async function readyAt(file) {
  for (;;) {
    try {
      const ready = JSON.parse(readFileSync(file, 'utf8'));
      rmSync(file);
      return { ready };
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
      await delay(5);
    }
  }
}

/** An access token of the demo client. */
export async function tokenFor(authPath) {
  const answer = await fetch(`${authPath}/${DEMO.environmentId}/as/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: DEMO.clientId,
      client_secret: DEMO.clientSecret,
    }),
  });
  if (!answer.ok) throw new Error(`no token: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).access_token;
}

export const posternOnSqlite = { name: 'postern, SQLite', launch };
export const posternOnPostgres = { name: 'postern, PostgreSQL', usesPostgres: true, launch };
