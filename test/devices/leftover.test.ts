import { describe, expect, it } from 'vitest';
import { combined, inheritance, leavesBehind, leftBehind, leftoverOf } from '../../src/devices/counting/leftover.js';
import { type DestinationUse, type Device, PENDING_DEVICE_LIFE } from '../../src/devices/model.js';
import { lapse, lapsePlan } from '../../src/devices/pairing/lapse.js';
import { uuidOf } from '../../src/kernel/ids.js';
import type { Snapshot } from '../../src/storage/port.js';
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

describe('a pending device whose day has passed (20 §3.1)', () => {
  const pending = (change: Partial<Device> = {}): Device =>
    device({ status: 'ACTIVATION_REQUIRED', lookupKey: 'k', ...run(1), ...change });
  const factors = { userId: USER, version: 4 } as NonNullable<Snapshot['factors']>;
  const now = T0 + PENDING_DEVICE_LIFE;
  const snapshot = (devices: readonly Device[], more: Partial<Snapshot> = {}): Snapshot => ({
    ...{ now, factors, devices, documents: [], destination: use() },
    ...more,
  });

  it('is ended with the row of its contact at hand where it leaves something, else without', () => {
    expect(lapsePlan(pending(), now)).toEqual({ environmentId: ENVIRONMENT, user: USER, destination: 'k' });
    const { failures: _, ...spotless } = pending();
    expect(lapsePlan(spotless, now)).toBeUndefined();
    const { lookupKey: __, ...nowhere } = pending();
    expect(lapsePlan(nowhere, now)).toBeUndefined();
  });

  it('goes, on record, and leaves its run of failures with its contact (SEC-12)', () => {
    const gone = pending();
    expect(lapse(snapshot([pending({ id: USER }), gone]), gone)).toEqual({
      writes: [
        { kind: 'update', entity: 'factors', value: factors },
        { kind: 'delete', entity: 'device', value: gone },
        { kind: 'update', entity: 'destination', value: use({ [`${USER}:SMS`]: run(1) }) },
        {
          kind: 'append',
          entity: 'audit',
          value: {
            environmentId: ENVIRONMENT,
            at: now,
            by: {},
            events: [
              {
                type: 'DEVICE.DELETED',
                environmentId: ENVIRONMENT,
                userId: USER,
                deviceId: OTHER,
                detail: { lapsed: true },
              },
            ],
          },
        },
      ],
      outcome: true,
    });
  });

  it('that leaves nothing, or whose contact was not loaded, writes no contact', () => {
    const { failures: _, ...spotless } = pending();
    const { destination: __, ...alone } = snapshot([pending()]);
    for (const loaded of [snapshot([spotless]), alone])
      expect(lapse(loaded, spotless).writes.map(({ entity }) => entity)).toEqual(['factors', 'device', 'audit']);
  });

  it('stays where it is not over yet, is active by now, or was gone before', () => {
    const nothing = { writes: [], outcome: false };
    expect(lapse(snapshot([pending()], { now: now - 1 }), pending())).toEqual(nothing);
    expect(lapse(snapshot([pending({ status: 'ACTIVE' })]), pending())).toEqual(nothing);
    expect(lapse(snapshot([]), pending())).toEqual(nothing);
    const { factors: _, ...userless } = snapshot([pending()]);
    expect(lapse(userless, pending())).toEqual(nothing);
  });
});
