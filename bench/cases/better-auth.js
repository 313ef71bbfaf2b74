import { join } from 'node:path';
import { firstLine, startProcess } from '../harness/process.js';
import { installPeer } from '../peer/install.js';

/** Sign-ins prepared for each second of load; far above what it reaches. When they run out, the generator says so and fails. */
const CHALLENGES_PER_SECOND = 600;

async function launch({ folder, database, poolSize, env, load }) {
  const cookies = join(folder, 'cookies.json');
  const challenges = Math.ceil((load.seconds + load.warmUp) * CHALLENGES_PER_SECOND) + load.connections;
  const where = database ? { postgres: database.url, poolSize } : { sqlite: join(folder, 'better-auth.db') };
  const started = await startProcess({
    role: 'server',
    command: [process.execPath, await installPeer(), JSON.stringify({ ...where, challenges, cookies })],
    env,
    ready: firstLine,
  });
  return {
    ...started,
    host: '127.0.0.1',
    flow: { kind: 'twoFactor', path: '/api/auth/two-factor', cookies },
    databasePid: database?.pid,
  };
}

/** Why it cannot take part, when it cannot. */
async function unavailable() {
  try {
    await installPeer();
    return undefined;
  } catch (error) {
    return error.message;
  }
}

export const betterAuthOnSqlite = { name: 'better-auth, SQLite', launch, unavailable };
export const betterAuthOnPostgres = { name: 'better-auth, PostgreSQL', usesPostgres: true, launch, unavailable };
