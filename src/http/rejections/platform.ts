import { unreachable } from '../../kernel/outcome.js';
import type { Unmet } from '../../platform/passwords/password-strength.js';
import type { PlatformRejection } from '../../platform/rejection.js';
import {
  type ErrorDetail,
  environmentNotFound,
  invalid,
  invalidCursor,
  invalidData,
  notFound,
  requestFailed,
  taken,
  tooLong,
  type WireError,
} from '../errors.js';

/** What a peer is told when the platform refuses (wire: `00` §4). */
export function platformError(rejection: PlatformRejection): WireError {
  switch (rejection.kind) {
    case 'EnvironmentNotFound':
      return environmentNotFound(rejection.environmentId);
    case 'UserNotFound':
    case 'GroupNotFound':
      return notFound();
    case 'GroupUnknown':
      return invalidData(invalid('id', 'must be the id of a group of this environment'));
    case 'MembershipDerived':
      return requestFailed({
        code: 'CONSTRAINT_VIOLATION',
        message: 'It is in the group by a filter or another group.',
      });
    case 'GroupInItself':
      return invalidData(invalid('id', 'must be the id of another group'));
    case 'GroupOfElsewhere':
      return invalidData(invalid('id', 'must be the id of a group of the environment, or of the same population'));
    case 'TooManyHoldingGroups':
      return requestFailed({
        code: 'LIMIT_EXCEEDED',
        message: `There can be at most ${rejection.maximum}`,
        innerError: { maximumAllowed: rejection.maximum },
      });
    case 'GroupNameTaken':
      return invalidData(taken('name', rejection.holder));
    case 'PopulationUnknown':
      return invalidData(invalid(rejection.target, 'must be the id of a population of this environment'));
    case 'ProviderUnknown':
      return invalidData(invalid(rejection.target, 'must be the id of an identity provider of this environment'));
    case 'UsernameTaken':
      return invalidData(taken('username', rejection.holder));
    case 'ProfileTooLarge':
      return invalidData(tooLong(rejection.attribute, rejection.maximum));
    case 'AccountNotUsable':
      return requestFailed({ code: 'ACCOUNT_NOT_USABLE', message: 'The account is disabled, locked or not verified.' });
    case 'NoPassword':
      return invalidData({ code: 'NO_PASSWORD', message: 'The user has no password.' });
    case 'PasswordLocked':
      return requestFailed({ code: 'LIMIT_EXCEEDED', message: 'Too many wrong passwords: the password is locked.' });
    case 'PasswordWrong':
      return invalidData(invalid(rejection.target, 'is not the password of the user'));
    case 'PasswordUnacceptable':
      return invalidData(unacceptable(rejection.target, rejection.unmet));
    case 'PasswordMoved':
      return requestFailed({ code: 'CONSTRAINT_VIOLATION', message: 'The password was changed meanwhile.' });
    case 'UnlockTimePast':
      return invalidData(invalid('unlockAt', 'must be in the future'));
    case 'CursorInvalid':
      return invalidCursor();
    default:
      return unreachable(rejection);
  }
}

/** Released clients look for these two texts, and for the names in `unsatisfiedRequirements`. */
const unacceptable = (target: string, unmet: readonly Unmet[]): ErrorDetail => ({
  code: 'INVALID_VALUE',
  target,
  message: `${target === 'newPassword' ? 'New' : 'User'} password did not satisfy password policy requirements`,
  innerError: {
    unsatisfiedRequirements: unmet.map(({ requirement }) => requirement),
    ...Object.fromEntries(unmet.map(({ requirement, message }) => [requirement, message])),
  },
});
