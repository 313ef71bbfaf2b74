import type { OathTokenRejection } from '../../devices/oath/rejection.js';
import { unreachable } from '../../kernel/outcome.js';
import {
  environmentNotFound,
  invalid,
  invalidCursor,
  invalidData,
  invalidOtp,
  notFound,
  requestFailed,
  taken,
  type WireError,
} from '../errors.js';
import { RESYNC_UNFINISHED } from './devices.js';

/** What a peer is told when hardware tokens refuse (wire: `20` §9, §17.3). */
export function oathTokenError(rejection: OathTokenRejection): WireError {
  switch (rejection.kind) {
    case 'EnvironmentNotFound':
      return environmentNotFound(rejection.environmentId);
    case 'TokenNotFound':
    case 'JobNotFound':
    case 'PairingMoved':
      return notFound();
    case 'SerialNumberTaken':
      return invalidData(taken('serialNumber', rejection.existingId));
    case 'TooManyTokens':
      return requestFailed({
        code: 'LIMIT_EXCEEDED',
        message: 'Maximum allowed OATH tokens has been reached',
        innerError: { maximumAllowed: rejection.maximumAllowed },
      });
    case 'CursorInvalid':
      return invalidCursor();
    case 'OtpMalformed':
      return invalidData(invalid('otps', `must have ${rejection.length} digits each`));
    case 'OtpMismatch':
      return invalidData({ ...invalidOtp(rejection.attemptsRemaining), target: 'otps' });
    case 'ResyncUnfinished':
      return requestFailed({ ...RESYNC_UNFINISHED, target: 'otps' });
    case 'DeviceLocked':
      return requestFailed({
        code: 'LIMIT_EXCEEDED',
        target: 'otps',
        message: 'Maximum number of OTP attempts has been reached.',
        ...(rejection.expiresAt === undefined ? {} : { innerError: { coolDownExpiresAt: rejection.expiresAt } }),
      });
    default:
      return unreachable(rejection);
  }
}
