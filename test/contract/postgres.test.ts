import { describe, expect, it } from 'vitest';
import { monotonicMillis } from '../../src/kernel/clock.js';
import type { Uuid } from '../../src/kernel/ids.js';
import { createSystemRandom } from '../../src/kernel/random.js';
import type { Write } from '../../src/storage/port.js';
import { createTestDatabase } from '../helpers/postgres.js';
import { openTestStore, type TestStore } from '../helpers/store.js';
import { otherProcess } from './batch-world.js';
import { breakOnceCommitted, createProxy, isQuery } from './proxy.js';
import { keptDatabase, raw } from './raw.js';
import { addEnvironment, aMessage, arrange, commit, guess, present, uuid } from './world.js';

const open = () => openTestStore({ kind: 'postgres' });

const touch = (environmentId: Uuid, flow: Uuid, { store }: TestStore, onDecide: () => void = () => {}) =>
  store.transact({ environmentId, deviceAuthentication: flow }, (snapshot) => {
    onDecide();
    const value = present(snapshot.deviceAuthentication);
    return { outcome: value.version, writes: [{ kind: 'update', entity: 'deviceAuthentication', value }] };
  });

const LOCK = 'select 1 from device_authentications where id = $1 for update';
const MOVE = 'update device_authentications set version = version + 1 where id = $1';

describe('races with other processes on PostgreSQL', () => {
  it('a version that moved between load and guard means: decide again (SEC-78)', async () => {
    await using test = await open();
    await using other = await otherProcess(test);
    const { environmentId, flow } = await arrange(test);
    await other.query('begin');
    await other.query(MOVE, [flow.id]);
    let runs = 0;
    let committed: Promise<unknown> = Promise.resolve();
    const seen = await touch(environmentId, flow.id, test, () => {
      runs += 1;
      if (runs === 1) committed = other.query('commit');
    });
    await committed;
    expect([runs, seen]).toEqual([2, 2]);
    const { deviceAuthentication } = await test.store.load({ environmentId, deviceAuthentication: flow.id });
    expect(deviceAuthentication?.version).toBe(3);
  });

  it('a unit that was beaten three times decides under the locks and cannot lose (SEC-78)', async () => {
    let beaten = 0;
    const jitter = (): number => {
      beaten += 1;
      // The unit has let go of the row and pauses: the other process goes first again.
      if (beaten < 3) moves = moves.then(() => move());
      // A pause that the other process needs on a busy machine too, not the few milliseconds of the real thing.
      return 10;
    };
    const random = { ...createSystemRandom(), fraction: jitter };
    await using test = await openTestStore({ kind: 'postgres', engine: { random } });
    await using other = await otherProcess(test);
    const { environmentId, flow } = await arrange(test);
    const move = async (): Promise<void> => {
      await other.query('begin');
      await other.query(MOVE, [flow.id]);
    };
    let moves: Promise<unknown> = move();
    await moves;
    let runs = 0;
    const seen = await touch(environmentId, flow.id, test, () => {
      runs += 1;
      // Three times the unit has loaded what is about to change.
      if (runs <= 3) moves = moves.then(() => other.query('commit'));
      if (runs < 4) return;
      moves = other.query(MOVE, [flow.id]);
      // Nothing of this process runs meanwhile: only the lock in the database can hold the other back.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    });
    await moves;
    expect([runs, seen]).toEqual([4, 4]);
    const { deviceAuthentication } = await test.store.load({ environmentId, deviceAuthentication: flow.id });
    expect(deviceAuthentication?.version).toBe(6);
  });

  it('a deadlock or serialization failure repeats the whole unit, at most three times (SEC-78)', async () => {
    await using test = await open();
    await using other = await otherProcess(test);
    const { environmentId } = await arrange(test);
    await other.query(`create sequence failures`);
    await other.query(`create function fail() returns trigger language plpgsql as $$ begin
      if nextval('failures') <= (select last_value from failures_wanted) then
        raise exception 'try again' using errcode = '40001'; end if; return new; end $$`);
    await other.query('create sequence failures_wanted');
    await other.query('create trigger fail before insert on outbox for each row execute function fail()');
    const wants = async (count: number) => {
      await other.query(`select setval('failures_wanted', $1), setval('failures', 1, false)`, [count]);
    };
    let runs = 0;
    const append = () =>
      test.store.transact({ environmentId }, () => {
        runs += 1;
        return {
          outcome: 'sent',
          writes: [{ kind: 'append', entity: 'outbox', value: aMessage(environmentId, uuid()) }],
        };
      });
    await wants(3);
    expect(await append()).toBe('sent');
    expect(runs).toBe(4);
    await wants(4);
    await expect(append()).rejects.toMatchObject({ name: 'StoreError', reason: 'unavailable' });
    expect(test.appended).toHaveLength(1);
  });

  it('a row that stays locked ends in 503 after a second, nothing revealed', async () => {
    await using test = await open();
    await using other = await otherProcess(test);
    const { environmentId, flow } = await arrange(test);
    await other.query('begin');
    await other.query(LOCK, [flow.id]);
    const start = monotonicMillis();
    await expect(touch(environmentId, flow.id, test)).rejects.toMatchObject({
      name: 'StoreError',
      reason: 'unavailable',
    });
    expect(monotonicMillis() - start).toBeLessThan(2_500);
    await other.query('rollback');
    expect(await touch(environmentId, flow.id, test)).toBe(1);
  });

  it('a line of more than 256 units answers at once that it is full', async () => {
    await using test = await open();
    await using other = await otherProcess(test);
    const { environmentId, flow } = await arrange(test);
    await other.query('begin');
    await other.query(LOCK, [flow.id]);
    const units = Array.from({ length: 300 }, () => touch(environmentId, flow.id, test));
    const results = Promise.allSettled(units);
    const first = await Promise.race(units.map((unit) => unit.catch((error: unknown) => error)));
    expect(first).toMatchObject({ name: 'StoreError', reason: 'busy' });
    await other.query('rollback');
    const settled = await results;
    const busy = settled.filter((one) => one.status === 'rejected' && one.reason.reason === 'busy');
    expect(busy).toHaveLength(300 - 257);
    // On a machine that is slow enough, the last of the line run out of time; nobody is counted who was not answered.
    const { deviceAuthentication } = await test.store.load({ environmentId, deviceAuthentication: flow.id });
    expect(deviceAuthentication?.version).toBe(1 + settled.filter(({ status }) => status === 'fulfilled').length);
  });
});

describe('what counts as a commit on PostgreSQL', () => {
  it('a COMMIT that is answered with ROLLBACK is none: the statement before it had failed (SEC-78)', async () => {
    await using test = await open();
    await using other = await otherProcess(test);
    const { environmentId, flow, user } = await arrange(test);
    await other.query(`create function refuse() returns trigger language plpgsql as $$ begin
      raise exception 'refused'; end $$`);
    await other.query('create trigger refuse before insert on outbox for each row execute function refuse()');
    const unit = test.store.transact({ environmentId, deviceAuthentication: flow.id }, (snapshot) => ({
      outcome: 'done',
      writes: [
        { kind: 'update', entity: 'deviceAuthentication', value: present(snapshot.deviceAuthentication) },
        { kind: 'append', entity: 'outbox', value: aMessage(environmentId, user.id) },
      ],
    }));
    await expect(unit).rejects.toThrow('refused');
    expect(test.appended).toEqual([]);
    expect(
      (await test.store.load({ environmentId, deviceAuthentication: flow.id })).deviceAuthentication?.version,
    ).toBe(1);
  });

  it.each(['before', 'after'])(
    'the connection breaks %s the server has seen the COMMIT: unknown, never tried again (SEC-79)',
    async (when) => {
      await using kept = await createTestDatabase();
      await using proxy = await createProxy(kept.url);
      await using test = await openTestStore({ database: { kind: 'postgres', url: proxy.url } });
      const { environmentId, flow } = await arrange(test);
      proxy.tap((chunk, client, server) => {
        if (!isQuery(chunk, 'commit')) return chunk;
        proxy.tap((more) => more);
        if (when === 'before') {
          server.destroy();
          return undefined;
        }
        breakOnceCommitted(client, server);
        return chunk;
      });
      let runs = 0;
      const unit = touch(environmentId, flow.id, test, () => {
        runs += 1;
      });
      await expect(unit).rejects.toMatchObject({ name: 'StoreError', reason: 'unknownCommit' });
      expect(runs).toBe(1);
      const { deviceAuthentication } = await test.store.load({ environmentId, deviceAuthentication: flow.id });
      expect(deviceAuthentication?.version).toBe(when === 'before' ? 1 : 2);
    },
  );

  it('a check whose commit is unknown, repeated by the client, neither succeeds twice nor gains an attempt (SEC-79)', async () => {
    await using kept = await createTestDatabase();
    await using proxy = await createProxy(kept.url);
    await using test = await openTestStore({ database: { kind: 'postgres', url: proxy.url } });
    const { environmentId, flow } = await arrange(test);
    const plan = { environmentId, deviceAuthentication: flow.id };
    const breakAfterCommit = () =>
      proxy.tap((chunk, client, server) => {
        if (!isQuery(chunk, 'commit')) return chunk;
        proxy.tap((more) => more);
        breakOnceCommitted(client, server);
        return chunk;
      });
    breakAfterCommit();
    await expect(test.store.transact(plan, guess(false))).rejects.toMatchObject({ reason: 'unknownCommit' });
    expect(await test.store.transact(plan, guess(false))).toEqual({ verdict: 'wrong', left: 1 });
    breakAfterCommit();
    await expect(test.store.transact(plan, guess(true))).rejects.toMatchObject({ reason: 'unknownCommit' });
    expect(await test.store.transact(plan, guess(true))).toEqual({ verdict: 'refused', left: 0 });
  });
});

describe('a PostgreSQL that goes away', () => {
  it('writes answer 503 within 5 s, nothing is sent, and all goes on by itself afterwards (SEC-82)', async () => {
    await using kept = await createTestDatabase();
    await using proxy = await createProxy(kept.url);
    await using test = await openTestStore({ database: { kind: 'postgres', url: proxy.url } });
    const { environmentId, flow, user } = await arrange(test);
    const write: Write = { kind: 'append', entity: 'outbox', value: aMessage(environmentId, user.id) };
    await proxy.down();
    const start = monotonicMillis();
    await expect(commit(test.store, environmentId, write)).rejects.toMatchObject({ reason: 'unavailable' });
    await expect(test.store.load({ environmentId })).rejects.toMatchObject({ reason: 'unavailable' });
    expect(await test.store.check()).toMatchObject({
      ready: false,
      reason: expect.stringMatching(/cannot be reached/),
    });
    expect(monotonicMillis() - start).toBeLessThan(5_000);
    expect(test.appended).toEqual([]);
    await proxy.up();
    expect(await touch(environmentId, flow.id, test)).toBe(1);
    expect(await test.store.check()).toEqual({ ready: true });
  });

  it('one that no longer answers: 503 when the unit’s two seconds are over', async () => {
    await using kept = await createTestDatabase();
    await using proxy = await createProxy(kept.url);
    await using test = await openTestStore({ database: { kind: 'postgres', url: proxy.url } });
    const { environmentId, flow } = await arrange(test);
    proxy.tap(() => undefined);
    const start = monotonicMillis();
    await expect(touch(environmentId, flow.id, test)).rejects.toMatchObject({ reason: 'unavailable' });
    expect(monotonicMillis() - start).toBeLessThan(5_000);
    proxy.tap((chunk) => chunk);
    expect(await touch(environmentId, flow.id, test)).toBe(1);
  });

  it('connections that the server ended while idle are replaced', async () => {
    await using test = await open();
    await using other = await otherProcess(test);
    const { environmentId, flow } = await arrange(test);
    await other.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`);
    // The pool hears of it on its sockets; a unit that comes before that is answered 503 and may come again.
    const again = async (): Promise<number> => touch(environmentId, flow.id, test).catch(again);
    expect(await again()).toBe(1);
  });

  it('a read-only server is not ready, and says why (SEC-83)', async () => {
    await using kept = await keptDatabase('postgres');
    const first = await openTestStore({ ...kept });
    await addEnvironment(first.store);
    await using other = await otherProcess(first);
    await first[Symbol.asyncDispose]();
    await using test = await openTestStore({ ...kept });
    const [{ name } = { name: '' }] = await raw(kept.database, 'select current_database() as name');
    await other.query(`alter database ${name} set default_transaction_read_only = on`);
    await other.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`);
    const settled = async () => {
      for (;;) {
        const checked = await test.store.check();
        if (checked.ready || checked.reason.includes('read-only')) return checked;
      }
    };
    expect(await settled()).toEqual({ ready: false, reason: expect.stringMatching(/read-only/) });
    await expect(addEnvironment(test.store)).rejects.toMatchObject({ reason: 'unavailable' });
  });

  it('one that may lose answered commits is refused at the start (SEC-78)', async () => {
    await using kept = await keptDatabase('postgres');
    const [{ name } = { name: '' }] = await raw(kept.database, 'select current_database() as name');
    await raw(kept.database, `alter database ${name} set synchronous_commit = off`);
    await expect(openTestStore({ ...kept })).rejects.toThrow(/synchronous_commit/);
  });
});
