import { describe, expect, it } from 'vitest';
import { LEASE_MILLIS, type LeasedMessage } from '../../src/delivery/message.js';
import { Redacted } from '../../src/kernel/sealed.js';
import { openTestStore, TEST_TIME, testClock, testKeyring } from '../helpers/store.js';
import { KINDS, keptDatabase, raw } from './raw.js';
import { addEnvironment, aMessage, commit, DATABASES, present, uuid } from './world.js';

const ACCEPTED = { result: 'accepted', gateway: 'test', receipt: 'r-1' } as const;

describe.each(DATABASES)('the outbox on $name', ({ open }) => {
  it('hands a new row to the process that wrote it, after the commit, attempt 1 counted (SEC-80)', async () => {
    await using test = await open();
    const { environmentId } = await addEnvironment(test.store);
    const message = aMessage(environmentId, uuid(), { deviceId: uuid(), deviceAuthenticationId: uuid() });
    await commit(test.store, environmentId, { kind: 'append', entity: 'outbox', value: message });
    expect(test.appended).toEqual([message]);
    expect(await test.store.outbox.claim(10, LEASE_MILLIS)).toEqual([]);
    expect(await test.store.outbox.settle({ ...message, attempt: 1 }, ACCEPTED)).toBe(true);
    expect(await test.store.outbox.settle({ ...message, attempt: 1 }, ACCEPTED)).toBe(false);
  });

  it('gives a row whose lease has ended to whoever claims it, counting the attempt first (SEC-80)', async () => {
    await using test = await open();
    const { environmentId } = await addEnvironment(test.store);
    const message = aMessage(environmentId, uuid(), { deviceId: uuid() });
    await commit(test.store, environmentId, { kind: 'append', entity: 'outbox', value: message });
    test.clock.advance(LEASE_MILLIS - 1);
    expect(await test.store.outbox.claim(10, LEASE_MILLIS)).toEqual([]);
    test.clock.advance(1);
    const [claimed] = await test.store.outbox.claim(10, LEASE_MILLIS);
    const { content: _, ...plain } = message;
    expect(claimed).toMatchObject({ ...plain, attempt: 2 });
    expect(claimed).not.toHaveProperty('deviceAuthenticationId');
    expect(test.keyring.vault.open(present(claimed?.content))).toBe('{"otp":"123456"}');
    expect(await test.store.outbox.claim(10, LEASE_MILLIS)).toEqual([]);
    // Whoever held it before has lost it.
    expect(await test.store.outbox.settle({ ...message, attempt: 1 }, ACCEPTED)).toBe(false);
    expect(await test.store.outbox.settle(present(claimed), ACCEPTED)).toBe(true);
  });

  it('postpones a row that is to be tried again, content and all', async () => {
    await using test = await open();
    const { environmentId } = await addEnvironment(test.store);
    const message = aMessage(environmentId, uuid());
    await commit(test.store, environmentId, { kind: 'append', entity: 'outbox', value: message });
    const notBefore = TEST_TIME + 3_000;
    const retry = { result: 'retry', gateway: 'test', reason: 'timeout', notBefore } as const;
    expect(await test.store.outbox.settle({ ...message, attempt: 1 }, retry)).toBe(true);
    test.clock.set(notBefore - 1);
    expect(await test.store.outbox.claim(10, LEASE_MILLIS)).toEqual([]);
    test.clock.set(notBefore);
    const [claimed] = await test.store.outbox.claim(10, LEASE_MILLIS);
    expect(claimed?.attempt).toBe(2);
    expect(test.keyring.vault.open(present(claimed?.content))).toBe('{"otp":"123456"}');
  });

  it('gives an attempt back that no gateway was asked in', async () => {
    await using test = await open();
    const { environmentId } = await addEnvironment(test.store);
    const message = aMessage(environmentId, uuid());
    await commit(test.store, environmentId, { kind: 'append', entity: 'outbox', value: message });
    const rest = { result: 'retry', gateway: 'test', reason: 'resting', notBefore: TEST_TIME, untried: true } as const;
    expect(await test.store.outbox.settle({ ...message, attempt: 1 }, rest)).toBe(true);
    expect(await test.store.outbox.claim(10, LEASE_MILLIS)).toMatchObject([{ id: message.id, attempt: 1 }]);
  });

  it('never hands out a row past its deadline (SEC-80)', async () => {
    await using test = await open();
    const { environmentId } = await addEnvironment(test.store);
    const deadline = TEST_TIME + LEASE_MILLIS;
    const writes = [deadline, deadline + 2].map(
      (at) => ({ kind: 'append', entity: 'outbox', value: aMessage(environmentId, uuid(), { deadline: at }) }) as const,
    );
    await commit(test.store, environmentId, ...writes);
    test.clock.set(deadline + 1);
    const claimed = await test.store.outbox.claim(10, LEASE_MILLIS);
    expect(claimed.map((message) => message.deadline)).toEqual([deadline + 2]);
  });

  it('gives up what has expired in steps, and hands out none of the rest meanwhile (SEC-80)', async () => {
    await using test = await open();
    const { environmentId } = await addEnvironment(test.store);
    const deadline = TEST_TIME + LEASE_MILLIS;
    const expired = Array.from({ length: 230 }, () => aMessage(environmentId, uuid(), { deadline }));
    const alive = aMessage(environmentId, uuid(), { createdAt: TEST_TIME + 1, deadline: deadline + 2 });
    for (const value of [...expired, alive])
      await commit(test.store, environmentId, { kind: 'append', entity: 'outbox', value });
    test.clock.set(deadline + 1);
    expect((await test.store.outbox.claim(10, LEASE_MILLIS)).map(({ id }) => id)).toEqual([alive.id]);
    // The one that was claimed is open too.
    expect(await test.store.backlog()).toMatchObject({ messages: 31 });
    expect(await test.store.outbox.claim(10, LEASE_MILLIS)).toEqual([]);
    expect(await test.store.backlog()).toMatchObject({ messages: 1 });
  });

  it('takes no more than it is asked to, those that have waited longest first', async () => {
    await using test = await open();
    const { environmentId } = await addEnvironment(test.store);
    for (let n = 0; n < 5; n++) {
      await commit(test.store, environmentId, {
        kind: 'append',
        entity: 'outbox',
        value: aMessage(environmentId, uuid(), { createdAt: TEST_TIME + n }),
      });
      test.clock.advance(1);
    }
    test.clock.advance(LEASE_MILLIS);
    const taken = (messages: readonly LeasedMessage[]) => messages.map(({ createdAt }) => createdAt - TEST_TIME).sort();
    expect(taken(await test.store.outbox.claim(2, LEASE_MILLIS))).toEqual([0, 1]);
    expect(taken(await test.store.outbox.claim(9, LEASE_MILLIS))).toEqual([2, 3, 4]);
  });
});

describe.each(KINDS)('what the outbox keeps on %s', (kind) => {
  it('no content once accepted, abandoned or expired; a record of every attempt (SEC-80)', async () => {
    await using kept = await keptDatabase(kind);
    const test = await openTestStore({ ...kept });
    const { environmentId } = await addEnvironment(test.store);
    const [accepted, abandoned, expired] = ['a', 'b', 'c'].map((text) =>
      aMessage(environmentId, uuid(), { content: new Redacted(text) }),
    ) as [LeasedMessage, LeasedMessage, LeasedMessage];
    for (const value of [accepted, abandoned, expired])
      await commit(test.store, environmentId, { kind: 'append', entity: 'outbox', value });
    await test.store.outbox.settle({ ...accepted, attempt: 1 }, ACCEPTED);
    await test.store.outbox.settle(
      { ...abandoned, attempt: 1 },
      { result: 'abandoned', gateway: 'test', reason: 'unknown\u0000number' },
    );
    test.clock.set(expired.deadline + 1);
    expect(await test.store.outbox.claim(10, LEASE_MILLIS)).toEqual([]);
    await test[Symbol.asyncDispose]();
    const rows = await raw(kept.database, 'select id, content, settled_at, history from outbox');
    const histories = new Map(rows.map(({ id, history }) => [id, JSON.parse(String(history))]));
    expect(rows.map(({ content }) => content)).toEqual([null, null, null]);
    expect(histories.get(accepted.id)).toEqual({ at: TEST_TIME, attempt: 1, ...ACCEPTED });
    expect(histories.get(abandoned.id)).toMatchObject({ result: 'abandoned', reason: 'unknown\u0000number' });
    expect(histories.get(expired.id)).toMatchObject({ result: 'abandoned', reason: 'past its deadline' });
  });

  it('a row that a dead process left is taken over by the next (SEC-80, SEC-81)', async () => {
    await using kept = await keptDatabase(kind);
    const keyring = testKeyring();
    const first = await openTestStore({ ...kept, keyring });
    const { environmentId } = await addEnvironment(first.store);
    const value = aMessage(environmentId, uuid());
    await commit(first.store, environmentId, { kind: 'append', entity: 'outbox', value });
    await first[Symbol.asyncDispose]();
    await using second = await openTestStore({ ...kept, keyring, clock: testClock(TEST_TIME + LEASE_MILLIS) });
    const [claimed] = await second.store.outbox.claim(10, LEASE_MILLIS);
    expect(claimed).toMatchObject({ id: value.id, attempt: 2 });
    expect(keyring.vault.open(present(claimed?.content))).toBe('{"otp":"123456"}');
    expect(await second.store.outbox.settle(present(claimed), ACCEPTED)).toBe(true);
  });
});

it('two processes on PostgreSQL that claim at once share the rows out', async () => {
  await using one = await DATABASES[2].open();
  await using other = await DATABASES[2].open({ database: one.database, keyring: one.keyring });
  const { environmentId } = await addEnvironment(one.store);
  const messages = Array.from({ length: 60 }, () => aMessage(environmentId, uuid()));
  await commit(
    one.store,
    environmentId,
    ...messages.map((value) => ({ kind: 'append', entity: 'outbox', value }) as const),
  );
  for (const { clock } of [one, other]) clock.advance(LEASE_MILLIS);
  const taken = await Promise.all(
    [one, other, one, other, one, other].map(({ store }) => store.outbox.claim(20, LEASE_MILLIS)),
  );
  const ids = taken.flat().map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const rest = await one.store.outbox.claim(60, LEASE_MILLIS);
  expect(ids.length + rest.length).toBe(60);
});
