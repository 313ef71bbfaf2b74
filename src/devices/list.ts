import type { EnvironmentId, UserFactors } from '../platform/model.js';
import type { Snapshot, Write } from '../storage/port.js';
import { type DeviceDecided, type DeviceDecision, grant, orderEvent, refuse } from './answer.js';
import { type ManagedDevice, managed } from './managed.js';
import type { DeviceId } from './model.js';
import { type DeviceOrder, inListOrder, reordered } from './order.js';
import { findUser, type Subject } from './subject.js';

/** A user's devices as a list shows them (`20` §4.1). */
export interface DeviceList {
  readonly devices: readonly ManagedDevice[];
  readonly order: DeviceOrder;
}

export interface ReorderCommand {
  readonly environmentId: EnvironmentId;
  readonly order: readonly DeviceId[];
}

export function listDevices(snapshot: Snapshot, environmentId: EnvironmentId): DeviceDecided<DeviceList> {
  const found = findUser(snapshot, environmentId);
  return found.ok ? grant(listOf(found.value, found.value.factors)) : refuse(found.rejection);
}

/** Sets the order; its first is the default device (`20` §12). */
export function reorderDevices(snapshot: Snapshot, command: ReorderCommand): DeviceDecision<DeviceList> {
  const found = findUser(snapshot, command.environmentId);
  if (!found.ok) return refuse(found.rejection);
  const { factors, devices } = found.value;
  const deviceOrder = reordered(factors.deviceOrder, command.order, devices);
  if (!deviceOrder) return refuse({ kind: 'OrderInvalid' });
  const after: UserFactors = { ...factors, deviceOrder };
  const change = factors.deviceOrder === null ? 'CREATED' : 'UPDATED';
  return grant(listOf(found.value, after), [updated(after)], [orderEvent(after, change)]);
}

/** The user has no default device any more and is asked each time (`20` §12). */
export function removeDeviceOrder(snapshot: Snapshot, environmentId: EnvironmentId): DeviceDecision<undefined> {
  const found = findUser(snapshot, environmentId);
  if (!found.ok) return refuse(found.rejection);
  const { factors } = found.value;
  if (factors.deviceOrder === null) return grant(undefined);
  const after: UserFactors = { ...factors, deviceOrder: null };
  return grant(undefined, [updated(after)], [orderEvent(after, 'DELETED')]);
}

const updated = (factors: UserFactors): Write => ({ kind: 'update', entity: 'factors', value: factors });

function listOf({ devices, now }: Subject, factors: UserFactors): DeviceList {
  return {
    devices: inListOrder(factors.deviceOrder, devices).map((device) => managed(device, factors, now)),
    order: factors.deviceOrder,
  };
}
