import { describe, expect, it } from 'vitest';
import { createAssertionUses } from '../../src/platform/tokens/assertion-uses.js';
import type { Write } from '../../src/storage/port.js';
import { openTestStore } from '../helpers/store.js';
import { insert, otherProcess, versions } from './batch-world.js';
import { aDevice, addEnvironment, addUser, aFlow, arrange, guess, present } from './world.js';

const open = () => openTestStore({ kind: 'postgres' });

describe('units that want what others have on PostgreSQL', () => {
  it('units on a flow that has ended are answered from their load, whoever holds its row (SEC-86)', async () => {
    await using test = await open();
    await using other = await otherProcess(test);
    const { environmentId, flow } = await arrange(test);
    const plan = { environmentId, deviceAuthentication: flow.id };
    expect(await test.store.transact(plan, guess(true))).toMatchObject({ verdict: 'right' });
    await other.query('begin');
    await other.query('select 1 from device_authentications where id = $1 for update', [flow.id]);
    const answers = await Promise.all(Array.from({ length: 300 }, () => test.store.transact(plan, guess(false))));
    expect(new Set(answers.map(({ verdict }) => verdict))).toEqual(new Set(['refused']));
    await other.query('rollback');
  });

  it('an assertion is used once, whichever process it comes to, however many times at once (SEC-50)', async () => {
    await using test = await open();
    await using peer = await openTestStore({ database: test.database, keyring: test.keyring });
    const { environmentId } = await addEnvironment(test.store);
    const uses = [test, peer].map(({ store }) => createAssertionUses(store));
    const client = { id: test.random.uuid(), environmentId };
    const endsAt = test.clock.now() + 60_000;
    for (const jti of ['a', 'b', 'c']) {
      const use = (n: number) => present(uses[n % 2])(client, { jti, endsAt });
      const verdicts = await Promise.all(Array.from({ length: 24 }, (_, n) => use(n)));
      expect(verdicts.filter(Boolean)).toHaveLength(1);
      expect([await use(0), await use(1)]).toEqual([false, false]);
    }
  });

  it('two processes that lock many rows: none is lost, and there is no deadlock (SEC-78)', async () => {
    await using test = await open();
    await using peer = await openTestStore({ database: test.database, keyring: test.keyring });
    const world = await addEnvironment(test.store);
    const { environmentId } = world;
    const people = await Promise.all(Array.from({ length: 4 }, () => addUser(test.store, world)));
    const flows = people.flatMap(({ user, device }) => [1, 2, 3].map(() => aFlow(world, user, device)));
    await insert(test, world, flows);
    for (const contact of ['a', 'b', 'c'])
      await test.store.transact({ environmentId, destination: contact }, ({ destination }) => ({
        outcome: undefined,
        writes: [{ kind: 'update', entity: 'destination', value: present(destination) }],
      }));
    const unit = async (n: number): Promise<number> => {
      const store = n % 2 ? test.store : peer.store;
      const flow = present(flows[(n * 5) % flows.length]);
      const plan = { environmentId, deviceAuthentication: flow.id, destination: 'abc'.charAt(n % 3) };
      return store.transact(plan, (snapshot) => {
        const factors = present(snapshot.factors);
        const failures = { ...factors, lockoutFailures: factors.lockoutFailures + 1 };
        const writes: Write[] = [
          { kind: 'update', entity: 'deviceAuthentication', value: present(snapshot.deviceAuthentication) },
          { kind: n % 4 ? 'expect' : 'update', entity: 'factors', value: n % 4 ? factors : failures },
          { kind: n % 5 ? 'expect' : 'update', entity: 'destination', value: present(snapshot.destination) },
        ];
        if (n % 4 === 0) writes.push({ kind: 'put', entity: 'device', value: aDevice(present(snapshot.user)) });
        // In the order of the write set, which is not that of the locks.
        return { outcome: n, writes: n % 2 ? writes : writes.reverse() };
      });
    };
    const settled: PromiseSettledResult<number>[] = [];
    for (let round = 0; round < 6; round++)
      settled.push(...(await Promise.allSettled(Array.from({ length: 24 }, (_, n) => unit(round * 24 + n)))));
    // On a machine that is slow enough, some run out of time; those were not done.
    const done = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    for (const one of settled)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ name: 'StoreError', reason: 'unavailable' });
    expect(done.length).toBeGreaterThan(72);
    const flowVersions = await versions(test, flows);
    expect(flowVersions.reduce((sum, version) => sum + version - 1, 0)).toBe(done.length);
    const users = await Promise.all(people.map(({ user }) => test.store.load({ environmentId, user: user.id })));
    expect(users.reduce((sum, { factors }) => sum + present(factors).lockoutFailures, 0)).toBe(
      done.filter((n) => n % 4 === 0).length,
    );
    await using other = await otherProcess(test);
    const { rows } = await other.query('select deadlocks from pg_stat_database where datname = current_database()');
    expect(rows).toEqual([{ deadlocks: '0' }]);
  });
});
