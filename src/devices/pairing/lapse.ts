import type { AuditEvent } from '../../audit/record.js';
import type { Instant } from '../../kernel/clock.js';
import type { Decided, Plan, Snapshot } from '../../storage/port.js';
import { leavesBehind, leftBehind } from '../counting/leftover.js';
import { isLapsed } from '../eligibility.js';
import type { Device } from '../model.js';

/** What the end of a lapsed device must see; `undefined`: it leaves nothing, and its row may go without a unit of its own. */
export function lapsePlan(device: Device, now: Instant): Plan | undefined {
  const { environmentId, userId, lookupKey } = device;
  if (lookupKey === undefined || !leavesBehind(device, now)) return undefined;
  return { environmentId, user: userId, destination: lookupKey };
}

/** `20` §18.2: deleted, also by automatic clean-up. */
export function lapseEvent({ environmentId, userId, id }: Pick<Device, 'environmentId' | 'userId' | 'id'>): AuditEvent {
  return { type: 'DEVICE.DELETED', environmentId, userId, deviceId: id, detail: { lapsed: true } };
}

/**
 * Removes a pending device whose day has passed, and leaves its run of failures and its lock with its contact, as a deletion does:
 * to wait for the sweeper gives no attempt back (`20` §3.1, SEC-12). Whether it was still there.
 */
export function lapse(snapshot: Snapshot, { id }: Pick<Device, 'id'>): Decided<boolean> {
  const { now, factors, devices, destination } = snapshot;
  const device = devices.find((one) => one.id === id && isLapsed(one, now));
  if (!factors || !device) return { writes: [], outcome: false };
  const left = destination && leftBehind(destination, device, now);
  const { environmentId } = device;
  return {
    writes: [
      { kind: 'update', entity: 'factors', value: factors },
      { kind: 'delete', entity: 'device', value: device },
      ...(left ? [{ kind: 'update', entity: 'destination', value: left } as const] : []),
      {
        kind: 'append',
        entity: 'audit',
        value: { environmentId, at: now, by: {}, events: [lapseEvent(device)] },
      },
    ],
    outcome: true,
  };
}
