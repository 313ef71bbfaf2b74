import { describe, expect, it } from 'vitest';
import { openTestStore } from '../helpers/store.js';
import { keptDatabase, raw } from './raw.js';
import { addEnvironment, addUser, aMessage, commit, DATABASES, present, uuid } from './world.js';

describe.each(DATABASES)('what a store counts on $name', ({ open }) => {
  it('is its commits, the units in them, and by how many units they held', async () => {
    await using test = await open();
    const world = await addEnvironment(test.store);
    const before = test.store.stats();
    await Promise.all(Array.from({ length: 5 }, () => addUser(test.store, world)));
    const after = test.store.stats();
    expect(after.units - before.units).toBe(5);
    const batches = after.batches - before.batches;
    expect(batches).toBeGreaterThanOrEqual(1);
    expect(after.batchSizes.reduce((sum, [, count]) => sum + count, 0)).toBe(after.batches);
    expect(after.batchSizes.at(-1)?.[0]).toBe(Number.POSITIVE_INFINITY);
    expect(after.waiting).toBe(0);
    expect(after.failures).toEqual({ busy: 0, unavailable: 0, unknownCommit: 0, fault: 0 });
  });

  it('has the failures by their reason', async () => {
    const test = await open();
    await test.store[Symbol.asyncDispose]();
    await expect(test.store.load({ environmentId: uuid() })).rejects.toThrow();
    expect(test.store.stats().failures).toMatchObject({ unavailable: 1, fault: 0 });
    await test[Symbol.asyncDispose]();
  });

  it('has the faults too', async () => {
    await using test = await open();
    const decide = (): never => {
      throw new TypeError('a decision that breaks');
    };
    await expect(test.store.transact({ environmentId: uuid() }, decide)).rejects.toThrow('breaks');
    expect(test.store.stats().failures).toMatchObject({ unavailable: 0, fault: 1 });
  });

  it('the backlog is what is neither sent nor given up, and the age of the oldest of it', async () => {
    await using test = await open();
    const { environmentId } = await addEnvironment(test.store);
    expect(await test.store.backlog()).toMatchObject({ messages: 0, oldest: 0 });
    const [first, second] = [aMessage(environmentId, uuid()), aMessage(environmentId, uuid())];
    for (const value of [first, second])
      await commit(test.store, environmentId, { kind: 'append', entity: 'outbox', value });
    test.clock.advance(7_000);
    expect(await test.store.backlog()).toMatchObject({ messages: 2, oldest: 7_000 });
    const accepted = { result: 'accepted', gateway: 'test', receipt: 'r' } as const;
    for (const message of [first, second]) await test.store.outbox.settle({ ...message, attempt: 1 }, accepted);
    expect(await test.store.backlog()).toMatchObject({ messages: 0, oldest: 0 });
  });
});

describe('on PostgreSQL', () => {
  it('counts a unit that another process beat, and shows its connections', async () => {
    await using kept = await keptDatabase('postgres');
    await using mine = await openTestStore({ ...kept });
    await using other = await openTestStore({ ...kept, keyring: mine.keyring });
    const world = await addEnvironment(mine.store);
    const { user } = await addUser(mine.store, world);
    const change = (nickname: string) => (now: { readonly user?: typeof user }) => ({
      outcome: undefined,
      writes: [{ kind: 'update', entity: 'user', value: { ...present(now.user), profile: { nickname } } }] as const,
    });
    const plan = { environmentId: world.environmentId, user: user.id };
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 ? mine : other).store.transact(plan, change(`name-${n}`))),
    );
    expect(mine.store.stats().conflicts + other.store.stats().conflicts).toBeGreaterThan(0);
    expect(mine.store.stats().connections?.open).toBeGreaterThan(0);
  });

  it('a database that a newer release has taken for itself is not ready here, and why is said (SEC-83)', async () => {
    await using kept = await keptDatabase('postgres');
    await using test = await openTestStore({ ...kept });
    expect(await test.store.check()).toEqual({ ready: true });
    await raw(kept.database, `insert into schema_migrations values (999, 'contracted', 999, 0) returning number`);
    expect(await test.store.check()).toEqual({ ready: false, reason: expect.stringMatching(/999 \(contracted\)/) });
  });
});
