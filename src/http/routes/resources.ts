import { Type } from '../../kernel/json-schema.js';
import type { ManagedService } from '../../platform/managed/service.js';
import { grants } from '../../platform/resources/grants.js';
import { resourceAttributes } from '../../platform/resources/resource-attributes.js';
import { resources } from '../../platform/resources/resources.js';
import { scopes } from '../../platform/resources/scopes.js';
import { managedRoutes } from '../managed/routes.js';
import type { Route } from '../route.js';

const permission = { read: 'applications:read', write: 'applications:write' } as const;

const KEPT = 'Kept and shown: no token has claims by it yet.';

/** Resources, their attributes and scopes, and which application may have which (wire: `00` §9.1, §9.4). */
export function resourcesRoutes(service: ManagedService): Route[] {
  const path = '/environments/:envId/resources';
  return [
    ...managedRoutes(
      {
        resource: resources,
        id: 'resource',
        one: 'a resource',
        many: 'resources',
        source: '00 §9.4',
        collection: 'resources',
        path,
        parameter: 'resourceId',
        permission,
        timestamps: 'both',
        adds: {
          schema: { type: Type.String() },
          members: ({ body }) => ({ type: body['type'] ?? 'CUSTOM' }),
        },
        texts: {
          ReadOnly: 'A predefined resource cannot be changed or deleted',
          StillReferenced: 'The resource is granted to an application',
        },
      },
      service,
    ),
    ...managedRoutes(
      {
        resource: scopes,
        id: 'scope',
        one: 'a scope',
        many: 'scopes',
        source: '00 §9.4',
        collection: 'scopes',
        path: `${path}/:resourceId/scopes`,
        parameter: 'scopeId',
        parent: { parameter: 'resourceId', kind: 'resource', member: 'resource' },
        permission,
        timestamps: 'both',
        texts: {
          ReadOnly: 'A predefined scope cannot be deleted',
          StillReferenced: 'The scope is granted to an application',
        },
      },
      service,
    ),
    ...managedRoutes(
      {
        resource: resourceAttributes,
        id: 'resourceAttribute',
        one: 'an attribute of a resource',
        many: 'attributes of a resource',
        source: '00 §9.4',
        collection: 'attributes',
        path: `${path}/:resourceId/attributes`,
        parameter: 'resourceAttributeId',
        parent: { parameter: 'resourceId', kind: 'resource', member: 'resource' },
        permission,
        timestamps: 'none',
        adds: {
          schema: { type: Type.String() },
          members: ({ body }) => ({ type: body['type'] ?? 'CUSTOM' }),
        },
        texts: {
          ReadOnly: 'An attribute that its resource comes with cannot be deleted',
          PlatformHasNone: 'The platform’s own resource has no attributes',
        },
        partial: { create: KEPT, update: KEPT },
      },
      service,
    ),
    ...managedRoutes(
      {
        resource: grants,
        id: 'grant',
        one: 'a grant',
        many: 'grants',
        source: '00 §9.1',
        collection: 'grants',
        path: '/environments/:envId/applications/:applicationId/grants',
        parameter: 'grantId',
        parent: { parameter: 'applicationId', kind: 'application', member: 'application' },
        permission,
        timestamps: 'both',
      },
      service,
    ),
  ];
}
