import { describe, expect, it } from 'vitest';
import { minutes } from '../../src/kernel/duration.js';
import type { Uuid } from '../../src/kernel/ids.js';
import { granted, listed, refused } from './results.js';
import { openOneTime } from './scenes.js';
import { id, T0, USER, World } from './world.js';

const HALF_AN_HOUR = minutes(30);

function paired(count = 2): World {
  const world = new World();
  for (let n = 1; n <= count; n++) world.addDevice(n, n === 1 ? 'SMS' : 'EMAIL');
  return world;
}

const open = (world: World): Uuid => granted(world.create({ selection: { kind: 'device', id: id(1) } })).flow.id;

const lock = (world: World): void => world.changeDevice(1, { lock: { reason: 'OTP', expiresAt: T0 + HALF_AN_HOUR } });
const unlock = (world: World): void => {
  world.devices = world.devices.map(({ lock: _, ...device }) => device);
};

describe('the user, found out at the next step (10 §9.8; SEC-15, SEC-16)', () => {
  it('deleted: the flow is not found', () => {
    const world = paired();
    const flow = open(world);
    world.user = undefined;
    for (const result of [
      world.check(flow, world.code(flow)),
      world.select(flow, 1),
      world.cancel(flow),
      world.read(flow),
    ])
      expect(refused(result)).toEqual({ kind: 'NotFound' });
    expect(world.writes).toEqual([]);
  });

  const states: readonly [string, string, (world: World) => void][] = [
    [
      'disabled',
      'USER_DISABLED',
      (world) => {
        if (world.user) world.user = { ...world.user, enabled: false };
      },
    ],
    [
      'locked',
      'ACCOUNT_LOCKED_OUT',
      (world) => {
        world.factors = { ...world.factors, accountLock: { lockedAt: T0 } };
      },
    ],
    [
      'without MFA',
      'MFA_DISABLED',
      (world) => {
        world.factors = { ...world.factors, mfaEnabled: false };
      },
    ],
  ];
  for (const [who, code, change] of states) {
    it.each(['check', 'select', 'cancel'] as const)(
      `${who}: %s refuses without comparing and ends the flow`,
      (step) => {
        const world = paired();
        const flow = open(world);
        change(world);
        const sent = world.outbox.length;
        const result = {
          check: () => world.check(flow, world.code(flow)),
          select: () => world.select(flow, 2),
          cancel: () => world.cancel(flow),
        }[step]();
        expect(refused(result)).toEqual({ kind: 'AccountNotUsable' });
        expect(world.writes.map(({ kind, entity }) => `${kind} ${entity}`)).toEqual(['update deviceAuthentication']);
        expect(world.flow(flow).state).toMatchObject({ status: 'FAILED', error: { code } });
        expect(world.outbox.length).toBe(sent);
        expect(refused(world.check(flow, world.code(flow)))).toMatchObject({ kind: 'WrongState', status: 'FAILED' });
      },
    );

    it(`${who}: a read shows it ended and stores nothing`, () => {
      const world = paired();
      const flow = open(world);
      const before = world.flow(flow);
      change(world);
      world.now += 5;
      const answer = granted(world.read(flow));
      expect(answer.flow.state).toMatchObject({ status: 'FAILED', error: { code } });
      expect(answer.flow.updatedAt).toBe(before.updatedAt);
      expect(world.flow(flow)).toBe(before);
    });
  }

  it('locked under a policy that ignores locks: goes on', () => {
    const world = paired();
    world.setPolicy({ ignoreUserLock: true });
    const flow = open(world);
    world.factors = { ...world.factors, accountLock: { lockedAt: T0 } };
    expect(granted(world.read(flow)).flow.state.status).toBe('OTP_REQUIRED');
    granted(world.check(flow, world.code(flow)));
  });

  it('without MFA, a one-time flow goes on, but selects no paired device', () => {
    const world = paired();
    const flow = openOneTime(world);
    world.factors = { ...world.factors, mfaEnabled: false };
    expect(granted(world.read(flow)).flow.state.status).toBe('OTP_REQUIRED');
    granted(world.check(flow, world.code(flow)));

    const other = openOneTime(world);
    expect(refused(world.select(other, 1))).toEqual({ kind: 'AccountNotUsable' });
    expect(world.flow(other).state).toMatchObject({ status: 'FAILED', error: { code: 'MFA_DISABLED' } });
  });

  it('a flow that waits for a choice ends too', () => {
    const world = paired();
    const flow = granted(world.create()).flow.id;
    if (world.user) world.user = { ...world.user, enabled: false };
    expect(refused(world.select(flow, 1))).toEqual({ kind: 'AccountNotUsable' });
    expect(world.flow(flow).state).toMatchObject({ status: 'FAILED', error: { code: 'USER_DISABLED' } });
    expect(world.outbox).toEqual([]);
  });

  it('ERR-STATE comes before the user’s state', () => {
    const world = paired();
    const flow = granted(world.create()).flow.id;
    if (world.user) world.user = { ...world.user, enabled: false };
    expect(refused(world.check(flow, '123456'))).toMatchObject({ kind: 'WrongState' });
    expect(world.writes).toEqual([]);
  });
});

describe('the selected device, found out at a check (10 §9.8)', () => {
  const obstacles: readonly [string, object, (world: World) => void, (world: World) => void][] = [
    ['locked', { kind: 'DeviceLocked', expiresAt: T0 + HALF_AN_HOUR }, lock, unlock],
    [
      'locked by the ceiling of its type, which has no end to tell',
      { kind: 'DeviceLocked' },
      (world) => {
        world.factors = { ...world.factors, ceilings: { SMS: 100 } };
      },
      (world) => {
        world.factors = { ...world.factors, ceilings: {} };
      },
    ],
    [
      'blocked',
      { kind: 'DeviceUnusable', selected: 'device' },
      (world) => world.changeDevice(1, { blockedAt: T0 }),
      (world) => {
        world.devices = world.devices.map(({ blockedAt: _, ...device }) => device);
      },
    ],
    [
      'of a method switched off',
      { kind: 'DeviceUnusable', selected: 'device' },
      (world) => world.setPolicy({}, { enabled: false }, 'sms'),
      (world) => world.setPolicy({}, { enabled: true }, 'sms'),
    ],
  ];

  it.each(obstacles)(
    '%s, and another is eligible: the code dies for good, the flow waits',
    (_why, rejection, put, lift) => {
      const world = paired();
      const flow = open(world);
      const before = world.flow(flow);
      put(world);
      expect(refused(world.check(flow, world.code(flow)))).toEqual(rejection);
      expect(world.writes.map(({ kind, entity }) => `${kind} ${entity}`)).toEqual(['update deviceAuthentication']);
      const { updatedAt, expiresAt } = before;
      expect(world.flow(flow)).toMatchObject({
        updatedAt,
        expiresAt,
        state: { status: 'OTP_REQUIRED', codeDead: true },
      });
      expect(granted(world.read(flow)).flow.state.status).toBe('OTP_REQUIRED');

      expect(refused(world.check(flow, world.code(flow)))).toEqual(rejection);
      expect(world.writes).toEqual([]);

      lift(world);
      expect(refused(world.check(flow, world.code(flow)))).toEqual({ kind: 'CodeDead', expired: false });
      expect(world.device(1).failures).toBeUndefined();
      granted(world.select(flow, 1));
      granted(world.check(flow, world.code(flow)));
    },
  );

  it.each(obstacles)('%s, and no other is eligible: the flow has failed', (_why, rejection, put) => {
    const world = paired(1);
    const flow = open(world);
    put(world);
    const shown = granted(world.read(flow));
    expect(shown.flow.state).toMatchObject({ status: 'FAILED', error: { code: 'NO_USABLE_DEVICES' } });
    expect(shown.devices).toEqual([]);
    expect(world.flow(flow).state.status).toBe('OTP_REQUIRED');

    expect(refused(world.check(flow, world.code(flow)))).toEqual(rejection);
    expect(world.flow(flow).state).toEqual({
      status: 'FAILED',
      selected: { kind: 'device', id: id(1), type: 'SMS' },
      error: {
        code: 'NO_USABLE_DEVICES',
        message: `Couldn't find authenticating device for user: ${USER}`,
        unavailableDevices: 'kind' in rejection && rejection.kind === 'DeviceLocked' ? [id(1)] : [],
      },
    });
  });

  it('deleted: as when blocked', () => {
    const world = paired();
    const flow = open(world);
    world.devices = world.devices.filter((device) => device.id !== id(1));
    expect(refused(world.check(flow, world.code(flow)))).toEqual({ kind: 'DeviceUnusable', selected: 'device' });
    expect(world.flow(flow).state.status).toBe('OTP_REQUIRED');
    world.devices = [];
    expect(refused(world.check(flow, world.code(flow)))).toEqual({ kind: 'DeviceUnusable', selected: 'device' });
    expect(world.flow(flow).state).toMatchObject({ status: 'FAILED', error: { code: 'NO_USABLE_DEVICES' } });
  });

  it('locked and blocked at once: the lock is told, as the table has it', () => {
    const world = paired();
    const flow = open(world);
    lock(world);
    world.changeDevice(1, { blockedAt: T0 });
    expect(refused(world.check(flow, world.code(flow)))).toMatchObject({ kind: 'DeviceLocked' });
  });

  it('locked and at the ceiling at once: no end is told', () => {
    const world = paired();
    const flow = open(world);
    lock(world);
    world.factors = { ...world.factors, ceilings: { SMS: 100 } };
    expect(refused(world.check(flow, world.code(flow)))).toEqual({ kind: 'DeviceLocked' });
  });

  it('locked: selecting it is refused, another works (10 §9.4)', () => {
    const world = paired();
    const flow = open(world);
    lock(world);
    expect(refused(world.select(flow, 1))).toEqual({ kind: 'DeviceNotEligible', during: 'device.select' });
    expect(world.writes).toEqual([]);
    const answer = granted(world.select(flow, 2));
    expect(listed(answer)).toEqual([id(2)]);
    granted(world.check(flow, world.code(flow)));
  });

  it('a guess during the lock neither counts nor extends it (SEC-15)', () => {
    const world = paired();
    const flow = open(world);
    lock(world);
    for (let n = 0; n < 5; n++) refused(world.check(flow, '000000'));
    expect(world.device(1)).toMatchObject({ lock: { expiresAt: T0 + HALF_AN_HOUR }, codeEpoch: 0 });
    expect(world.factors.ceilings).toEqual({});
  });
});

describe('the policy, read live (10 §4.1)', () => {
  it('a deleted policy is replaced by the content of the default, and stays named', () => {
    const world = paired();
    world.setPolicy({}, { otpLength: 9 }, undefined, id(50));
    const { flow } = granted(world.create({ policyId: id(50), selection: { kind: 'device', id: id(1) } }));
    expect(world.code(flow.id)).toHaveLength(9);
    world.policies.delete(id(50));
    const answer = granted(world.select(flow.id, 1));
    expect(world.code(flow.id)).toHaveLength(6);
    expect(answer.flow.policyId).toBe(id(50));
  });
});
