import { describe, expect, it } from 'vitest';
import { activitiesOf } from '../../src/audit/activity.js';
import { PENDING_DEVICE_LIFE } from '../../src/devices/model.js';
import { days, minutes } from '../../src/kernel/duration.js';
import { openTestStore, TEST_TIME, type TestStore } from '../helpers/store.js';
import { KINDS, keptDatabase, raw } from './raw.js';
import {
  aDevice,
  addEnvironment,
  addUser,
  aFlow,
  aMessage,
  aUser,
  commit,
  DATABASES,
  flowId,
  insertUser,
  uuid,
} from './world.js';

async function purgeAll({ store }: TestStore, limit: number): Promise<number[]> {
  const steps = [await store.purge(limit)];
  while (steps.at(-1) !== 0) steps.push(await store.purge(limit));
  return steps;
}

describe.each(DATABASES)('purge on $name', ({ open }) => {
  it('removes flows past their retention, in small steps, and no others', async () => {
    await using test = await open();
    const world = await addEnvironment(test.store);
    const { user, device } = await addUser(test.store, world);
    const flows = Array.from({ length: 10 }, (_, n) => ({
      ...aFlow(world, user, device),
      id: flowId(TEST_TIME + n),
      expiresAt: TEST_TIME + n,
    }));
    for (const value of flows)
      await commit(test.store, world.environmentId, { kind: 'insert', entity: 'deviceAuthentication', value });
    test.clock.set(TEST_TIME + 6);
    expect(await purgeAll(test, 3)).toEqual([3, 3, 1, 0]);
    const left = await Promise.all(
      flows.map(({ id: deviceAuthentication }) =>
        test.store.load({ environmentId: world.environmentId, deviceAuthentication }),
      ),
    );
    expect(left.map(({ deviceAuthentication }) => deviceAuthentication !== undefined)).toEqual([
      ...Array(7).fill(false),
      ...Array(3).fill(true),
    ]);
  });

  it('forgets that a token was revoked a minute after its time, and keeps tenants apart (SEC-42, SEC-49)', async () => {
    await using test = await open();
    const [here, there] = [await addEnvironment(test.store), await addEnvironment(test.store)];
    const { environmentId } = here;
    const value = { environmentId, id: uuid(), expiresAt: TEST_TIME + minutes(5) };
    for (const _ of ['once', 'again'])
      await commit(test.store, environmentId, { kind: 'put', entity: 'revokedToken', value });
    const isRevoked = (environment = environmentId) => test.store.isRevoked(environment, value.id);
    test.clock.set(value.expiresAt + minutes(1) - 1);
    await purgeAll(test, 10);
    expect([await isRevoked(), await isRevoked(there.environmentId)]).toEqual([true, false]);
    test.clock.advance(1);
    expect(await purgeAll(test, 10)).toEqual([1, 0]);
    expect(await isRevoked()).toBe(false);
  });

  it('keeps the bytes of an image as they are, and tenants apart (SEC-42)', async () => {
    await using test = await open();
    const [here, there] = [await addEnvironment(test.store), await addEnvironment(test.store)];
    const { environmentId } = here;
    const content = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const value = { environmentId, id: uuid(), imageId: uuid(), type: 'png', content } as const;
    await commit(test.store, environmentId, { kind: 'insert', entity: 'imageFile', value });
    expect(await test.store.imageFile(environmentId, value.id)).toEqual(value);
    expect(await test.store.imageFile(there.environmentId, value.id)).toBeUndefined();
    await commit(test.store, environmentId, { kind: 'delete', entity: 'imageFile', value });
    expect(await test.store.imageFile(environmentId, value.id)).toBeUndefined();
  });

  it('a flow that is past its time is still loaded until it is purged: the domain says what it is worth', async () => {
    await using test = await open();
    const world = await addEnvironment(test.store);
    const { user, device } = await addUser(test.store, world);
    const value = aFlow(world, user, device);
    await commit(test.store, world.environmentId, { kind: 'insert', entity: 'deviceAuthentication', value });
    test.clock.set(value.expiresAt + 1);
    const plan = { environmentId: world.environmentId, deviceAuthentication: value.id };
    expect((await test.store.load(plan)).deviceAuthentication?.id).toBe(value.id);
  });

  it('removes pending devices a day and a minute after their creation, and never active ones', async () => {
    await using test = await open();
    const { environmentId } = await addEnvironment(test.store);
    const user = aUser(environmentId);
    const pending = aDevice(user, { status: 'ACTIVATION_REQUIRED' });
    const active = aDevice(user);
    await commit(test.store, environmentId, ...insertUser(user, [pending, active]));
    const devices = async () =>
      (await test.store.load({ environmentId, user: user.id })).devices.map(({ id }) => id).sort();
    test.clock.set(TEST_TIME + PENDING_DEVICE_LIFE + minutes(1) - 1);
    expect(await test.store.purge(10)).toBe(0);
    expect(await devices()).toEqual([pending.id, active.id].sort());
    test.clock.advance(1);
    expect(await test.store.purge(10)).toBe(1);
    expect(await devices()).toEqual([active.id]);
  });

  it('moves the run of failures of a pending device to its contact, and no other device’s (SEC-12)', async () => {
    await using test = await open();
    const { environmentId } = await addEnvironment(test.store);
    const user = aUser(environmentId);
    const failures = { count: 2, limit: 3 };
    const lock = { reason: 'OTP', expiresAt: TEST_TIME + days(2) } as const;
    const pending = { status: 'ACTIVATION_REQUIRED', failures } as const;
    const devices = [
      aDevice(user, { ...pending, lookupKey: 'guessed' }),
      aDevice(user, { ...pending, lookupKey: 'guessed', failures: { count: 1, limit: 3 }, lock }),
      aDevice(user, { status: 'ACTIVATION_REQUIRED', lookupKey: 'untouched' }),
    ];
    await commit(test.store, environmentId, ...insertUser(user, devices));
    test.clock.set(TEST_TIME + PENDING_DEVICE_LIFE + minutes(1));
    expect(await purgeAll(test, 2)).toEqual([2, 1, 0]);
    const destination = async (contact: string) =>
      (await test.store.load({ environmentId, destination: contact })).destination;
    expect(await destination('guessed')).toMatchObject({ leftovers: { [`${user.id}:EMAIL`]: { failures, lock } } });
    expect(await destination('untouched')).toMatchObject({ leftovers: {} });
    expect((await test.store.load({ environmentId, user: user.id })).devices).toEqual([]);
    while ((await test.store.audit.seal(environmentId, 100, () => {})) > 0);
    const blocks = await test.store.audit.blocksFrom(environmentId, 0, 100);
    const deleted = blocks.flatMap(activitiesOf).filter(({ event }) => event.type === 'DEVICE.DELETED');
    expect(deleted.map(({ event }) => event.deviceId).sort()).toEqual(devices.map(({ id }) => id).sort());
  });

  it('keeps a device that was activated in time', async () => {
    await using test = await open();
    const { environmentId } = await addEnvironment(test.store);
    const user = aUser(environmentId);
    const pending = aDevice(user, { status: 'ACTIVATION_REQUIRED' });
    await commit(test.store, environmentId, ...insertUser(user, [pending]));
    await test.store.transact({ environmentId, user: user.id }, ({ factors, devices: [device] }) => ({
      outcome: undefined,
      writes:
        factors && device
          ? [
              { kind: 'update', entity: 'factors', value: factors },
              { kind: 'put', entity: 'device', value: { ...device, status: 'ACTIVE' } },
            ]
          : [],
    }));
    test.clock.advance(days(10));
    expect(await test.store.purge(10)).toBe(0);
    expect((await test.store.load({ environmentId, user: user.id })).devices).toHaveLength(1);
  });
});

describe.each(KINDS)('purge of the outbox on %s', (kind) => {
  it('removes rows a day after they were settled, and no open ones', async () => {
    await using kept = await keptDatabase(kind);
    const test = await openTestStore({ ...kept });
    const { environmentId } = await addEnvironment(test.store);
    const [settled, open] = [aMessage(environmentId, uuid()), aMessage(environmentId, uuid())];
    for (const value of [settled, open])
      await commit(test.store, environmentId, { kind: 'append', entity: 'outbox', value });
    await test.store.outbox.settle({ ...settled, attempt: 1 }, { result: 'accepted', gateway: 'test', receipt: '' });
    test.clock.set(TEST_TIME + days(1) - 1);
    expect(await test.store.purge(10)).toBe(0);
    test.clock.advance(1);
    expect(await test.store.purge(10)).toBe(1);
    await test[Symbol.asyncDispose]();
    expect(await raw(kept.database, 'select id from outbox')).toEqual([{ id: open.id }]);
  });
});
