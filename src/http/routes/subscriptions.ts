import { Type } from '../../kernel/json-schema.js';
import type { ManagedResource } from '../../platform/managed/resource.js';
import type { ManagedService } from '../../platform/managed/service.js';
import { Endpoint } from '../../platform/subscriptions.js';
import { managedRoutes } from '../managed/routes.js';
import type { Route } from '../route.js';

const PARTIAL = 'HTTPS only; no `source` in events, because the trail holds no addresses; no event has a tag.';

/** Webhooks (wire: `00` §11.5). */
export function subscriptionsRoutes(resource: ManagedResource, service: ManagedService): Route[] {
  return managedRoutes(
    {
      resource,
      id: 'subscription',
      one: 'a subscription',
      many: 'subscriptions',
      source: '00 §11.5',
      collection: 'subscriptions',
      path: '/environments/:envId/subscriptions',
      parameter: 'subscriptionId',
      permission: { read: 'policies:read', write: 'policies:write' },
      timestamps: 'both',
      adds: {
        schema: { connectionDetails: Type.Optional(Endpoint) },
        // Released clients read the address there, whichever of the two names it was sent by.
        members: ({ body: { httpEndpoint, connectionDetails = httpEndpoint } }) =>
          connectionDetails === undefined ? {} : { connectionDetails },
      },
      partial: { create: PARTIAL, update: PARTIAL },
    },
    service,
  );
}
