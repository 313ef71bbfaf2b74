import pg from 'pg';
import type { DeviceAuthentication } from '../../src/authentication/model.js';
import type { Write } from '../../src/storage/port.js';
import { migratedDatabase } from '../helpers/migrated-database.js';
import { openTestStore, type TestStore } from '../helpers/store.js';
import { createProxy, isQuery } from './proxy.js';
import { aFlow, arrange, commit, present, type World } from './world.js';

/** Another process's connection, held by the test. */
export async function otherProcess(test: TestStore): Promise<pg.Client & AsyncDisposable> {
  if (test.database.kind !== 'postgres') throw new Error('not a PostgreSQL store');
  const client = new pg.Client({ connectionString: test.database.url });
  client.on('error', () => {});
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

/** A store behind a proxy that counts its commits. */
export async function counted(): Promise<
  TestStore & { readonly proxy: Awaited<ReturnType<typeof createProxy>>; readonly commits: () => number }
> {
  const kept = await migratedDatabase();
  const proxy = await createProxy(kept.url);
  let commits = 0;
  proxy.tap((chunk) => {
    if (isQuery(chunk, 'commit')) commits += 1;
    return chunk;
  });
  const test = await openTestStore({ database: { kind: 'postgres', url: proxy.url } });
  return {
    ...test,
    // Other processes do not go through the proxy, which stands in this one.
    database: { kind: 'postgres', url: kept.url },
    proxy,
    commits: () => commits,
    async [Symbol.asyncDispose]() {
      await test[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
      await kept[Symbol.asyncDispose]();
    },
  };
}

/** An environment, a user with a device and open flows. */
export async function withFlows(test: TestStore, count: number) {
  const world = await arrange(test);
  const flows = Array.from({ length: count }, () => aFlow(world, world.user, world.device));
  await insert(test, world, flows);
  return { ...world, flows };
}

/** Starts these flows at once. */
export const insert = (test: TestStore, { environmentId }: World, flows: readonly DeviceAuthentication[]) =>
  Promise.all(
    flows.map((value) => commit(test.store, environmentId, { kind: 'insert', entity: 'deviceAuthentication', value })),
  );

/** Updates a flow; gives the version it found. */
export function touch(
  { store }: TestStore,
  flow: DeviceAuthentication,
  more: readonly Write[] = [],
  onDecide = () => {},
) {
  const plan = { environmentId: flow.environmentId, deviceAuthentication: flow.id };
  return store.transact(plan, (snapshot) => {
    onDecide();
    const value = present(snapshot.deviceAuthentication);
    return { outcome: value.version, writes: [{ kind: 'update', entity: 'deviceAuthentication', value }, ...more] };
  });
}

/** The flows' versions now. */
export async function versions({ store }: TestStore, flows: readonly DeviceAuthentication[]) {
  const loaded = await Promise.all(
    flows.map(({ environmentId, id }) => store.load({ environmentId, deviceAuthentication: id })),
  );
  return loaded.map(({ deviceAuthentication }) => present(deviceAuthentication).version);
}
