import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Write } from '../../src/storage/port.js';
import { StorageFault } from '../../src/storage/sql/fault.js';
import type { TestStore } from '../helpers/store.js';
import { aDevice, arrange, aUser, commit, DATABASES, insertUser, present, uuid } from './world.js';

describe.each(DATABASES)('what no decision may ask on $name', ({ open }) => {
  let test: TestStore;
  beforeAll(async () => {
    test = await open();
  });
  afterAll(() => test[Symbol.asyncDispose]());

  it('a device without its user’s factors', async () => {
    const { environmentId, user } = await arrange(test);
    const write: Write = { kind: 'put', entity: 'device', value: aDevice(user) };
    await expect(commit(test.store, environmentId, write)).rejects.toThrow(StorageFault);
    await expect(commit(test.store, environmentId, { ...write, kind: 'delete' })).rejects.toThrow(StorageFault);
  });

  it('a row of another environment (SEC-42)', async () => {
    const { environmentId } = await arrange(test);
    const user = aUser(uuid());
    await expect(commit(test.store, environmentId, ...insertUser(user))).rejects.toThrow(StorageFault);
  });

  it('a guard on what was not loaded', async () => {
    const { environmentId, flow } = await arrange(test);
    const write: Write = { kind: 'update', entity: 'deviceAuthentication', value: flow };
    await expect(commit(test.store, environmentId, write)).rejects.toThrow(StorageFault);
    const stale = test.store.transact({ environmentId, deviceAuthentication: flow.id }, () => ({
      outcome: undefined,
      writes: [{ ...write, value: { ...flow, version: 7 } }],
    }));
    await expect(stale).rejects.toThrow(StorageFault);
  });

  it('two writes of one aggregate', async () => {
    const { environmentId, flow } = await arrange(test);
    const twice = test.store.transact({ environmentId, deviceAuthentication: flow.id }, (snapshot) => {
      const value = present(snapshot.deviceAuthentication);
      const write: Write = { kind: 'update', entity: 'deviceAuthentication', value };
      return { outcome: undefined, writes: [write, write] };
    });
    await expect(twice).rejects.toThrow(StorageFault);
  });
});
