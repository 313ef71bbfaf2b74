import { unreachable } from '../../kernel/outcome.js';
import type { PolicyRejection } from '../../policies/rejection.js';
import { environmentNotFound, notFound, requestFailed, type WireError } from '../errors.js';
import { invalidFields } from './fields.js';

/** What a peer is told when policies or settings refuse (wire: `30` §0.4). */
export function policyError(rejection: PolicyRejection): WireError {
  switch (rejection.kind) {
    case 'EnvironmentNotFound':
      return environmentNotFound(rejection.environmentId);
    case 'PolicyNotFound':
      return notFound();
    case 'InvalidDocument':
      return invalidFields(rejection.problems);
    case 'DefaultCannotBeCleared':
      return requestFailed({
        code: 'CONSTRAINT_VIOLATION',
        target: 'default',
        message: 'The default policy remains the default until another policy is made the default',
      });
    case 'DefaultCannotBeDeleted':
      // Released clients look for "remove default device authentication policy" in this text (`00` §4.4).
      return requestFailed({
        code: 'CONSTRAINT_VIOLATION',
        message: 'Cannot remove default device authentication policy',
      });
    default:
      return unreachable(rejection);
  }
}
