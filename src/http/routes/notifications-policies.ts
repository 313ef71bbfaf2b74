import type { ManagedService } from '../../platform/managed/service.js';
import { notificationsPolicies } from '../../policies/notifications/notifications-policy.js';
import { managedRoutes } from '../managed/routes.js';
import type { Route } from '../route.js';

/** Notification policies (wire: `30` §5). */
export function notificationsPoliciesRoutes(service: ManagedService): Route[] {
  return managedRoutes(
    {
      resource: notificationsPolicies,
      id: 'notificationsPolicy',
      one: 'a notification policy',
      many: 'notification policies',
      source: '30 §5.1',
      collection: 'notificationsPolicies',
      path: '/environments/:envId/notificationsPolicies',
      parameter: 'notificationsPolicyId',
      permission: { read: 'policies:read', write: 'policies:write' },
      timestamps: 'both',
      // Released clients look for "remove default notifications policy" in this text (`00` §4.4).
      texts: { DefaultCannotBeDeleted: 'Cannot remove default notifications policy' },
    },
    service,
  );
}
