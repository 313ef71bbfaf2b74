import type { ManagedService } from '../../platform/managed/service.js';
import { alertChannels } from '../../policies/notifications/alert-channels.js';
import { managedRoutes } from '../managed/routes.js';
import type { Route } from '../route.js';

const KEPT = 'Kept and shown: nobody is alerted yet.';

/** Whom alerts go to (public SDK: `AlertingApi`). */
export function alertChannelsRoutes(service: ManagedService): Route[] {
  return managedRoutes(
    {
      resource: alertChannels,
      id: 'alertChannel',
      one: 'an alert channel',
      many: 'alert channels',
      source: '30 §6.1',
      collection: 'alertChannels',
      path: '/environments/:envId/alertChannels',
      parameter: 'alertChannelId',
      permission: { read: 'policies:read', write: 'policies:write' },
      timestamps: 'none',
      partial: { create: KEPT, update: KEPT },
    },
    service,
  );
}
