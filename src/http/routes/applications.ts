import { UNSAID } from '../../platform/applications/applications.js';
import type { ManagedResource } from '../../platform/managed/resource.js';
import type { ManagedService } from '../../platform/managed/service.js';
import { managedRoutes } from '../managed/routes.js';
import { noApplication } from '../rejections/applications.js';
import type { Route } from '../route.js';

const KEPT = 'What only sign-on uses is kept and shown; imported ids and secrets are ignored.';

/** Applications (wire: `00` §9). */
export function applicationsRoutes(service: ManagedService & { readonly resource: ManagedResource }): Route[] {
  return managedRoutes(
    {
      resource: service.resource,
      id: 'application',
      one: 'an application',
      many: 'applications',
      source: '00 §9.1',
      collection: 'applications',
      path: '/environments/:envId/applications',
      parameter: 'applicationId',
      permission: {
        read: 'applications:read',
        write: 'applications:write',
        one: { read: 'application:read', write: 'application:write' },
      },
      timestamps: 'both',
      hides: UNSAID,
      missing: noApplication,
      texts: { ReadOnly: 'An application that the environment comes with cannot be deleted' },
      partial: { create: KEPT, update: KEPT },
    },
    service,
  );
}
