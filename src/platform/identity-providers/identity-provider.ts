import { oneOf, Reference } from '../../kernel/document-schema.js';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';

/** The placeholder of what a provider says. */
const said = (path: string): string => `\${providerAttributes.${path}}`;

/** Kinds of provider, with where the name of a new user comes from until it is said (public Terraform provider: `idpCoreAttrMetadata`). */
export const PROVIDER_TYPES = {
  FACEBOOK: said('email'),
  GOOGLE: said('emailAddress.value'),
  LINKEDIN: said('emailAddress'),
  LINKEDIN_OIDC: said('sub'),
  APPLE: said('sub'),
  TWITTER: said('id'),
  AMAZON: said('user_id'),
  YAHOO: said('sub'),
  MICROSOFT: said('id'),
  PAYPAL: said('user_id'),
  GITHUB: said('id'),
  OPENID_CONNECT: said('sub'),
  SAML: `\${samlAssertion.subject}`,
} as const;
export type ProviderType = keyof typeof PROVIDER_TYPES;
export const PROVIDER_NAMES = Object.keys(PROVIDER_TYPES);

export const isProviderType = (type: unknown): type is ProviderType =>
  typeof type === 'string' && Object.hasOwn(PROVIDER_TYPES, type);

const text = (maxLength = 256) => Type.Optional(Type.String({ minLength: 1, maxLength }));
const url = Type.Optional(Type.String({ minLength: 1, maxLength: 2_048, pattern: '^https?://\\S+$' }));
const secureUrl = Type.Optional(Type.String({ minLength: 1, maxLength: 2_048, pattern: '^https://\\S+$' }));
const appleId = Type.Optional(Type.String({ minLength: 10, maxLength: 10 }));
const binding = Type.Optional(oneOf('HTTP_POST', 'HTTP_REDIRECT'));
const named = Type.Object({ id: Reference });
const image = Type.Optional(Type.Object({ id: text(), href: text(2_048) }));

const common = {
  type: oneOf(...PROVIDER_NAMES),
  name: Type.String({ minLength: 1, maxLength: 256 }),
  description: Type.Optional(Type.String({ maxLength: 1_024 })),
  enabled: Type.Boolean(),
  icon: image,
  loginButtonIcon: image,
  registration: Type.Optional(Type.Object({ population: Type.Optional(named) })),
};

/** The writable members of an identity provider, of whatever type (public SDK: `IdentityProvider`); `MEMBERS` says which are whose. */
export const IdentityProviderDocument = Type.Object({
  ...common,
  clientId: text(),
  // An OpenID provider may be told that there is none.
  clientSecret: Type.Optional(Type.String({ maxLength: 1_024 })),
  appId: text(),
  appSecret: text(1_024),
  clientSecretSigningKey: text(8_192),
  keyId: appleId,
  teamId: appleId,
  tenantId: text(),
  clientEnvironment: Type.Optional(oneOf('sandbox', 'live')),
  authorizationEndpoint: secureUrl,
  discoveryEndpoint: secureUrl,
  issuer: secureUrl,
  jwksEndpoint: secureUrl,
  pkceMethod: Type.Optional(oneOf('NONE', 'S256')),
  scopes: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 256 }), { minItems: 1, maxItems: 100 })),
  tokenEndpoint: secureUrl,
  tokenEndpointAuthMethod: Type.Optional(oneOf('CLIENT_SECRET_BASIC', 'CLIENT_SECRET_POST', 'NONE')),
  userInfoEndpoint: secureUrl,
  authnRequestSigned: Type.Optional(Type.Boolean()),
  idpEntityId: text(1_024),
  idpVerification: Type.Optional(Type.Object({ certificates: Type.Array(named, { minItems: 1, maxItems: 10 }) })),
  spEntityId: text(1_024),
  spSigning: Type.Optional(
    Type.Object({
      algorithm: Type.Optional(
        oneOf(
          'SHA256withRSA',
          'SHA384withRSA',
          'SHA512withRSA',
          'SHA256withECDSA',
          'SHA384withECDSA',
          'SHA512eithEDCSA',
        ),
      ),
      key: named,
    }),
  ),
  ssoBinding: binding,
  ssoEndpoint: url,
  sloBinding: binding,
  sloEndpoint: url,
  sloResponseEndpoint: url,
  sloWindow: Type.Optional(Type.Integer({ minimum: 0, maximum: 24 })),
});

type Member = keyof typeof IdentityProviderDocument.properties;
interface OwnMembers {
  readonly needs: readonly Member[];
  readonly may?: readonly Member[];
}
const byClient: OwnMembers = { needs: ['clientId', 'clientSecret'] };

/** What providers of a type must have, and may have, beside what all have (public SDK). */
const MEMBERS: Readonly<Record<ProviderType, OwnMembers>> = {
  FACEBOOK: { needs: ['appId', 'appSecret'] },
  GOOGLE: byClient,
  LINKEDIN: byClient,
  LINKEDIN_OIDC: byClient,
  APPLE: { needs: ['clientId', 'clientSecretSigningKey', 'keyId', 'teamId'] },
  TWITTER: byClient,
  AMAZON: byClient,
  YAHOO: byClient,
  MICROSOFT: { ...byClient, may: ['tenantId'] },
  PAYPAL: { needs: [...byClient.needs, 'clientEnvironment'] },
  GITHUB: byClient,
  OPENID_CONNECT: {
    needs: [
      ...(['clientId', 'authorizationEndpoint', 'issuer', 'jwksEndpoint', 'scopes', 'tokenEndpoint'] as const),
      'tokenEndpointAuthMethod',
    ],
    may: ['clientSecret', 'discoveryEndpoint', 'pkceMethod', 'userInfoEndpoint'],
  },
  SAML: {
    needs: ['idpEntityId', 'idpVerification', 'spEntityId', 'ssoBinding', 'ssoEndpoint'],
    may: ['authnRequestSigned', 'spSigning', 'sloBinding', 'sloEndpoint', 'sloResponseEndpoint', 'sloWindow'],
  },
};

/** Members that a document of this type must have and has not; a client that authenticates by a secret has one that is not empty. */
export function missingMembers(document: JsonObject): readonly string[] {
  const { type, clientSecret, tokenEndpointAuthMethod } = document;
  if (!isProviderType(type)) return [];
  const missing = MEMBERS[type].needs.filter((name) => document[name] === undefined);
  const isSecretless = clientSecret === undefined || clientSecret === '';
  const needsSecret =
    MEMBERS[type].needs.includes('clientSecret') || (type === 'OPENID_CONNECT' && tokenEndpointAuthMethod !== 'NONE');
  return needsSecret && isSecretless ? [...new Set([...missing, 'clientSecret'])] : missing;
}

/** A document without what belongs to other types (`30` §0.3). */
export function ownMembers(document: JsonObject): JsonObject {
  const { type } = document;
  if (!isProviderType(type)) return document;
  const { needs, may = [] } = MEMBERS[type];
  const own = new Set<string>([...Object.keys(common), ...needs, ...may]);
  return Object.fromEntries(Object.entries(document).filter(([name]) => own.has(name)));
}

/** Members that are sealed at rest, and shown: the public clients compare them with what they sent (SEC-66). */
export const PROVIDER_SECRETS = ['clientSecret', 'appSecret', 'clientSecretSigningKey'] as const;
