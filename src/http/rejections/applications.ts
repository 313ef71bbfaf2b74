import { unreachable } from '../../kernel/outcome.js';
import type { SecretRejection } from '../../platform/applications/application-secrets.js';
import type { RoleRejection } from '../../platform/roles/role-assignments.js';
import {
  environmentNotFound,
  invalid,
  invalidData,
  notFound,
  requestFailed,
  taken,
  type WireError,
  wireError,
} from '../errors.js';

/** Clients match it (wire: `00` §4.4). */
export const noApplication = (id: string): string => `Unable to find Application with ID: '${id}'`;

const applicationNotFound = (id: string): WireError =>
  wireError('NOT_FOUND', undefined, { message: noApplication(id) });

/** What a peer is told when a secret is refused (wire: `00` §9.3). */
export function secretError(rejection: SecretRejection): WireError {
  switch (rejection.kind) {
    case 'EnvironmentNotFound':
      return environmentNotFound(rejection.environmentId);
    // Not the text of `00` §4.4: the Terraform provider's own tests look for the usual one here.
    case 'ApplicationNotFound':
    case 'NoSecret':
      return notFound();
    case 'OwnSecret':
      return wireError('NOT_AUTHORIZED', [
        { code: 'INSUFFICIENT_PERMISSIONS', message: 'An application cannot read or replace its own secret.' },
      ]);
    case 'OverlapOutOfRange':
      return invalidData(invalid('previous.expiresAt', 'must be between 1 minute and 30 days from now'));
    default:
      return unreachable(rejection);
  }
}

/** What a peer is told when a role is not assigned or withdrawn (wire: `00` §6.3, §4.4). */
export function roleError(rejection: RoleRejection): WireError {
  switch (rejection.kind) {
    case 'EnvironmentNotFound':
      return environmentNotFound(rejection.environmentId);
    case 'RoleOwnerNotFound':
      return rejection.owner.kind === 'application' ? applicationNotFound(rejection.owner.id) : notFound();
    case 'RoleAssignmentNotFound':
      return notFound();
    case 'RoleInherited':
      // Clients look for this text in the message (wire: `00` §4.4).
      return wireError('REQUEST_FAILED', [{ code: 'CONSTRAINT_VIOLATION', message: 'The role is that of a group.' }], {
        message: 'The role assignment cannot be deleted as it is read only',
      });
    case 'RoleUnknown':
      return invalidData(invalid('role.id', 'must be the id of a role'));
    case 'RoleScopeUnknown':
      return invalidData(invalid('scope.id', 'must be the id of something of this organization'));
    case 'RoleNotApplicable':
      // The Terraform provider tells by this target that role and scope do not fit.
      return invalidData(invalid('scope', 'is not of a type that the role can be assigned over'));
    case 'RoleBroaderThanOwn':
      return requestFailed({
        code: 'CONSTRAINT_VIOLATION',
        target: 'scope',
        message: 'Must have role at the same or broader scope',
      });
    case 'RoleAssignmentExists':
      return invalidData(taken('role.id', rejection.id));
    case 'TooManyRoleAssignments':
      return requestFailed({
        code: 'LIMIT_EXCEEDED',
        message: `There can be at most ${rejection.maximum}`,
        innerError: { maximumAllowed: rejection.maximum },
      });
    default:
      return unreachable(rejection);
  }
}
