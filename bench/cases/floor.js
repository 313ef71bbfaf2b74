import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { firstLine, startProcess } from '../harness/process.js';

const server = (name) => fileURLToPath(new URL(`../servers/${name}.js`, import.meta.url));
/** Any path of this form: these servers look at its last part only. */
const flow = { kind: 'deviceAuthentication', path: '/environment/deviceAuthentications', token: 'none', user: 'none' };

/** Starts one of `bench/servers`; all of them are loaded as Postern is. */
async function start(name, args, env, more = {}) {
  const command = [process.execPath, server(name), ...args];
  const started = await startProcess({
    role: 'server',
    command,
    env: { FLOOR_DELIVERY: '0', ...env },
    ready: firstLine,
  });
  return { ...started, host: '127.0.0.1', flow, ...more };
}

/** The frozen floor: node:http and the same durable writes, grouped. What it does must not change, or old figures mean nothing. */
export const floor = {
  name: 'floor',
  launch: ({ folder, env }) => start('floor', [join(folder, 'floor.db')], env),
};

export const echo = {
  name: 'echo',
  launch: ({ env }) => start('echo', [], env),
};

export const commitPerRequest = {
  name: 'commit per request',
  launch: ({ folder, env }) => start('commit-per-request', [join(folder, 'commits.db')], env),
};

export const plainPg = {
  name: 'plain pg',
  usesPostgres: true,
  launch: ({ database, poolSize, env }) =>
    start('plain-pg', [database.url, String(poolSize)], env, { databasePid: database.pid }),
};
