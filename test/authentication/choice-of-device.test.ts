import { describe, expect, it } from 'vitest';
import type { DeviceSelection } from '../../src/policies/model.js';
import { granted, listed, refused } from './results.js';
import { id, T0, USER, World } from './world.js';

const withDevices = (count: number): World => {
  const world = new World();
  for (let n = 1; n <= count; n++) world.addDevice(n, n % 2 === 1 ? 'SMS' : 'EMAIL');
  return world;
};

const startedWith = (world: World): string => {
  const { state } = granted(world.create()).flow;
  return state.status === 'OTP_REQUIRED' && state.selected.kind === 'device' ? state.selected.id : state.status;
};

describe('which device a flow starts with (10 §4.2)', () => {
  const ASK = 'DEVICE_SELECTION_REQUIRED';
  const cases: readonly [DeviceSelection, number, 'ordered' | 'unordered', string][] = [
    ['DEFAULT_TO_FIRST', 0, 'unordered', 'FAILED'],
    ['DEFAULT_TO_FIRST', 1, 'unordered', id(1)],
    ['DEFAULT_TO_FIRST', 2, 'unordered', ASK],
    ['DEFAULT_TO_FIRST', 2, 'ordered', id(2)],
    ['PROMPT_TO_SELECT', 0, 'unordered', 'FAILED'],
    ['PROMPT_TO_SELECT', 1, 'unordered', id(1)],
    ['PROMPT_TO_SELECT', 2, 'unordered', ASK],
    ['PROMPT_TO_SELECT', 2, 'ordered', ASK],
    ['ALWAYS_DISPLAY_DEVICES', 0, 'unordered', 'FAILED'],
    ['ALWAYS_DISPLAY_DEVICES', 1, 'ordered', ASK],
    ['ALWAYS_DISPLAY_DEVICES', 2, 'ordered', ASK],
  ];
  it.each(cases)('%s with %i devices, %s: %s', (deviceSelection, count, order, expected) => {
    const world = withDevices(count);
    world.setPolicy({ deviceSelection });
    if (order === 'ordered') world.factors = { ...world.factors, deviceOrder: [id(2), id(1)] };
    expect(startedWith(world)).toBe(expected);
  });

  it('a locked device does not count: the other is the one usable device', () => {
    const world = withDevices(2);
    world.setPolicy({ deviceSelection: 'PROMPT_TO_SELECT' });
    world.changeDevice(1, { lock: { reason: 'OTP', expiresAt: T0 + 1 } });
    const answer = granted(world.create());
    expect(answer.flow.state).toMatchObject({ status: 'OTP_REQUIRED', selected: { id: id(2) } });
    expect(listed(answer)).toEqual([id(2)]);
  });

  it('an unusable default gives way to the first usable device in order', () => {
    const world = withDevices(3);
    world.factors = { ...world.factors, deviceOrder: [id(3), id(2), id(1)] };
    world.changeDevice(3, { blockedAt: T0 });
    expect(startedWith(world)).toBe(id(2));
  });

  it('lists every eligible device in order, those without order last, by activation', () => {
    const world = withDevices(4);
    world.factors = { ...world.factors, deviceOrder: [id(3)] };
    world.changeDevice(1, { activatedAt: T0 + 100 });
    world.changeDevice(4, { status: 'ACTIVATION_REQUIRED' });
    expect(listed(granted(world.create()))).toEqual([id(3), id(2), id(1)]);
  });

  const unusable: readonly [string, (world: World) => void][] = [
    ['pending', (world) => world.changeDevice(1, { status: 'ACTIVATION_REQUIRED' })],
    ['blocked', (world) => world.changeDevice(1, { blockedAt: T0 })],
    ['locked', (world) => world.changeDevice(1, { lock: { reason: 'OTP', expiresAt: T0 + 1 } })],
    [
      'locked by its type’s ceiling',
      (world) => {
        world.factors = { ...world.factors, ceilings: { SMS: 100 } };
      },
    ],
    ['of a method that is switched off', (world) => world.setPolicy({}, { enabled: false }, 'sms')],
    ['of a channel without a gateway', (world) => world.channels.delete('SMS')],
    [
      'a test device where test mode is not allowed',
      (world) => {
        world.changeDevice(1, { testMode: true });
        world.testModeAllowed = false;
      },
    ],
  ];
  it.each(unusable)('a device that is %s is not eligible, also when named or the only one', (why, change) => {
    const world = withDevices(1);
    change(world);
    expect(refused(world.create({ selection: { kind: 'device', id: id(1) } }))).toEqual({
      kind: 'DeviceNotEligible',
      during: 'create',
    });
    expect(world.writes).toEqual([]);
    const { flow, devices } = granted(world.create());
    expect(flow.state).toEqual({
      status: 'FAILED',
      error: {
        code: 'NO_USABLE_DEVICES',
        message: `Couldn't find authenticating device for user: ${USER}`,
        unavailableDevices: why.startsWith('locked') ? [id(1)] : [],
      },
    });
    expect(devices).toEqual([]);
    expect(world.outbox).toEqual([]);
  });

  it('a method that only refuses pairing still authenticates', () => {
    const world = withDevices(1);
    world.setPolicy({}, { pairingDisabled: true });
    expect(startedWith(world)).toBe(id(1));
  });

  it('a lock that has ended is no lock', () => {
    const world = withDevices(1);
    world.changeDevice(1, { lock: { reason: 'OTP', expiresAt: T0 } });
    expect(startedWith(world)).toBe(id(1));
  });

  it('a named device bypasses the selection method', () => {
    const world = withDevices(2);
    world.setPolicy({ deviceSelection: 'ALWAYS_DISPLAY_DEVICES' });
    const { flow } = granted(world.create({ selection: { kind: 'device', id: id(2) } }));
    expect(flow.state).toMatchObject({ status: 'OTP_REQUIRED', selected: { id: id(2) } });
  });

  it('an unknown device is refused like any other that is not eligible (SEC-42, SEC-43)', () => {
    const world = withDevices(1);
    expect(refused(world.create({ selection: { kind: 'device', id: id(77) } }))).toEqual({
      kind: 'DeviceNotEligible',
      during: 'create',
    });
  });
});
