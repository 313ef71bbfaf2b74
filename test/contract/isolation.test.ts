import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TEST_TIME, type TestStore } from '../helpers/store.js';
import { addEnvironment, arrange, DATABASES, present, uuid } from './world.js';

describe.each(DATABASES)('environments apart from each other (SEC-42) on $name', ({ open }) => {
  let test: TestStore;
  beforeAll(async () => {
    test = await open();
  });
  afterAll(() => test[Symbol.asyncDispose]());

  it('shows nothing of one environment to another (SEC-42)', async () => {
    const { store } = test;
    const { environmentId, user, flow } = await arrange(test);
    await store.transact({ environmentId, destination: 'shared' }, (snapshot) => ({
      outcome: undefined,
      writes: [
        { kind: 'update', entity: 'destination', value: { ...present(snapshot.destination), oneTimeFailures: 9 } },
      ],
    }));
    const other = await addEnvironment(store);
    const asked = await store.load({
      environmentId: other.environmentId,
      deviceAuthentication: flow.id,
      destination: 'shared',
      username: user.username,
    });
    expect(asked).toMatchObject({ devices: [], documents: [], destination: { version: 0, oneTimeFailures: 0 } });
    for (const absent of ['deviceAuthentication', 'user', 'factors', 'usernameHolder'])
      expect(asked).not.toHaveProperty(absent);
    const byUser = await store.load({ environmentId: other.environmentId, user: user.id });
    expect([byUser.user, byUser.factors, byUser.devices]).toEqual([undefined, undefined, []]);
  });

  it('an unknown environment has nothing in it but the time', async () => {
    const { user, flow } = await arrange(test);
    const nowhere = uuid();
    for (const plan of [
      { environmentId: nowhere },
      { environmentId: nowhere, deviceAuthentication: flow.id },
      { environmentId: nowhere, user: user.id, destination: 'key', username: user.username },
    ])
      expect(await test.store.load(plan)).toEqual({ now: TEST_TIME, devices: [], documents: [] });
  });
});
