import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from '../../src/storage/port.js';
import { TEST_TIME, type TestStore } from '../helpers/store.js';
import { addEnvironment, addUser, aUser, commit, DATABASES, insertUser } from './world.js';

/** Every page of a list, each asked for by the key of the one before. */
async function pages<T>(read: (after: string | undefined) => Promise<Page<T>>): Promise<Page<T>[]> {
  const all = [await read(undefined)];
  for (let next = all[0]?.next; next !== undefined; next = all.at(-1)?.next) all.push(await read(next));
  return all;
}

describe.each(DATABASES)('lists on $name', ({ open }) => {
  let test: TestStore;
  beforeAll(async () => {
    test = await open();
  });
  afterAll(() => test[Symbol.asyncDispose]());

  it('page through users in the order of creation, with the count of all', async () => {
    const { store } = test;
    const { environmentId } = await addEnvironment(store);
    // Two created at the same instant, and one before it was inserted.
    const ages = [3, 1, 1, 4, 2, 5, 9];
    const users = ages.map((age) => aUser(environmentId, { createdAt: TEST_TIME + age }));
    for (const user of users) await commit(store, environmentId, ...insertUser(user));
    const all = await pages((after) =>
      store.users(environmentId, { limit: 3, ...(after === undefined ? {} : { after }) }),
    );
    expect(all.map(({ items }) => items.length)).toEqual([3, 3, 1]);
    expect(all.map(({ count }) => count)).toEqual([7, 7, 7]);
    const listed = all.flatMap(({ items }) => items);
    expect(listed.map(({ user }) => user.createdAt - TEST_TIME)).toEqual([1, 1, 2, 3, 4, 5, 9]);
    expect(new Set(listed.map(({ user }) => user.id)).size).toBe(7);
    expect(listed[2]?.user).toEqual(users[4]);
    expect(listed[2]?.factors).toMatchObject({ userId: users[4]?.id, version: 1 });
  });

  it('keep their place when someone is added or goes between two pages', async () => {
    const { store } = test;
    const { environmentId } = await addEnvironment(store);
    const users = [1, 2, 3, 4].map((age) => aUser(environmentId, { createdAt: TEST_TIME + age * 10 }));
    for (const user of users) await commit(store, environmentId, ...insertUser(user));
    const first = await store.users(environmentId, { limit: 2 });
    const [, second] = users;
    await store.transact({ environmentId, user: second?.id ?? environmentId }, ({ user }) => ({
      outcome: undefined,
      writes: user ? [{ kind: 'delete', entity: 'user', value: user }] : [],
    }));
    await commit(store, environmentId, ...insertUser(aUser(environmentId, { createdAt: TEST_TIME + 5 })));
    const rest = await store.users(environmentId, { limit: 2, after: first.next ?? '' });
    expect(rest.items.map(({ user }) => user.createdAt - TEST_TIME)).toEqual([30, 40]);
    expect(rest.next).toBeUndefined();
  });

  it('a page that ends exactly with the list has no next', async () => {
    const world = await addEnvironment(test.store);
    await addUser(test.store, world);
    await addUser(test.store, world);
    const page = await test.store.users(world.environmentId, { limit: 2 });
    expect([page.items.length, page.count, page.next]).toEqual([2, 2, undefined]);
  });

  it('refuse a key that was not given out', async () => {
    const { environmentId } = await addEnvironment(test.store);
    await expect(test.store.users(environmentId, { limit: 1, after: "1'; drop table users; --" })).rejects.toThrow(
      'key',
    );
  });

  it('page through environments', async () => {
    await using own = await open();
    const made = [];
    for (let n = 0; n < 5; n++) {
      made.push((await addEnvironment(own.store, `Environment ${n}`)).environmentId);
      own.clock.advance(1);
    }
    const all = await pages((after) => own.store.environments({ limit: 2, ...(after === undefined ? {} : { after }) }));
    expect(all.flatMap(({ items }) => items.map(({ id }) => id))).toEqual(made);
    expect(all.map(({ count }) => count)).toEqual([5, 5, 5]);
  });
});
