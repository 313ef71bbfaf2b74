import { gateways } from '../../platform/gateways.js';
import type { ManagedService } from '../../platform/managed/service.js';
import { managedRoutes } from '../managed/routes.js';
import type { Route } from '../route.js';

const KEPT = 'Kept and shown: nothing connects by it.';

/** Gateways (public SDK: `GatewaysApi`). */
export function gatewaysRoutes(service: ManagedService): Route[] {
  return managedRoutes(
    {
      resource: gateways,
      id: 'gateway',
      one: 'a gateway',
      many: 'gateways',
      source: '40 §2.2',
      collection: 'gateways',
      path: '/environments/:envId/gateways',
      parameter: 'gatewayId',
      // Shared secrets are shown, so only who may change it may read it.
      permission: { read: 'policies:write', write: 'policies:write' },
      timestamps: 'none',
      partial: { create: KEPT, update: KEPT },
    },
    service,
  );
}
