import { Type } from '../../kernel/json-schema.js';
import type { ManagedService } from '../../platform/managed/service.js';
import { settingsSelection } from '../../policies/configuration.js';
import { mfaSettings } from '../../policies/mfa-settings.js';
import type { SingletonDefinition } from '../managed/definition.js';
import { singletonRoutes } from '../managed/routes.js';
import type { Route } from '../route.js';

/** The settings as they were sent; only `authentication.deviceSelection` is there even when it was not (wire: `30` §3.2). */
export const mfaSettingsDefinition: SingletonDefinition = {
  resource: mfaSettings,
  id: 'mfaSettings',
  one: 'the MFA settings of an environment',
  source: '30 §3.1',
  path: '/environments/:envId/mfaSettings',
  permission: { read: 'policies:read', write: 'policies:write' },
  timestamps: 'updatedAt',
  adds: {
    schema: { authentication: Type.Object({ deviceSelection: Type.String() }) },
    members: ({ body }) => ({ authentication: { deviceSelection: settingsSelection({ document: body }) } }),
  },
};

/** MFA settings of an environment: always there, so there is no `POST` (wire: `30` §3.1). */
export function mfaSettingsRoutes(service: ManagedService): Route[] {
  return singletonRoutes(mfaSettingsDefinition, service);
}
