import type { Static } from 'typebox';
import type { Uuid } from '../../kernel/ids.js';
import { Type } from '../../kernel/json-schema.js';
import type { TokenService } from '../../platform/tokens/tokens.js';
import { environmentNotFound, notFound, type WireError } from '../errors.js';
import type { Links } from '../hal/links.js';
import { defineRoute, type Reply, type Route, reply } from '../route.js';

const Jwk = Type.Object({
  kty: Type.Literal('EC'),
  crv: Type.Literal('P-256'),
  x: Type.String(),
  y: Type.String(),
  use: Type.Literal('sig'),
  alg: Type.Literal('ES256'),
  kid: Type.String(),
});

const Text = Type.String();
const Texts = Type.Array(Type.String());
const Flag = Type.Boolean();

const DiscoveryView = Type.Object({
  issuer: Text,
  authorization_endpoint: Text,
  pushed_authorization_request_endpoint: Text,
  token_endpoint: Text,
  userinfo_endpoint: Text,
  jwks_uri: Text,
  end_session_endpoint: Text,
  check_session_iframe: Text,
  introspection_endpoint: Text,
  revocation_endpoint: Text,
  device_authorization_endpoint: Text,
  claims_parameter_supported: Flag,
  request_parameter_supported: Flag,
  request_uri_parameter_supported: Flag,
  require_pushed_authorization_requests: Flag,
  scopes_supported: Texts,
  response_types_supported: Texts,
  response_modes_supported: Texts,
  grant_types_supported: Texts,
  subject_types_supported: Texts,
  id_token_signing_alg_values_supported: Texts,
  userinfo_signing_alg_values_supported: Texts,
  request_object_signing_alg_values_supported: Texts,
  token_endpoint_auth_methods_supported: Texts,
  token_endpoint_auth_signing_alg_values_supported: Texts,
  claim_types_supported: Texts,
  claims_supported: Texts,
  code_challenge_methods_supported: Texts,
});

const HMAC_AND_RSA = ['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512'];
const words = (text: string): string[] => text.split(' ');

/** The provider's metadata, member by member as the reference lists them (wire: `00` §5.4). */
function discoveryDocument(issuer: string): Static<typeof DiscoveryView> {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    pushed_authorization_request_endpoint: `${issuer}/par`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks`,
    end_session_endpoint: `${issuer}/signoff`,
    check_session_iframe: `${issuer}/checksession`,
    introspection_endpoint: `${issuer}/introspect`,
    revocation_endpoint: `${issuer}/revoke`,
    device_authorization_endpoint: `${issuer}/device_authorization`,
    claims_parameter_supported: false,
    request_parameter_supported: true,
    request_uri_parameter_supported: false,
    require_pushed_authorization_requests: false,
    scopes_supported: words('openid profile email address phone'),
    response_types_supported: [
      'code',
      'id_token',
      'token id_token',
      'code id_token',
      'code token',
      'code token id_token',
    ],
    response_modes_supported: words('pi.flow query fragment form_post'),
    grant_types_supported: [
      ...words('authorization_code implicit client_credentials refresh_token'),
      'urn:ietf:params:oauth:grant-type:device_code',
    ],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    userinfo_signing_alg_values_supported: ['none'],
    request_object_signing_alg_values_supported: ['none', ...HMAC_AND_RSA],
    token_endpoint_auth_methods_supported: words(
      'client_secret_basic client_secret_post client_secret_jwt private_key_jwt',
    ),
    token_endpoint_auth_signing_alg_values_supported: HMAC_AND_RSA,
    claim_types_supported: ['normal'],
    claims_supported: words(
      'sub iss auth_time acr name given_name family_name middle_name preferred_username profile picture zoneinfo ' +
        'phone_number updated_at address email locale',
    ),
    code_challenge_methods_supported: ['plain', 'S256'],
  };
}

/** Public, and without credentials: any page may read them (wire: `00` §3.7). */
const ANY_ORIGIN = { 'access-control-allow-origin': '*' } as const;

const PROVIDER_PARTIAL = 'The document is the reference’s; of its endpoints, token, introspect, revoke and jwks exist.';

/**
 * What relying parties read before anything else (wire: `00` §5.4), of the environment in the path, or, without one, of that which the
 * domain stands for (`00` §1.2). The issuer has the id of the environment either way: it is what tokens name.
 */
export function discoveryRoutes(tokens: TokenService, domainEnvironment?: Uuid): Route[] {
  async function keysOf(environmentId: Uuid | undefined): Promise<Reply | WireError> {
    if (environmentId === undefined) return notFound();
    const keys = await tokens.publicKeys(environmentId);
    return keys ? reply(200, { keys }, ANY_ORIGIN) : environmentNotFound(environmentId);
  }
  async function documentOf(environmentId: Uuid | undefined, links: Links): Promise<Reply | WireError> {
    if (environmentId === undefined) return notFound();
    return (await tokens.publicKeys(environmentId))
      ? reply(200, discoveryDocument(links.auth(`/${environmentId}/as`).href), ANY_ORIGIN)
      : environmentNotFound(environmentId);
  }
  const common = { source: '00 §5.4', method: 'GET', base: 'auth', permission: 'public' } as const;
  const keySet = { ...common, replies: { 200: Type.Object({ keys: Type.Array(Jwk) }) } } as const;
  const metadata = { ...common, replies: { 200: DiscoveryView }, partial: PROVIDER_PARTIAL } as const;
  return [
    defineRoute({
      ...keySet,
      id: 'discovery.jwks',
      summary: 'Public keys of the environment',
      path: '/:envId/as/jwks',
      handle: ({ params }) => keysOf(params.envId),
    }),
    defineRoute({
      ...keySet,
      id: 'discovery.jwksOfDomain',
      summary: 'Public keys of the domain’s environment',
      path: '/as/jwks',
      handle: () => keysOf(domainEnvironment),
    }),
    defineRoute({
      ...metadata,
      id: 'discovery.configuration',
      summary: 'OpenID provider metadata',
      path: '/:envId/as/.well-known/openid-configuration',
      handle: ({ params, links }) => documentOf(params.envId, links),
    }),
    defineRoute({
      ...metadata,
      id: 'discovery.configurationOfDomain',
      summary: 'OpenID provider metadata of the domain’s environment',
      path: '/as/.well-known/openid-configuration',
      handle: ({ links }) => documentOf(domainEnvironment, links),
    }),
  ];
}
