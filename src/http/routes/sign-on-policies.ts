import type { ManagedService } from '../../platform/managed/service.js';
import { signOnPolicies, signOnPolicyActions, signOnPolicyAssignments } from '../../policies/sign-on-policies.js';
import { managedRoutes } from '../managed/routes.js';
import type { Route } from '../route.js';

const KEPT = 'Kept and shown: nobody signs on by it yet.';
const partial = { create: KEPT, update: KEPT };

/** Sign-on policies, their actions, and which application signs on by which (wire: `40` §2). */
export function signOnPoliciesRoutes(service: ManagedService): Route[] {
  const policies = '/environments/:envId/signOnPolicies';
  return [
    ...managedRoutes(
      {
        resource: signOnPolicies,
        id: 'signOnPolicy',
        one: 'a sign-on policy',
        many: 'sign-on policies',
        source: '40 §2.1',
        collection: 'signOnPolicies',
        path: policies,
        parameter: 'signOnPolicyId',
        permission: { read: 'policies:read', write: 'policies:write' },
        timestamps: 'both',
        // Released clients look for this text (`00` §4.4).
        texts: { DefaultCannotBeDeleted: 'Cannot delete a default policy' },
        partial,
      },
      service,
    ),
    ...managedRoutes(
      {
        resource: signOnPolicyActions,
        id: 'signOnPolicyAction',
        one: 'an action of a sign-on policy',
        many: 'actions of a sign-on policy',
        source: '40 §2.2',
        collection: 'actions',
        path: `${policies}/:signOnPolicyId/actions`,
        parameter: 'actionId',
        parent: { parameter: 'signOnPolicyId', kind: 'signOnPolicy', member: 'signOnPolicy' },
        permission: { read: 'policies:read', write: 'policies:write' },
        timestamps: 'none',
        // As above.
        texts: { LastOne: 'Cannot delete last action from the policy' },
        partial,
      },
      service,
    ),
    ...managedRoutes(
      {
        resource: signOnPolicyAssignments,
        id: 'signOnPolicyAssignment',
        one: 'an assignment of a sign-on policy',
        many: 'assignments of sign-on policies',
        source: '40 §2.4',
        collection: 'signOnPolicyAssignments',
        path: '/environments/:envId/applications/:applicationId/signOnPolicyAssignments',
        parameter: 'signOnPolicyAssignmentId',
        parent: { parameter: 'applicationId', kind: 'application', member: 'application' },
        permission: { read: 'applications:read', write: 'applications:write' },
        timestamps: 'none',
        partial,
      },
      service,
    ),
  ];
}
