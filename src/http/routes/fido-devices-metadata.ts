import { Type } from '../../kernel/json-schema.js';
import type { ManagedService } from '../../platform/managed/service.js';
import { fidoDevicesMetadata, LONGEST_STATEMENT_TEXT } from '../../policies/fido2/fido-devices-metadata.js';
import type { MetadataEntry } from '../../webauthn/metadata/entry.js';
import { managedRoutes } from '../managed/routes.js';
import type { Route } from '../route.js';

/** Authenticators that are known, those of the metadata service and an environment's own (wire: `20` §15). There is no update. */
export function fidoDevicesMetadataRoutes(published: () => readonly MetadataEntry[], service: ManagedService): Route[] {
  return managedRoutes(
    {
      resource: fidoDevicesMetadata(published),
      id: 'fidoDeviceMetadata',
      one: 'a FIDO authenticator',
      many: 'FIDO authenticators',
      source: '20 §15',
      collection: 'fidoDevicesMetadata',
      path: '/environments/:envId/fidoDevicesMetadata',
      parameter: 'metadataId',
      permission: { read: 'policies:read', write: 'policies:write' },
      timestamps: 'none',
      without: ['update'],
      // A statement has an icon: some kilobytes.
      page: 100,
      longestPage: 1_000,
      longestText: LONGEST_STATEMENT_TEXT,
      adds: {
        schema: { mdsIdentifier: Type.String(), custom: Type.Boolean(), certified: Type.Boolean() },
        members: ({ id, body }) => ({
          mdsIdentifier: id,
          custom: body['custom'] !== false,
          certified: body['certified'] === true,
        }),
      },
      texts: { ReadOnly: 'It comes from the FIDO Metadata Service and cannot be removed' },
    },
    service,
  );
}
