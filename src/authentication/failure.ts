import type { DeviceId } from '../devices/model.js';
import type { UserId } from '../platform/model.js';
import type { FlowError, SelectedDevice, StateOf } from './model.js';

const MESSAGES: Record<Exclude<FlowError['code'], 'NO_USABLE_DEVICES'>, string> = {
  USER_DISABLED: 'The user is disabled.',
  VERIFICATION_REQUIRED: 'The account is not verified yet.',
  ACCOUNT_LOCKED_OUT: "The user's account is locked.",
  MFA_DISABLED: 'Multi-factor authentication is disabled for the user.',
  OTP_ATTEMPTS_LIMIT: 'The number of incorrect passcodes reached the limit.',
  ASSERTION_ATTEMPTS_LIMIT: 'The number of refused assertions reached the limit.',
  REMEMBERED_DEVICE_NOT_FOUND: 'The browser is not remembered.',
  AUTHENTICATION_CANCELED: 'The authentication was canceled.',
};

/** `error` of a `FAILED` flow (`10` §15.3); its text is for people. */
export function flowError(code: keyof typeof MESSAGES): FlowError {
  return { code, message: MESSAGES[code] };
}

/** The documented form; `unavailableDevices` names those that only a lock keeps from use, `[]` when there is none (`10` §4.2). */
export function noUsableDevices(userId: UserId, unavailableDevices: readonly DeviceId[]): FlowError {
  return {
    code: 'NO_USABLE_DEVICES',
    message: `Couldn't find authenticating device for user: ${userId}`,
    unavailableDevices,
  };
}

/** Whatever was selected stays visible. */
export function failed(error: FlowError, selected: SelectedDevice | undefined): StateOf<'FAILED'> {
  return { status: 'FAILED', ...(selected ? { selected } : {}), error };
}
