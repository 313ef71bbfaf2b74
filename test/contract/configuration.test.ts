import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Uuid } from '../../src/kernel/ids.js';
import { Redacted } from '../../src/kernel/sealed.js';
import type { StoredDocument } from '../../src/platform/model.js';
import { parseConfiguration } from '../../src/policies/configuration.js';
import { TEST_TIME, type TestStore } from '../helpers/store.js';
import { addEnvironment, commit, DATABASES, present, uuid, type World } from './world.js';

/** Renames the policy; gives the times that this was decided. */
async function rename({ store }: TestStore, { environmentId, policyId }: World, name: string): Promise<number> {
  let decided = 0;
  const plan = { environmentId, documents: [{ kind: 'deviceAuthenticationPolicy', id: policyId }] } as const;
  await store.transact(plan, (snapshot) => {
    decided += 1;
    const value = present(snapshot.documents[0]);
    return {
      outcome: undefined,
      writes: [{ kind: 'put', entity: 'document', value: { ...value, body: { ...value.body, name } } }],
    };
  });
  return decided;
}

const policyName = async ({ store }: TestStore, { environmentId, policyId }: World): Promise<string | undefined> =>
  (await store.load({ environmentId })).configuration?.policies.get(policyId)?.name;

const aDocument = (environmentId: Uuid, over: Partial<StoredDocument> = {}): StoredDocument => ({
  environmentId,
  kind: 'subscription',
  id: uuid(),
  body: { name: 'Client' },
  createdAt: TEST_TIME,
  updatedAt: TEST_TIME,
  ...over,
});

describe.each(DATABASES)('configuration documents on $name', ({ open }) => {
  let test: TestStore;
  let parsed = 0;
  let seen: readonly StoredDocument[] = [];
  beforeAll(async () => {
    test = await open({
      engine: {
        parseConfiguration: (...args) => {
          parsed += 1;
          seen = args[2];
          return parseConfiguration(...args);
        },
      },
    });
  });
  afterAll(() => test[Symbol.asyncDispose]());

  it('raise the environment’s configVersion once per write set', async () => {
    const { store } = test;
    const { environmentId } = await addEnvironment(store);
    const [one, other] = [aDocument(environmentId), aDocument(environmentId)];
    await commit(
      store,
      environmentId,
      { kind: 'put', entity: 'document', value: one },
      { kind: 'put', entity: 'document', value: other },
    );
    expect((await store.load({ environmentId })).environment?.configVersion).toBe(2);
    await commit(store, environmentId, { kind: 'delete', entity: 'document', value: one });
    expect((await store.load({ environmentId })).environment?.configVersion).toBe(3);
    expect((await store.documents(environmentId, { kind: 'subscription' })).map(({ id }) => id)).toEqual([other.id]);
  });

  it('are parsed once per version and never served old', async () => {
    const world = await addEnvironment(test.store);
    const before = parsed;
    for (let i = 0; i < 5; i++) expect(await policyName(test, world)).toBeDefined();
    expect(parsed - before).toBe(1);
    await rename(test, world, 'Renamed');
    expect(await policyName(test, world)).toBe('Renamed');
    expect((await test.store.load({ environmentId: world.environmentId })).configuration?.version).toBe(2);
    expect(parsed - before).toBe(2);
  });

  it('are at hand for decisions only where they are read: of contents, those that messages are made of', async () => {
    const { store } = test;
    const { environmentId } = await addEnvironment(store);
    const contents = ['general', 'transaction', 'device_pairing'].map((parent) =>
      aDocument(environmentId, {
        kind: 'templateContent',
        parent,
        body: { deliveryMethod: 'SMS', locale: 'en', content: parent, sender: 'Shop' },
      }),
    );
    await commit(
      store,
      environmentId,
      ...contents.map((value) => ({ kind: 'put', entity: 'document', value }) as const),
      { kind: 'put', entity: 'document', value: aDocument(environmentId) },
    );
    await store.load({ environmentId });
    expect(seen.filter(({ kind }) => kind === 'templateContent').map(({ parent }) => parent)).toEqual(
      expect.arrayContaining(['transaction', 'device_pairing']),
    );
    expect(seen.map(({ parent }) => parent)).not.toContain('general');
    expect(seen.map(({ kind }) => kind)).not.toContain('subscription');
    const { configuration } = await store.load({ environmentId });
    expect(configuration?.defaultPolicy.contents?.all.map(({ words }) => words)).toContainEqual({
      text: 'transaction',
      isHtml: false,
      sender: 'Shop',
    });
  });

  it('change one after another when many writers come at once', async () => {
    const world = await addEnvironment(test.store);
    await Promise.all(Array.from({ length: 10 }, (_, n) => rename(test, world, `Name ${n}`)));
    const { environment, configuration } = await test.store.load({ environmentId: world.environmentId });
    expect(environment?.configVersion).toBe(11);
    expect(configuration?.policies.get(world.policyId)?.name).toMatch(/^Name \d$/);
  });

  it('are found by id alone, with their secret sealed', async () => {
    const { store, keyring } = test;
    const { environmentId } = await addEnvironment(store);
    const value = aDocument(environmentId, { secret: new Redacted('client secret') });
    await commit(store, environmentId, { kind: 'put', entity: 'document', value });
    const found = present(await store.findDocument('subscription', value.id));
    expect(found).toMatchObject({ environmentId, kind: 'subscription', id: value.id, body: { name: 'Client' } });
    expect(keyring.vault.open(present(found.secret))).toBe('client secret');
    expect(await store.findDocument('population', value.id)).toBeUndefined();
    expect(await store.findDocument('subscription', uuid())).toBeUndefined();
  });

  it('come oldest first, of their own environment only (SEC-42)', async () => {
    const { store } = test;
    const [one, other] = [await addEnvironment(store), await addEnvironment(store)];
    const ids = [uuid(), uuid(), uuid()];
    for (const [n, id] of ids.entries())
      await commit(store, one.environmentId, {
        kind: 'put',
        entity: 'document',
        value: aDocument(one.environmentId, { id, createdAt: TEST_TIME - n }),
      });
    expect((await store.documents(one.environmentId, { kind: 'subscription' })).map(({ id }) => id)).toEqual(
      ids.reverse(),
    );
    expect(await store.documents(other.environmentId, { kind: 'subscription' })).toEqual([]);
    const asked = await store.load({
      environmentId: other.environmentId,
      documents: ids.map((id) => ({ kind: 'subscription', id })),
    });
    expect(asked.documents).toEqual([]);
  });

  it('cannot be written where there is no environment', async () => {
    const value = aDocument(uuid());
    await expect(commit(test.store, value.environmentId, { kind: 'put', entity: 'document', value })).rejects.toThrow(
      'not there',
    );
  });

  it('an environment that is there already is not made again', async () => {
    const { store } = test;
    const { environmentId } = await addEnvironment(store, 'First');
    const environment = present((await store.load({ environmentId })).environment);
    const outcome = await store.transact({ environmentId }, (snapshot) =>
      snapshot.environment
        ? { writes: [], outcome: 'there' }
        : { writes: [{ kind: 'insert', entity: 'environment', value: environment }], outcome: 'made' },
    );
    expect(outcome).toBe('there');
  });
});

describe('configuration seen by two processes on PostgreSQL', () => {
  it('is never old in the one that did not write it', async () => {
    await using writer = await DATABASES[2].open();
    await using reader = await DATABASES[2].open({ database: writer.database, keyring: writer.keyring });
    const world = await addEnvironment(writer.store);
    for (const name of ['One', 'Two', 'Three']) {
      await policyName(reader, world);
      await rename(writer, world, name);
      expect(await policyName(reader, world)).toBe(name);
    }
  });

  it('a write decided on an old version is decided again', async () => {
    await using one = await DATABASES[2].open();
    await using other = await DATABASES[2].open({ database: one.database, keyring: one.keyring });
    const world = await addEnvironment(one.store);
    const decided = await Promise.all(
      Array.from({ length: 8 }, (_, n) => rename(n % 2 === 0 ? one : other, world, `Name ${n}`)),
    );
    expect((await one.store.load({ environmentId: world.environmentId })).environment?.configVersion).toBe(9);
    expect(decided).toHaveLength(8);
  });
});

describe('configuration on SQLite', () => {
  it('survives a restart', async () => {
    const { mkdtempSync, rmSync } = await import('node:fs');
    const directory = mkdtempSync('/tmp/postern-contract-');
    const database = { kind: 'sqlite', file: `${directory}/postern.db` } as const;
    try {
      const first = await DATABASES[0].open({ database });
      const world = await addEnvironment(first.store);
      await rename(first, world, 'Kept');
      await first[Symbol.asyncDispose]();
      await using second = await DATABASES[0].open({ database, keyring: first.keyring });
      expect(await policyName(second, world)).toBe('Kept');
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
