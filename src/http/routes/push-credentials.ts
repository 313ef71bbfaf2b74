import type { ManagedService } from '../../platform/managed/service.js';
import { pushCredentials } from '../../policies/push-credentials.js';
import { managedRoutes } from '../managed/routes.js';
import type { Route } from '../route.js';

/** Push credentials of an application (wire: `30` §4). */
export function pushCredentialsRoutes(service: ManagedService): Route[] {
  return managedRoutes(
    {
      resource: pushCredentials,
      id: 'pushCredential',
      one: 'a push credential',
      many: 'push credentials',
      source: '30 §4',
      collection: 'pushCredentials',
      path: '/environments/:envId/applications/:applicationId/pushCredentials',
      parameter: 'pushCredentialId',
      parent: { parameter: 'applicationId', kind: 'application', member: 'application' },
      permission: { read: 'policies:read', write: 'policies:write' },
      timestamps: 'both',
    },
    service,
  );
}
