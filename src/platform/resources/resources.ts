import { oneOf } from '../../kernel/document-schema.js';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import type { ManagedResource, Rule } from '../managed/resource.js';
import { atMost, notReferredToBy, owns, unique } from '../managed/rules.js';
import { bringsItsAttributes } from './resource-attributes.js';

const KIND = 'resource';
/** Of one environment; the reference names no limit. */
const MOST_RESOURCES = 500;

/** The writable members of a resource (wire: `00` §9.4; their names and ranges are those of the public Go client). */
const ResourceDocument = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 256 }),
  description: Type.Optional(Type.String({ maxLength: 1_024 })),
  audience: Type.Optional(Type.String({ minLength: 1, maxLength: 1_024, pattern: '^[^\\s#]+$' })),
  accessTokenValiditySeconds: Type.Optional(Type.Integer({ minimum: 300, maximum: 2_592_000 })),
  introspectEndpointAuthMethod: Type.Optional(oneOf('NONE', 'CLIENT_SECRET_BASIC', 'CLIENT_SECRET_POST')),
  applicationPermissionsSettings: Type.Optional(Type.Object({ claimEnabled: Type.Optional(Type.Boolean()) })),
});

/** What applications ask scopes of (wire: `00` §9.4): the two that every environment has, and those that it adds. */
export const resources: ManagedResource = {
  kind: KIND,
  schema: ResourceDocument,
  noun: 'RESOURCE',
  rules: [
    unique(KIND, 'name'),
    atMost(KIND, MOST_RESOURCES),
    onlyCustomOnesChange(),
    notReferredToBy('grant', 'resource.id'),
    owns('scope'),
    owns('resourceAttribute'),
    bringsItsAttributes(),
    { completes: ({ document }) => ({ ...document, type: 'CUSTOM' }) },
  ],
};

function onlyCustomOnesChange(): Rule {
  const isOurs = (body: JsonObject): boolean => body['type'] !== 'CUSTOM';
  return {
    refuses: ({ current }) => (current && isOurs(current.body) ? { rule: 'ReadOnly' } : undefined),
    keeps: ({ body }) => (isOurs(body) ? { rule: 'ReadOnly' } : undefined),
  };
}

/** What every environment has (wire: `00` §9.4; `PINGONE_API` is the type as the public clients read it), each with its scopes. */
export const FACTORY_RESOURCES: readonly { readonly body: JsonObject; readonly scopes: readonly string[] }[] = [
  {
    body: { name: 'openid', type: 'OPENID_CONNECT', description: 'What OpenID Connect tells of a user' },
    scopes: ['openid', 'profile', 'email', 'address', 'phone'],
  },
  {
    body: { name: 'PingOne API', type: 'PINGONE_API', description: 'What users may do with their own account' },
    scopes: [
      'p1:create:device',
      'p1:create:pairingKey',
      'p1:delete:device',
      'p1:delete:pairingKey',
      'p1:delete:sessions',
      'p1:delete:userLinkedAccounts',
      'p1:read:device',
      'p1:read:oauthConsent',
      'p1:read:pairingKey',
      'p1:read:sessions',
      'p1:read:user',
      'p1:read:userConsent',
      'p1:read:userLinkedAccounts',
      'p1:read:userPassword',
      'p1:reset:userPassword',
      'p1:update:device',
      'p1:update:oauthConsent',
      'p1:update:user',
      'p1:update:userMfaEnabled',
      'p1:validate:userPassword',
    ],
  },
];
