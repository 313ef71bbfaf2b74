import { describe, expect, it } from 'vitest';
import { monotonicMillis } from '../../src/kernel/clock.js';
import { type LineKey, Lines, Standing } from '../../src/storage/sql/dialects/lines.js';
import { uuid } from './world.js';

const environmentId = uuid();
const row = (id: string, shared = false): LineKey => ({ entity: 'factors', environmentId, id, shared });
const soon = (): number => monotonicMillis() + 60_000;
/** Lets everything that can go on go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('lines of units for a row', () => {
  it('let one writer at a time to the head, first come, first served', async () => {
    const lines = new Lines();
    const units = [1, 2, 3].map(() => new Standing(lines));
    const order: number[] = [];
    expect(units[0]?.tryEnter([row('a')])).toBe(true);
    expect(units[1]?.tryEnter([row('a')])).toBe(false);
    for (const n of [1, 2]) units[n]?.enter([row('a')], soon()).then((isHead) => isHead && order.push(n));
    await settle();
    expect(order).toEqual([]);
    units[0]?.leave();
    await settle();
    expect(order).toEqual([1]);
    units[1]?.leave();
    await settle();
    expect(order).toEqual([1, 2]);
    units[2]?.leave();
    expect(new Standing(lines).tryEnter([row('a')])).toBe(true);
  });

  it('let all pass who only expect the row, but none past a writer', async () => {
    const lines = new Lines();
    const readers = [1, 2, 3].map(() => new Standing(lines));
    expect(readers.map((reader) => reader.tryEnter([row('a', true)]))).toEqual([true, true, true]);
    const [writer, next] = [new Standing(lines), new Standing(lines)];
    expect(writer.tryEnter([row('a')])).toBe(true);
    expect(readers.map((reader) => reader.tryEnter([row('a', true)]))).toEqual([false, false, false]);
    const passed: string[] = [];
    for (const reader of readers.slice(0, 2)) reader.enter([row('a', true)], soon()).then(() => passed.push('reader'));
    next.enter([row('a')], soon()).then(() => passed.push('writer'));
    readers[2]?.enter([row('a', true)], soon()).then(() => passed.push('late reader'));
    writer.leave();
    await settle();
    expect(passed).toEqual(['reader', 'reader', 'writer']);
    next.leave();
    await settle();
    expect(passed.at(-1)).toBe('late reader');
  });

  it('break up when their head finds nothing to write: all look for themselves (SEC-86)', async () => {
    const lines = new Lines();
    const head = new Standing(lines);
    head.tryEnter([row('a')]);
    const heads = Promise.all(Array.from({ length: 200 }, () => new Standing(lines).enter([row('a')], soon())));
    head.breakUp();
    expect(await heads).toEqual(Array.from({ length: 200 }, () => false));
    expect(new Standing(lines).tryEnter([row('a')])).toBe(true);
  });

  it('answer when they are full, and when the wait has taken too long', async () => {
    const lines = new Lines();
    new Standing(lines).tryEnter([row('a')]);
    const late = new Standing(lines).enter([row('a')], monotonicMillis());
    await expect(late).rejects.toMatchObject({ name: 'StoreError', reason: 'unavailable' });
    const waiting = Array.from({ length: 256 }, () => new Standing(lines).enter([row('a')], monotonicMillis() + 100));
    await expect(new Standing(lines).enter([row('a')], soon())).rejects.toMatchObject({ reason: 'busy' });
    await Promise.allSettled(waiting);
  });

  it('are entered in one order, whatever the order they are asked for in', async () => {
    const lines = new Lines();
    const [one, other] = [new Standing(lines), new Standing(lines)];
    one.tryEnter([row('b')]);
    other.tryEnter([row('a')]);
    const both = Promise.all([
      one.enter([row('a')], soon()),
      other.enter([row('b')], soon()).then(() => other.leave()),
    ]);
    await settle();
    one.leave();
    await both;
  });
});
