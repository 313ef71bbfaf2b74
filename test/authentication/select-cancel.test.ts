import { describe, expect, it } from 'vitest';
import { parseCancelReason } from '../../src/authentication/command.js';
import { minutes, seconds } from '../../src/kernel/duration.js';
import { granted, listed, refused } from './results.js';
import { id, T0, World } from './world.js';

function paired(): World {
  const world = new World();
  world.addDevice(1, 'SMS');
  world.addDevice(2, 'EMAIL');
  return world;
}

describe('device.select (10 §7.2)', () => {
  it('sends a code to the device and moves updatedAt and the expiry', () => {
    const world = paired();
    const { flow } = granted(world.create());
    world.now += minutes(1);
    const answer = granted(world.select(flow.id, 2));
    expect(answer.flow).toMatchObject({
      state: { status: 'OTP_REQUIRED', selected: { id: id(2) } },
      createdAt: T0,
      updatedAt: T0 + minutes(1),
      expiresAt: T0 + minutes(36),
    });
    expect(listed(answer)).toEqual([id(1), id(2)]);
    expect(world.outbox).toHaveLength(1);
    expect(world.events.map(({ type }) => type)).toEqual(['AUTHENTICATION.UPDATED', 'NOTIFICATION.CREATED']);
    expect(world.writes.map(({ kind, entity }) => `${kind} ${entity}`)).toEqual([
      'update deviceAuthentication',
      'append outbox',
    ]);
  });

  it('of the same device is a resend: a new code, the old one dead at once', () => {
    const world = paired();
    const { flow } = granted(world.create({ selection: { kind: 'device', id: id(1) } }));
    const old = world.code(flow.id);
    granted(world.select(flow.id, 1));
    expect(world.code(flow.id)).not.toBe(old);
    expect(refused(world.check(flow.id, old))).toMatchObject({ kind: 'OtpMismatch' });
    granted(world.check(flow.id, world.code(flow.id)));
  });

  it('gives every code of a flow a send number of its own (SEC-04)', () => {
    const world = paired();
    const { flow } = granted(world.create({ selection: { kind: 'device', id: id(1) } }));
    const numberOfCode = (): number | undefined => {
      const { state } = world.flow(flow.id);
      return state.status === 'OTP_REQUIRED' && !state.challenge ? state.code.sendNumber : undefined;
    };
    const numbers = [numberOfCode()];
    for (const n of [1, 2, 1]) {
      granted(world.select(flow.id, n));
      numbers.push(numberOfCode());
    }
    expect(numbers).toEqual([0, 1, 2, 3]);
  });

  it('repeats what the create request asked to be said', () => {
    const world = paired();
    const { flow } = granted(world.create({ notification: { template: 'transaction', variables: { sum: '5' } } }));
    granted(world.select(flow.id, 1));
    expect(world.message(flow.id)).toMatchObject({ template: 'transaction', variables: { sum: '5' } });
  });

  it('without content for the channel is refused and changes nothing', () => {
    const world = paired();
    const { flow } = granted(world.create({ notification: { variant: 'gold' } }));
    expect(refused(world.select(flow.id, 1))).toEqual({ kind: 'NoContent' });
    expect(world.writes).toEqual([]);
  });

  it.each([
    ['unknown', id(77), () => {}],
    ['pending', id(2), (world: World) => world.changeDevice(2, { status: 'ACTIVATION_REQUIRED' })],
    ['blocked', id(2), (world: World) => world.changeDevice(2, { blockedAt: T0 })],
    ['switched off', id(2), (world: World) => world.setPolicy({}, { enabled: false }, 'email')],
  ] as const)('of a device that is %s is refused and changes nothing', (_why, deviceId, change) => {
    const world = paired();
    const { flow } = granted(world.create({ selection: { kind: 'device', id: id(1) } }));
    change(world);
    expect(refused(world.run('device.select', flow.id, { deviceId }))).toEqual({
      kind: 'DeviceNotEligible',
      during: 'device.select',
    });
    expect(world.writes).toEqual([]);
    granted(world.check(flow.id, world.code(flow.id)));
  });

  it('of a paired device turns a one-time flow into an ordinary one', () => {
    const world = paired();
    const { flow } = granted(world.create({ selection: world.oneTime() }));
    const answer = granted(world.select(flow.id, 2));
    expect(answer.flow.state).toMatchObject({ status: 'OTP_REQUIRED', selected: { kind: 'device', id: id(2) } });
    expect(listed(answer)).toEqual([id(1), id(2)]);
    expect(granted(world.check(flow.id, world.code(flow.id))).flow.state).toMatchObject({
      authenticators: ['mfa', 'email'],
    });
  });

  it('of a test device shows the code in this answer only', () => {
    const world = paired();
    world.changeDevice(2, { testMode: true });
    const { flow } = granted(world.create());
    const answer = granted(world.select(flow.id, 2));
    expect(answer.testOtp).toMatch(/^\d{6}$/);
    expect(world.outbox).toEqual([]);
    granted(world.check(flow.id, answer.testOtp ?? ''));
  });
});

describe('cancel (10 §7.5)', () => {
  it.each(['CHANGE_DEVICE', 'ADD_DEVICE', 'DEFAULT'] as const)(
    '%s: back to the choice, the selection kept',
    (reason) => {
      const world = paired();
      const { flow } = granted(world.create({ selection: { kind: 'device', id: id(1) } }));
      world.now += seconds(5);
      const answer = granted(world.cancel(flow.id, reason));
      expect(answer.flow).toMatchObject({
        state: { status: 'DEVICE_SELECTION_REQUIRED', selected: { id: id(1) } },
        updatedAt: T0 + seconds(5),
      });
      expect(JSON.stringify(answer.flow)).not.toContain('digest');
      expect(listed(answer)).toEqual([id(1), id(2)]);
      expect(refused(world.check(flow.id, world.code(flow.id)))).toMatchObject({ kind: 'WrongState' });
    },
  );

  it('SIGNOUT ends the flow', () => {
    const world = paired();
    for (const selection of [undefined, { kind: 'device', id: id(1) }] as const) {
      const { flow } = granted(world.create(selection ? { selection } : {}));
      expect(granted(world.cancel(flow.id, 'SIGNOUT')).flow.state).toMatchObject({
        status: 'FAILED',
        error: { code: 'AUTHENTICATION_CANCELED' },
      });
    }
  });

  it('where the choice is open already, nothing changes and nothing is written', () => {
    const world = paired();
    const { flow } = granted(world.create());
    world.now += seconds(5);
    expect(granted(world.cancel(flow.id)).flow).toEqual(world.flow(flow.id));
    expect(world.writes).toEqual([]);
    expect(world.events).toEqual([]);
  });

  it('an unknown reason counts as DEFAULT', () => {
    expect(parseCancelReason('SIGNOUT')).toBe('SIGNOUT');
    expect(parseCancelReason('signout')).toBe('DEFAULT');
    expect(parseCancelReason('anything')).toBe('DEFAULT');
  });
});

describe('how long a flow lives (10 §17)', () => {
  it('waiting for a choice: 35 minutes after the last state change', () => {
    const world = paired();
    const { flow } = granted(world.create());
    world.now = T0 + minutes(35) - 1;
    granted(world.read(flow.id));
    world.now += 1;
    expect(refused(world.read(flow.id))).toEqual({ kind: 'NotFound' });
    expect(refused(world.select(flow.id, 1))).toEqual({ kind: 'NotFound' });
    expect(refused(world.check(flow.id, '123456'))).toEqual({ kind: 'NotFound' });
    expect(refused(world.cancel(flow.id))).toEqual({ kind: 'NotFound' });
    expect(world.writes).toEqual([]);
  });

  it.each([
    [10, 35],
    [30, 35],
    [120, 125],
  ])('with a code of %i minutes: %i minutes after it was issued', (lifeTime, life) => {
    const world = paired();
    world.setPolicy({}, { lifeTime: minutes(lifeTime) });
    const { flow } = granted(world.create({ selection: { kind: 'device', id: id(1) } }));
    expect(flow.expiresAt - T0).toBe(minutes(life));
  });

  it('wrong guesses do not prolong it, a new code does', () => {
    const world = paired();
    const { flow } = granted(world.create({ selection: { kind: 'device', id: id(1) } }));
    world.now += minutes(10);
    refused(world.check(flow.id, '000001'));
    expect(world.flow(flow.id).expiresAt).toBe(T0 + minutes(35));
    granted(world.select(flow.id, 1));
    expect(world.flow(flow.id).expiresAt).toBe(T0 + minutes(45));
  });

  it('ended: readable for 60 minutes', () => {
    const world = paired();
    const { flow } = granted(world.create({ selection: { kind: 'device', id: id(1) } }));
    world.now += minutes(20);
    granted(world.check(flow.id, world.code(flow.id)));
    world.now = T0 + minutes(80) - 1;
    expect(granted(world.read(flow.id)).flow.state.status).toBe('COMPLETED');
    world.now += 1;
    expect(refused(world.read(flow.id))).toEqual({ kind: 'NotFound' });
  });

  it('an ended flow lists the devices as they are now, and stays as it ended', () => {
    const world = paired();
    const { flow } = granted(world.create({ selection: { kind: 'device', id: id(1) } }));
    granted(world.check(flow.id, world.code(flow.id)));
    world.changeDevice(2, { blockedAt: T0 });
    if (world.user) world.user = { ...world.user, enabled: false };
    const answer = granted(world.read(flow.id));
    expect(answer.flow.state.status).toBe('COMPLETED');
    expect(listed(answer)).toEqual([id(1)]);
  });
});
