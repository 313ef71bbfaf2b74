import { describe, expect, it } from 'vitest';
import { Entries } from '../../src/inbox/entries.js';
import type { Key } from '../../src/inbox/keys.js';
import { INBOX_CAPACITY, type InboxEntry } from '../../src/inbox/port.js';
import { random, sms } from './world.js';

const user = random.uuid();

function entry(sequence: number, change: Parameters<typeof sms>[0] = {}): InboxEntry {
  const { text, ...message } = sms(change);
  return { sequence, message: { ...message, body: text } };
}

const sequences = (entries: readonly InboxEntry[]): readonly number[] => entries.map(({ sequence }) => sequence);

describe('Entries', () => {
  it('finds by one value and by several', () => {
    const entries = new Entries();
    entries.add([entry(1, { userId: user }), entry(3, { userId: user, to: '+4915112345678' }), entry(4)]);
    expect(sequences(entries.after(0))).toEqual([1, 3, 4]);
    expect(sequences(entries.after(1, new Map([['user', user]])))).toEqual([3]);
    const both = new Map<Key, string>([
      ['user', user],
      ['to', '4915112345678'],
    ]);
    expect(sequences(entries.after(0, both))).toEqual([3]);
    expect(entries.after(0, new Map([['device', user]]))).toEqual([]);
  });

  it('forgets what is gone, also in the index', () => {
    const entries = new Entries();
    entries.add([entry(1, { userId: user }), entry(2, { userId: user }), entry(5, { userId: user })]);
    entries.dropBefore(2);
    expect(sequences(entries.after(0, new Map([['user', user]])))).toEqual([2, 5]);
    entries.clear();
    expect(entries.oldest).toBeUndefined();
    expect(entries.after(0, new Map([['user', user]]))).toEqual([]);
  });

  it('keeps the newest within its bounds', () => {
    const entries = new Entries();
    const message = entry(0).message;
    const total = INBOX_CAPACITY + 2_000;
    entries.add(Array.from({ length: total }, (_, at) => ({ sequence: at + 1, message })));
    expect(entries.after(0)).toHaveLength(INBOX_CAPACITY);
    expect(entries.after(0).at(-1)?.sequence).toBe(total);
  });
});
