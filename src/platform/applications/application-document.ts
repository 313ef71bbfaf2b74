import { oneOf, Reference } from '../../kernel/document-schema.js';
import type { FieldProblem } from '../../kernel/field-problem.js';
import { isJsonObject, type JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import { isSystemApplication } from './system-applications.js';

const text = (maxLength = 256) => Type.String({ minLength: 1, maxLength });
const url = () => text(2_048);
const seconds = (minimum: number, maximum: number) => Type.Optional(Type.Integer({ minimum, maximum }));
const flag = () => Type.Optional(Type.Boolean());
const urls = (maxItems = 250) => Type.Optional(Type.Array(url(), { maxItems }));
const named = (...members: readonly string[]) =>
  Type.Optional(Type.Object(Object.fromEntries(members.map((member) => [member, Type.Optional(Type.Unknown())]))));
const MOST_SECONDS = 2_147_483_647;

/** `mobile` of a native application (wire: `00` §9.2). */
const Mobile = Type.Object({
  bundleId: Type.Optional(text()),
  packageName: Type.Optional(text()),
  huaweiAppId: Type.Optional(text()),
  huaweiPackageName: Type.Optional(text()),
  uriPrefix: Type.Optional(url()),
  passcodeGracePeriod: seconds(1, 10),
  passcodeRefreshDuration: Type.Optional(
    Type.Object({ duration: Type.Integer({ minimum: 30, maximum: 60 }), timeUnit: oneOf('SECONDS') }),
  ),
  integrityDetection: Type.Optional(
    Type.Object({
      mode: Type.Optional(oneOf('ENABLED', 'DISABLED')),
      cacheDuration: Type.Optional(
        Type.Object({
          amount: Type.Integer({ minimum: 1, maximum: 2_880 }),
          units: oneOf('MINUTES', 'HOURS'),
        }),
      ),
      excludedPlatforms: Type.Optional(Type.Array(oneOf('GOOGLE', 'IOS'), { maxItems: 1 })),
      googlePlay: Type.Optional(
        Type.Object({
          verificationType: Type.Optional(oneOf('GOOGLE', 'INTERNAL')),
          serviceAccountCredentials: Type.Optional(Type.String({ minLength: 1, maxLength: 16_384 })),
          decryptionKey: Type.Optional(Type.String({ minLength: 1, maxLength: 16_384 })),
          verificationKey: Type.Optional(Type.String({ minLength: 1, maxLength: 16_384 })),
        }),
      ),
    }),
  ),
  push: Type.Optional(
    Type.Object({
      numberMatching: Type.Optional(
        Type.Object({ enabled: flag(), type: Type.Optional(oneOf('SELECT_NUMBER', 'ENTER_MANUALLY')) }),
      ),
    }),
  ),
});

/** What is said of keys of an app's vendor, and never shown again (SEC-66). */
export const APPLICATION_WRITE_ONLY: readonly string[] = [
  'serviceAccountCredentials',
  'decryptionKey',
  'verificationKey',
].map((member) => `mobile.integrityDetection.googlePlay.${member}`);

/**
 * The writable members of an application, of whatever protocol (wire: `00` §9.2; those that only its public clients tell of:
 * the wildcards, the refresh token's type, scopes of several resources, SAML's duration, answer address and virtual servers).
 */
export const ApplicationDocument = Type.Object({
  name: text(),
  type: oneOf(
    'WEB_APP',
    'NATIVE_APP',
    'SINGLE_PAGE_APP',
    'WORKER',
    'SERVICE',
    'CUSTOM_APP',
    'PING_ONE_SELF_SERVICE',
    'PING_ONE_ADMIN_CONSOLE',
    'PING_ONE_PORTAL',
    'TEMPLATE_APP',
    'PORTAL_LINK_APP',
  ),
  protocol: oneOf('OPENID_CONNECT', 'SAML', 'WS_FED', 'EXTERNAL_LINK'),
  enabled: Type.Boolean(),
  description: Type.Optional(Type.String({ maxLength: 1_024 })),
  icon: Type.Optional(Type.Object({ id: text(), href: url() })),
  loginPageUrl: Type.Optional(url()),
  accessControl: named('role', 'group'),
  hiddenFromAppPortal: flag(),
  tags: Type.Optional(Type.Array(text(), { maxItems: 20 })),
  tokenEndpointAuthMethod: Type.Optional(
    oneOf('NONE', 'CLIENT_SECRET_BASIC', 'CLIENT_SECRET_POST', 'CLIENT_SECRET_JWT', 'PRIVATE_KEY_JWT'),
  ),
  grantTypes: Type.Optional(
    Type.Array(
      oneOf(
        'AUTHORIZATION_CODE',
        'IMPLICIT',
        'REFRESH_TOKEN',
        'CLIENT_CREDENTIALS',
        'DEVICE_CODE',
        'TOKEN_EXCHANGE',
        'CIBA',
      ),
      { minItems: 1, maxItems: 7 },
    ),
  ),
  responseTypes: Type.Optional(Type.Array(oneOf('CODE', 'TOKEN', 'ID_TOKEN'), { maxItems: 3 })),
  redirectUris: urls(),
  allowWildcardInRedirectUris: flag(),
  postLogoutRedirectUris: urls(),
  pkceEnforcement: Type.Optional(oneOf('OPTIONAL', 'REQUIRED', 'S256_REQUIRED')),
  parRequirement: Type.Optional(oneOf('OPTIONAL', 'REQUIRED')),
  parTimeout: seconds(1, 600),
  refreshTokenType: Type.Optional(oneOf('JSON_WEB_TOKEN', 'OPAQUE_TOKEN')),
  refreshTokenDuration: seconds(60, MOST_SECONDS),
  refreshTokenRollingDuration: seconds(60, MOST_SECONDS),
  refreshTokenRollingGracePeriodDuration: seconds(0, 86_400),
  additionalRefreshTokenReplayProtectionEnabled: flag(),
  requestScopesForMultipleResourcesEnabled: flag(),
  supportUnsignedRequestObject: flag(),
  requireSignedRequestObject: flag(),
  jwks: Type.Optional(Type.String({ minLength: 1, maxLength: 8_192 })),
  jwksUrl: Type.Optional(Type.String({ maxLength: 2_048, pattern: '^https://[^\\s/?#]+' })),
  corsSettings: Type.Optional(
    Type.Object({ behavior: oneOf('ALLOW_NO_ORIGINS', 'ALLOW_SPECIFIC_ORIGINS'), origins: urls(20) }),
  ),
  signing: Type.Optional(Type.Object({ keyRotationPolicy: Type.Object({ id: Reference }) })),
  includeX5t: flag(),
  opSessionCheckEnabled: flag(),
  idpSignoff: flag(),
  deviceTimeout: seconds(1, 3_600),
  devicePollingInterval: seconds(1, 60),
  devicePathId: Type.Optional(text()),
  deviceCustomVerificationUri: Type.Optional(url()),
  homePageUrl: Type.Optional(url()),
  initiateLoginUri: Type.Optional(url()),
  targetLinkUri: Type.Optional(url()),
  assignActorRoles: flag(),
  mobile: Type.Optional(Mobile),
  // Of the applications that an environment comes with.
  applyDefaultTheme: flag(),
  enableDefaultThemeFooter: flag(),
  // SAML: kept and shown.
  acsUrls: urls(),
  assertionDuration: seconds(1, MOST_SECONDS),
  sessionNotOnOrAfterDuration: seconds(1, MOST_SECONDS),
  assertionSigned: flag(),
  responseSigned: flag(),
  enableRequestedAuthnContext: flag(),
  spEntityId: Type.Optional(text(1_024)),
  nameIdFormat: Type.Optional(text()),
  defaultTargetUrl: Type.Optional(url()),
  sloBinding: Type.Optional(oneOf('HTTP_REDIRECT', 'HTTP_POST')),
  sloEndpoint: Type.Optional(url()),
  sloResponseEndpoint: Type.Optional(url()),
  sloWindow: seconds(0, 24),
  idpSigning: named('key', 'keyRotationPolicy', 'algorithm'),
  spEncryption: named('algorithm', 'certificate'),
  spVerification: named('authnRequestSigned', 'certificates'),
  enableAlwaysAcceptAcsUrlInSignedAuthnRequest: flag(),
  virtualServerIdSettings: named('enabled', 'virtualServerIds'),
  // WS-Federation, and certificates in place of passwords: the same.
  audienceRestriction: Type.Optional(text(1_024)),
  domainName: Type.Optional(text()),
  replyUrl: Type.Optional(url()),
  subjectNameIdentifierFormat: Type.Optional(text()),
  wsTrustVersion: Type.Optional(text()),
  kerberos: named('key', 'gateways'),
});

/** What a schema cannot say of an application by itself. */
export function applicationProblems(document: JsonObject): readonly FieldProblem[] {
  const { protocol, jwks, corsSettings, mobile, type } = document;
  const required = (...members: readonly string[]): readonly FieldProblem[] =>
    members.filter((member) => document[member] === undefined).map((target) => ({ problem: 'required', target }));
  return [
    ...(protocol === 'OPENID_CONNECT' ? required('tokenEndpointAuthMethod') : []),
    ...(protocol === 'OPENID_CONNECT' && !isSystemApplication(document) ? required('grantTypes') : []),
    ...(protocol === 'SAML' ? required('acsUrls', 'assertionDuration', 'spEntityId') : []),
    ...(protocol === 'WS_FED' ? required('domainName', 'replyUrl', 'idpSigning') : []),
    ...(document['allowWildcardInRedirectUris'] === true ? [] : wildcards(document, 'redirectUris')),
    ...wildcards(document, 'postLogoutRedirectUris'),
    ...(typeof jwks === 'string' && !isKeySet(jwks)
      ? [{ problem: 'invalid', target: 'jwks', message: 'must be a JSON Web Key Set' } as const]
      : []),
    ...(isJsonObject(corsSettings) && corsSettings['behavior'] === 'ALLOW_SPECIFIC_ORIGINS' && !corsSettings['origins']
      ? [{ problem: 'required', target: 'corsSettings.origins' } as const]
      : []),
    ...(isSystemApplication(document) ? [] : ofSystemApplications(document)),
    ...(mobile !== undefined && type !== 'NATIVE_APP' && type !== 'CUSTOM_APP'
      ? [{ problem: 'invalid', target: 'mobile', message: 'is for native applications' } as const]
      : []),
  ];
}

function ofSystemApplications(document: JsonObject): readonly FieldProblem[] {
  return (['applyDefaultTheme', 'enableDefaultThemeFooter'] as const)
    .filter((target) => document[target] !== undefined)
    .map((target) => ({ problem: 'invalid', target, message: 'is for applications that the server makes' }));
}

function wildcards(document: JsonObject, member: string): readonly FieldProblem[] {
  const value = document[member];
  const message = 'Wildcards are not allowed in redirect URIs.';
  return Array.isArray(value)
    ? value.flatMap((uri, at): FieldProblem[] =>
        String(uri).includes('*') ? [{ problem: 'invalid', target: `${member}[${at}]`, message }] : [],
      )
    : [];
}

/** RFC 7517 §5. */
function isKeySet(text: string): boolean {
  try {
    const parsed: unknown = JSON.parse(text);
    return isJsonObject(parsed) && Array.isArray(parsed['keys']) && parsed['keys'].every(isJsonObject);
  } catch {
    return false;
  }
}
