import type { BusinessEvent } from '../events.js';
import type { DeviceAuthentication } from './model.js';

/** Event types of `10` §16 that this module emits. */
export type AuthenticationEvent =
  | 'AUTHENTICATION.CREATED'
  | 'AUTHENTICATION.UPDATED'
  | 'OTP.CHECK_SUCCESS'
  | 'OTP.CHECK_INVALID'
  | 'OTP.CHECK_FAILED'
  | 'NOTIFICATION.CREATED'
  | 'DEVICE.LOCKED'
  | 'DEVICE.UNLOCKED'
  | 'USER.FAILURES_EXCEEDED'
  | 'USER.LOCKED';

/** What happened to a flow, with the device it concerns, if any; never a code or a contact (SEC-71). */
export function eventOf(
  flow: DeviceAuthentication,
  type: AuthenticationEvent,
  detail?: BusinessEvent['detail'],
): BusinessEvent {
  const { selected } = flow.state;
  const factor = selected ? { deviceType: selected.type } : undefined;
  return {
    type,
    environmentId: flow.environmentId,
    userId: flow.userId,
    ...(selected?.kind === 'device' ? { deviceId: selected.id } : {}),
    deviceAuthenticationId: flow.id,
    ...(factor || detail ? { detail: { ...factor, ...detail } } : {}),
  };
}
