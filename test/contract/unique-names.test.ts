import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StorageFault } from '../../src/storage/sql/fault.js';
import type { TestStore } from '../helpers/store.js';
import { addEnvironment, addUser, aUser, commit, DATABASES, insertUser, present } from './world.js';

describe.each(DATABASES)('unique names on $name', ({ open }) => {
  let test: TestStore;
  beforeAll(async () => {
    test = await open();
  });
  afterAll(() => test[Symbol.asyncDispose]());

  it('decides again when the username is taken, with its holder in the snapshot', async () => {
    const { store } = test;
    const world = await addEnvironment(store);
    const { user: holder } = await addUser(store, world, { username: 'Zoë' });
    const seen: (string | undefined)[] = [];
    const newcomer = aUser(world.environmentId, { username: 'ZOE\u0308' });
    // Without a username in the plan, as a race would have it: the name was free when the unit was loaded.
    const outcome = await store.transact({ environmentId: world.environmentId }, (snapshot) => {
      seen.push(snapshot.usernameHolder);
      if (snapshot.usernameHolder) return { writes: [], outcome: snapshot.usernameHolder };
      return { writes: insertUser(newcomer), outcome: newcomer.id };
    });
    expect(outcome).toBe(holder.id);
    expect(seen).toEqual([undefined, holder.id]);
  });

  it('gives a name to exactly one of many that ask at once', async () => {
    const { store } = test;
    const { environmentId } = await addEnvironment(store);
    const outcomes = await Promise.all(
      Array.from({ length: 16 }, () => {
        const user = aUser(environmentId, { username: 'one' });
        return store.transact({ environmentId, username: 'one' }, ({ usernameHolder }) =>
          usernameHolder ? { writes: [], outcome: 'taken' } : { writes: insertUser(user), outcome: 'mine' },
        );
      }),
    );
    expect(outcomes.filter((outcome) => outcome === 'mine')).toHaveLength(1);
    expect((await store.users(environmentId, { limit: 10 })).count).toBe(1);
  });

  it('lets two environments use one name (SEC-42)', async () => {
    const { store } = test;
    const [one, other] = [await addEnvironment(store), await addEnvironment(store)];
    await addUser(store, one, { username: 'same' });
    await addUser(store, other, { username: 'same' });
    expect((await store.users(one.environmentId, { limit: 10 })).count).toBe(1);
    expect((await store.users(other.environmentId, { limit: 10 })).count).toBe(1);
  });

  it('frees a name with its user', async () => {
    const { store } = test;
    const world = await addEnvironment(store);
    const { user } = await addUser(store, world, { username: 'again' });
    await store.transact({ environmentId: world.environmentId, user: user.id }, (snapshot) => ({
      outcome: undefined,
      writes: [{ kind: 'delete', entity: 'user', value: present(snapshot.user) }],
    }));
    await addUser(store, world, { username: 'again' });
    expect((await store.users(world.environmentId, { limit: 10 })).count).toBe(1);
  });

  it('gives up on a decision that insists on a taken name', async () => {
    const { store } = test;
    const world = await addEnvironment(store);
    await addUser(store, world, { username: 'mine' });
    const user = aUser(world.environmentId, { username: 'mine' });
    await expect(commit(store, world.environmentId, ...insertUser(user))).rejects.toThrow(StorageFault);
  });
});
