import { describe, expect, it } from 'vitest';
import { FAILURE_CEILING } from '../../src/devices/model.js';
import { minutes } from '../../src/kernel/duration.js';
import { uuidOf } from '../../src/kernel/ids.js';
import { at, ENVIRONMENT, granted, OWNER, refused, USER, World, wrong } from './world.js';

const NOBODY = uuidOf('99999999-9999-4999-8999-999999999999');

describe('block and unblock (20 §11)', () => {
  it('are idempotent, keep status, order and count, and change updatedAt', async () => {
    const world = new World();
    const device = await world.active();
    world.now += 1000;
    const blockedAt = world.now;
    expect(granted(await world.service.block(at(device))).device).toMatchObject({
      status: 'ACTIVE',
      blockedAt,
      updatedAt: blockedAt,
    });
    world.now += 1000;
    expect(granted(await world.service.block(at(device))).device).toMatchObject({ blockedAt, updatedAt: blockedAt });
    expect(world.writes).toEqual([]);
    expect(world.factors.deviceOrder).toEqual([device.id]);

    const { device: free } = granted(await world.service.unblock(at(device)));
    expect(free).not.toHaveProperty('blockedAt');
    expect(free.updatedAt).toBe(world.now);
    granted(await world.service.unblock(at(device)));
    expect(world.writes).toEqual([]);
    expect(world.eventTypes().slice(-2)).toEqual(['DEVICE.BLOCKED', 'DEVICE.UNBLOCKED']);
  });

  it('blocking a pending device is allowed', async () => {
    const world = new World();
    const device = await world.pending();
    expect(granted(await world.service.block(at(device))).device.status).toBe('ACTIVATION_REQUIRED');
  });
});

describe('unlock (20 §11)', () => {
  it('ends the lock early and resets the counter; dead codes stay dead', async () => {
    const world = new World();
    world.setRules({ failureCount: 1, coolDown: minutes(5) });
    const device = await world.pending();
    const code = world.code(device);
    await world.activate(device, wrong(code));
    expect(granted(await world.service.unlock(at(device)))).not.toHaveProperty('lock');
    expect(world.eventTypes().at(-1)).toBe('DEVICE.UNLOCKED');
    expect(refused(await world.activate(device, code))).toEqual({ kind: 'CodeDead' });
  });

  it('resets a run of failures that has not come to a lock', async () => {
    const world = new World();
    const device = await world.pending();
    await world.activate(device, wrong(world.code(device)));
    granted(await world.service.unlock(at(device)));
    expect(world.eventTypes()).not.toContain('DEVICE.UNLOCKED');
    expect(refused(await world.activate(device, wrong(world.code(device))))).toMatchObject({ attemptsRemaining: 2 });
  });

  it("ends the ceiling of the device's type, of no other, and no account lock (10 §9.3)", async () => {
    const world = new World();
    const device = await world.active();
    const accountLock = { lockedAt: world.now };
    const ceilings = { EMAIL: FAILURE_CEILING, SMS: FAILURE_CEILING };
    world.factors = { ...world.factors, ceilings, accountLock };
    expect(granted(await world.service.read(at(device))).lock).toEqual({ reason: 'OTP' });
    granted(await world.service.unlock(at(device)));
    expect(world.factors).toMatchObject({ ceilings: { SMS: FAILURE_CEILING }, accountLock });
  });

  it.each([
    ['a lock', { lock: { reason: 'OTP', expiresAt: Number.MAX_SAFE_INTEGER } }, {}],
    ['a run of failures', { failures: { count: 1, limit: 3 } }, {}],
    ['a count of the type', {}, { EMAIL: 1 }],
  ] as const)('ends %s that comes alone', async (_, state, ceilings) => {
    const world = new World();
    const device = await world.active();
    world.devices = [{ ...world.stored(device), ...state }];
    world.factors = { ...world.factors, ceilings };
    granted(await world.service.unlock(at(device)));
    expect(world.stored(device)).not.toHaveProperty('lock');
    expect(world.stored(device)).not.toHaveProperty('failures');
    expect(world.factors.ceilings).toEqual({});
  });

  it('of an unlocked device writes nothing', async () => {
    const world = new World();
    const device = await world.active();
    granted(await world.service.unlock(at(device)));
    expect(world.writes).toEqual([]);
  });
});

describe('nickname (20 §13.1)', () => {
  it('is set, replaced, cleared by an empty one, and kept as it was sent', async () => {
    const world = new World();
    const device = await world.active();
    for (const nickname of [' Blue key ', 'Blue key']) {
      expect(granted(await world.service.rename(at(device), nickname)).device.nickname).toBe(nickname);
      expect(world.eventTypes().at(-1)).toBe('DEVICE.NICKNAME_UPDATED');
    }
    granted(await world.service.rename(at(device), 'Blue key'));
    expect(world.writes).toEqual([]);
    expect(granted(await world.service.rename(at(device), '')).device).not.toHaveProperty('nickname');
    granted(await world.service.rename(at(device), ''));
    expect(world.writes).toEqual([]);
  });

  it('need not be unique', async () => {
    const world = new World();
    for (const n of [1, 2]) granted(await world.service.rename(at(await world.active(n)), 'Phone'));
  });
});

describe('logs (20 §13.2)', () => {
  it('no type that is offered has any', async () => {
    const world = new World();
    expect(await world.service.requestLogs(at(await world.active()))).toEqual({ kind: 'NoLogs' });
  });
});

describe('delete (20 §13.3)', () => {
  it('removes a device of any status, out of the order, once', async () => {
    const world = new World();
    const [active, pending] = [await world.active(), await world.pending()];
    for (const device of [active, pending]) {
      granted(await world.service.delete(at(device)));
      expect(world.eventTypes().at(-1)).toBe('DEVICE.DELETED');
      expect(refused(await world.service.delete(at(device)))).toEqual({ kind: 'DeviceNotFound' });
    }
    expect(world.devices).toEqual([]);
    expect(world.factors.deviceOrder).toEqual([]);
  });

  it('a blocked and locked one too', async () => {
    const world = new World();
    world.setRules({ failureCount: 1, coolDown: minutes(5) });
    const device = await world.pending();
    await world.activate(device, wrong(world.code(device)));
    granted(await world.service.block(at(device)));
    granted(await world.service.delete(at(device)));
  });
});

describe('whose device it is (SEC-42, SEC-43)', () => {
  it("an unknown device, an unknown user and another environment's are told by the path alone", async () => {
    const world = new World();
    const device = await world.active();
    expect(refused(await world.service.read(at({ id: NOBODY })))).toEqual({ kind: 'DeviceNotFound' });
    const stranger = { environmentId: ENVIRONMENT, userId: NOBODY };
    const calls = [
      world.service.read({ ...stranger, deviceId: device.id }),
      world.service.list(stranger),
      world.service.reorder(stranger, [device.id]),
      world.service.removeOrder(stranger),
      world.service.delete({ ...stranger, deviceId: device.id }),
    ];
    for (const call of calls) expect(refused(await call)).toEqual({ kind: 'UserNotFound' });
    expect(refused(await world.service.read({ ...at(device), environmentId: NOBODY }))).toEqual({
      kind: 'EnvironmentNotFound',
      environmentId: NOBODY,
    });
  });
});

describe('events (20 §18.2)', () => {
  it('name environment, user, device and type, and never a contact or a code (SEC-71)', async () => {
    const world = new World();
    const device = await world.pending();
    const code = world.code(device);
    await world.activate(device, wrong(code));
    granted(await world.activate(device, code));
    granted(await world.service.reorder(OWNER, [device.id]));
    granted(await world.service.delete(at(device)));
    for (const event of world.events) {
      expect(event).toMatchObject({ environmentId: ENVIRONMENT, userId: USER });
      if (event.type.startsWith('DEVICE.')) expect(event).toMatchObject({ deviceId: device.id });
      const text = JSON.stringify(event.detail ?? {});
      expect(text).not.toContain(code);
      expect(text).not.toContain('5551001');
    }
  });

  it('a refusal without a verdict and a call that changes nothing report nothing', async () => {
    const world = new World();
    const device = await world.active();
    const before = world.events.length;
    await world.activate(device, '123456');
    await world.service.unlock(at(device));
    await world.service.delete(at({ id: NOBODY }));
    expect(world.events).toHaveLength(before);
  });
});
