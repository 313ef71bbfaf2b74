import type { EnvironmentId, UserFactors } from '../platform/model.js';
import type { Snapshot, Write } from '../storage/port.js';
import {
  type DeviceDecided,
  type DeviceDecision,
  type DeviceEvent,
  eventOf,
  grant,
  putDevice,
  refuse,
} from './answer.js';
import { browserIn, forgetBrowser } from './browsers/decide.js';
import { leftBehind } from './counting/leftover.js';
import { lockOf } from './eligibility.js';
import { type ManagedDevice, managed } from './managed.js';
import type { Device, DeviceId } from './model.js';
import { withoutToken } from './oath/pair.js';
import { withoutDeleted } from './order.js';
import type { DeviceRejection } from './rejection.js';
import { type DeviceSubject, findDevice } from './subject.js';

/** A command that needs nothing but the device it is for. */
export interface DeviceCommand {
  readonly environmentId: EnvironmentId;
  readonly deviceId: DeviceId;
}

export function readDevice(
  snapshot: Snapshot,
  { environmentId, deviceId }: DeviceCommand,
): DeviceDecided<ManagedDevice> {
  const found = findDevice(snapshot, environmentId, deviceId);
  if (!found.ok) return refuse(found.rejection);
  const { device, factors, now } = found.value;
  return grant(managed(device, factors, now));
}

/** Kept out of authentication and activation until it is unblocked; its place in the order stays (`20` §11). */
export function blockDevice(snapshot: Snapshot, command: DeviceCommand): DeviceDecision<ManagedDevice> {
  return changeDevice(snapshot, command, ({ device, now }) =>
    device.blockedAt === undefined
      ? { device: { ...device, blockedAt: now, updatedAt: now }, events: ['DEVICE.BLOCKED'] }
      : undefined,
  );
}

export function unblockDevice(snapshot: Snapshot, command: DeviceCommand): DeviceDecision<ManagedDevice> {
  return changeDevice(snapshot, command, ({ device, now }) => {
    const { blockedAt, ...rest } = device;
    return blockedAt === undefined ? undefined : { device: { ...rest, updatedAt: now }, events: ['DEVICE.UNBLOCKED'] };
  });
}

/** Ends the lock and the run of failures, and the ceiling of the device's type (`20` §11, `10` §9.3). Codes it killed stay dead. */
export function unlockDevice(snapshot: Snapshot, command: DeviceCommand): DeviceDecision<ManagedDevice> {
  return changeDevice(snapshot, command, ({ device, factors, now }) => {
    const { lock: _, failures, ...rest } = device;
    const { [device.type]: failuresOfType, ...ceilings } = factors.ceilings;
    const isLocked = lockOf(device, factors, now) !== undefined;
    if (!isLocked && !failures && failuresOfType === undefined) return undefined;
    return {
      device: { ...rest, updatedAt: now },
      factors: { ...factors, ceilings },
      events: isLocked ? ['DEVICE.UNLOCKED'] : [],
    };
  });
}

export interface RenameCommand extends DeviceCommand {
  /** Empty: none (`20` §13.1). */
  readonly nickname: string;
}

export function renameDevice(snapshot: Snapshot, command: RenameCommand): DeviceDecision<ManagedDevice> {
  return changeDevice(snapshot, command, ({ device, now }) => {
    const { nickname, ...rest } = device;
    if ((nickname ?? '') === command.nickname) return undefined;
    const named = command.nickname === '' ? {} : { nickname: command.nickname };
    return { device: { ...rest, ...named, updatedAt: now }, events: ['DEVICE.NICKNAME_UPDATED'] };
  });
}

/** Logs are asked of the app of a mobile device, a type this server does not offer (`20` §13.2). */
export function requestLogs(snapshot: Snapshot, { environmentId, deviceId }: DeviceCommand): DeviceRejection {
  const found = findDevice(snapshot, environmentId, deviceId);
  return found.ok ? { kind: 'NoLogs' } : found.rejection;
}

/**
 * Removes a device of any status, with its pending code. Flows that selected it find out when they are next touched; its failures and
 * lock stay with the contact (`20` §13.3, SEC-12). The snapshot's destination is the device's contact, its
 * hardware token that of the device. A remembered browser goes by the same call (`20` §13.3).
 */
export function deleteDevice(
  snapshot: Snapshot,
  { environmentId, deviceId }: DeviceCommand,
): DeviceDecision<undefined> {
  const browser = browserIn(snapshot, deviceId);
  if (browser) return forgetBrowser(browser);
  const found = findDevice(snapshot, environmentId, deviceId);
  if (!found.ok) return refuse(found.rejection);
  const { device, devices, factors, now } = found.value;
  const remaining = devices.filter(({ id }) => id !== device.id);
  const deviceOrder =
    device.status === 'ACTIVE' ? withoutDeleted(factors.deviceOrder, device.id, remaining) : factors.deviceOrder;
  const left = snapshot.destination && leftBehind(snapshot.destination, device, now);
  const writes: Write[] = [
    { kind: 'update', entity: 'factors', value: { ...factors, deviceOrder } },
    { kind: 'delete', entity: 'device', value: device },
  ];
  if (left) writes.push({ kind: 'update', entity: 'destination', value: left });
  writes.push(...withoutToken(device, snapshot));
  return grant(undefined, writes, [eventOf(device, 'DEVICE.DELETED')]);
}

interface Change {
  readonly device: Device;
  readonly factors?: UserFactors;
  readonly events: readonly DeviceEvent[];
}

/** Applies a change to a device; one that changes nothing is granted and writes nothing (`20` §11: idempotent). */
function changeDevice(
  snapshot: Snapshot,
  { environmentId, deviceId }: DeviceCommand,
  change: (subject: DeviceSubject) => Change | undefined,
): DeviceDecision<ManagedDevice> {
  const found = findDevice(snapshot, environmentId, deviceId);
  if (!found.ok) return refuse(found.rejection);
  const { device, factors, now } = found.value;
  const changed = change(found.value);
  if (!changed) return grant(managed(device, factors, now));
  const after = changed.factors ?? factors;
  return grant(
    managed(changed.device, after, now),
    putDevice(after, changed.device),
    changed.events.map((type) => eventOf(changed.device, type)),
  );
}
