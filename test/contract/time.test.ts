import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/kernel/clock.js';
import { hours, minutes } from '../../src/kernel/duration.js';
import { drive } from '../../src/storage/sql/dialects/sqlite.js';
import { SqliteConnection } from '../../src/storage/sql/dialects/sqlite-driver.js';
import { localTime, PersistedClock } from '../../src/storage/sql/time.js';
import { openTestStore, TEST_TIME, testClock } from '../helpers/store.js';
import { keptDatabase, raw } from './raw.js';
import { addEnvironment, addUser, aFlow, arrange, commit, DATABASES, present } from './world.js';

describe.each(DATABASES)('time on $name', ({ open }) => {
  it('is the clock’s that the store was given', async () => {
    await using test = await open();
    const { environmentId } = await addEnvironment(test.store);
    test.clock.advance(hours(1));
    expect((await test.store.load({ environmentId })).now).toBe(TEST_TIME + hours(1));
    expect(await test.store.check()).toEqual({ ready: true });
  });

  it('is the database’s own otherwise, close to the host’s', async () => {
    await using test = await open({ clock: 'host' });
    const { environmentId } = await addEnvironment(test.store);
    const before = systemClock.now();
    const { now } = await test.store.load({ environmentId });
    expect(Number.isSafeInteger(now)).toBe(true);
    expect(now).toBeGreaterThanOrEqual(before - 50);
    expect(now).toBeLessThanOrEqual(systemClock.now() + 50);
    expect(await test.store.check()).toEqual({ ready: true });
  });

  it('is never behind what was stored: a clock set back revives nothing (SEC-20)', async () => {
    await using test = await open();
    const world = await addEnvironment(test.store);
    const { user, device } = await addUser(test.store, world);
    test.clock.advance(hours(1));
    const later = TEST_TIME + hours(1);
    const value = { ...aFlow(world, user, device), createdAt: later, updatedAt: later };
    await commit(test.store, world.environmentId, { kind: 'insert', entity: 'deviceAuthentication', value });
    test.clock.set(TEST_TIME);
    const plan = { environmentId: world.environmentId, deviceAuthentication: value.id };
    expect((await test.store.load(plan)).now).toBe(later);
    expect(await test.store.transact(plan, ({ now }) => ({ writes: [], outcome: now }))).toBe(later);
  });
});

describe('the embedded database’s clock (SEC-20)', () => {
  it('is the host’s while that runs ahead', () => {
    const [host, monotonic] = [testClock(TEST_TIME), testClock(0)];
    const clock = new PersistedClock(TEST_TIME - 5_000, host, () => monotonic.now());
    expect(clock.now()).toBe(TEST_TIME);
    host.advance(10);
    expect(clock.now()).toBe(TEST_TIME + 10);
  });

  it('goes on from the last persisted instant when the host’s is set back, neither back nor standing still', () => {
    const [host, monotonic] = [testClock(TEST_TIME), testClock(0)];
    const clock = new PersistedClock(0, host, () => monotonic.now());
    clock.persisted(clock.now());
    host.set(TEST_TIME - hours(5));
    expect(clock.now()).toBe(TEST_TIME);
    monotonic.advance(minutes(10));
    expect(clock.now()).toBe(TEST_TIME + minutes(10));
    host.set(TEST_TIME + minutes(11));
    expect(clock.now()).toBe(TEST_TIME + minutes(11));
  });

  it('is persisted with every batch and survives a restart under a clock that was set back', async () => {
    await using kept = await keptDatabase('sqlite');
    const first = await openTestStore({ ...kept });
    await arrange(first);
    first.clock.advance(hours(2));
    await addEnvironment(first.store);
    await first[Symbol.asyncDispose]();
    expect(await raw(kept.database, 'select instant from clock')).toEqual([{ instant: TEST_TIME + hours(2) }]);

    // The same file under the host's clock, which is far from 2026-11-22T11:00Z or past it: never before.
    await using second = await openTestStore({ ...kept, clock: 'host' });
    const { items } = await second.store.environments({ limit: 1 });
    const { now } = await second.store.load({ environmentId: present(items[0]).id });
    expect(now).toBeGreaterThanOrEqual(TEST_TIME + hours(2));
  });

  it('more than two seconds from the host’s is not ready, and says what to do', async () => {
    await using kept = await keptDatabase('sqlite');
    const first = await openTestStore({ ...kept, clock: testClock(systemClock.now() + minutes(1)) });
    await addEnvironment(first.store);
    await first[Symbol.asyncDispose]();
    await using second = await openTestStore({ ...kept, clock: 'host' });
    expect(await second.store.check()).toEqual({ ready: false, reason: expect.stringMatching(/synchronise/) });
  });

  it('measures how far it is from the host’s', () => {
    const host = testClock(TEST_TIME);
    const time = localTime(testClock(TEST_TIME + 3_000), host);
    const connection = SqliteConnection.open(':memory:');
    expect(drive(connection, time.skew())).toBe(3_000);
    connection.close();
  });
});
