import type { ManagedService } from '../../platform/managed/service.js';
import { fidoPolicies } from '../../policies/fido2/fido-policies.js';
import { managedRoutes } from '../managed/routes.js';
import type { Route } from '../route.js';

/** Legacy FIDO policies (wire: `30` §2.1). */
export function fidoPoliciesRoutes(service: ManagedService): Route[] {
  return managedRoutes(
    {
      resource: fidoPolicies,
      id: 'fidoPolicy',
      one: 'a legacy FIDO policy',
      many: 'legacy FIDO policies',
      source: '30 §2.1',
      collection: 'fidoPolicies',
      path: '/environments/:envId/fidoPolicies',
      parameter: 'fidoPolicyId',
      permission: { read: 'policies:read', write: 'policies:write' },
      timestamps: 'both',
      // As for their successors (`00` §4.4).
      texts: { DefaultCannotBeDeleted: 'You cannot delete the default policy' },
    },
    service,
  );
}
