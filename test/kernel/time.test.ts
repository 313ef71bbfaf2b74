import { describe, expect, it } from 'vitest';
import { parseTimestamp, toTimestamp } from '../../src/kernel/clock.js';
import { toMillis } from '../../src/kernel/duration.js';
import { withoutNulls } from '../../src/kernel/json.js';

describe('timestamps', () => {
  it('are RFC 3339 UTC with milliseconds', () => {
    expect(toTimestamp(0)).toBe('1970-01-01T00:00:00.000Z');
    expect(parseTimestamp('2031-05-04T10:20:30.123Z')).toBe(Date.UTC(2031, 4, 4, 10, 20, 30, 123));
    expect(parseTimestamp('2031-05-04T12:20:30+02:00')).toBe(Date.UTC(2031, 4, 4, 10, 20, 30));
  });

  it.each(['2031-05-04', '2031-13-04T10:20:30Z', 'tomorrow', '', '2031-05-04T10:20:30'])(
    'are not parsed from %j',
    (text) => {
      expect(parseTimestamp(text)).toBeUndefined();
    },
  );
});

it('durations of the wire become milliseconds', () => {
  expect(toMillis({ duration: 30, timeUnit: 'MINUTES' })).toBe(1_800_000);
  expect(toMillis({ duration: 1, timeUnit: 'DAYS' })).toBe(86_400_000);
});

it('null members count as omitted at any depth, list entries stay (00 §2.4)', () => {
  expect(withoutNulls({ a: null, b: { c: null, d: 1 }, e: [null, { f: null }] })).toEqual({
    b: { d: 1 },
    e: [null, {}],
  });
});
