import type { UserFactors } from '../platform/model.js';
import { inDeviceOrder } from './eligibility.js';
import type { Device, DeviceId } from './model.js';

/** Ids of the active devices, the default first; `null`: the user has none (`20` §12). */
export type DeviceOrder = UserFactors['deviceOrder'];

/** A device became active: last in the order; without an order it stays outside until one is set (`20` §12). */
export function withActivated(order: DeviceOrder, id: DeviceId): DeviceOrder {
  return order && [...order.filter((other) => other !== id), id];
}

/**
 * An active device is gone: when it was the default, the second one is now. Without an order, ordering starts again by itself
 * once at most one active device is left (`20` §12).
 */
export function withoutDeleted(order: DeviceOrder, id: DeviceId, remaining: readonly Device[]): DeviceOrder {
  if (order) return order.filter((other) => other !== id);
  const active = inDeviceOrder(remaining, null);
  return active.length <= 1 ? active.map((device) => device.id) : null;
}

/**
 * The order as asked for, active devices that it leaves out appended as they stood; `undefined` when it is empty, names a device
 * twice, or names one that is not an active device of the user (`20` §12).
 */
export function reordered(
  order: DeviceOrder,
  asked: readonly DeviceId[],
  devices: readonly Device[],
): readonly DeviceId[] | undefined {
  const active = inDeviceOrder(devices, order).map(({ id }) => id);
  if (asked.length === 0 || new Set(asked).size < asked.length) return undefined;
  if (asked.some((id) => !active.includes(id))) return undefined;
  return [...asked, ...active.filter((id) => !asked.includes(id))];
}

/**
 * The order of a list (`20` §4.1): the user's order first, the default at its head, then what is outside it; without an order all by
 * creation. `devices` come by creation.
 */
export function inListOrder(order: DeviceOrder, devices: readonly Device[]): readonly Device[] {
  if (!order) return devices;
  const active = inDeviceOrder(devices, order);
  return [...active, ...devices.filter((device) => !active.includes(device))];
}
