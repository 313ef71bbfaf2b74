import type { SenderRejection } from '../../senders/rejection.js';
import { invalid, invalidData, requestFailed, type WireError } from '../errors.js';
import { codeError } from './accounts.js';
import { managedError } from './managed.js';

/** Where the body has the code. */
const CODE = 'verificationCode';
/** Released clients look for this target, with this code (public Terraform provider). */
const ADDRESS = 'trustedEmail';

/** What a peer is told when an address is not trusted. */
export function senderError(rejection: SenderRejection): WireError {
  switch (rejection.kind) {
    case 'DomainUnproved':
      return invalidData(invalid(ADDRESS, 'is of a domain that is not verified'));
    case 'AlreadyActive':
      return requestFailed({ code: 'CONSTRAINT_VIOLATION', message: 'The address needs no verification.' });
    case 'Undeliverable':
      return requestFailed({ code: 'CONSTRAINT_VIOLATION', message: 'No mail can be sent to the address.' });
    case 'SendRefused':
    case 'CodesLocked':
    case 'CodeMalformed':
    case 'CodeDead':
    case 'CodeWrong':
      return codeError(rejection, CODE);
    default:
      return managedError(rejection, {
        StillReferenced: 'Notification settings or contents still name it as their sender',
      });
  }
}
