import { describe, expect, it } from 'vitest';
import { granted, refused } from './results.js';
import { id, OTHER_POLICY, T0, World } from './world.js';

const withDevices = (count: number): World => {
  const world = new World();
  for (let n = 1; n <= count; n++) world.addDevice(n, n % 2 === 1 ? 'SMS' : 'EMAIL');
  return world;
};

const startedWith = (world: World): string => {
  const { state } = granted(world.create()).flow;
  return state.status === 'OTP_REQUIRED' && state.selected.kind === 'device' ? state.selected.id : state.status;
};

describe('whom a flow is for', () => {
  it('an unknown user is not found, and nothing is written', () => {
    const world = withDevices(1);
    world.user = undefined;
    expect(refused(world.create())).toEqual({ kind: 'NotFound' });
    expect(world.writes).toEqual([]);
  });

  const states: readonly [string, (world: World) => void, string][] = [
    [
      'disabled',
      (world) => {
        if (world.user) world.user = { ...world.user, enabled: false };
      },
      'USER_DISABLED',
    ],
    [
      'locked',
      (world) => {
        world.factors = { ...world.factors, accountLock: { lockedAt: T0 } };
      },
      'ACCOUNT_LOCKED_OUT',
    ],
    [
      'without MFA',
      (world) => {
        world.factors = { ...world.factors, mfaEnabled: false };
      },
      'MFA_DISABLED',
    ],
  ];
  it.each(states)('a user who is %s gets a flow that has failed, and nothing is sent', (_who, change, code) => {
    const world = withDevices(1);
    change(world);
    const { flow } = granted(world.create());
    expect(flow.state).toMatchObject({ status: 'FAILED', error: { code } });
    expect(flow.state.selected).toBeUndefined();
    expect(world.outbox).toEqual([]);
    expect(world.events.map(({ type }) => type)).toEqual(['AUTHENTICATION.CREATED']);
  });

  it('the first reason that holds is told: disabled, then locked, then MFA', () => {
    const world = withDevices(1);
    for (const [, change] of states) change(world);
    expect(granted(world.create()).flow.state).toMatchObject({ error: { code: 'USER_DISABLED' } });
    if (world.user) world.user = { ...world.user, enabled: true };
    expect(granted(world.create()).flow.state).toMatchObject({ error: { code: 'ACCOUNT_LOCKED_OUT' } });
  });

  it('a policy that ignores locks lets a locked user on', () => {
    const world = withDevices(1);
    world.setPolicy({ ignoreUserLock: true });
    world.factors = { ...world.factors, accountLock: { lockedAt: T0 } };
    expect(startedWith(world)).toBe(id(1));
  });

  it('a lock whose end has passed is gone', () => {
    const world = withDevices(1);
    world.factors = { ...world.factors, accountLock: { lockedAt: T0 - 10, unlockAt: T0 } };
    expect(startedWith(world)).toBe(id(1));
  });
});

describe('what a flow starts from', () => {
  it('takes the default policy, or the one that is named', () => {
    const world = withDevices(1);
    world.setPolicy({}, { otpLength: 8 }, undefined, OTHER_POLICY);
    expect(granted(world.create()).flow.policyId).not.toBe(OTHER_POLICY);
    const { flow } = granted(world.create({ policyId: OTHER_POLICY }));
    expect(flow.policyId).toBe(OTHER_POLICY);
    expect(world.code(flow.id)).toMatch(/^\d{8}$/);
  });

  it('refuses a policy or application that is not of this environment (SEC-43)', () => {
    const world = withDevices(1);
    expect(refused(world.create({ policyId: id(5) }))).toEqual({ kind: 'PolicyUnknown' });
    expect(refused(world.create({ applicationId: id(5) }))).toEqual({ kind: 'ApplicationUnknown' });
    expect(world.writes).toEqual([]);
  });

  it('keeps the application that the request named', () => {
    const world = withDevices(1);
    const { environmentId } = world.device(1);
    world.documents = [{ environmentId, kind: 'application', id: id(5), body: {}, createdAt: T0, updatedAt: T0 }];
    expect(granted(world.create({ applicationId: id(5) })).flow.applicationId).toBe(id(5));
  });

  it('a supplied passcode is for devices that make them: without one, no flow, nothing sent (10 §10.4)', () => {
    const world = withDevices(1);
    for (const selection of [undefined, { kind: 'device', id: id(1) }, world.oneTime()] as const) {
      expect(refused(world.create({ otp: '123456', ...(selection ? { selection } : {}) }))).toEqual({
        kind: 'NoPasscodeDevice',
      });
      expect(world.writes).toEqual([]);
    }
  });

  it('touches no factors and no destination: it compares nothing', () => {
    const world = withDevices(1);
    granted(world.create());
    expect(world.writes.map(({ kind, entity }) => `${kind} ${entity}`)).toEqual([
      'insert deviceAuthentication',
      'append outbox',
    ]);
    granted(world.create({ selection: world.oneTime() }));
    expect(world.writes.map(({ kind, entity }) => `${kind} ${entity}`)).toEqual([
      'insert deviceAuthentication',
      'append outbox',
    ]);
  });
});
