import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chargeDestination,
  chargeDevice,
  chargeRun,
  chargeUser,
  clearDestination,
  clearDevice,
  clearUser,
  codeEpochOf,
  isAtCeiling,
  isDestinationAtCeiling,
  withoutLapsedDeviceLock,
} from '../../src/devices/counting/counting.js';
import { type DestinationUse, type Device, FAILURE_CEILING } from '../../src/devices/model.js';
import { minutes } from '../../src/kernel/duration.js';
import type { UserFactors } from '../../src/platform/model.js';
import { ENVIRONMENT, POLICY, T0, USER, World } from './world.js';

const DEVICE: Device = {
  id: POLICY,
  environmentId: ENVIRONMENT,
  userId: USER,
  type: 'SMS',
  status: 'ACTIVE',
  details: {},
  testMode: false,
  codeEpoch: 3,
  createdAt: T0,
  updatedAt: T0,
};
const FACTORS: UserFactors = new World().factors;

describe('a run of failures (10 §9.3, §9.4)', () => {
  it('reports each remaining count once, for any limit and any edit of the policy (SEC-11)', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 20 }), (limits) => {
        let run: Device['failures'];
        let before = Number.POSITIVE_INFINITY;
        let smallest = Number.POSITIVE_INFINITY;
        let compared = 0;
        for (const failureCount of limits) {
          const { next, attemptsRemaining } = chargeRun(run, { failureCount, coolDown: 0 });
          compared += 1;
          smallest = Math.min(smallest, failureCount);
          expect(attemptsRemaining).toBe(Math.max(smallest - compared, 0));
          expect(attemptsRemaining).toBeLessThan(before);
          expect(next === undefined).toBe(attemptsRemaining === 0);
          before = next ? attemptsRemaining : Number.POSITIVE_INFINITY;
          if (!next) smallest = Number.POSITIVE_INFINITY;
          if (!next) compared = 0;
          run = next;
        }
      }),
    );
  });

  it('that is used up kills the codes of the device, with or without a lock', () => {
    const failures = { count: 2, limit: 3 };
    const free = chargeDevice({ ...DEVICE, failures }, { failureCount: 3, coolDown: 0 }, T0);
    expect(free).toEqual({ device: { ...DEVICE, codeEpoch: 4 }, attemptsRemaining: 0, exhausted: true });
    const locked = chargeDevice({ ...DEVICE, failures }, { failureCount: 3, coolDown: minutes(2) }, T0);
    expect(locked.device).toEqual({ ...DEVICE, codeEpoch: 4, lock: { reason: 'OTP', expiresAt: T0 + minutes(2) } });
  });

  it('that goes on is kept in its device, whose codes live; a lock that has ended goes, one that stands stays', () => {
    const terms = { failureCount: 3, coolDown: minutes(2) };
    const first = chargeDevice(DEVICE, terms, T0);
    expect(first).toEqual({
      device: { ...DEVICE, failures: { count: 1, limit: 3 } },
      attemptsRemaining: 2,
      exhausted: false,
    });
    expect(chargeDevice(first.device, terms, T0).attemptsRemaining).toBe(1);
    const lock = { reason: 'OTP', expiresAt: T0 } as const;
    expect(chargeDevice({ ...DEVICE, lock }, terms, T0).device).toEqual(first.device);
    const standing = { ...DEVICE, lock: { ...lock, expiresAt: T0 + 1 } };
    expect(withoutLapsedDeviceLock(standing, T0)).toBe(standing);
    expect(withoutLapsedDeviceLock(DEVICE, T0)).toBe(DEVICE);
    expect(withoutLapsedDeviceLock(standing, T0 + 1)).toEqual(DEVICE);
  });

  it('is over with a right code; a lock that has ended goes with it', () => {
    expect(clearDevice(DEVICE, T0)).toBe(DEVICE);
    const lock = { reason: 'OTP', expiresAt: T0 } as const;
    expect(clearDevice({ ...DEVICE, failures: { count: 1, limit: 3 }, lock }, T0)).toEqual(DEVICE);
  });
});

describe('ceilings (SEC-13, SEC-14)', () => {
  it('stand at the hundredth failure of a type in a row, and kill the codes of the type', () => {
    let factors = FACTORS;
    for (let n = 1; n <= FAILURE_CEILING; n++) {
      expect(isAtCeiling(factors, 'SMS')).toBe(false);
      factors = chargeUser(factors, 'SMS', undefined, T0);
      expect(codeEpochOf(factors, 'SMS', DEVICE)).toBe(n < FAILURE_CEILING ? 3 : 4);
    }
    expect(isAtCeiling(factors, 'SMS')).toBe(true);
    expect(isAtCeiling(factors, 'EMAIL')).toBe(false);
    expect(codeEpochOf(factors, 'EMAIL')).toBe(0);
  });

  it("fall with a success of the type, or, once reached, of another; another type's count below it stays", () => {
    const factors = { ...FACTORS, ceilings: { SMS: FAILURE_CEILING, EMAIL: 40, VOICE: 7 }, lockoutFailures: 3 };
    expect(clearUser(factors, 'EMAIL', T0)).toMatchObject({ ceilings: { VOICE: 7 }, lockoutFailures: 0 });
    expect(clearUser(factors, 'EMAIL', T0).ceilings).toEqual({ VOICE: 7 });
    expect(clearUser(FACTORS, 'EMAIL', T0)).toBe(FACTORS);
    expect(clearUser({ ...FACTORS, lockoutFailures: 3 }, 'EMAIL', T0).lockoutFailures).toBe(0);
    expect(clearUser({ ...FACTORS, ceilings: { EMAIL: 1 } }, 'EMAIL', T0).ceilings).toEqual({});
  });

  it('of a contact count its failures, whoever made them, until a right code', () => {
    let use: DestinationUse = {
      environmentId: ENVIRONMENT,
      contactKey: 'k',
      version: 0,
      oneTimeFailures: 0,
      leftovers: {},
    };
    expect(clearDestination(use)).toBe(use);
    for (let n = 0; n < FAILURE_CEILING; n++) {
      expect(isDestinationAtCeiling(use)).toBe(false);
      use = chargeDestination(use);
    }
    expect(isDestinationAtCeiling(use)).toBe(true);
    expect(clearDestination(use).oneTimeFailures).toBe(0);
  });
});
