import { describe, expect, it } from 'vitest';
import { startCompletion } from '../../src/app/completion.js';
import { minutes } from '../../src/kernel/duration.js';
import { silentLogger } from '../../src/kernel/log.js';
import type { Environment } from '../../src/platform/model.js';
import type { Write } from '../../src/storage/port.js';
import { ENVIRONMENT_TABLES } from '../../src/storage/sql/purge-environments.js';
import type { SqlStore } from '../../src/storage/sql/store.js';
import { openTestStore } from '../helpers/store.js';
import { KINDS, keptDatabase, raw } from './raw.js';
import { addEnvironment, addUser, aFlow, aMessage, commit, DATABASES, uuid } from './world.js';

async function environmentOf(store: SqlStore, environmentId: Environment['id']): Promise<Environment> {
  const { environment } = await store.load({ environmentId });
  if (!environment) throw new Error(`no environment ${environmentId}`);
  return environment;
}

/** Writes what becomes of the environment as it is then. */
const change = (
  store: SqlStore,
  environmentId: Environment['id'],
  kind: 'update' | 'delete',
  changes: Partial<Environment> = {},
): Promise<boolean> =>
  store.transact({ environmentId }, ({ environment }) => {
    const writes: Write[] = environment ? [{ kind, entity: 'environment', value: { ...environment, ...changes } }] : [];
    return { writes, outcome: environment !== undefined };
  });

describe.each(DATABASES)('environments on $name', ({ open }) => {
  it('of an earlier build are given what a new one has, once, by however many processes', async () => {
    await using test = await open();
    const { store } = test;
    const { environmentId } = await addEnvironment(store, 'Old');
    const { environmentId: complete } = await addEnvironment(store, 'New');
    const KINDS_SINCE = ['application', 'fido2Policy', 'resource', 'scope', 'resourceAttribute'] as const;
    const listed = async () =>
      (await Promise.all(KINDS_SINCE.map((kind) => store.documents(environmentId, { kind })))).flat();
    const before = await listed();
    await store.transact({ environmentId, documents: KINDS_SINCE.map((kind) => ({ kind })) }, ({ documents }) => ({
      writes: documents.map(({ kind, id }) => ({
        kind: 'delete',
        entity: 'document',
        value: { environmentId, kind, id },
      })),
      outcome: undefined,
    }));
    expect(await listed()).toEqual([]);
    const untouched = await environmentOf(store, complete);
    const starts = [1, 2].map(() => startCompletion(store, 'example.test', silentLogger));
    expect((await Promise.all(starts.map(({ done }) => done))).sort()).toEqual([0, 1]);
    const after = await listed();
    expect(after.map(({ id, body }) => [id, body])).toEqual(before.map(({ id, body }) => [id, body]));
    expect((await environmentOf(store, complete)).configVersion).toBe(untouched.configVersion);
    await using again = startCompletion(store, 'example.test', silentLogger);
    expect(await again.done).toBe(0);
  });

  it('are changed under their version, which rises', async () => {
    await using test = await open();
    const { environmentId } = await addEnvironment(test.store);
    const before = await environmentOf(test.store, environmentId);
    await Promise.all(
      Array.from({ length: 4 }, (_, n) => change(test.store, environmentId, 'update', { description: `${n}` })),
    );
    const after = await environmentOf(test.store, environmentId);
    expect(after.configVersion).toBe(before.configVersion + 4);
    expect(after.description).toMatch(/^[0-3]$/);
  });

  it('of one organization have names of their own: a plan that names one finds its holder', async () => {
    await using test = await open();
    const { environmentId } = await addEnvironment(test.store, 'Mine "quoted"');
    const { organizationId } = await environmentOf(test.store, environmentId);
    const holderOf = async (name: string) =>
      (await test.store.load({ environmentId: uuid(), environmentName: { organizationId, name } }))
        .environmentNameHolder;
    expect(await holderOf('Mine "quoted"')).toBe(environmentId);
    await change(test.store, environmentId, 'update', { name: 'Other' });
    expect([await holderOf('Mine "quoted"'), await holderOf('Other')]).toEqual([undefined, environmentId]);
    await change(test.store, environmentId, 'delete');
    expect(await holderOf('Other')).toBeUndefined();
  });

  it('that are deleted are nowhere to be found, and deleting one twice does nothing', async () => {
    await using test = await open();
    const world = await addEnvironment(test.store);
    const kept = await addEnvironment(test.store, 'Kept');
    const { user } = await addUser(test.store, world);
    const { environmentId } = world;
    const [key] = await test.store.documents(environmentId, { kind: 'signingKey' });
    if (!key) throw new Error('no signing key');
    expect(await change(test.store, environmentId, 'delete')).toBe(true);
    expect(await change(test.store, environmentId, 'delete')).toBe(false);
    const {
      environment,
      user: found,
      documents,
    } = await test.store.load({
      environmentId,
      user: user.id,
      documents: [{ kind: 'population' }],
    });
    expect([environment, found, documents]).toEqual([undefined, undefined, []]);
    expect(await test.store.findDocument('signingKey', key.id)).toBeUndefined();
    const { items, count } = await test.store.environments({ limit: 10 });
    expect([items.map(({ id }) => id), count]).toEqual([[kept.environmentId], 1]);
  });
});

describe.each(KINDS)('what belongs to a deleted environment on %s', (kind) => {
  it('goes in small steps once everything that was under way is over; the trail and other environments stay', async () => {
    await using database = await keptDatabase(kind);
    const ids: string[] = [];
    {
      await using test = await openTestStore({ ...database });
      const { store, clock } = test;
      for (const name of ['Gone', 'Kept']) {
        const world = await addEnvironment(store, name);
        const { environmentId } = world;
        ids.push(environmentId);
        for (let n = 0; n < 3; n++) {
          const { user, device } = await addUser(store, world);
          const value = aFlow(world, user, device);
          await commit(store, environmentId, { kind: 'insert', entity: 'deviceAuthentication', value });
          const message = aMessage(environmentId, user.id);
          await commit(store, environmentId, { kind: 'append', entity: 'outbox', value: message });
        }
      }
      const [gone = ''] = ids;
      await change(store, gone as Environment['id'], 'delete');
      expect(await store.purge(100)).toBe(0);
      clock.advance(minutes(1));
      const steps = [await store.purge(4)];
      while (steps.at(-1) !== 0) steps.push(await store.purge(4));
      expect(steps.slice(0, 3)).toEqual([4, 4, 4]);
      const kept = await store.load({ environmentId: ids[1] as Environment['id'] });
      expect(kept.environment?.name).toBe('Kept');
      expect((await store.users(ids[1] as Environment['id'], { limit: 10 })).items).toHaveLength(3);
    }
    const tables = [...Object.keys(ENVIRONMENT_TABLES), 'data_keys', 'environment_names'];
    for (const table of tables) {
      const rows = await raw(database.database, `select distinct environment_id from ${table}`);
      expect([table, rows.map(({ environment_id }) => environment_id).filter((id) => id === ids[0])]).toEqual([
        table,
        [],
      ]);
    }
    const left = await raw(database.database, 'select id from environments');
    expect(left.map(({ id }) => id)).toEqual([ids[1]]);
    const trail = await raw(database.database, `select environment_id from audit_tail`);
    expect(trail.map(({ environment_id }) => environment_id)).toContain(ids[0]);
  });
});

it('every table of an environment is purged with it, but for the trail', async () => {
  await using database = await keptDatabase('sqlite');
  await using _ = await openTestStore({ ...database }).then(async (test) => {
    await test[Symbol.asyncDispose]();
    return database;
  });
  const tables = await raw(database.database, `select name from sqlite_master where type = 'table'`);
  const owned: unknown[] = [];
  for (const { name } of tables) {
    const columns = await raw(database.database, `pragma table_info(${name})`);
    if (columns.some((column) => column['name'] === 'environment_id')) owned.push(name);
  }
  const trail = ['audit', 'audit_heads', 'audit_tail'];
  // A name goes with the environment itself, keys with its last row.
  const withIt = ['data_keys', 'environment_names'];
  expect(owned.sort()).toEqual([...Object.keys(ENVIRONMENT_TABLES), ...withIt, ...trail].sort());
});
