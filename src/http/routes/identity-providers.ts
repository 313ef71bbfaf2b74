import { Type } from '../../kernel/json-schema.js';
import { identityProviderAttributes, identityProviders } from '../../platform/identity-providers/identity-providers.js';
import type { ManagedService } from '../../platform/managed/service.js';
import { managedRoutes } from '../managed/routes.js';
import type { Route } from '../route.js';

const KEPT = 'Kept and shown: nobody signs on by it yet; images, keys and certificates are not looked for.';

/** Identity providers and what they say of users (public SDK: `IdentityProvidersApi`, `IdentityProviderAttributesApi`). */
export function identityProvidersRoutes(service: ManagedService): Route[] {
  const providers = '/environments/:envId/identityProviders';
  const partial = { create: KEPT, update: KEPT };
  return [
    ...managedRoutes(
      {
        resource: identityProviders,
        id: 'identityProvider',
        one: 'an identity provider',
        many: 'identity providers',
        source: '40 §2.2',
        collection: 'identityProviders',
        path: providers,
        parameter: 'identityProviderId',
        // Its secrets are shown, so only who may change it may read it.
        permission: { read: 'policies:write', write: 'policies:write' },
        timestamps: 'both',
        texts: { StillReferenced: 'Actions of sign-on policies still name the identity provider' },
        partial,
      },
      service,
    ),
    ...managedRoutes(
      {
        resource: identityProviderAttributes,
        id: 'identityProviderAttribute',
        one: 'an attribute of an identity provider',
        many: 'attributes of an identity provider',
        source: '40 §2.2',
        collection: 'attributes',
        path: `${providers}/:identityProviderId/attributes`,
        parameter: 'providerAttributeId',
        parent: { parameter: 'identityProviderId', kind: 'identityProvider', member: 'identityProvider' },
        permission: { read: 'policies:read', write: 'policies:write' },
        timestamps: 'both',
        adds: {
          schema: { mappingType: Type.Enum(['CORE', 'CUSTOM']) },
          members: ({ body }) => ({ mappingType: body['mappingType'] ?? 'CUSTOM' }),
        },
        partial,
      },
      service,
    ),
  ];
}
