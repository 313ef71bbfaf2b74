import { describe, expect, it } from 'vitest';
import { isUuid } from '../../src/kernel/ids.js';
import { createRandom, createSystemRandom } from '../../src/kernel/random.js';

describe('random', () => {
  it('gives every digit in every place its tenth, leading zeros kept (SEC-03)', () => {
    const random = createSystemRandom();
    const draws = 20_000;
    const seen = Array.from({ length: 6 }, () => new Array<number>(10).fill(0));
    for (let draw = 0; draw < draws; draw++) {
      const digits = random.digits(6);
      expect(digits).toHaveLength(6);
      [...digits].forEach((digit, place) => {
        const counts = seen[place];
        if (counts) counts[Number(digit)] = (counts[Number(digit)] ?? 0) + 1;
      });
    }
    for (const counts of seen) {
      const chiSquare = counts.reduce((sum, count) => sum + (count - draws / 10) ** 2 / (draws / 10), 0);
      // 9 degrees of freedom: beyond 40 once in a hundred thousand runs per place.
      expect(chiSquare).toBeLessThan(40);
    }
  });

  it('refuses bytes that would favour low digits', () => {
    const bytes = [255, 254, 253, 252, 251, 250, 249, 0, 10, 20, 30, 40, 50, 60];
    const random = createRandom((length) => Buffer.from(bytes.slice(0, length)));
    // The first ten bytes hold four that are used: 249, 0, 10, 20; the draw goes on until six are there.
    expect(random.digits(6)).toBe('900090');
  });

  it('never gives the same bytes twice across the pool', () => {
    const random = createSystemRandom();
    const draws = new Set(Array.from({ length: 2_000 }, () => random.bytes(16).toString('hex')));
    expect(draws.size).toBe(2_000);
    expect(random.bytes(5_000)).toHaveLength(5_000);
  });

  it('makes ids of the wire form with their version and variant; time-ordered ones sort by time (SEC-47)', () => {
    const random = createSystemRandom();
    expect(isUuid(random.uuid())).toBe(true);
    expect(random.uuid()).toMatch(/^.{14}4.{4}[89ab]/);
    const early = random.timeOrderedUuid(1_700_000_000_000);
    const late = random.timeOrderedUuid(1_700_000_000_001);
    expect(early).toMatch(/^018bcfe5-6800-7.{3}-[89ab]/);
    expect(early < late).toBe(true);
  });
});
