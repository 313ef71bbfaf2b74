import { describe, expect, it } from 'vitest';
import { FAILURE_CEILING, PENDING_DEVICE_LIFE } from '../../src/devices/model.js';
import { minutes, seconds } from '../../src/kernel/duration.js';
import { at, granted, OTHER_POLICY, refused, World, wrong } from './world.js';

describe('the right code (20 §6.4)', () => {
  it('makes the device active, last in the order, and spends the code', async () => {
    const world = new World();
    const first = await world.active(1);
    const device = await world.pending();
    world.now += seconds(30);
    const activated = granted(await world.activate(device, world.code(device)));
    expect(activated).toMatchObject({ once: {}, members: { phone: '+15125551001' } });
    expect(world.stored(device)).toMatchObject({
      status: 'ACTIVE',
      activatedAt: world.now,
      updatedAt: world.now,
      createdAt: device.createdAt,
    });
    expect(world.stored(device)).not.toHaveProperty('activation');
    expect(world.factors.deviceOrder).toEqual([first.id, device.id]);
    expect(world.eventTypes().at(-1)).toBe('DEVICE.ACTIVATED');
  });

  it('is right once: a second time the state comes first, without comparison (SEC-18)', async () => {
    const world = new World();
    const device = await world.pending();
    const code = world.code(device);
    granted(await world.activate(device, code));
    expect(refused(await world.activate(device, code))).toEqual({ kind: 'AlreadyActive' });
    expect(refused(await world.activate(device, wrong(code)))).toEqual({ kind: 'AlreadyActive' });
    expect(world.writes).toEqual([]);
  });

  it('counts as the last attempt too, and ends the run of failures', async () => {
    const world = new World();
    const device = await world.pending();
    const code = world.code(device);
    await world.activate(device, wrong(code));
    await world.activate(device, wrong(code));
    granted(await world.activate(device, code));
    expect(world.stored(device)).not.toHaveProperty('failures');
  });

  it('of another device is wrong (SEC-06)', async () => {
    const world = new World();
    const [one, other] = [await world.pending(1), await world.pending(2)];
    expect(refused(await world.activate(one, world.code(other)))).toMatchObject({ kind: 'OtpMismatch' });
  });

  it("leaves the user's counts alone: a contact of one's own proves nothing about other factors (SEC-12, SEC-13)", async () => {
    const world = new World();
    world.settings = { ...world.settings, lockout: { failureCount: 10, duration: 0 } };
    const device = await world.pending();
    await world.activate(device, wrong(world.code(device)));
    granted(await world.activate(device, world.code(device)));
    expect(world.factors).toMatchObject({ lockoutFailures: 1, ceilings: { SMS: 1 } });
  });
});

describe('a code that was sent by phone', () => {
  it('reports its country once it is right: conversion is watched by country (SEC-38)', async () => {
    const world = new World();
    const device = await world.pending();
    granted(await world.activate(device, world.code(device)));
    expect(world.events.at(-1)).toMatchObject({
      type: 'DEVICE.ACTIVATED',
      detail: { deviceType: 'SMS', country: 'US' },
    });
  });
});

describe('wrong codes (20 §17.3, 10 §9.4)', () => {
  it('each is counted before it is answered, by a write that guards the factors (SEC-10)', async () => {
    const world = new World();
    const device = await world.pending();
    for (const attemptsRemaining of [2, 1, 0]) {
      const outcome = await world.activate(device, wrong(world.code(device)));
      expect(refused(outcome)).toEqual({ kind: 'OtpMismatch', attemptsRemaining });
      expect(world.writes.map(({ kind, entity }) => `${kind} ${entity}`)).toEqual(['update factors', 'put device']);
    }
    expect(world.stored(device).status).toBe('ACTIVATION_REQUIRED');
    expect(world.eventTypes().slice(-3)).toEqual([
      'DEVICE.ACTIVATION_OTP_INVALID',
      'DEVICE.ACTIVATION_OTP_INVALID',
      'DEVICE.ACTIVATION_OTP_FAILED',
    ]);
  });

  it('a right code is guarded the same way', async () => {
    const world = new World();
    const device = await world.pending();
    granted(await world.activate(device, world.code(device)));
    expect(world.writes[0]).toMatchObject({ kind: 'update', entity: 'factors' });
  });

  it('at the limit without cool-down the code is dead, a new one starts a new run', async () => {
    const world = new World();
    const device = await world.pending();
    const first = world.code(device);
    for (let n = 0; n < 3; n++) await world.activate(device, wrong(first));
    expect(refused(await world.activate(device, first))).toEqual({ kind: 'CodeDead' });
    expect(world.writes).toEqual([]);
    granted(await world.service.resendPairingCode(at(device)));
    expect(refused(await world.activate(device, wrong(world.code(device))))).toMatchObject({ attemptsRemaining: 2 });
    granted(await world.activate(device, world.code(device)));
  });

  it('at the limit with cool-down the device is locked: no comparison, no longer lock (SEC-15), and the code stays dead after it', async () => {
    const world = new World();
    world.setRules({ coolDown: minutes(5) });
    const device = await world.pending();
    const code = world.code(device);
    for (let n = 0; n < 3; n++) await world.activate(device, wrong(code));
    const expiresAt = world.now + minutes(5);
    expect(world.eventTypes()).toContain('DEVICE.LOCKED');
    for (const otp of [code, wrong(code), '12345678']) {
      world.now += 1000;
      expect(refused(await world.activate(device, otp))).toEqual({ kind: 'DeviceLocked', expiresAt });
      expect(world.writes).toEqual([]);
    }
    expect(granted(await world.service.read(at(device))).lock).toEqual({ reason: 'OTP', expiresAt });

    world.now = expiresAt;
    expect(granted(await world.service.read(at(device)))).not.toHaveProperty('lock');
    expect(refused(await world.activate(device, code))).toEqual({ kind: 'CodeDead' });
    granted(await world.service.resendPairingCode(at(device)));
    granted(await world.activate(device, world.code(device)));
    expect(world.stored(device)).not.toHaveProperty('lock');
  });

  it('a policy edited in the middle of a run gives no attempt back, and may take some (10 §9.3)', async () => {
    const world = new World();
    const device = await world.pending();
    await world.activate(device, wrong(world.code(device)));
    world.setRules({ failureCount: 7 });
    expect(refused(await world.activate(device, wrong(world.code(device))))).toMatchObject({ attemptsRemaining: 1 });
    world.setRules({ failureCount: 1 });
    expect(refused(await world.activate(device, wrong(world.code(device))))).toMatchObject({ attemptsRemaining: 0 });
  });

  it('the account lockout counts them, locks, and refuses the right code from then on, also after the lock (SEC-16)', async () => {
    const world = new World();
    world.settings = { ...world.settings, lockout: { failureCount: 2, duration: minutes(10) } };
    world.setRules({ failureCount: 7 });
    const device = await world.pending();
    const code = world.code(device);
    await world.activate(device, wrong(code));
    expect(refused(await world.activate(device, wrong(code)))).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 5 });
    expect(world.eventTypes().at(-1)).toBe('USER.LOCKED');
    expect(refused(await world.activate(device, code))).toEqual({ kind: 'AccountNotUsable' });
    expect(refused(await world.service.resendPairingCode(at(device)))).toEqual({ kind: 'AccountNotUsable' });
    expect(world.writes).toEqual([]);
    world.now += minutes(10);
    expect(refused(await world.activate(device, code))).toEqual({ kind: 'CodeDead' });
    granted(await world.service.resendPairingCode(at(device)));
    granted(await world.activate(device, world.code(device)));
  });

  it('a policy that ignores the lock counts but lets through (30 §1.7)', async () => {
    const world = new World();
    world.settings = { ...world.settings, lockout: { failureCount: 1, duration: 0 } };
    world.setRules({}, undefined, OTHER_POLICY, true);
    const device = await world.pending(1, { policy: { id: OTHER_POLICY } });
    await world.activate(device, wrong(world.code(device)));
    expect(world.factors.accountLock).toBeDefined();
    granted(await world.activate(device, world.code(device)));
  });

  it('the hundredth in a row of a type locks the type without end, new devices included (SEC-13)', async () => {
    const world = new World();
    world.setRules({ failureCount: 7 });
    let device = await world.pending();
    world.factors = { ...world.factors, ceilings: { SMS: FAILURE_CEILING - 1 } };
    const code = world.code(device);
    await world.activate(device, wrong(code));
    expect(world.eventTypes().at(-1)).toBe('DEVICE.LOCKED');
    expect(refused(await world.activate(device, code))).toEqual({ kind: 'DeviceLocked' });
    expect(granted(await world.service.read(at(device))).lock).toEqual({ reason: 'OTP' });
    expect(refused(await world.service.resendPairingCode(at(device)))).toEqual({ kind: 'SendRefused', channel: 'SMS' });
    expect(refused(await world.create({ type: 'SMS', phone: '+15125559999', status: 'ACTIVATION_REQUIRED' }))).toEqual({
      kind: 'SendRefused',
      channel: 'SMS',
    });
    world.now += minutes(60);
    expect(refused(await world.activate(device, code))).toEqual({ kind: 'DeviceLocked' });

    granted(await world.service.unlock(at(device)));
    expect(world.factors.ceilings).toEqual({});
    expect(refused(await world.activate(device, code))).toEqual({ kind: 'CodeDead' });
    granted(await world.service.resendPairingCode(at(device)));
    granted(await world.activate(device, world.code(device)));
    device = await world.pending(2);
    granted(await world.activate(device, world.code(device)));
  });
});

describe('what is no attempt', () => {
  it.each(['12345', '1234567', '1234567890'])('%s is not as long as the code that was sent (SEC-09)', async (otp) => {
    const world = new World();
    const device = await world.pending();
    expect(refused(await world.activate(device, otp))).toEqual({
      kind: 'Invalid',
      problems: [{ problem: 'invalid', target: 'otp', message: 'must have 6 digits' }],
    });
    expect(world.writes).toEqual([]);
  });

  it('an expired code, right or wrong, is not compared (20 §17.3)', async () => {
    const world = new World();
    const device = await world.pending();
    world.now += minutes(30);
    expect(refused(await world.activate(device, wrong(world.code(device))))).toMatchObject({ kind: 'OtpMismatch' });
    world.now += 1;
    for (const otp of [world.code(device), wrong(world.code(device))]) {
      expect(refused(await world.activate(device, otp))).toEqual({ kind: 'CodeDead' });
      expect(world.writes).toEqual([]);
      expect(world.events.at(-1)).toMatchObject({ type: 'DEVICE.ACTIVATION_OTP_INVALID', detail: { compared: false } });
    }
    expect(world.stored(device).failures).toEqual({ count: 1, limit: 3 });
  });

  it('a longer life in the policy does not revive it (10 §4.1)', async () => {
    const world = new World();
    const device = await world.pending();
    world.setRules({ lifeTime: minutes(120) });
    world.now += minutes(31);
    expect(refused(await world.activate(device, world.code(device)))).toEqual({ kind: 'CodeDead' });
  });
});

describe('asked again at activation (SEC-16)', () => {
  const cases: readonly [string, (world: World) => unknown, object][] = [
    ['the user was disabled', (w) => (w.user = w.user && { ...w.user, enabled: false }), { kind: 'AccountNotUsable' }],
    [
      'the account was locked',
      (w) => (w.factors = { ...w.factors, accountLock: { lockedAt: w.now } }),
      { kind: 'AccountNotUsable' },
    ],
    [
      'the method was switched off',
      (w) => w.setRules({ enabled: false }, 'sms'),
      { kind: 'PairingClosed', reason: 'METHOD_DISABLED', at: 'activation' },
    ],
    [
      'pairing was switched off',
      (w) => w.setRules({ pairingDisabled: true }, 'sms'),
      { kind: 'PairingClosed', reason: 'PAIRING_DISABLED', at: 'activation' },
    ],
    [
      'the limit was reached',
      (w) => (w.settings = { ...w.settings, maxAllowedDevices: 1 }),
      { kind: 'TooManyDevices', of: 'ACTIVE', maximumAllowed: 1 },
    ],
  ];

  it.each(cases)('%s: neither the right code nor a wrong one is compared', async (_, change, rejection) => {
    const world = new World();
    await world.active();
    const device = await world.pending();
    change(world);
    for (const otp of [world.code(device), wrong(world.code(device))]) {
      expect(refused(await world.activate(device, otp))).toEqual(rejection);
      expect(world.writes).toEqual([]);
    }
  });

  it('the device was blocked (20 §11); once unblocked, the code is good', async () => {
    const world = new World();
    const device = await world.pending();
    granted(await world.service.block(at(device)));
    for (const otp of [world.code(device), wrong(world.code(device))]) {
      expect(refused(await world.activate(device, otp))).toEqual({ kind: 'DeviceBlocked' });
      expect(world.writes).toEqual([]);
    }
    granted(await world.service.unblock(at(device)));
    granted(await world.activate(device, world.code(device)));
  });

  it('test mode is allowed no more: its code, which was shown, is not taken', async () => {
    const world = new World();
    const { device, once } = granted(
      await world.create({ type: 'SMS', phone: '+15125550101', status: 'ACTIVATION_REQUIRED', testMode: true }),
    );
    world.testModeAllowed = false;
    const { test } = once as { test: { otp: string } };
    expect(refused(await world.activate(device, test.otp))).toMatchObject({ reason: 'NOT_DELIVERABLE' });
    world.testModeAllowed = true;
    granted(await world.activate(device, test.otp));
  });

  it('its policy was deleted: the default governs (10 §4.1)', async () => {
    const world = new World();
    world.setRules({ failureCount: 2 }, undefined, OTHER_POLICY);
    const device = await world.pending(1, { policy: { id: OTHER_POLICY } });
    world.policies.delete(OTHER_POLICY);
    world.setRules({ failureCount: 7 });
    expect(refused(await world.activate(device, wrong(world.code(device))))).toMatchObject({ attemptsRemaining: 6 });
  });
});

describe('a pending device (20 §3.1)', () => {
  it('is as good as deleted after 24 hours, whether or not the sweeper has been by', async () => {
    const world = new World();
    world.setRules({ lifeTime: minutes(120) });
    const device = await world.pending();
    world.now = device.createdAt + PENDING_DEVICE_LIFE - 1;
    granted(await world.service.resendPairingCode(at(device)));
    const code = world.code(device);
    world.now += 1;
    const calls = [
      world.activate(device, code),
      world.service.resendPairingCode(at(device)),
      world.service.read(at(device)),
      world.service.block(at(device)),
      world.service.unblock(at(device)),
      world.service.unlock(at(device)),
      world.service.rename(at(device), 'x'),
      world.service.delete(at(device)),
    ];
    for (const call of calls) expect(refused(await call)).toEqual({ kind: 'DeviceNotFound' });
    expect(await world.service.requestLogs(at(device))).toEqual({ kind: 'DeviceNotFound' });
    expect(
      granted(await world.service.list({ environmentId: device.environmentId, userId: device.userId })).devices,
    ).toEqual([]);
  });

  it('that was activated in time stays', async () => {
    const world = new World();
    const device = await world.pending();
    granted(await world.activate(device, world.code(device)));
    world.now += 2 * PENDING_DEVICE_LIFE;
    granted(await world.service.read(at(device)));
  });
});

describe('a new code (20 §6.4)', () => {
  it('kills the old one, which is refused as a wrong one, counted, and told apart in the events (SEC-06, SEC-18)', async () => {
    const world = new World();
    const device = await world.pending();
    const old = world.code(device);
    granted(await world.service.resendPairingCode(at(device)));
    expect(world.code(device)).not.toBe(old);
    expect(refused(await world.activate(device, old))).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 2 });
    expect(world.events.at(-1)).toMatchObject({ type: 'DEVICE.ACTIVATION_OTP_INVALID', detail: { replayed: true } });
    expect(refused(await world.activate(device, wrong(world.code(device))))).toMatchObject({ attemptsRemaining: 1 });
    expect(world.events.at(-1)?.detail).not.toHaveProperty('replayed');
    granted(await world.activate(device, world.code(device)));
  });

  it('is sent as the first one was, and gives no attempt back (SEC-12)', async () => {
    const world = new World();
    const notification = { template: { locale: 'fr', variables: { shop: 'Corner' } } };
    const device = await world.pending(1, { notification });
    await world.activate(device, wrong(world.code(device)));
    const resent = granted(await world.service.resendPairingCode(at(device)));
    expect(resent).toMatchObject({ once: {}, device: { status: 'ACTIVATION_REQUIRED' } });
    expect(world.message(device)).toMatchObject({ locales: ['fr', 'de'], variables: { shop: 'Corner' } });
    expect(world.outbox).toHaveLength(2);
    expect(new Set(world.outbox.map(({ id }) => id)).size).toBe(2);
    expect(refused(await world.activate(device, wrong(world.code(device))))).toMatchObject({ attemptsRemaining: 1 });
  });

  it('has a number of its own, so that equal digits of two sends are two codes (SEC-06)', async () => {
    const world = new World();
    const device = await world.pending();
    const sends = [];
    for (let n = 0; n < 3; n++) {
      const { activation } = world.stored(device);
      sends.push([activation?.code?.sendNumber, activation?.replaced?.sendNumber]);
      granted(await world.service.resendPairingCode(at(device)));
    }
    expect(sends).toEqual([
      [0, undefined],
      [1, 0],
      [2, 1],
    ]);
  });

  it('is what a pending device without any needs, under the default policy', async () => {
    const world = new World();
    const device = await world.pending();
    const code = world.code(device);
    const { activation: _, ...bare } = world.stored(device);
    world.devices = [bare];
    expect(refused(await world.activate(device, code))).toEqual({ kind: 'CodeDead' });
    granted(await world.service.resendPairingCode(at(device)));
    granted(await world.activate(device, world.code(device)));
  });

  it('lives from now on', async () => {
    const world = new World();
    const device = await world.pending();
    world.now += minutes(29);
    granted(await world.service.resendPairingCode(at(device)));
    world.now += minutes(29);
    granted(await world.activate(device, world.code(device)));
  });

  it('of a test device is shown, not sent', async () => {
    const world = new World();
    const device = await world.pending(1, { testMode: true });
    const { once } = granted(await world.service.resendPairingCode(at(device)));
    expect(once).toEqual({ test: { otp: expect.stringMatching(/^\d{6}$/) } });
    expect(world.outbox).toEqual([]);
    granted(await world.activate(device, (once as { test: { otp: string } }).test.otp));
  });

  it.each([
    ['the device is active', async (w: World) => w.active(), { kind: 'AlreadyActive' }],
    [
      'the device is blocked',
      async (w: World) => granted(await w.service.block(at(await w.pending()))).device,
      { kind: 'DeviceBlocked' },
    ],
  ])('is refused when %s', async (_, arrange, rejection) => {
    const world = new World();
    const device = await arrange(world);
    const sent = world.outbox.length;
    expect(refused(await world.service.resendPairingCode(at(device)))).toEqual(rejection);
    expect(world.outbox).toHaveLength(sent);
  });

  it('is refused during the cool-down, with its end', async () => {
    const world = new World();
    world.setRules({ failureCount: 1, coolDown: minutes(5) });
    const device = await world.pending();
    await world.activate(device, wrong(world.code(device)));
    expect(refused(await world.service.resendPairingCode(at(device)))).toEqual({
      kind: 'SendRefused',
      channel: 'SMS',
      expiresAt: world.now + minutes(5),
    });
    expect(world.writes).toEqual([]);
  });
});
