import type { AccountRejection } from '../../accounts/rejection.js';
import { unreachable } from '../../kernel/outcome.js';
import { type ErrorDetail, invalid, invalidData, requestFailed, type WireError } from '../errors.js';
import { platformError } from './platform.js';
import { sendRefused } from './sends.js';

/** What a peer is told when a code is not sent or not taken (wire: `00` §4.2); `target`: where the body has the code. */
export function accountError(rejection: AccountRejection, target: string): WireError {
  switch (rejection.kind) {
    case 'AlreadyVerified':
      return requestFailed({ code: 'CONSTRAINT_VIOLATION', message: 'The account needs no verification.' });
    case 'Undeliverable':
      return requestFailed({ code: 'CONSTRAINT_VIOLATION', message: 'No mail can be sent to the user.' });
    case 'SendRefused':
    case 'CodesLocked':
    case 'CodeMalformed':
    case 'CodeDead':
    case 'CodeWrong':
      return codeError(rejection, target);
    default:
      return platformError(rejection);
  }
}

type CodeRejection = Extract<
  AccountRejection,
  { readonly kind: 'SendRefused' | 'CodesLocked' | 'CodeMalformed' | 'CodeDead' | 'CodeWrong' }
>;

/** The same for whomever codes are sent to. */
export function codeError(rejection: CodeRejection, target: string): WireError {
  switch (rejection.kind) {
    case 'SendRefused':
      return requestFailed(sendRefused(rejection));
    case 'CodesLocked':
      return requestFailed({
        code: 'LIMIT_EXCEEDED',
        message: 'Too many wrong codes were submitted.',
        ...(rejection.expiresAt === undefined ? {} : { innerError: { coolDownExpiresAt: rejection.expiresAt } }),
      });
    case 'CodeMalformed':
      return invalidData(invalid(target, `must have ${rejection.length} digits`));
    case 'CodeDead':
      return invalidData(invalidCode(target));
    case 'CodeWrong':
      return invalidData({ ...invalidCode(target), innerError: { attemptsRemaining: rejection.attemptsLeft } });
    default:
      return unreachable(rejection);
  }
}

const invalidCode = (target: string): ErrorDetail => ({
  code: 'INVALID_OTP',
  target,
  message: 'is not the code that was sent, or no longer',
});
