import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { factoryPolicy } from '../../src/policies/defaults.js';
import { raw } from '../contract/raw.js';
import { type PosternProcess, spawnPostern } from '../helpers/postern.js';
import { freshDatabase } from '../helpers/postgres.js';
import { type CommandResult, runPostern } from '../helpers/process.js';
import { api, type Client, createClient, JSON_TYPE, range } from './client.js';
import { figure, rounds } from './figures.js';

const POSTERN = fileURLToPath(new URL('../../bin/postern.js', import.meta.url));
const MASTER = 'ab'.repeat(32);
/** Requests a second, by arrival and not by answer. */
const RATE = rounds(50, 200);
const USERS = rounds(100, 20_000);
const TURNS = rounds(1, 5);
/** Requests under way at most: the short form is for a machine that does ten other things, and asks it for less then. */
const MOST_UNDER_WAY = rounds(4, 1_000);

/** Many users with a sealed contact each. */
const seedOf = (users: number): string =>
  JSON.stringify({
    environments: [
      {
        name: 'Rotation',
        deviceAuthenticationPolicies: [factoryPolicy({ name: 'Rotation', sentMethods: ['sms', 'email'] })],
        users: range(users).map((n) => ({
          username: `user-${n}`,
          email: `user-${n}@example.org`,
          devices: [{ type: 'EMAIL', email: `device-${n}@example.org` }],
        })),
        clients: [
          {
            name: 'Client',
            secret: 'client-secret-for-the-evidence',
            tokenEndpointAuthMethod: 'CLIENT_SECRET_POST',
          },
        ],
      },
    ],
  });

interface Case {
  readonly database: 'SQLite' | 'PostgreSQL';
  readonly folder: string;
  readonly url: string | undefined;
  /** The arguments that name the database. */
  readonly where: readonly string[];
  start(master?: string): Promise<PosternProcess>;
  keys(words: readonly string[], master?: string): Promise<CommandResult>;
}

async function arrange(
  database: Case['database'],
  users: number,
  work: (arranged: Case) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-rotate-'));
  const url = database === 'PostgreSQL' ? await freshDatabase() : undefined;
  const where = ['--data', folder, ...(url === undefined ? [] : ['--database-url', url])];
  const seedFile = join(folder, 'seed.json');
  writeFileSync(seedFile, seedOf(users));
  try {
    await work({
      database,
      folder,
      url,
      where,
      start: (master = MASTER) =>
        spawnPostern(['--port', '0', '--seed', seedFile, '--log-level', 'warn', ...where], {
          POSTERN_MASTER_KEY: master,
        }),
      // The embedded database's server has the key; whoever asks it needs none.
      keys: (words, master = MASTER) =>
        runPostern(['keys', ...words, ...where], url === undefined ? {} : { POSTERN_MASTER_KEY: master }),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a relying party does, sealing and opening all the while: a code in test mode, and one sent to a sealed contact. */
async function oneMfa(postern: PosternProcess, client: Client, n: number): Promise<readonly number[]> {
  const node = api(postern, client);
  // Every user and number in turn: checks of one stand in one line, which is not what is looked at here.
  const user = postern.ready.users[n % postern.ready.users.length];
  const begin = (selectedDevice: object) =>
    client.send('POST', node.flows, JSON_TYPE, { user: { id: user?.id }, selectedDevice });
  if (n % 2 === 0) {
    const begun = await begin({ oneTime: { type: 'SMS', phone: `+1413${5_550_000 + (n % 9_999)}`, testMode: true } });
    const { otp } = (begun.body['test'] ?? {}) as { otp?: string };
    return [begun.status, (await node.check(String(begun.body['id']), otp ?? '')).status];
  }
  const sent = await begin({ id: user?.devices[0]?.id });
  const read = await client.send('GET', `${node.environment}/users/${user?.id}/devices/${user?.devices[0]?.id}`);
  return [sent.status, read.status];
}

/** Requests at a constant rate until `done`; every status that was answered, by how often. */
async function underLoad(postern: PosternProcess, done: Promise<unknown>): Promise<Readonly<Record<string, number>>> {
  await using client = await createClient(postern, 64);
  const statuses: Record<string, number> = {};
  const running = new Set<Promise<void>>();
  let ended = false;
  const finish = (): void => {
    ended = true;
  };
  done.then(finish, finish);
  const began = performance.now();
  // Each one makes two requests.
  for (let n = 0; !ended; n++) {
    while (running.size >= MOST_UNDER_WAY) await Promise.race(running);
    await sleep(Math.max(0, began + (n * 2_000) / RATE - performance.now()));
    const mfa = oneMfa(postern, client, n)
      .then(
        (answers) => answers,
        (error: unknown) => [String(error)],
      )
      .then((answers) => {
        for (const answer of answers) statuses[answer] = (statuses[answer] ?? 0) + 1;
        running.delete(mfa);
      });
    running.add(mfa);
  }
  await Promise.all(running);
  return statuses;
}

const total = (statuses: Readonly<Record<string, number>>): number =>
  Object.values(statuses).reduce((sum, count) => sum + count, 0);

describe.each(['SQLite', 'PostgreSQL'] as const)('postern keys rotate on %s', (database) => {
  it(`under ${RATE} requests a second without an error, ${TURNS} times, ${USERS} contacts (SEC-68)`, {
    timeout: 900_000,
  }, async () => {
    await arrange(database, USERS, async ({ start, keys, folder }) => {
      await using postern = await start();
      let [answers, slowest] = [0, 0];
      for (const turn of range(TURNS)) {
        const rotation = keys(['rotate']);
        const began = performance.now();
        const statuses = await underLoad(postern, rotation);
        const { code, out, err } = await rotation;
        expect({ code, err }).toMatchObject({ code: 0 });
        expect(out).toContain('Made 1 new data key.');
        expect(Object.keys(statuses).sort(), postern.output()).toEqual(['200', '201']);
        expect((await keys(['status'])).out).toMatch(new RegExp(`${turn + 2} +current +[0-9]{3,}`));
        answers += total(statuses);
        slowest = Math.max(slowest, performance.now() - began);
      }
      if (database === 'SQLite') expect(statSync(join(folder, 'control.sock')).mode & 0o777).toBe(0o600);
      const { out } = await keys(['status']);
      expect(out).not.toContain('replaced');
      expect(postern.output()).not.toMatch(/"level":"error"/);
      figure(
        'rotate',
        `under load, ${database}`,
        `${TURNS} times, ${USERS} contacts, the slowest in ${Math.round(slowest)} ms; ${answers} requests answered meanwhile, none with an error`,
      );
    });
  });

  it('kill -9 in the middle: nothing is lost, and the next run goes on (SEC-68)', { timeout: 900_000 }, async () => {
    await arrange(database, USERS, async ({ start, keys, folder, url, where }) => {
      let postern = await start();
      try {
        if (url === undefined) {
          // The server does the work: it dies at the first step that it tells of.
          const socket = createConnection(join(folder, 'control.sock'));
          socket.on('error', () => {});
          socket.write('"keys.rotate"\n');
          await new Promise<void>((resolve) => createInterface({ input: socket }).once('line', () => resolve()));
          await postern.kill('SIGKILL');
          postern = await start();
        } else {
          const child = spawn(process.execPath, [POSTERN, 'keys', 'rotate', ...where], {
            env: { ...process.env, POSTERN_MASTER_KEY: MASTER },
            stdio: 'ignore',
          });
          const resealed = `select count(*) as n from documents where secret like '2.2.%'`;
          while (Number((await raw({ kind: 'postgres', url }, resealed))[0]?.['n']) === 0) await sleep(5);
          child.kill('SIGKILL');
        }
        expect((await keys(['status'])).out).toContain('A rotation is not finished');
        const statuses = await underLoad(postern, sleep(500));
        expect(Object.keys(statuses).sort()).toEqual(['200', '201']);
        const { code, out } = await keys(['rotate']);
        expect(code).toBe(0);
        expect(out).toContain('Went on with an earlier rotation');
        const { out: status } = await keys(['status']);
        expect(status).toMatch(/ 2 +current +[0-9]{3,}/);
        expect(status).toMatch(/ 1 +retired +0 /);
        figure('rotate', `kill -9 in the middle, ${database}`, `${USERS} contacts, none lost; the next run went on`);
      } finally {
        await postern.kill('SIGKILL');
      }
    });
  });

  it('a contact moved to another user is refused and told of; a new master key takes over (SEC-66, SEC-68)', {
    timeout: 300_000,
  }, async () => {
    await arrange(database, 2, async ({ start, keys, folder, url }) => {
      const next = 'cd'.repeat(32);
      let postern = await start();
      const [mine, theirs] = postern.ready.users;
      await postern.kill('SIGTERM');
      await raw(
        url === undefined ? { kind: 'sqlite', file: join(folder, 'postern.db') } : { kind: 'postgres', url },
        `update devices set secret = (select secret from devices where user_id = '${theirs?.id}')
         where user_id = '${mine?.id}' returning id`,
      );
      postern = await start(`${next} ${MASTER}`);
      try {
        await using client = await createClient(postern, 2);
        const send = (user: typeof mine) =>
          client.send('POST', api(postern, client).flows, JSON_TYPE, {
            user: { id: user?.id },
            selectedDevice: { id: user?.devices[0]?.id },
          });
        expect((await send(mine)).status).toBe(500);
        expect((await send(theirs)).status).toBe(201);
        await sleep(100);
        expect(postern.output()).toMatch(/"table":"devices","column":"secret".*it was altered or moved/);
        const { code, err } = await keys(['rotate']);
        expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('1 value did not open') });
        const master = await keys(['rotate', '--master'], `${next} ${MASTER}`);
        expect(master).toMatchObject({ code: 0, out: expect.stringContaining('Wrapped') });
      } finally {
        await postern.kill('SIGTERM');
      }
      await expect(start(MASTER)).rejects.toThrow(/wrapped with master key/);
      await using again = await start(next);
      await using client = await createClient(again, 2);
      expect((await api(again, client).oneTime()).otp).toMatch(/^\d{6}$/);
    });
  });
});
