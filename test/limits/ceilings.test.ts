import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chargeDestination,
  chargeDevice,
  chargeUser,
  clearDestination,
  clearDevice,
  clearUser,
  isAtCeiling,
  isDestinationAtCeiling,
} from '../../src/devices/counting/counting.js';
import { countRecentFailures, raisesAlarm } from '../../src/devices/counting/recent-failures.js';
import { unlockContact } from '../../src/devices/counting/unlock-contact.js';
import { lockOf } from '../../src/devices/eligibility.js';
import { type DestinationUse, type Device, type DeviceType, FAILURE_CEILING } from '../../src/devices/model.js';
import { days, minutes } from '../../src/kernel/duration.js';
import type { UserFactors } from '../../src/platform/model.js';
import { unlockAccount } from '../../src/platform/users/account.js';
import type { Snapshot } from '../../src/storage/port.js';
import { ENVIRONMENT, id, T0, USER, World } from '../authentication/world.js';

const FACTORS: UserFactors = new World().factors;
const UNUSED: DestinationUse = {
  environmentId: ENVIRONMENT,
  contactKey: 'k',
  version: 0,
  oneTimeFailures: 0,
  leftovers: {},
};
const TYPES: readonly DeviceType[] = ['SMS', 'EMAIL', 'VOICE'];
const type = fc.constantFrom(...TYPES);

type Step =
  | { readonly do: 'fail'; readonly type: DeviceType; readonly times: number }
  | { readonly do: 'succeed'; readonly type: DeviceType }
  | { readonly do: 'wait'; readonly time: number }
  | { readonly do: 'unlock' };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('fail' as const), type, times: fc.integer({ min: 1, max: 60 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('succeed' as const), type }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), time: fc.constantFrom(minutes(31), days(1), days(40)) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unlock' as const) }) },
);

describe('the ceiling of a factor type (SEC-13)', () => {
  it('stands at 100 failures in a row and falls only with an unlock or a success, whatever the time and the cool-downs do', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let factors = FACTORS;
        let device: Device = { ...new World().addDevice(1, 'SMS') };
        let now = T0;
        const inARow = new Map<DeviceType, number>();
        const failures: number[] = [];
        for (const next of steps) {
          if (next.do === 'wait') now += next.time;
          else if (next.do === 'unlock') {
            factors = unlockAccount(factors);
            inARow.clear();
          } else if (next.do === 'succeed') {
            // A type at its ceiling is compared with nothing, so nothing succeeds with it (SEC-15).
            if (isAtCeiling(factors, next.type)) continue;
            factors = clearUser(factors, next.type, now);
            device = clearDevice(device, now);
            for (const other of TYPES)
              if (other === next.type || (inARow.get(other) ?? 0) >= FAILURE_CEILING) inARow.delete(other);
          } else
            for (let n = 0; n < next.times && !isAtCeiling(factors, next.type); n++) {
              device = chargeDevice(device, { failureCount: 3, coolDown: minutes(30) }, now).device;
              factors = chargeUser(factors, next.type, undefined, now);
              inARow.set(next.type, (inARow.get(next.type) ?? 0) + 1);
              failures.push(now);
            }
          for (const of of TYPES) expect(isAtCeiling(factors, of)).toBe((inARow.get(of) ?? 0) >= FAILURE_CEILING);
          // A ceiling is a lock without an end, also once the device's own cool-down is over.
          if (isAtCeiling(factors, 'SMS')) expect(lockOf(device, factors, now + days(365))).toEqual({ reason: 'OTP' });
          const today = Math.floor(now / days(1));
          const recent = failures.filter((at) => Math.floor(at / days(1)) > today - 30).length;
          expect(countRecentFailures(factors, now)).toBe(recent);
          expect(Object.keys(factors.recentFailures ?? {}).length).toBeLessThanOrEqual(30);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('the ceiling of a one-time contact (SEC-14)', () => {
  it('stands after 100 failures without a success, whoever made them', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 400 }), (rights) => {
        let use = UNUSED;
        let inARow = 0;
        for (const isRight of rights) {
          if (isDestinationAtCeiling(use)) break;
          use = isRight ? clearDestination(use) : chargeDestination(use);
          inARow = isRight ? 0 : inARow + 1;
          expect(isDestinationAtCeiling(use)).toBe(inARow >= FAILURE_CEILING);
        }
      }),
    );
  });

  it('and that of its type are reached through flows, each of which counts three; then nothing is sent or compared', () => {
    const world = new World();
    let compared = 0;
    for (let n = 0; n < 40; n++) {
      const flow = world.create({ selection: world.oneTime() });
      if (!flow.ok) {
        expect(flow.rejection).toEqual({ kind: 'OneTimeCeiling' });
        break;
      }
      for (;;) {
        const code = world.code(flow.value.flow.id);
        const answer = world.check(flow.value.flow.id, code === '000000' ? '000001' : '000000');
        if (answer.ok || answer.rejection.kind !== 'OtpMismatch') break;
        compared += 1;
      }
    }
    expect(compared).toBe(FAILURE_CEILING);
    const sent = world.outbox.length;
    expect(world.create({ selection: world.oneTime() })).toMatchObject({ rejection: { kind: 'OneTimeCeiling' } });
    // The type's own ceiling holds for other contacts too, and the contact's for other types.
    expect(world.create({ selection: world.oneTime('SMS', '+14135550199') })).toMatchObject({
      rejection: { kind: 'OneTimeCeiling' },
    });
    expect(world.create({ selection: world.oneTime('VOICE', '+14135550150') })).toMatchObject({
      rejection: { kind: 'OneTimeCeiling' },
    });
    expect(world.outbox).toHaveLength(sent);
    expect(world.factors).toMatchObject({ userId: USER, ceilings: { SMS: FAILURE_CEILING } });
  });

  it('of another type’s success ends the user’s, and the contact’s own stays until the contact answers', () => {
    const world = new World();
    world.factors = { ...world.factors, ceilings: { SMS: FAILURE_CEILING } };
    world.addDevice(2, 'EMAIL');
    const flow = world.create({ selection: { kind: 'device', id: id(2) } });
    if (!flow.ok) throw new Error('the other factor is usable');
    expect(world.check(flow.value.flow.id, world.code(flow.value.flow.id)).ok).toBe(true);
    expect(world.create({ selection: world.oneTime() }).ok).toBe(true);
  });
});

describe('failures of the last 30 days (SEC-19)', () => {
  it('are a number for each day, today included, and those before are forgotten to the day', () => {
    let factors = FACTORS;
    const midnight = Math.ceil(T0 / days(1)) * days(1);
    for (let day = 0; day < 40; day++)
      for (let n = 0; n <= day; n++) factors = chargeUser(factors, 'SMS', undefined, midnight + day * days(1));
    const today = midnight / days(1) + 39;
    const kept = Array.from({ length: 30 }, (_, n) => [String(today - 29 + n), 11 + n]);
    expect(factors.recentFailures).toEqual(Object.fromEntries(kept));
    const sum = kept.reduce((all, [, count]) => all + Number(count), 0);
    expect(countRecentFailures(factors, midnight + 40 * days(1) - 1)).toBe(sum);
    expect(countRecentFailures(factors, midnight + 40 * days(1))).toBe(sum - 11);
    expect(countRecentFailures(FACTORS, T0)).toBe(0);
  });

  it('raise one alarm when they reach the threshold, and another only once they have fallen below it', () => {
    let factors = FACTORS;
    const alarms: number[] = [];
    for (let n = 1; n <= 30; n++) {
      const next = chargeUser(factors, 'SMS', undefined, T0 + n);
      if (raisesAlarm(factors, next, 20, T0 + n)) alarms.push(n);
      // Success clears the run, not this count.
      factors = n % 3 === 0 ? clearUser(next, 'SMS', T0 + n) : next;
    }
    expect(alarms).toEqual([20]);
    expect(countRecentFailures(unlockAccount(factors), T0)).toBe(30);
    expect(countRecentFailures(factors, T0 + days(31))).toBe(0);
    expect(raisesAlarm(FACTORS, factors, 0, T0)).toBe(false);
    expect(raisesAlarm(FACTORS, factors, undefined, T0)).toBe(false);
  });
});

describe('an administrator who unlocks a one-time contact (SEC-14)', () => {
  const environment = { id: ENVIRONMENT } as NonNullable<Snapshot['environment']>;
  const snapshot = (destination: DestinationUse): Snapshot => ({
    now: T0,
    environment,
    destination,
    devices: [],
    documents: [],
  });

  it('ends its failures alone, on record; one without failures stays as it is', () => {
    const failed: DestinationUse = {
      ...UNUSED,
      oneTimeFailures: 7,
      leftovers: { x: { failures: { count: 1, limit: 3 } } },
      sends: { at: [T0], unconfirmed: 1 },
    };
    expect(unlockContact(snapshot(failed), ENVIRONMENT)).toEqual({
      writes: [
        { kind: 'update', entity: 'destination', value: { ...failed, oneTimeFailures: 0 } },
        {
          kind: 'append',
          entity: 'audit',
          value: {
            environmentId: ENVIRONMENT,
            at: T0,
            by: {},
            events: [{ type: 'CONTACT.UNLOCKED', environmentId: ENVIRONMENT, detail: { failures: 7 } }],
          },
        },
      ],
      outcome: { kind: 'unlocked', failures: 7 },
    });
    expect(unlockContact(snapshot(clearDestination(failed)), ENVIRONMENT)).toEqual({
      writes: [],
      outcome: { kind: 'unchanged', failures: 0 },
    });
  });

  it('of an environment that is not there ends nothing', () => {
    const nowhere = { writes: [], outcome: { kind: 'noEnvironment' } };
    const { environment: _, ...rest } = snapshot(UNUSED);
    expect(unlockContact(rest, ENVIRONMENT)).toEqual(nowhere);
    expect(unlockContact({ now: T0, environment, devices: [], documents: [] }, ENVIRONMENT)).toEqual(nowhere);
  });
});
