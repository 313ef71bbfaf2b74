import type { Closed, DeviceRejection } from '../../devices/rejection.js';
import { unreachable } from '../../kernel/outcome.js';
import {
  type ErrorDetail,
  environmentNotFound,
  invalid,
  invalidData,
  invalidOtp,
  notFound,
  requestFailed,
  taken,
  type WireError,
} from '../errors.js';
import { invalidFields } from './fields.js';
import { COUNTRY_REFUSED, NOTIFICATIONS_POLICY_UNKNOWN, NUMBER_REFUSED, sendRefused } from './sends.js';

/** What a peer is told when devices refuse (wire: `20` §17). */
export function deviceError(rejection: DeviceRejection): WireError {
  switch (rejection.kind) {
    case 'EnvironmentNotFound':
      return environmentNotFound(rejection.environmentId);
    case 'UserNotFound':
    case 'DeviceNotFound':
      return notFound();
    case 'Invalid':
      return invalidFields(rejection.problems);
    case 'PolicyUnknown':
      return invalidData(invalid('policy.id', 'must be the id of a device authentication policy of this environment'));
    case 'NotificationsPolicyUnknown':
      return invalidData(NOTIFICATIONS_POLICY_UNKNOWN);
    case 'NotRemembering':
      return invalidData(invalid('policy.id', REMEMBERS_NOTHING));
    case 'StatusNotAllowed':
      return invalidData(invalid('status', 'is not allowed for this caller', rejection.allowed));
    case 'PairingClosed':
      return rejection.at === 'creation'
        ? invalidData(invalid('type', CLOSED[rejection.reason]))
        : constraint('type', `The device's type ${CLOSED[rejection.reason]}`);
    case 'TestModeRefused':
      return invalidData(invalid('testMode', 'is not allowed in this environment'));
    case 'ExtensionRefused':
      return invalidData(invalid('extension', 'phone extensions are not enabled in the MFA settings'));
    case 'NumberRefused':
      return invalidData(invalid('phone', NUMBER_REFUSED));
    case 'CountryRefused':
      return invalidData(invalid('phone', COUNTRY_REFUSED));
    case 'ContactTaken':
      return invalidData(taken(rejection.field, rejection.existingId));
    case 'NoContent':
      // Released clients look for this text (`10` §13A).
      return invalidData({ code: 'INVALID_VALUE', message: 'Could not find suitable content.' });
    case 'TooManyDevices':
      return requestFailed(tooMany(rejection));
    case 'SendRefused':
      return requestFailed(sendRefused(rejection));
    case 'AlreadyActive':
      return constraint('status', 'Device is already active');
    case 'AccountNotUsable':
      return requestFailed({ code: 'ACCOUNT_NOT_USABLE', message: "The user's account can't be used." });
    case 'DeviceBlocked':
      return constraint('block.status', 'Device is blocked');
    case 'DeviceLocked':
      return requestFailed(attemptsUsedUp(rejection));
    case 'CredentialTaken':
      return invalidData(invalid('attestation', 'is of a credential that is registered already'));
    case 'CodeDead':
      return invalidData(invalidOtp());
    case 'OtpMismatch':
      return invalidData(invalidOtp(rejection.attemptsRemaining));
    case 'ResyncUnfinished':
      return requestFailed(RESYNC_UNFINISHED);
    case 'TokenTaken':
      return invalidData(taken('serialNumber'));
    case 'OrderInvalid':
      return invalidData(invalid('order', 'must name active devices of the user, at least one and each once'));
    case 'NothingToSend':
      return constraint('type', "The device's type has no pairing code that could be sent");
    case 'NoLogs':
      return invalidData(invalid('type', 'devices of this type have no logs'));
    default:
      return unreachable(rejection);
  }
}

/** Of a policy without `rememberMe.web.enabled` (`20` §16, `10` §14). */
export const REMEMBERS_NOTHING = 'must be the id of a policy with rememberMe.web.enabled';

/** Asks for the next code of a hardware token (`20` §9.4). */
export const RESYNC_UNFINISHED: ErrorDetail = {
  code: 'OATH_RESYNC_REQUIRED',
  message: 'Additional OTP is required to complete the resync',
  target: 'otp',
};

const CLOSED: Record<Closed, string> = {
  METHOD_DISABLED: 'is not enabled in the policy',
  PAIRING_DISABLED: 'cannot be paired under the policy',
  NOT_DELIVERABLE: 'has no gateway by which a passcode could be sent',
};

const constraint = (target: string, message: string): WireError =>
  requestFailed({ code: 'CONSTRAINT_VIOLATION', target, message });

type Of<K extends DeviceRejection['kind']> = Extract<DeviceRejection, { readonly kind: K }>;

/** The documented form, to the letter (`20` §17.2). */
function tooMany({ of, maximumAllowed }: Of<'TooManyDevices'>): ErrorDetail {
  return {
    code: 'LIMIT_EXCEEDED',
    message:
      of === 'ACTIVE'
        ? 'Maximum allowed devices has been reached'
        : 'Maximum allowed devices awaiting activation has been reached',
    innerError: { maximumAllowed },
  };
}

function attemptsUsedUp({ expiresAt }: Of<'DeviceLocked'>): ErrorDetail {
  return {
    code: 'LIMIT_EXCEEDED',
    target: 'otp',
    message: 'Maximum number of OTP attempts has been reached.',
    ...(expiresAt === undefined ? {} : { innerError: { coolDownExpiresAt: expiresAt } }),
  };
}
