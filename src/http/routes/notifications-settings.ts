import type { SingletonResource } from '../../platform/managed/resource.js';
import type { ManagedService } from '../../platform/managed/service.js';
import { emailDeliverySettings } from '../../policies/notifications/email-delivery-settings.js';
import { singletonRoutes } from '../managed/routes.js';
import type { Route } from '../route.js';

const permission = { read: 'policies:read', write: 'policies:write' } as const;

/** Notification settings, and how mail is sent (wire: `30` §6, §7). */
export function notificationsSettingsRoutes(settings: SingletonResource, service: ManagedService): Route[] {
  return [
    ...singletonRoutes(
      {
        resource: settings,
        id: 'notificationsSettings',
        one: 'the notification settings of an environment',
        source: '30 §6.1',
        path: '/environments/:envId/notificationsSettings',
        permission,
        timestamps: 'updatedAt',
      },
      service,
    ),
    ...singletonRoutes(
      {
        resource: emailDeliverySettings,
        id: 'emailDeliverySettings',
        one: 'how the mail of an environment is sent',
        source: '30 §7',
        path: '/environments/:envId/notificationsSettings/emailDeliverySettings',
        permission,
        timestamps: 'updatedAt',
      },
      service,
    ),
  ];
}
