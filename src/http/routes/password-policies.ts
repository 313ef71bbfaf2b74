import type { ManagedService } from '../../platform/managed/service.js';
import { passwordPolicies } from '../../platform/passwords/password-policies.js';
import { managedRoutes } from '../managed/routes.js';
import type { Route } from '../route.js';

const UNUSED = '`excludesCommonlyUsed` is kept: there is no list of such passwords.';

/** Password policies (public SDK: `PasswordPoliciesApi`). */
export function passwordPoliciesRoutes(service: ManagedService): Route[] {
  return managedRoutes(
    {
      resource: passwordPolicies,
      id: 'passwordPolicy',
      one: 'a password policy',
      many: 'password policies',
      source: '00 §7.2',
      collection: 'passwordPolicies',
      path: '/environments/:envId/passwordPolicies',
      parameter: 'passwordPolicyId',
      permission: { read: 'policies:read', write: 'policies:write' },
      timestamps: 'both',
      texts: {
        DefaultCannotBeDeleted: 'The default password policy cannot be deleted',
        StillReferenced: 'Populations still name the password policy',
      },
      partial: { list: 'No `populationCount`.', create: UNUSED, read: 'No `populationCount`.', update: UNUSED },
    },
    service,
  );
}
