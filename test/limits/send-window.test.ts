import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DestinationUse } from '../../src/devices/model.js';
import {
  confirmSends,
  countsSends,
  forgottenAfter,
  type SendLimits,
  sendableAt,
  withSend,
} from '../../src/devices/sending/send-window.js';
import { days, hours, minutes, seconds } from '../../src/kernel/duration.js';
import { uuidOf } from '../../src/kernel/ids.js';
import { TEST_TIME } from '../helpers/store.js';

const UNUSED: DestinationUse = {
  environmentId: uuidOf('00000000-0000-4000-8000-0000000000e1'),
  contactKey: 'k',
  version: 0,
  oneTimeFailures: 0,
  leftovers: {},
};
const DEFAULTS: SendLimits = { unconfirmed: 5, hourly: 10, daily: 30, pause: 0, prefix: 0 };

/** The rules written the other way round: every send and every completed check is kept for good. */
class Ledger {
  readonly sends: number[] = [];
  confirmedSends = 0;

  allows(limits: SendLimits, now: number): boolean {
    const since = (window: number, from = 0) => this.sends.filter((at, n) => n >= from && at > now - window).length;
    const fits = (limit: number, count: number) => limit === 0 || count < limit;
    return (
      fits(limits.unconfirmed, since(minutes(10), this.confirmedSends)) &&
      fits(limits.hourly, since(hours(1))) &&
      fits(limits.daily, since(days(1))) &&
      (limits.pause === 0 || since(limits.pause, this.confirmedSends) === 0)
    );
  }
}

const limit = fc.integer({ min: 0, max: 4 });
const limits = fc.record({
  unconfirmed: limit,
  hourly: limit,
  daily: limit,
  pause: fc.constantFrom(0, seconds(30)),
  prefix: fc.constant(0),
});
const step = fc.oneof(
  { weight: 3, arbitrary: fc.constant('send' as const) },
  { weight: 1, arbitrary: fc.constant('confirm' as const) },
  { weight: 2, arbitrary: fc.constantFrom(1, seconds(30), minutes(4), minutes(10), hours(1), hours(9), days(1)) },
);

describe('the sends to a contact (SEC-36)', () => {
  it('are allowed exactly when no window is full, for any limits and any history', () => {
    fc.assert(
      fc.property(limits, fc.array(step, { maxLength: 60 }), (inForce, steps) => {
        const ledger = new Ledger();
        let use = UNUSED;
        let now = TEST_TIME;
        for (const next of steps) {
          if (typeof next === 'number') now += next;
          else if (next === 'confirm') {
            use = confirmSends(use);
            ledger.confirmedSends = ledger.sends.length;
          } else {
            const until = sendableAt(use, inForce, now);
            expect(until === undefined).toBe(ledger.allows(inForce, now));
            // The instant that is told is the first at which the same would be allowed.
            if (until !== undefined) {
              expect(ledger.allows(inForce, until)).toBe(true);
              expect(ledger.allows(inForce, until - 1)).toBe(false);
              continue;
            }
            use = withSend(use, now, inForce);
            ledger.sends.push(now);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are kept for a day and never more than the limits let pass', () => {
    let use = UNUSED;
    for (let now = TEST_TIME; now < TEST_TIME + days(3); now += minutes(20))
      if (sendableAt(use, DEFAULTS, now) === undefined) use = withSend(use, now, DEFAULTS);
    expect(use.sends?.at.length).toBeLessThanOrEqual(30);
    expect(forgottenAfter(use)).toBe((use.sends?.at.at(-1) ?? 0) + days(1));
  });

  it.each([
    ['the breaker', { prefix: 100 }, 1],
    ['the pause', { pause: seconds(1) }, 1],
    ['a limit of those without a check', { unconfirmed: 5 }, 5],
  ])('take no more room the more there are where only %s is in force', (_, limit, most) => {
    const inForce = { unconfirmed: 0, hourly: 0, daily: 0, pause: 0, prefix: 0, ...limit };
    let use = UNUSED;
    for (let n = 0; n < 500; n++) use = confirmSends(withSend(use, TEST_TIME + n * seconds(1), inForce));
    expect(use.sends?.at).toHaveLength(most);
    expect(forgottenAfter(use)).toBe(TEST_TIME + 499 * seconds(1) + days(1));
  });

  it('that are a day old are forgotten with the next, to the millisecond', () => {
    const first = withSend(UNUSED, TEST_TIME, DEFAULTS);
    const next = (now: number) => withSend(first, now, DEFAULTS).sends;
    expect(next(TEST_TIME + days(1) - 1)).toEqual({ at: [TEST_TIME, TEST_TIME + days(1) - 1], unconfirmed: 2 });
    expect(next(TEST_TIME + days(1))).toEqual({ at: [TEST_TIME + days(1)], unconfirmed: 1 });
  });

  it('are counted where any one limit reads them', () => {
    const none: SendLimits = { unconfirmed: 0, hourly: 0, daily: 0, pause: 0, prefix: 0 };
    expect(countsSends(none)).toBe(false);
    for (const name of ['unconfirmed', 'hourly', 'daily', 'pause', 'prefix'] as const)
      expect([name, countsSends({ ...none, [name]: 1 })]).toEqual([name, true]);
  });

  it('keep a row no longer than failures and what a device left do', () => {
    expect(forgottenAfter({ ...UNUSED, oneTimeFailures: 1 })).toBeUndefined();
    expect(forgottenAfter({ ...UNUSED, leftovers: { x: { failures: { count: 1, limit: 3 } } } })).toBeUndefined();
  });
});
