import type { AuthenticationRejection } from '../../authentication/rejection.js';
import type { Instant } from '../../kernel/clock.js';
import { unreachable } from '../../kernel/outcome.js';
import {
  type ErrorDetail,
  invalid,
  invalidData,
  invalidOtp,
  notFound,
  requestFailed,
  type WireError,
  wireError,
} from '../errors.js';
import { REMEMBERS_NOTHING } from './devices.js';
import { COUNTRY_REFUSED, NOTIFICATIONS_POLICY_UNKNOWN, NUMBER_REFUSED, sendRefused } from './sends.js';

/** What a peer is told when a device authentication refuses (wire: `10` §9.8, §15). */
export function authenticationError(rejection: AuthenticationRejection): WireError {
  switch (rejection.kind) {
    case 'NotFound':
      return notFound();
    case 'PolicyUnknown':
      return invalidData(invalid('policy.id', 'must be the id of a device authentication policy of this environment'));
    case 'NotificationsPolicyUnknown':
      return invalidData(NOTIFICATIONS_POLICY_UNKNOWN);
    case 'NotRemembering':
      return invalidData(invalid('policy.id', REMEMBERS_NOTHING));
    case 'ApplicationUnknown':
      return invalidData(invalid('application.id', 'must be the id of an application of this environment'));
    case 'DeviceNotEligible':
      // One text for every reason: it does not tell an unknown device from another user's (SEC-42).
      return invalidData(
        invalid(
          rejection.during === 'create' ? 'selectedDevice.id' : 'device.id',
          'must be the id of a device that the user can authenticate with now',
        ),
      );
    case 'OneTimeTypeRefused':
      return invalidData(invalid('selectedDevice.oneTime.type', 'is not enabled'));
    case 'OneTimeTestModeRefused':
      return invalidData(invalid('selectedDevice.oneTime.testMode', 'is not allowed in this environment'));
    case 'NumberRefused':
      return invalidData(invalid('selectedDevice.oneTime.phone', NUMBER_REFUSED));
    case 'CountryRefused':
      return invalidData(
        invalid(rejection.selected === 'device' ? 'phone' : 'selectedDevice.oneTime.phone', COUNTRY_REFUSED),
      );
    case 'NoContent':
      // Released clients look for this text (`10` §13A).
      return invalidData({ code: 'INVALID_VALUE', message: 'Could not find suitable content.' });
    case 'NoPasscodeDevice':
      // No comparison took place, so no attempts are told.
      return invalidData({ ...invalidOtp(), message: 'Invalid OTP provided.' });
    case 'SendRefused':
      return requestFailed(sendRefused(rejection));
    case 'WrongState':
      return wrongState(rejection);
    case 'AccountNotUsable':
      return requestFailed({ code: 'ACCOUNT_NOT_USABLE', message: "The user's account can't be used." });
    case 'DeviceLocked':
      return requestFailed(deviceLocked(rejection));
    case 'DeviceUnusable':
      return requestFailed({
        code: 'CONSTRAINT_VIOLATION',
        target: rejection.selected === 'device' ? 'selectedDevice.id' : 'selectedDevice.oneTime.type',
        message: "The selected device can't be used.",
      });
    case 'OneTimeCeiling':
      return requestFailed({ code: 'LIMIT_EXCEEDED', message: 'Too many incorrect passcodes.' });
    case 'CodeDead':
      return invalidData(
        rejection.expired ? { ...invalidOtp(), message: 'The OTP has expired. Request a new one.' } : invalidOtp(),
      );
    case 'OtpMalformed':
      return invalidData(invalid('otp', `must have ${rejection.length} digits`));
    case 'AssertionMalformed':
      return invalidData(invalid('assertion', 'must be the JSON text of a credential'));
    case 'AssertionRefused':
      // Released clients branch on this code and offer the choice again (`10` §11.4).
      return invalidData({ code: 'CONSTRAINT_VIOLATION', target: 'assertion', message: 'The assertion was refused.' });
    case 'UserRequired':
      return invalidData(invalid('user.id', USER_REQUIRED[rejection.reason]));
    case 'RecoveryLocked':
      return requestFailed({ ...deviceLocked(rejection), message: 'The recovery codes are locked.' });
    case 'NoRecoveryCodes':
      return invalidData(invalid('code', 'the user has no recovery codes'));
    case 'RecoveryMismatch':
      return invalidData({
        ...invalidOtp(rejection.attemptsRemaining),
        target: 'code',
        message: 'Invalid recovery code provided.',
      });
    case 'OtpMismatch':
      return invalidData(invalidOtp(rejection.attemptsRemaining));
    default:
      return unreachable(rejection);
  }
}

const USER_REQUIRED = {
  METHOD_DISABLED: 'must be given: FIDO2 is not enabled in the policy',
  NOT_DISCOVERABLE: 'must be given: the FIDO policy makes no discoverable credentials',
  DEVICE_NAMED: 'must be given with selectedDevice or a passcode',
} as const;

/** ERR-STATE: the detail code is deliberate, clients that branch on it offer another method (`10` §15.4). */
function wrongState({ command, status }: Extract<AuthenticationRejection, { kind: 'WrongState' }>): WireError {
  return wireError(
    'INVALID_REQUEST',
    [
      {
        code: 'CONSTRAINT_VIOLATION',
        target: 'status',
        message: `${command} isn't allowed when status is ${status}.`,
      },
    ],
    { message: "The request could not be completed. The requested action isn't allowed in the current status." },
  );
}

function deviceLocked({ expiresAt }: { readonly expiresAt?: Instant }): ErrorDetail {
  return {
    code: 'LIMIT_EXCEEDED',
    message: 'The device is locked.',
    ...(expiresAt === undefined ? {} : { innerError: { coolDownExpiresAt: expiresAt } }),
  };
}
