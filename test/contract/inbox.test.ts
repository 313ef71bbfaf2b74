import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INBOX_CAPACITY, type InboxMessage } from '../../src/inbox/port.js';
import { TEST_TIME, type TestStore } from '../helpers/store.js';
import { DATABASES, uuid } from './world.js';

const environmentId = uuid();

const aLetter = (over: Partial<InboxMessage> = {}): InboxMessage => ({
  id: uuid(),
  createdAt: TEST_TIME,
  channel: 'EMAIL',
  to: 'someone@example.com',
  subject: 'Your code',
  body: 'The code is 123456.',
  otp: '123456',
  environmentId,
  userId: uuid(),
  deadline: TEST_TIME + 1,
  ...over,
});

describe.each(DATABASES)('the development inbox on $name', ({ open }) => {
  let test: TestStore;
  beforeAll(async () => {
    test = await open();
  });
  afterAll(() => test[Symbol.asyncDispose]());

  it('keeps messages in the order of their arrival, and goes on from a cursor', async () => {
    const { inbox } = test.store;
    const letters = [1, 2, 3, 4].map((n) => aLetter({ body: `Letter ${n}`, deviceId: uuid() }));
    const before = (await inbox.after(0, 1_000)).at(-1)?.sequence ?? 0;
    for (const letter of letters) await inbox.append(letter);
    const first = await inbox.after(before, 3);
    expect(first.map(({ message }) => message)).toEqual(letters.slice(0, 3));
    const cursor = first.at(-1)?.sequence ?? 0;
    expect((await inbox.after(cursor, 3)).map(({ message }) => message)).toEqual(letters.slice(3));
  });

  it('adds a message that is delivered again only once', async () => {
    const { inbox } = test.store;
    const letter = aLetter();
    await inbox.append(letter);
    await inbox.append(letter);
    const all = await inbox.after(0, 100);
    expect(all.filter(({ message }) => message.id === letter.id)).toHaveLength(1);
  });

  it('misses none of many that arrive at once', async () => {
    const { inbox } = test.store;
    const letters = Array.from({ length: 40 }, () => aLetter());
    let cursor = (await inbox.after(0, 1_000)).at(-1)?.sequence ?? 0;
    const seen: string[] = [];
    const arriving = Promise.all(letters.map((letter) => inbox.append(letter)));
    for (let left = true; left; ) {
      left = (await Promise.race([arriving.then(() => 'done'), new Promise(setImmediate)])) !== 'done';
      for (const { sequence, message } of await inbox.after(cursor, 1_000)) {
        seen.push(message.id);
        cursor = sequence;
      }
    }
    expect(seen.sort()).toEqual(letters.map(({ id }) => id).sort());
  });

  it('never goes back to an old cursor, also after it was emptied', async () => {
    const { inbox } = test.store;
    await inbox.append(aLetter());
    const cursor = (await inbox.after(0, 1_000)).at(-1)?.sequence ?? 0;
    await inbox.clear();
    expect(await inbox.after(0, 10)).toEqual([]);
    const letter = aLetter();
    await inbox.append(letter);
    expect((await inbox.after(cursor, 10)).map(({ message }) => message)).toEqual([letter]);
  });
});

describe('the inbox’s capacity', () => {
  it(`is ${INBOX_CAPACITY} messages: the oldest go first`, async () => {
    await using test = await DATABASES[1].open();
    const extra = 7;
    for (let from = 0; from < INBOX_CAPACITY + extra; from += 1_000) {
      const length = Math.min(1_000, INBOX_CAPACITY + extra - from);
      await Promise.all(Array.from({ length }, (_, n) => test.store.inbox.append(aLetter({ body: `${from + n}` }))));
    }
    expect(await test.store.purge(5)).toBe(5);
    expect(await test.store.purge(5)).toBe(2);
    expect(await test.store.purge(5)).toBe(0);
    const all = await test.store.inbox.after(0, INBOX_CAPACITY + extra);
    expect(all).toHaveLength(INBOX_CAPACITY);
    expect(all[0]?.message.body).toBe(`${extra}`);
  });
});
