import { describe, expect, it } from 'vitest';
import { combined, inheritance, leavesBehind, leftBehind, leftoverOf } from '../../src/devices/leftover.js';
import type { DestinationUse, Device } from '../../src/devices/model.js';
import { uuidOf } from '../../src/kernel/ids.js';
import { ENVIRONMENT, T0, USER } from './world.js';

const OTHER = uuidOf('99999999-9999-4999-8999-999999999999');
const run = (count: number, limit = 3) => ({ failures: { count, limit } });
const lockTo = (expiresAt: number) => ({ lock: { reason: 'OTP', expiresAt } }) as const;

function use(leftovers: DestinationUse['leftovers'] = {}): DestinationUse {
  return { environmentId: ENVIRONMENT, contactKey: 'k', version: 7, oneTimeFailures: 4, leftovers };
}

function device(change: Partial<Device>): Device {
  return {
    id: OTHER,
    environmentId: ENVIRONMENT,
    userId: USER,
    type: 'SMS',
    status: 'ACTIVE',
    details: {},
    testMode: false,
    codeEpoch: 0,
    createdAt: T0,
    updatedAt: T0,
    ...change,
  };
}

describe('what a deleted device leaves (SEC-12)', () => {
  it('is its run of failures and a lock that still runs', () => {
    expect(leftoverOf(device({}), T0)).toBeUndefined();
    expect(leftoverOf(device(run(2)), T0)).toEqual(run(2));
    expect(leftoverOf(device(lockTo(T0 + 1)), T0)).toEqual(lockTo(T0 + 1));
    expect(leftoverOf(device(lockTo(T0)), T0)).toBeUndefined();
    expect(leftoverOf(device({ ...run(1), ...lockTo(T0) }), T0)).toEqual(run(1));
    // Nobody can pair a contact again that there is none of.
    expect(
      [device(run(1)), device({ ...run(1), lookupKey: 'k' }), device({ lookupKey: 'k' })].map((left) =>
        leavesBehind(left, T0),
      ),
    ).toEqual([false, true, false]);
  });

  it('goes to the user and type of the device and touches nothing else of the contact', () => {
    const others = { [`${OTHER}:SMS`]: run(1), [`${USER}:VOICE`]: run(2) };
    expect(leftBehind(use(others), device(run(1)), T0)).toEqual(use({ ...others, [`${USER}:SMS`]: run(1) }));
    expect(leftBehind(use(others), device({}), T0)).toBeUndefined();
  });

  it('adds up to the worse of both, never to less', () => {
    const before = use({ [`${USER}:SMS`]: { ...run(1), ...lockTo(T0 + 5) } });
    expect(leftBehind(before, device({ ...run(2), ...lockTo(T0 + 3) }), T0)?.leftovers).toEqual({
      [`${USER}:SMS`]: { ...run(2), ...lockTo(T0 + 5) },
    });
    expect(combined([run(1, 2), run(3, 7)])).toEqual(run(3, 4));
    expect(combined([run(3, 7), run(1, 2)])).toEqual(run(3, 4));
    expect(combined([lockTo(2), run(1)])).toEqual({ ...lockTo(2), ...run(1) });
    expect(combined([lockTo(2), lockTo(3)])).toEqual(lockTo(3));
    expect(combined([undefined, run(1), undefined])).toEqual(run(1));
    expect(combined([])).toBeUndefined();
  });

  it('is taken once, and takes along what has ended for others', () => {
    const { leftover, use: after } = inheritance(
      use({ [`${USER}:SMS`]: run(2), [`${OTHER}:SMS`]: lockTo(T0), [`${OTHER}:VOICE`]: lockTo(T0 + 1) }),
      USER,
      'SMS',
      T0,
    );
    expect(leftover).toEqual(run(2));
    expect(after).toEqual(use({ [`${OTHER}:VOICE`]: lockTo(T0 + 1) }));
    expect(inheritance(after ?? use(), USER, 'SMS', T0)).toEqual({});
  });

  it('that has ended is cleared away without an heir to it', () => {
    expect(inheritance(use({ [`${USER}:SMS`]: lockTo(T0) }), USER, 'SMS', T0)).toEqual({ use: use() });
  });

  it('is nobody else’s', () => {
    expect(inheritance(use({ [`${USER}:SMS`]: run(2) }), OTHER, 'SMS', T0)).toEqual({});
    expect(inheritance(use({ [`${USER}:SMS`]: run(2) }), USER, 'VOICE', T0)).toEqual({});
  });
});
