import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestStore } from '../helpers/store.js';
import { aDevice, aFlow, arrange, commit, DATABASES, guess, LIMIT, present } from './world.js';

/** In-process races; `processes.test.ts` has those between processes. */
describe.each(DATABASES)('parallel guesses on $name', ({ open }) => {
  let test: TestStore;
  beforeAll(async () => {
    test = await open();
  });
  afterAll(() => test[Symbol.asyncDispose]());

  it('of 64 wrong codes for one flow exactly three are compared, their attempts 2, 1, 0 (SEC-10, SEC-11)', async () => {
    const { environmentId, flow } = await arrange(test);
    const plan = { environmentId, deviceAuthentication: flow.id };
    const answers = await Promise.all(Array.from({ length: 64 }, () => test.store.transact(plan, guess(false))));
    const compared = answers.filter(({ verdict }) => verdict === 'wrong').map(({ left }) => left);
    expect(compared.sort()).toEqual([0, 1, 2]);
    expect((await test.store.load(plan)).factors?.lockoutFailures).toBe(LIMIT);
  });

  it('of 64 right codes for one flow exactly one succeeds (SEC-07)', async () => {
    const { environmentId, flow } = await arrange(test);
    const plan = { environmentId, deviceAuthentication: flow.id };
    const answers = await Promise.all(Array.from({ length: 64 }, () => test.store.transact(plan, guess(true))));
    expect(answers.filter(({ verdict }) => verdict === 'right')).toHaveLength(1);
    const after = await test.store.load(plan);
    expect(after.deviceAuthentication).toMatchObject({ version: 2, state: { status: 'COMPLETED' } });
    expect(after.factors?.version).toBe(1);
  });

  it('64 flows of one user are three guesses, and the right one counts only if it was among them (SEC-11)', async () => {
    for (let round = 0; round < 5; round++) {
      const { environmentId, policyId, user, device } = await arrange(test);
      const flows = Array.from({ length: 64 }, () => aFlow({ environmentId, policyId }, user, device));
      await Promise.all(
        flows.map((value) =>
          commit(test.store, environmentId, { kind: 'insert', entity: 'deviceAuthentication', value }),
        ),
      );
      const rightOne = flows[round * 12];
      const answers = await Promise.all(
        flows.map((flow) =>
          test.store.transact({ environmentId, deviceAuthentication: flow.id }, guess(flow === rightOne)),
        ),
      );
      const wrong = answers.filter(({ verdict }) => verdict === 'wrong');
      const right = answers.filter(({ verdict }) => verdict === 'right');
      expect(wrong).toHaveLength(LIMIT);
      expect(right.length).toBeLessThanOrEqual(1);
      // It expected the factors as they were, so it was judged before the limit was reached.
      for (const { left } of right) expect(left).toBeGreaterThan(0);
      expect((await test.store.load({ environmentId, user: user.id })).factors?.lockoutFailures).toBe(LIMIT);
    }
  });

  it('right codes of many flows of one user do not stand in each other’s way', async () => {
    const { environmentId, policyId, user, device } = await arrange(test);
    const flows = Array.from({ length: 16 }, () => aFlow({ environmentId, policyId }, user, device));
    for (const value of flows)
      await commit(test.store, environmentId, { kind: 'insert', entity: 'deviceAuthentication', value });
    const answers = await Promise.all(
      flows.map(({ id }) => test.store.transact({ environmentId, deviceAuthentication: id }, guess(true))),
    );
    expect(answers.every(({ verdict }) => verdict === 'right')).toBe(true);
    expect((await test.store.load({ environmentId, user: user.id })).factors?.version).toBe(1);
  });

  it('different aggregates locked in different orders end, and none is lost', async () => {
    const { environmentId, policyId, user, device } = await arrange(test);
    const flows = Array.from({ length: 8 }, () => aFlow({ environmentId, policyId }, user, device));
    for (const value of flows)
      await commit(test.store, environmentId, { kind: 'insert', entity: 'deviceAuthentication', value });
    await Promise.all(
      Array.from({ length: 64 }, (_, index) => {
        const flow = flows[index % flows.length];
        const plan = {
          environmentId,
          destination: `contact-${index % 3}`,
          ...(index % 2 === 0 ? { user: user.id } : { deviceAuthentication: present(flow).id }),
        };
        return test.store.transact(plan, (snapshot) => {
          const destination = present(snapshot.destination);
          const factors = present(snapshot.factors);
          const open = snapshot.deviceAuthentication;
          return {
            outcome: undefined,
            writes: [
              {
                kind: 'update',
                entity: 'destination',
                value: { ...destination, oneTimeFailures: destination.oneTimeFailures + 1 },
              },
              ...(open ? [{ kind: 'update', entity: 'deviceAuthentication', value: open } as const] : []),
              {
                kind: 'update',
                entity: 'factors',
                value: { ...factors, lockoutFailures: factors.lockoutFailures + 1 },
              },
              { kind: 'put', entity: 'device', value: aDevice(user, { id: device.id, codeEpoch: index }) },
            ],
          };
        });
      }),
    );
    const after = await test.store.load({ environmentId, user: user.id });
    expect(after.factors).toMatchObject({ version: 65, lockoutFailures: 64 });
    const uses = await Promise.all(
      [0, 1, 2].map((n) => test.store.load({ environmentId, destination: `contact-${n}` })),
    );
    expect(uses.reduce((sum, { destination }) => sum + present(destination).oneTimeFailures, 0)).toBe(64);
  });
});
