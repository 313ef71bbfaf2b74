import { isJsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import type { ManagedService } from '../../platform/managed/service.js';
import { fido2Policies } from '../../policies/fido2/fido2-policies.js';
import { managedRoutes } from '../managed/routes.js';
import type { Route } from '../route.js';

/** FIDO policies (wire: `30` §2). */
export function fido2PoliciesRoutes(service: ManagedService): Route[] {
  return managedRoutes(
    {
      resource: fido2Policies,
      id: 'fido2Policy',
      one: 'a FIDO policy',
      many: 'FIDO policies',
      source: '30 §2.1',
      collection: 'fido2Policies',
      path: '/environments/:envId/fido2Policies',
      parameter: 'fido2PolicyId',
      permission: { read: 'policies:read', write: 'policies:write' },
      timestamps: 'both',
      // Released clients look for "cannot delete the default policy" in this text (`00` §4.4).
      texts: { DefaultCannotBeDeleted: 'You cannot delete the default policy' },
      expand: {
        name: 'deviceAuthenticationPolicies',
        kind: 'deviceAuthenticationPolicy',
        // The ones that name it; those that name none use the default without being shown below it.
        isBelow: (policy, { body: { fido2 } }) => isJsonObject(fido2) && fido2['fido2PolicyId'] === policy.id,
        schema: Type.Object({ id: Type.String(), name: Type.String() }),
        view: ({ id, body }) => ({ id, name: body['name'] ?? '' }),
      },
    },
    service,
  );
}
