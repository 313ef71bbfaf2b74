import { describe, expect, it } from 'vitest';
import type { DeviceAuthentication } from '../../src/authentication/model.js';
import { LEASE_MILLIS, type OutboxMessage } from '../../src/delivery/message.js';
import type { Write } from '../../src/storage/port.js';
import { openTestStore, TEST_TIME } from '../helpers/store.js';
import { counted, insert, otherProcess, touch, versions, withFlows } from './batch-world.js';
import { breakOnceCommitted, isQuery } from './proxy.js';
import {
  addEnvironment,
  addUser,
  aFlow,
  aMessage,
  aOneTimeFlow,
  arrange,
  commit,
  guess,
  present,
  uuid,
} from './world.js';

const open = () => openTestStore({ kind: 'postgres' });

describe('units that are committed together on PostgreSQL', () => {
  it('share one transaction and are each as they were written, whatever their texts hold', async () => {
    await using test = await counted();
    const world = await arrange(test);
    const before = test.commits();
    const awkward = ['"', '\\', '{', '}', ',', 'NULL', '', ' ', '\u0000\n\t', '{"a":"\\"}', '\\"', 'é😀', "'"];
    const flows = awkward.map((text, index) => {
      const flow =
        index % 2
          ? aOneTimeFlow(world, world.user, `key ${text}`.replace('\u0000', '0'))
          : aFlow(world, world.user, world.device);
      return { ...flow, applicationId: text as typeof flow.policyId };
    });
    await insert(test, world, flows);
    expect(test.commits() - before).toBe(1);
    const loaded = await Promise.all(
      flows.map(({ environmentId, id }) => test.store.load({ environmentId, deviceAuthentication: id })),
    );
    expect(loaded.map(({ deviceAuthentication }) => deviceAuthentication)).toEqual(flows);
    expect(loaded.map(({ destination }) => destination?.contactKey)).toEqual(
      flows.map(({ state }) => (state.selected?.kind === 'oneTime' ? state.selected.contactKey : undefined)),
    );
  });

  it('are loaded together, each with its own user, devices and destination, or without', async () => {
    await using test = await open();
    const world = await addEnvironment(test.store);
    const people = await Promise.all(Array.from({ length: 8 }, () => addUser(test.store, world)));
    const other = await addEnvironment(test.store, 'Other');
    const { environmentId } = world;
    const snapshots = await Promise.all([
      ...people.map(({ user }) => test.store.load({ environmentId, user: user.id })),
      ...people.map(({ user }) => test.store.load({ environmentId, user: user.id, destination: `of ${user.id}` })),
      test.store.load({ environmentId, user: uuid() }),
      ...people.map(({ user }) => test.store.load({ environmentId: other.environmentId, user: user.id })),
      test.store.load({ environmentId: uuid(), user: uuid() }),
    ]);
    people.forEach(({ user, device }, index) => {
      expect(snapshots[index]).toMatchObject({ user, factors: { userId: user.id }, devices: [{ id: device.id }] });
      expect(snapshots[8 + index]).toMatchObject({ user, destination: { contactKey: `of ${user.id}`, version: 0 } });
      expect(snapshots[17 + index]).toMatchObject({ environment: { id: other.environmentId }, devices: [] });
      expect(snapshots[17 + index]?.user).toBeUndefined();
    });
    expect(snapshots[16]?.user).toBeUndefined();
    expect(snapshots[25]?.environment).toBeUndefined();
  });

  it('may all expect one row, and one of them may then write it', async () => {
    await using test = await counted();
    const { environmentId, user, flows } = await withFlows(test, 16);
    const before = test.commits();
    const [last, ...others] = flows;
    const units = [...others, present(last)].map((flow) =>
      test.store.transact({ environmentId, deviceAuthentication: flow.id }, guess(flow !== last)),
    );
    const answers = await Promise.all(units);
    expect(answers.filter(({ verdict }) => verdict === 'right')).toHaveLength(15);
    expect(answers.at(-1)).toEqual({ verdict: 'wrong', left: 2 });
    expect((await test.store.load({ environmentId, user: user.id })).factors).toMatchObject({
      version: 2,
      lockoutFailures: 1,
    });
    expect(test.commits() - before).toBe(1);
  });

  it('never write one aggregate twice: the second decides again on what the first has left', async () => {
    await using test = await counted();
    const { flows } = await withFlows(test, 1);
    const flow = present(flows[0]);
    const before = test.commits();
    const seen = await Promise.all(Array.from({ length: 5 }, () => touch(test, flow)));
    expect(seen.sort()).toEqual([1, 2, 3, 4, 5]);
    expect(test.commits() - before).toBe(5);
  });

  it('do not wait for a row that another process holds, nor are undone with the unit that wants it', async () => {
    await using test = await open();
    await using other = await otherProcess(test);
    const { flows } = await withFlows(test, 9);
    const [held, ...free] = flows;
    await other.query('begin');
    await other.query('update device_authentications set version = version + 1 where id = $1', [present(held).id]);
    let runs = 0;
    const beaten = touch(test, present(held), [], () => {
      runs += 1;
    });
    expect(await Promise.all(free.map((flow) => touch(test, flow)))).toEqual(free.map(() => 1));
    await other.query('commit');
    expect(await beaten).toBe(2);
    expect(runs).toBeGreaterThan(1);
    expect(await versions(test, flows)).toEqual([3, ...free.map(() => 2)]);
  });

  it('may expect that there is no row; one that has come meanwhile means: decide again', async () => {
    await using test = await counted();
    await using other = await otherProcess(test);
    const { environmentId, flows } = await withFlows(test, 4);
    const before = test.commits();
    const judged = (flow: DeviceAuthentication, contact: string, onDecide: () => void = () => {}) => {
      const plan = { environmentId, deviceAuthentication: flow.id, destination: contact };
      return test.store.transact(plan, ({ deviceAuthentication, destination }) => {
        onDecide();
        return {
          outcome: present(destination).version,
          writes: [
            { kind: 'update', entity: 'deviceAuthentication', value: present(deviceAuthentication) },
            { kind: 'expect', entity: 'destination', value: present(destination) },
          ],
        };
      });
    };
    expect(await Promise.all(flows.map((flow, index) => judged(flow, `contact ${index % 2}`)))).toEqual([0, 0, 0, 0]);
    expect(test.commits() - before).toBe(1);
    await other.query('begin');
    const document = JSON.stringify({ oneTimeFailures: 1, leftovers: {} });
    await other.query(`insert into destination_use values ($1, 'contact 0', 1, $2)`, [environmentId, document]);
    let runs = 0;
    let committed: Promise<unknown> = Promise.resolve();
    const [seen, beside] = await Promise.all([
      judged(present(flows[0]), 'contact 0', () => {
        runs += 1;
        if (runs > 1) return;
        committed = other.query('commit');
        // Nothing of this process runs meanwhile: the other has committed when the guards are looked at.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
      }),
      judged(present(flows[1]), 'contact 1'),
    ]);
    await committed;
    expect([seen, beside, runs]).toEqual([1, 0, 2]);
  });

  it('do not fail with the one that does: a COMMIT answered with ROLLBACK is none, for any of them (SEC-78)', async () => {
    await using test = await open();
    await using other = await otherProcess(test);
    const { environmentId, user, flows } = await withFlows(test, 9);
    await other.query(`create function refuse() returns trigger language plpgsql as $$ begin
      if new.channel = 'VOICE' then raise exception 'refused'; end if; return new; end $$`);
    await other.query('create trigger refuse before insert on outbox for each row execute function refuse()');
    const messages = flows.map((_, index) =>
      aMessage(environmentId, user.id, { channel: index === 4 ? 'VOICE' : 'SMS' }),
    );
    const settled = await Promise.allSettled(
      flows.map((flow, index) =>
        touch(test, flow, [{ kind: 'append', entity: 'outbox', value: present(messages[index]) }]),
      ),
    );
    expect(settled.map(({ status }) => status)).toEqual(
      flows.map((_, index) => (index === 4 ? 'rejected' : 'fulfilled')),
    );
    expect(settled[4]).toMatchObject({ reason: { message: 'refused' } });
    expect(await versions(test, flows)).toEqual(flows.map((_, index) => (index === 4 ? 1 : 2)));
    const ids = (list: readonly OutboxMessage[]) => list.map(({ id }) => id).sort();
    expect(ids(test.appended)).toEqual(ids(messages.filter((_, index) => index !== 4)));
  });

  it('are not done twice when a write is found to have changed nothing after the commit', async () => {
    await using test = await open();
    await using other = await otherProcess(test);
    const { environmentId, user, flows } = await withFlows(test, 6);
    await other.query('create function skip() returns trigger language plpgsql as $$ begin return null; end $$');
    await other.query(`create trigger skip before update on device_authentications for each row
      when (new.id = '${present(flows[2]).id}') execute function skip()`);
    let runs = 0;
    const all = (more: () => readonly Write[]) =>
      Promise.allSettled(
        flows.map((flow) =>
          touch(test, flow, more(), () => {
            runs += 1;
          }),
        ),
      );
    const fault = expect.objectContaining({ name: 'StorageFault' });
    const first = await all(() => []);
    expect(first.map((one) => (one.status === 'fulfilled' ? one.value : one.reason))).toEqual([1, 1, fault, 1, 1, 1]);
    expect(runs).toBe(6);
    expect(await versions(test, flows)).toEqual([2, 2, 1, 2, 2, 2]);
    // Inserts are counted together: nobody can say whose row is missing.
    await other.query('create trigger skip before insert on outbox for each row execute function skip()');
    const second = await all(() => [{ kind: 'append', entity: 'outbox', value: aMessage(environmentId, user.id) }]);
    for (const one of second) expect(one).toEqual({ status: 'rejected', reason: fault });
    expect(runs).toBe(12);
    expect(await versions(test, flows)).toEqual([3, 3, 1, 3, 3, 3]);
  });

  it.each(['before', 'after'])(
    'are all unknown when the connection breaks %s the server has seen the COMMIT, and none is tried again (SEC-79)',
    async (when) => {
      await using test = await counted();
      const { flows } = await withFlows(test, 8);
      test.proxy.tap((chunk, client, server) => {
        if (!isQuery(chunk, 'commit')) return chunk;
        test.proxy.tap((more) => more);
        if (when === 'before') {
          server.destroy();
          return undefined;
        }
        breakOnceCommitted(client, server);
        return chunk;
      });
      let runs = 0;
      const settled = await Promise.allSettled(
        flows.map((flow) =>
          touch(test, flow, [], () => {
            runs += 1;
          }),
        ),
      );
      for (const one of settled)
        expect(one).toMatchObject({ status: 'rejected', reason: { name: 'StoreError', reason: 'unknownCommit' } });
      expect(runs).toBe(8);
      expect(await versions(test, flows)).toEqual(flows.map(() => (when === 'before' ? 1 : 2)));
    },
  );

  it('answer at once that the queue is full (SEC-85)', async () => {
    await using test = await open();
    const { environmentId } = await addEnvironment(test.store);
    const settled = await Promise.allSettled(Array.from({ length: 4_200 }, () => test.store.load({ environmentId })));
    const refused = settled.filter((one) => one.status === 'rejected' && one.reason.reason === 'busy');
    expect(refused).toHaveLength(104);
  });

  it('settle their messages together, each row once (SEC-80)', async () => {
    await using test = await counted();
    const { environmentId } = await addEnvironment(test.store);
    const messages = Array.from({ length: 12 }, () => aMessage(environmentId, uuid()));
    await commit(
      test.store,
      environmentId,
      ...messages.map((value) => ({ kind: 'append', entity: 'outbox', value }) as const),
    );
    const before = test.commits();
    const twice = present(messages[0]);
    const settled = await Promise.all(
      [...messages, twice].map((message, index) =>
        test.store.outbox.settle(
          { ...message, attempt: 1 },
          index === 5
            ? { result: 'retry', gateway: 'test', reason: 'timeout', notBefore: TEST_TIME + 1 }
            : { result: 'accepted', gateway: 'test', receipt: `"${index}"` },
        ),
      ),
    );
    expect(settled.filter((held) => !held)).toHaveLength(1);
    expect([settled[0], settled[12]].sort()).toEqual([false, true]);
    expect(test.commits() - before).toBe(1);
    test.clock.advance(1);
    const claimed = await test.store.outbox.claim(20, LEASE_MILLIS);
    expect(claimed.map(({ id }) => id)).toEqual([present(messages[5]).id]);
  });
});
