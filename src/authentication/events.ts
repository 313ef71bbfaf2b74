import type { BusinessEvent } from '../events.js';
import type { DeviceAuthentication } from './model.js';

/** Event types of `10` §16 that this module emits. */
export type AuthenticationEvent =
  | 'AUTHENTICATION.CREATED'
  | 'AUTHENTICATION.UPDATED'
  | 'OTP.CHECK_SUCCESS'
  | 'OTP.CHECK_INVALID'
  | 'OTP.CHECK_FAILED'
  | 'ASSERTION.CHECK_SUCCESS'
  | 'ASSERTION.CHECK_FAILED'
  | 'DEVICE_PAYLOAD.CHECK_SUCCESS'
  | 'DEVICE_PAYLOAD.CHECK_INVALID'
  | 'RECOVERY_CODE.CHECK_SUCCESS'
  | 'RECOVERY_CODE.CHECK_FAILED'
  | 'DEVICE.WEBAUTHN_UPDATED'
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
  return {
    type,
    environmentId: flow.environmentId,
    userId: flow.userId,
    deviceId: selected?.kind === 'device' ? selected.id : undefined,
    deviceAuthenticationId: flow.id,
    detail: selected ? { deviceType: selected.type, ...detail } : detail,
  };
}
