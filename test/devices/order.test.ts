import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PENDING_DEVICE_LIFE } from '../../src/devices/model.js';
import { minutes } from '../../src/kernel/duration.js';
import { uuidOf } from '../../src/kernel/ids.js';
import { at, granted, OWNER, refused, World, wrong } from './world.js';

const NOBODY = uuidOf('99999999-9999-4999-8999-999999999999');

async function listed(world: World): Promise<readonly string[]> {
  return granted(await world.service.list(OWNER)).devices.map(({ device }) => device.id);
}

describe('device order (20 §12)', () => {
  it('is by activation, whatever the creation', async () => {
    const world = new World();
    const late = await world.pending(1);
    const early = await world.active(2);
    granted(await world.activate(late, world.code(late)));
    expect(world.factors.deviceOrder).toEqual([early.id, late.id]);
    expect(await listed(world)).toEqual([early.id, late.id]);
  });

  it('deleting the default makes the second the default', async () => {
    const world = new World();
    const [a, b, c] = [await world.active(1), await world.active(2), await world.active(3)];
    granted(await world.service.delete(at(a)));
    expect(world.factors.deviceOrder).toEqual([b.id, c.id]);
  });

  it('can be set, and appends what it leaves out as it stood', async () => {
    const world = new World();
    const [a, b, c, d] = [await world.active(1), await world.active(2), await world.active(3), await world.active(4)];
    granted(await world.service.reorder(OWNER, [d.id, a.id, b.id, c.id]));
    const { order, devices } = granted(await world.service.reorder(OWNER, [c.id]));
    expect(order).toEqual([c.id, d.id, a.id, b.id]);
    expect(devices.map(({ device }) => device.id)).toEqual(order);
    expect(world.eventTypes().at(-1)).toBe('DEVICES.ORDER_UPDATED');
  });

  it('may name a blocked device, whose place stays its own', async () => {
    const world = new World();
    const [a, b] = [await world.active(1), await world.active(2)];
    granted(await world.service.block(at(b)));
    expect(granted(await world.service.reorder(OWNER, [b.id])).order).toEqual([b.id, a.id]);
  });

  it('must be of active devices of the user, at least one, each once', async () => {
    const world = new World();
    const [a, pending] = [await world.active(1), await world.pending(2)];
    for (const order of [[], [a.id, a.id], [pending.id], [a.id, NOBODY]]) {
      expect(refused(await world.service.reorder(OWNER, order))).toEqual({ kind: 'OrderInvalid' });
      expect(world.writes).toEqual([]);
    }
  });

  it('can be removed: no default, and newly activated devices stay outside until one is set', async () => {
    const world = new World();
    const [a, b] = [await world.active(1), await world.active(2)];
    granted(await world.service.removeOrder(OWNER));
    expect(world.factors.deviceOrder).toBeNull();
    expect(world.eventTypes().at(-1)).toBe('DEVICES.ORDER_DELETED');
    const c = await world.active(3);
    expect(world.factors.deviceOrder).toBeNull();
    expect(await listed(world)).toEqual([a.id, b.id, c.id]);
    expect(granted(await world.service.reorder(OWNER, [b.id])).order).toEqual([b.id, a.id, c.id]);
    expect(world.eventTypes().at(-1)).toBe('DEVICES.ORDER_CREATED');
  });

  it('removing it twice changes nothing', async () => {
    const world = new World();
    granted(await world.service.removeOrder(OWNER));
    granted(await world.service.removeOrder(OWNER));
    expect(world.writes).toEqual([]);
    expect(world.eventTypes().filter((type) => type === 'DEVICES.ORDER_DELETED')).toHaveLength(1);
  });

  it('starts again by itself when the user falls to one active device, or none', async () => {
    const world = new World();
    const [a, b, c] = [await world.active(1), await world.active(2), await world.active(3)];
    const pending = await world.pending(4);
    granted(await world.service.removeOrder(OWNER));
    granted(await world.service.delete(at(pending)));
    granted(await world.service.delete(at(a)));
    expect(world.factors.deviceOrder).toBeNull();
    granted(await world.service.delete(at(c)));
    expect(world.factors.deviceOrder).toEqual([b.id]);
    const d = await world.active(5);
    expect(world.factors.deviceOrder).toEqual([b.id, d.id]);
  });

  it('a list puts pending devices after the active ones, by creation', async () => {
    const world = new World();
    const [p1, a, p2] = [await world.pending(1), await world.active(2), await world.pending(3)];
    expect(await listed(world)).toEqual([a.id, p1.id, p2.id]);
    granted(await world.service.removeOrder(OWNER));
    expect(await listed(world)).toEqual([p1.id, a.id, p2.id]);
  });
});

describe('whatever is done', () => {
  type Step = { readonly act: string; readonly n: number; readonly right: boolean };
  const step = fc.record({
    act: fc.constantFrom(
      ...['create', 'create', 'pend', 'pend', 'activate', 'activate', 'activate', 'delete', 'delete'],
      ...['reorder', 'removeOrder', 'block', 'unblock', 'unlock', 'resend', 'wait', 'lapse'],
    ),
    n: fc.nat(9),
    right: fc.boolean(),
  });

  async function perform(world: World, { act, n, right }: Step): Promise<void> {
    const device = world.devices[n % Math.max(world.devices.length, 1)];
    if (act === 'create') await world.create({ type: 'EMAIL', email: `user${n}@example.org` });
    else if (act === 'pend')
      await world.create({ type: 'SMS', phone: `+1512555100${n}`, status: 'ACTIVATION_REQUIRED' });
    else if (act === 'removeOrder') await world.service.removeOrder(OWNER);
    else if (act === 'wait') world.now += minutes(n);
    else if (act === 'lapse') world.now += PENDING_DEVICE_LIFE;
    else if (!device) return;
    else if (act === 'activate' && device.type === 'SMS')
      await world.activate(device, right ? world.code(device) : wrong(world.code(device)));
    else if (act === 'delete') await world.service.delete(at(device));
    else if (act === 'reorder') await world.service.reorder(OWNER, [device.id]);
    else if (act === 'block') await world.service.block(at(device));
    else if (act === 'unblock') await world.service.unblock(at(device));
    else if (act === 'unlock') await world.service.unlock(at(device));
    else if (act === 'resend') await world.service.resendPairingCode(at(device));
  }

  it('every active device is in the order once, unless there is none, and no pending one is', async () => {
    const order = fc.array(step, { minLength: 10, maxLength: 60 });
    const reached = { null: 0, several: 0 };
    await fc.assert(
      fc.asyncProperty(order, async (steps) => {
        const world = new World();
        world.setRules({ failureCount: 2, coolDown: minutes(2) });
        for (const one of steps) {
          await perform(world, one);
          const active = world.devices.filter(({ status }) => status === 'ACTIVE').map(({ id }) => id);
          const { deviceOrder } = world.factors;
          if (deviceOrder === null) reached.null += 1;
          else {
            if (deviceOrder.length > 1) reached.several += 1;
            expect([...deviceOrder].sort()).toEqual([...active].sort());
          }
          expect(active.length).toBeLessThanOrEqual(world.settings.maxAllowedDevices);
          expect(world.devices.length).toBeLessThanOrEqual(65);
          const { devices } = granted(await world.service.list(OWNER));
          const statuses = devices.map(({ device }) => device.status).join();
          if (deviceOrder) expect(statuses).not.toMatch(/ACTIVATION_REQUIRED,ACTIVE/);
        }
      }),
      { numRuns: 150 },
    );
    // The commands above do lead somewhere.
    expect(reached.null).toBeGreaterThan(50);
    expect(reached.several).toBeGreaterThan(50);
  });

  it('between a success, a cool-down and an unlock, never more than failure.count comparisons of a contact (SEC-11, SEC-12)', async () => {
    const attempt = fc.constantFrom('wrong', 'wrong', 'wrong', 'resend', 'recreate', 'block', 'unblock');
    await fc.assert(
      fc.asyncProperty(
        fc.array(attempt, { maxLength: 40 }),
        fc.integer({ min: 1, max: 7 }),
        async (attempts, count) => {
          const world = new World();
          world.setRules({ failureCount: count, coolDown: minutes(30) });
          const phone = { type: 'SMS', phone: '+15125550101', status: 'ACTIVATION_REQUIRED' } as const;
          let device = await world.created(phone);
          let compared = 0;
          for (const one of attempts) {
            if (one === 'resend') await world.service.resendPairingCode(at(device));
            else if (one === 'block') await world.service.block(at(device));
            else if (one === 'unblock') await world.service.unblock(at(device));
            else if (one === 'recreate') {
              granted(await world.service.delete(at(device)));
              const again = await world.create(phone);
              // No code is sent while the lock runs, so nothing is created and nothing can be compared.
              if (!again.ok) break;
              device = again.value.device;
            } else {
              const outcome = await world.activate(device, wrong(world.code(device)));
              if (!outcome.ok && outcome.rejection.kind === 'OtpMismatch') {
                compared += 1;
                expect(outcome.rejection.attemptsRemaining).toBe(count - compared);
              }
            }
          }
          expect(compared).toBeLessThanOrEqual(count);
        },
      ),
      { numRuns: 200 },
    );
  });
});
