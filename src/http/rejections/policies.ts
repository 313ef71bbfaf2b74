import { unreachable } from '../../kernel/outcome.js';
import type { DocumentProblem, PolicyRejection, Referent } from '../../policies/rejection.js';
import {
  type ErrorDetail,
  environmentNotFound,
  invalid,
  invalidData,
  notFound,
  outOfRange,
  requestFailed,
  required,
  taken,
  type WireError,
} from '../errors.js';

/** What a peer is told when policies or settings refuse (wire: `30` §0.4). */
export function policyError(rejection: PolicyRejection): WireError {
  switch (rejection.kind) {
    case 'EnvironmentNotFound':
      return environmentNotFound(rejection.environmentId);
    case 'PolicyNotFound':
      return notFound();
    case 'InvalidDocument':
      return invalidData(...rejection.problems.map(problemDetail));
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

function problemDetail(problem: DocumentProblem): ErrorDetail {
  switch (problem.kind) {
    case 'OutOfRange':
      return outOfRange(problem.target, problem.minimum, problem.maximum);
    case 'Required':
      return required(problem.target);
    case 'NotAnAddress':
      return invalid(problem.target, 'must be an IP address or a CIDR range');
    case 'ConflictsWithPingId':
      return invalid(problem.target, 'must not be combined with desktop or yubikey');
    case 'UnknownReference':
      return invalid(problem.target, `must be the id of ${REFERENTS[problem.referent]} of this environment`);
    case 'NameTaken':
      return taken(problem.target, problem.existingId);
    default:
      return unreachable(problem);
  }
}

const REFERENTS: Record<Referent, string> = {
  application: 'an application with a mobile section',
  deviceAuthenticationPolicy: 'a device authentication policy',
  fido2Policy: 'a FIDO policy',
  notificationsPolicy: 'a notification policy',
};
