import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LEASE_MILLIS } from '../../src/delivery/message.js';
import { uuidOf } from '../../src/kernel/ids.js';
import { silentLogger } from '../../src/kernel/log.js';
import { createSystemRandom } from '../../src/kernel/random.js';
import type { User } from '../../src/platform/model.js';
import { parseConfiguration } from '../../src/policies/configuration.js';
import type { Write } from '../../src/storage/port.js';
import { createSqliteEngine } from '../../src/storage/sql/dialects/sqlite.js';
import { copyDatabase } from '../../src/storage/sql/dialects/sqlite-copy.js';
import { SqliteConnection } from '../../src/storage/sql/dialects/sqlite-driver.js';
import { MIGRATIONS } from '../../src/storage/sql/migrations/index.js';
import { migrateSqlite } from '../../src/storage/sql/migrations/sqlite.js';
import { createStore } from '../../src/storage/sql/store.js';
import { openTestStore, testClock, testKeyring } from '../helpers/store.js';
import { childCommand, start } from './child.js';
import { keptDatabase, raw } from './raw.js';
import {
  aDevice,
  addEnvironment,
  addUser,
  aFlow,
  arrange,
  aUser,
  commit,
  DATABASES,
  insertUser,
  present,
  uuid,
} from './world.js';

const fileOf = ({ database }: { database: { kind: string; file?: string } }): string => present(database.file);

describe('group commit on SQLite', () => {
  it('a unit that fails after it wrote hurts only itself', async () => {
    await using test = await openTestStore();
    const { environmentId, policyId, user, device, flow } = await arrange(test);
    const flows = Array.from({ length: 6 }, () => aFlow({ environmentId, policyId }, user, device));
    const insert = (value: typeof flow): Write => ({ kind: 'insert', entity: 'deviceAuthentication', value });
    const extra = aFlow({ environmentId, policyId }, user, device);
    const units = flows.map((value) => commit(test.store, environmentId, insert(value)));
    // Its first insert succeeds, its second finds the key taken.
    units.splice(3, 0, commit(test.store, environmentId, insert(extra), insert({ ...flow })));
    const results = await Promise.allSettled(units);
    expect(results.map(({ status }) => status)).toEqual([
      ...Array(3).fill('fulfilled'),
      'rejected',
      ...Array(3).fill('fulfilled'),
    ]);
    const found = async (id: typeof flow.id) =>
      (await test.store.load({ environmentId, deviceAuthentication: id })).deviceAuthentication !== undefined;
    expect(await Promise.all(flows.map(({ id }) => found(id)))).toEqual(Array(6).fill(true));
    expect(await found(extra.id)).toBe(false);
  });

  it('each unit of a batch sees those before it', async () => {
    await using test = await openTestStore();
    const { environmentId, user } = await arrange(test);
    const seen = await Promise.all(
      Array.from({ length: 600 }, () =>
        test.store.transact({ environmentId, user: user.id }, ({ factors }) => {
          const value = present(factors);
          return {
            outcome: value.lockoutFailures,
            writes: [
              { kind: 'update', entity: 'factors', value: { ...value, lockoutFailures: value.lockoutFailures + 1 } },
            ],
          };
        }),
      ),
    );
    expect(seen).toEqual(Array.from({ length: 600 }, (_, n) => n));
  });

  it('configuration that was read inside a batch that is undone is not served', async () => {
    await using test = await openTestStore();
    const { environmentId, policyId, flow } = await arrange(test);
    const plan = { environmentId, documents: [{ kind: 'deviceAuthenticationPolicy', id: policyId }] } as const;
    const nameOf = async () => (await test.store.load({ environmentId })).configuration?.policies.get(policyId)?.name;
    let runs = 0;
    const renamed = test.store.transact(plan, ({ documents: [document] }) => {
      runs += 1;
      const value = present(document);
      // Not pure on purpose: what the undone run wrote must differ from what the second run writes under the same version.
      const body = { ...value.body, name: runs === 1 ? 'Undone' : 'Done' };
      return { outcome: undefined, writes: [{ kind: 'put', entity: 'document', value: { ...value, body } }] };
    });
    const inBetween = test.store.transact({ environmentId }, ({ configuration }) => ({
      outcome: configuration?.policies.get(policyId)?.name,
      writes: [],
    }));
    const broken = test.store.transact({ environmentId }, () => ({
      outcome: undefined,
      writes: [
        { kind: 'insert', entity: 'deviceAuthentication', value: { ...flow, id: uuid() } },
        { kind: 'insert', entity: 'deviceAuthentication', value: flow },
      ],
    }));
    await expect(broken).rejects.toThrow();
    await renamed;
    expect(runs).toBe(2);
    expect(await inBetween).toBe('Done');
    expect(await nameOf()).toBe('Done');
  });
});

/** A store over a connection that the test can starve. */
function onConnection(connection: SqliteConnection, onFatal: (error: unknown) => void = () => {}) {
  migrateSqlite(connection, MIGRATIONS, testClock(), silentLogger);
  const keyring = testKeyring();
  const options = {
    vault: keyring.vault,
    audit: keyring.audit,
    random: createSystemRandom(),
    clock: testClock(),
    logger: silentLogger,
    processId: 'test',
    lease: LEASE_MILLIS,
    onAppended: () => {},
    onFatal,
    parseConfiguration,
  };
  return createStore(createSqliteEngine(connection, options), '', options);
}

describe('trouble with the file', () => {
  it('a full disk: 503, nothing stored, and it goes on by itself once there is room (SEC-82)', async () => {
    const connection = SqliteConnection.open(':memory:');
    await using store = onConnection(connection);
    const world = await addEnvironment(store);
    const { user, device } = await addUser(store, world);
    connection.exec('pragma max_page_count = 1');
    const ids = [];
    let refused = 0;
    for (let n = 0; n < 200; n++) {
      const value = aFlow(world, user, device);
      const write: Write = { kind: 'insert', entity: 'deviceAuthentication', value };
      try {
        await commit(store, world.environmentId, write);
        ids.push(value.id);
      } catch (error) {
        refused += 1;
        expect(error).toMatchObject({ name: 'StoreError', reason: 'unavailable' });
        const plan = { environmentId: world.environmentId, deviceAuthentication: value.id };
        expect((await store.load(plan)).deviceAuthentication).toBeUndefined();
      }
    }
    expect(refused).toBeGreaterThan(0);
    connection.exec('pragma max_page_count = 100000');
    await commit(store, world.environmentId, {
      kind: 'insert',
      entity: 'deviceAuthentication',
      value: aFlow(world, user, device),
    });
    for (const deviceAuthentication of ids)
      expect(
        (await store.load({ environmentId: world.environmentId, deviceAuthentication })).deviceAuthentication,
      ).toBeDefined();
  });

  it('a file that became read-only: 503, not ready with the reason, reads go on (SEC-82, SEC-83)', async () => {
    const connection = SqliteConnection.open(':memory:');
    await using store = onConnection(connection);
    const { environmentId } = await addEnvironment(store);
    connection.exec('pragma query_only = on');
    await expect(addEnvironment(store)).rejects.toMatchObject({ name: 'StoreError', reason: 'unavailable' });
    expect(await store.check()).toEqual({ ready: false, reason: expect.stringMatching(/cannot be written/) });
    expect((await store.load({ environmentId })).environment?.id).toBe(environmentId);
    connection.exec('pragma query_only = off');
    await addEnvironment(store);
    expect(await store.check()).toEqual({ ready: true });
  });

  it.each([
    ['', ''],
    ['later', 'unknownCommit\n'],
  ])('an I/O error in COMMIT: at most “unknown” to the client, and the process ends (SEC-79)', async (end, answer) => {
    await using kept = await keptDatabase('sqlite');
    // A limit on the size of files is an I/O error that needs no double of the driver.
    const command = childCommand('io-error', [fileOf(kept), end]);
    const { code, stdout, stderr } = await start(['sh', '-c', 'ulimit -f 2000; exec "$@"', 'sh', ...command]).ended;
    expect(stdout).toBe(answer);
    expect(stderr).toMatch(/disk I\/O error/);
    expect(code).not.toBe(0);
    // Recovery from the log tells what is durable.
    await using again = await openTestStore({ ...kept });
    expect((await again.store.environments({ limit: 1 })).count).toBeGreaterThan(0);
  });
});

describe('one process per file (SEC-77)', () => {
  it('a second process refuses with a clear message, after waiting as long as a restart takes', async () => {
    await using kept = await keptDatabase('sqlite');
    const first = start(childCommand('hold', [fileOf(kept)]));
    await first.said('open');
    expect(() => SqliteConnection.open(fileOf(kept), 50)).toThrow(/is in use by another process/);
    const second = start(childCommand('hold', [fileOf(kept)]));
    await second.said('opening');
    // Nothing is left behind that could go stale: the lock goes with the process that held it.
    first.process.kill('SIGKILL');
    await second.said('open');
    second.process.kill('SIGKILL');
    await Promise.all([first.ended, second.ended]);
    await using test = await openTestStore({ ...kept });
    expect(await test.store.check()).toEqual({ ready: true });
  });

  it('the file can be read by its owner alone', async () => {
    await using kept = await keptDatabase('sqlite');
    await using _test = await openTestStore({ ...kept });
    expect(statSync(fileOf(kept)).mode & 0o077).toBe(0);
  });
});

describe('durability (SEC-75, SEC-76)', () => {
  const strace = ['strace', '-f', '-qq', '-y', '-e', 'trace=fsync,fdatasync', '-o'];
  const canTrace = (() => {
    try {
      execFileSync(strace[0] ?? '', [...strace.slice(1), '/dev/null', 'true'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  })();

  it.skipIf(!canTrace)(
    'every acknowledged commit is flushed to the log (skipped where strace cannot run)',
    async () => {
      await using kept = await keptDatabase('sqlite');
      const trace = `${fileOf(kept)}.trace`;
      const { stdout } = await start([...strace, trace, ...childCommand('commits', [fileOf(kept), '50'])]).ended;
      expect(stdout).toBe('50 commits\n');
      const flushes = readFileSync(trace, 'utf8').match(/f(?:data)?sync\(\d+<[^>]*postern\.db-wal>\)/g) ?? [];
      expect(flushes.length).toBeGreaterThanOrEqual(50);
    },
  );
});

it('an in-memory database is gone with its store', async () => {
  await using first = await DATABASES[1].open();
  await addEnvironment(first.store);
  await using second = await DATABASES[1].open();
  expect((await second.store.environments({ limit: 1 })).count).toBe(0);
});

describe('a user who is erased (SEC-74)', () => {
  it('leaves nothing readable: neither in rows, nor in free pages, nor in the log half a minute later', async () => {
    await using test = await openTestStore();
    const { environmentId } = await arrange(test);
    const traces = (): ReadonlySet<string> => new Set(readFileSync(fileOf(test), 'latin1').match(/canary-\d{4}x/gi));
    const canary = (n: number): string => `canary-${String(n).padStart(4, '0')}x`;
    const users = Array.from({ length: 240 }, (_, n) =>
      aUser(environmentId, {
        username: `${canary(n)}`,
        // Some of it in pages of its own.
        profile: { email: `${canary(n)}@example.org`, nickname: `${canary(n)} `.repeat(n % 20 === 0 ? 600 : n % 30) },
      }),
    );
    await Promise.all(users.map((user) => commit(test.store, environmentId, ...insertUser(user, [aDevice(user)]))));
    const write = (id: string, decide: (user: User) => Write): Promise<void> =>
      test.store.transact({ environmentId, user: uuidOf(id) }, ({ user }) => ({
        outcome: undefined,
        writes: [decide(present(user))],
      }));
    const doomed = users.filter((_, n) => n % 3 === 0);
    for (const { id } of doomed)
      await write(id, (user) => ({
        kind: 'update',
        entity: 'user',
        value: { ...user, username: `other-${id}`, profile: {} },
      }));
    // As the sweeper does every half minute, though there is nothing else to purge.
    const settle = async (): Promise<number> => {
      await test.store.purge(0);
      return statSync(`${fileOf(test)}-wal`).size;
    };
    expect(await settle()).toBe(0);
    expect(traces().size).toBe(160);
    for (const { id } of users.slice(0, 120).filter((_, n) => n % 3 === 1))
      await write(id, (value) => ({ kind: 'delete', entity: 'user', value }));
    expect(await settle()).toBe(0);
    expect(traces().size).toBe(120);
    // A log without anybody who was erased is left alone.
    await commit(test.store, environmentId, ...insertUser(aUser(environmentId)));
    expect(await settle()).toBeGreaterThan(0);
  });
});

describe('a backup of the file (SEC-77)', () => {
  type Arranged = Awaited<ReturnType<typeof arrange>>;
  /** Some megabytes of flows. */
  async function writeMuch({ store }: Awaited<ReturnType<typeof openTestStore>>, arranged: Arranged): Promise<void> {
    const { environmentId, policyId, user, device } = arranged;
    for (let round = 0; round < 8; round++)
      await Promise.all(
        Array.from({ length: 256 }, () => {
          const value = aFlow({ environmentId, policyId }, user, device);
          return commit(store, environmentId, { kind: 'insert', entity: 'deviceAuthentication', value });
        }),
      );
  }
  const countFlows = async (file: string): Promise<unknown> =>
    (await raw({ kind: 'sqlite', file }, 'select count(*) as n from device_authentications'))[0]?.['n'];

  it('tells of every page that was written since it began, and holds the file until it ends', async () => {
    await using test = await openTestStore();
    const arranged = await arrange(test);
    await writeMuch(test, arranged);
    const file = fileOf(test);
    const backup = await present(test.store.backups).begin();
    const before = readFileSync(file);
    const told = new Set<number>();
    const listen = async (): Promise<void> => {
      for (let pages = await backup.changed(); pages.length > 0; pages = await backup.changed())
        for (const page of pages) told.add(page);
    };
    await writeMuch(test, arranged);
    await listen();
    await writeMuch(test, arranged);
    await backup.hold();
    await listen();
    const held = readFileSync(file);
    const { pageSize } = backup;
    const differs: number[] = [];
    for (let page = 1; page * pageSize <= held.length; page++) {
      const [from, to] = [(page - 1) * pageSize, page * pageSize];
      if (!before.subarray(from, to).equals(held.subarray(from, to))) differs.push(page);
    }
    expect(differs.length).toBeGreaterThan(500);
    expect(differs.filter((page) => !told.has(page))).toEqual([]);

    await writeMuch(test, arranged);
    expect(readFileSync(file).equals(held)).toBe(true);
    expect(await backup.changed()).toEqual([]);
    await expect(present(test.store.backups).begin()).rejects.toThrow('a backup is being taken');
    await backup[Symbol.asyncDispose]();
    await expect(backup.changed()).rejects.toThrow('the backup has ended');
    await writeMuch(test, arranged);
    expect(readFileSync(file).equals(held)).toBe(false);
    // Commits copy the log into the file again: it begins anew, and does not grow.
    const { size } = statSync(`${file}-wal`);
    for (let n = 0; n < 3; n++) await writeMuch(test, arranged);
    expect(statSync(`${file}-wal`).size).toBe(size);
  });

  it('that goes after what is written meanwhile is a whole database with all that was committed before its end', async () => {
    await using test = await openTestStore();
    const arranged = await arrange(test);
    await writeMuch(test, arranged);
    const folder = mkdtempSync(join(tmpdir(), 'postern-copy-'));
    try {
      const copy = join(folder, 'copy.db');
      await using backup = await present(test.store.backups).begin();
      await using source = await open(fileOf(test), 'r');
      await using target = await open(copy, 'wx');
      // The file is read in full first, and written to before that is over.
      const hold = async (): Promise<void> => {
        await writeMuch(test, arranged);
        await backup.hold();
      };
      const copied = copyDatabase({ ...backup, hold }, source, target);
      await writeMuch(test, arranged);
      expect(await copied).toBe(statSync(copy).size);
      await writeMuch(test, arranged);
      expect(await raw({ kind: 'sqlite', file: copy }, 'pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
      expect(await countFlows(copy)).toBe(3 * 2_048 + 1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is not to be had of a database in memory', async () => {
    await using test = await openTestStore({ database: { kind: 'sqlite', file: ':memory:' } });
    expect(test.store.backups).toBeUndefined();
  });
});
