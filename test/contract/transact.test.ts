import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot, Write } from '../../src/storage/port.js';
import { StoreError } from '../../src/storage/store-error.js';
import type { TestStore } from '../helpers/store.js';
import { TEST_TIME } from '../helpers/store.js';
import {
  aDevice,
  addEnvironment,
  aFlow,
  aMessage,
  arrange,
  aUser,
  commit,
  DATABASES,
  flowId,
  insertUser,
  present,
} from './world.js';

describe.each(DATABASES)('transact on $name', ({ open }) => {
  let test: TestStore;
  beforeAll(async () => {
    test = await open();
  });
  afterAll(() => test[Symbol.asyncDispose]());

  it('gives back what was written, decoded', async () => {
    const { store } = test;
    const { environmentId, user, device, flow } = await arrange(test);
    const snapshot = await store.load({ environmentId, deviceAuthentication: flow.id });
    expect(snapshot.now).toBe(TEST_TIME);
    expect(snapshot.environment).toMatchObject({ id: environmentId, configVersion: 1, name: 'Test', region: 'EU' });
    expect(snapshot.configuration).toMatchObject({ environmentId, version: 1 });
    expect(snapshot.deviceAuthentication).toEqual(flow);
    expect(snapshot.user).toEqual(user);
    expect(snapshot.factors).toMatchObject({ userId: user.id, version: 1, mfaEnabled: true, deviceOrder: null });
    const { secret: _, ...plain } = device;
    expect(snapshot.devices).toEqual([expect.objectContaining(plain)]);
    expect(snapshot.destination).toBeUndefined();
    expect(snapshot.usernameHolder).toBeUndefined();
    expect(snapshot.documents).toEqual([]);
  });

  it('keeps any text as it came: control characters, lone surrogates, separators', async () => {
    const { store } = test;
    const world = await addEnvironment(store);
    const nickname = 'a\u0000b\u001ec\u001fd\ud800e"\\\n';
    const user = aUser(world.environmentId, { username: 'nul\u0000\ud800Ä', profile: { email: nickname } });
    const devices = [1, 2, 3].map((n) => aDevice(user, { nickname, createdAt: TEST_TIME + n }));
    await commit(store, world.environmentId, ...insertUser(user, devices));
    const snapshot = await store.load({
      environmentId: world.environmentId,
      user: user.id,
      username: 'NUL\u0000\ud800ä',
    });
    expect(snapshot.user).toEqual(user);
    expect(snapshot.devices.map((device) => device.nickname)).toEqual([nickname, nickname, nickname]);
    expect(snapshot.usernameHolder).toBe(user.id);
  });

  it('lists devices oldest first', async () => {
    const { store } = test;
    const world = await addEnvironment(store);
    const user = aUser(world.environmentId);
    const ages = [5, 1, 4, 2, 3];
    await commit(
      store,
      world.environmentId,
      ...insertUser(
        user,
        ages.map((age) => aDevice(user, { createdAt: TEST_TIME + age })),
      ),
    );
    const { devices } = await store.load({ environmentId: world.environmentId, user: user.id });
    expect(devices.map((device) => device.createdAt - TEST_TIME)).toEqual([1, 2, 3, 4, 5]);
  });

  it('writes all of a write set or nothing (SEC-75)', async () => {
    const { store } = test;
    const { environmentId, user, flow, device, policyId } = await arrange(test);
    const second = aFlow({ environmentId, policyId }, user, device);
    const broken: Write[] = [
      { kind: 'insert', entity: 'deviceAuthentication', value: second },
      { kind: 'append', entity: 'outbox', value: aMessage(environmentId, user.id) },
      // The same key again: fails in the database, after the others have been written.
      { kind: 'insert', entity: 'deviceAuthentication', value: { ...flow, id: flow.id } },
    ];
    const handedOut = test.appended.length;
    await expect(commit(store, environmentId, ...broken)).rejects.toThrow();
    const after = await store.load({ environmentId, deviceAuthentication: second.id });
    expect(after.deviceAuthentication).toBeUndefined();
    expect(await store.outbox.claim(100, 1_000)).toEqual([]);
    expect(test.appended.length).toBe(handedOut);
  });

  it('raises the version of what is updated, and of nothing that is only expected', async () => {
    const { store } = test;
    const { environmentId, flow } = await arrange(test);
    const plan = { environmentId, deviceAuthentication: flow.id };
    await store.transact(plan, (snapshot) => ({
      outcome: undefined,
      writes: [
        { kind: 'update', entity: 'deviceAuthentication', value: present(snapshot.deviceAuthentication) },
        { kind: 'expect', entity: 'factors', value: present(snapshot.factors) },
      ],
    }));
    const after = await store.load(plan);
    expect(after.deviceAuthentication?.version).toBe(2);
    expect(after.factors?.version).toBe(1);
  });

  it('answers a decision that writes nothing from the load', async () => {
    const { environmentId, flow } = await arrange(test);
    const seen = await test.store.transact({ environmentId, deviceAuthentication: flow.id }, (snapshot) => ({
      outcome: snapshot.deviceAuthentication?.id,
      writes: [],
    }));
    expect(seen).toBe(flow.id);
  });

  it('keeps the writes of a rejection', async () => {
    const { environmentId, flow } = await arrange(test);
    const plan = { environmentId, deviceAuthentication: flow.id };
    const outcome = await test.store.transact(plan, (snapshot) => ({
      outcome: { ok: false, rejection: { kind: 'OtpMismatch' } },
      writes: [{ kind: 'update', entity: 'deviceAuthentication', value: present(snapshot.deviceAuthentication) }],
    }));
    expect(outcome.ok).toBe(false);
    expect((await test.store.load(plan)).deviceAuthentication?.version).toBe(2);
  });

  it('rejects only the unit whose decision throws', async () => {
    const { environmentId, flow } = await arrange(test);
    const plan = { environmentId, deviceAuthentication: flow.id };
    const raise = (snapshot: Snapshot) => ({
      outcome: 'done',
      writes: [{ kind: 'update', entity: 'factors', value: present(snapshot.factors) } satisfies Write],
    });
    const results = await Promise.allSettled([
      test.store.transact(plan, raise),
      test.store.transact(plan, () => {
        throw new RangeError('a broken decision');
      }),
      test.store.transact(plan, raise),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: expect.any(RangeError) });
    expect((await test.store.load(plan)).factors?.version).toBe(3);
  });

  describe('destinations', () => {
    it('come with version 0 before they have a row, and are made once', async () => {
      const { store } = test;
      const { environmentId } = await addEnvironment(store);
      const plan = { environmentId, destination: 'key' };
      expect((await store.load(plan)).destination).toEqual({
        environmentId,
        contactKey: 'key',
        version: 0,
        oneTimeFailures: 0,
        leftovers: {},
      });
      const counts = await Promise.all(
        Array.from({ length: 12 }, () =>
          store.transact(plan, (snapshot) => {
            const value = present(snapshot.destination);
            const oneTimeFailures = value.oneTimeFailures + 1;
            return {
              outcome: oneTimeFailures,
              writes: [{ kind: 'update', entity: 'destination', value: { ...value, oneTimeFailures } }],
            };
          }),
        ),
      );
      expect(counts.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
      expect((await store.load(plan)).destination).toMatchObject({ version: 12, oneTimeFailures: 12 });
    });
  });

  it('deletes a user with factors and devices; its flows find nobody', async () => {
    const { store } = test;
    const { environmentId, user, flow } = await arrange(test);
    await store.transact({ environmentId, user: user.id }, (snapshot) => ({
      outcome: undefined,
      writes: [{ kind: 'delete', entity: 'user', value: present(snapshot.user) }],
    }));
    const after = await store.load({ environmentId, deviceAuthentication: flow.id });
    expect(after.deviceAuthentication?.id).toBe(flow.id);
    expect([after.user, after.factors, after.devices]).toEqual([undefined, undefined, []]);
  });

  it('puts and deletes devices beside their factors', async () => {
    const { store } = test;
    const { environmentId, user, device } = await arrange(test);
    const plan = { environmentId, user: user.id };
    const added = aDevice(user, { type: 'SMS', createdAt: TEST_TIME + 1 });
    await store.transact(plan, (snapshot) => ({
      outcome: undefined,
      writes: [
        { kind: 'update', entity: 'factors', value: present(snapshot.factors) },
        { kind: 'put', entity: 'device', value: { ...present(snapshot.devices[0]), nickname: 'first' } },
        { kind: 'put', entity: 'device', value: added },
      ],
    }));
    const both = await store.load(plan);
    expect(both.devices.map(({ id, nickname }) => [id, nickname])).toEqual([
      [device.id, 'first'],
      [added.id, undefined],
    ]);
    await store.transact(plan, (snapshot) => ({
      outcome: undefined,
      writes: [
        { kind: 'update', entity: 'factors', value: present(snapshot.factors) },
        { kind: 'delete', entity: 'device', value: device },
      ],
    }));
    const left = await store.load(plan);
    expect(left.devices.map(({ id }) => id)).toEqual([added.id]);
    expect(left.factors?.version).toBe(3);
  });

  it('an unknown flow brings the environment only', async () => {
    const { environmentId } = await arrange(test);
    const snapshot = await test.store.load({ environmentId, deviceAuthentication: flowId() });
    expect(Object.keys(snapshot).sort()).toEqual(['configuration', 'devices', 'documents', 'environment', 'now']);
  });
});

describe.each(DATABASES)('a closed store on $name', ({ open }) => {
  it('finishes what it has accepted and refuses the rest', async () => {
    const test = await open();
    const { environmentId, flow } = await arrange(test);
    const plan = { environmentId, deviceAuthentication: flow.id };
    const accepted = test.store.transact(plan, (snapshot) => ({
      outcome: 'accepted',
      writes: [{ kind: 'update', entity: 'factors', value: present(snapshot.factors) }],
    }));
    await test[Symbol.asyncDispose]();
    expect(await accepted).toBe('accepted');
    await expect(test.store.transact(plan, () => ({ writes: [], outcome: 1 }))).rejects.toThrow(StoreError);
    await expect(test.store.load(plan)).rejects.toThrow(StoreError);
  });
});
