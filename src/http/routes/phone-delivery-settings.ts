import type { ManagedResource } from '../../platform/managed/resource.js';
import type { ManagedService } from '../../platform/managed/service.js';
import { managedRoutes } from '../managed/routes.js';
import type { Route } from '../route.js';

/** Providers of text messages and calls (wire: `30` §8). */
export function phoneDeliverySettingsRoutes(resource: ManagedResource, service: ManagedService): Route[] {
  return managedRoutes(
    {
      resource,
      id: 'phoneDeliverySettings',
      one: 'a phone delivery setting',
      many: 'phone delivery settings',
      source: '30 §8',
      collection: 'phoneDeliverySettings',
      path: '/environments/:envId/notificationsSettings/phoneDeliverySettings',
      parameter: 'phoneDeliverySettingsId',
      permission: { read: 'policies:read', write: 'policies:write' },
      timestamps: 'both',
      partial: { read: '`expand=twilioverifytemplates` shows no templates' },
    },
    service,
  );
}
