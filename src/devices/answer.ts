import type { BusinessEvent } from '../events.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import type { UserFactors } from '../platform/model.js';
import type { Decided, Decision, Write } from '../storage/port.js';
import type { Device } from './model.js';
import type { DeviceRejection } from './rejection.js';

/** What a decision says: the result for the caller, and what to report once it is durable. */
export interface Verdict<T> {
  readonly result: Outcome<T, DeviceRejection>;
  readonly events: readonly BusinessEvent[];
}

export type DeviceDecision<T> = Decision<Verdict<T>>;
/** One that needs nothing but what every load of a device brings. */
export type DeviceDecided<T> = Decided<Verdict<T>>;

const NOTHING: readonly never[] = [];

export function refuse(
  rejection: DeviceRejection,
  writes: readonly Write[] = NOTHING,
  events: readonly BusinessEvent[] = NOTHING,
): DeviceDecided<never> {
  return { writes, outcome: { result: reject(rejection), events } };
}

export function grant<T>(
  value: T,
  writes: readonly Write[] = NOTHING,
  events: readonly BusinessEvent[] = NOTHING,
): DeviceDecided<T> {
  return { writes, outcome: { result: accept(value), events } };
}

/** A device's row never changes without its user's factors, whose version guards it (`design.md` §3). */
export function putDevice(factors: UserFactors, device: Device): readonly Write[] {
  return [
    { kind: 'update', entity: 'factors', value: factors },
    { kind: 'put', entity: 'device', value: device },
  ];
}

/** Event types of `20` §18.2 that this module emits. */
export type DeviceEvent =
  | 'DEVICE.CREATED'
  | 'DEVICE.ACTIVATED'
  | 'DEVICE.ACTIVATION_OTP_INVALID'
  | 'DEVICE.ACTIVATION_OTP_FAILED'
  | 'DEVICE.ACTIVATION_FAILED'
  | 'DEVICE.PAIRING_FAILED_COMPROMISED'
  | 'DEVICE.BLOCKED'
  | 'DEVICE.UNBLOCKED'
  | 'DEVICE.LOCKED'
  | 'DEVICE.UNLOCKED'
  | 'DEVICE.NICKNAME_UPDATED'
  | 'DEVICE.DELETED'
  | 'NOTIFICATION.CREATED'
  | 'USER.FAILURES_EXCEEDED'
  | 'USER.LOCKED';

/** What happened to a device; never a code or a contact (SEC-71). */
export function eventOf(
  { environmentId, userId, id, type: deviceType }: Device,
  type: DeviceEvent,
  detail: BusinessEvent['detail'] = {},
): BusinessEvent {
  return { type, environmentId, userId, deviceId: id, detail: { deviceType, ...detail } };
}

/** What happened to a user's device order (`20` §12). */
export function orderEvent(
  { environmentId, userId }: UserFactors,
  change: 'CREATED' | 'UPDATED' | 'DELETED',
): BusinessEvent {
  return { type: `DEVICES.ORDER_${change}` as const, environmentId, userId };
}
