import { describe, expect, it } from 'vitest';
import {
  type Deployment,
  eligibleDevices,
  inDeviceOrder,
  isLapsed,
  lockOf,
  unusable,
} from '../../src/devices/eligibility.js';
import { type Device, FAILURE_CEILING, PENDING_DEVICE_LIFE } from '../../src/devices/model.js';
import { uuidOf } from '../../src/kernel/ids.js';
import type { UserFactors } from '../../src/platform/model.js';
import type { DeviceAuthenticationPolicy } from '../../src/policies/model.js';
import { ENVIRONMENT, POLICY, T0, USER, World } from './world.js';

const FACTORS: UserFactors = new World().factors;
const DEPLOYMENT: Deployment = { channels: new Set(['SMS', 'EMAIL']), allowsTestMode: () => false };

function policyWith(rules: Parameters<World['setRules']>[0] = {}): DeviceAuthenticationPolicy {
  const world = new World();
  world.setRules(rules, 'sms');
  const policy = world.policies.get(POLICY);
  if (!policy) throw new TypeError('the default policy is there');
  return policy;
}

function device(n: number, change: Partial<Device> = {}): Device {
  return {
    id: uuidOf(`11111111-1111-4111-8111-${String(n).padStart(12, '0')}`),
    environmentId: ENVIRONMENT,
    userId: USER,
    type: 'SMS',
    status: 'ACTIVE',
    details: {},
    testMode: false,
    codeEpoch: 0,
    activatedAt: T0 + n,
    createdAt: T0 + n,
    updatedAt: T0 + n,
    ...change,
  };
}

const lockTo = (expiresAt: number) => ({ lock: { reason: 'OTP', expiresAt } }) as const;
const ids = (devices: readonly Device[]): readonly number[] => devices.map(({ id }) => Number(id.slice(-12)));

describe('whether a device can be used now (10 §4.2)', () => {
  const atCeiling = { ...FACTORS, ceilings: { SMS: FAILURE_CEILING } };
  it.each([
    ['an active one', {}, FACTORS, {}, undefined],
    ['one that is pending', { status: 'ACTIVATION_REQUIRED' }, FACTORS, {}, 'NOT_ACTIVE'],
    ['one whose method is off', {}, FACTORS, { enabled: false }, 'METHOD_DISABLED'],
    ['one whose method pairs no new ones', {}, FACTORS, { pairingDisabled: true }, undefined],
    ['one whose channel has no gateway', { type: 'VOICE' }, FACTORS, {}, 'METHOD_DISABLED'],
    ['a test device where test mode is not allowed', { testMode: true }, FACTORS, {}, 'METHOD_DISABLED'],
    ['a blocked one', { blockedAt: T0 }, FACTORS, {}, 'BLOCKED'],
    ['a locked one', lockTo(T0 + 1), FACTORS, {}, 'LOCKED'],
    ['one whose lock has ended', lockTo(T0), FACTORS, {}, undefined],
    ['one of a type at its ceiling', {}, atCeiling, {}, 'LOCKED'],
    ['one of another type than that', { type: 'EMAIL' }, atCeiling, {}, undefined],
    ['a blocked and locked one', { blockedAt: T0, ...lockTo(T0 + 1) }, FACTORS, {}, 'BLOCKED'],
  ] as const)('%s', (_, change, factors, rules, expected) => {
    expect(unusable(device(1, change), factors, policyWith(rules), DEPLOYMENT, T0)).toBe(expected);
  });

  it('a lock without end comes before one with an end', () => {
    const factors = { ...FACTORS, ceilings: { SMS: FAILURE_CEILING } };
    expect(lockOf(device(1, lockTo(T0 + 1)), factors, T0)).toEqual({ reason: 'OTP' });
    expect(lockOf(device(1, lockTo(T0 + 1)), FACTORS, T0)).toEqual({ reason: 'OTP', expiresAt: T0 + 1 });
    expect(lockOf(device(1), FACTORS, T0)).toBeUndefined();
  });

  it('a pending device lapses after a day, an active one never (20 §3.1)', () => {
    const pending = device(0, { status: 'ACTIVATION_REQUIRED' });
    expect(isLapsed(pending, T0 + PENDING_DEVICE_LIFE - 1)).toBe(false);
    expect(isLapsed(pending, T0 + PENDING_DEVICE_LIFE)).toBe(true);
    expect(isLapsed(device(0), T0 + 10 * PENDING_DEVICE_LIFE)).toBe(false);
  });
});

describe('what a flow may offer (10 §4.2)', () => {
  it('active devices in the order, those outside it after them by activation', () => {
    const devices = [
      device(1),
      device(2, { activatedAt: T0 + 9 }),
      device(3),
      device(4, { status: 'ACTIVATION_REQUIRED' }),
    ];
    const [, , three] = devices;
    expect(ids(inDeviceOrder(devices, three ? [three.id] : []))).toEqual([3, 1, 2]);
    expect(ids(inDeviceOrder(devices, null))).toEqual([1, 3, 2]);
  });

  it('the usable ones, and beside them those that only a lock keeps away', () => {
    const devices = [
      device(1),
      device(2, lockTo(T0 + 1)),
      device(3, { blockedAt: T0 }),
      device(4, { status: 'ACTIVATION_REQUIRED' }),
      device(5, { type: 'VOICE', ...lockTo(T0 + 1) }),
      device(6, { type: 'EMAIL' }),
    ];
    const { eligible, locked } = eligibleDevices(devices, FACTORS, policyWith(), DEPLOYMENT, T0);
    expect([ids(eligible), ids(locked)]).toEqual([[1, 6], [2]]);
  });
});
