import type { Instant, Millis } from '../kernel/clock.js';
import { seconds } from '../kernel/duration.js';
import { isUuid, type Uuid } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import type { ApplicationId, EnvironmentId } from './model.js';

/** Life of an access token (wire: `00` §5.1). */
export const ACCESS_TOKEN_SECONDS = 3_600;
/** How far the clock of the process that issued a token may be ahead of ours (SEC-48: at most 60 s). */
const LEEWAY: Millis = seconds(60);
/** RFC 9068 §2.1; what is not of this type is not an access token, whoever signed it. */
const TYPE = 'at+jwt';

/** Who issues, and for whom: from the configured base URLs. */
export interface TokenRealm {
  readonly authPath: string;
  /** The API's base URL without `/v1`. */
  readonly audience: string;
}

export function createTokenRealm(apiPath: string, authPath: string): TokenRealm {
  return { authPath, audience: apiPath.replace(/\/v1$/, '') };
}

export function issuerOf(realm: TokenRealm, environmentId: EnvironmentId): string {
  return `${realm.authPath}/${environmentId}/as`;
}

export interface AccessTokenSubject {
  readonly clientId: ApplicationId;
  readonly environmentId: EnvironmentId;
  readonly organizationId: Uuid;
}

/** Header and claims of a worker's access token (wire: `00` §5.2). No roles: they are looked up per request. */
export function accessToken(
  subject: AccessTokenSubject,
  realm: TokenRealm,
  ids: { readonly kid: string; readonly jti: Uuid },
  now: Instant,
): { readonly header: JsonObject; readonly claims: JsonObject } {
  const iat = Math.floor(now / 1000);
  return {
    header: { alg: 'ES256', typ: TYPE, kid: ids.kid },
    claims: {
      client_id: subject.clientId,
      iss: issuerOf(realm, subject.environmentId),
      jti: ids.jti,
      iat,
      exp: iat + ACCESS_TOKEN_SECONDS,
      aud: [realm.audience],
      env: subject.environmentId,
      org: subject.organizationId,
    },
  };
}

/** What a header may say: which of our keys. No key, no place to fetch one, no extension that must be understood (SEC-48; RFC 8725). */
export function keyIdOf(header: JsonObject): string | undefined {
  const foreign = ['jwk', 'jku', 'x5c', 'x5u', 'crit', 'b64', 'zip'].some((name) => Object.hasOwn(header, name));
  const { alg, typ, kid } = header;
  const isOurs = alg === 'ES256' && typeof typ === 'string' && typ.toLowerCase() === TYPE;
  return !foreign && isOurs && typeof kid === 'string' ? kid : undefined;
}

/** The environment that a token says it is of: whose keys to verify it with. */
export function environmentOf(claims: JsonObject): EnvironmentId | undefined {
  const { env } = claims;
  return typeof env === 'string' && isUuid(env) ? env : undefined;
}

/** What is kept of a token that was found good. */
export interface VerifiedToken {
  readonly clientId: ApplicationId;
  readonly environmentId: EnvironmentId;
  readonly expiresAt: Instant;
}

/** Holds the claims of a token with a good signature against this server, this environment and the time (SEC-48). */
export function verifyClaims(
  claims: JsonObject,
  environmentId: EnvironmentId,
  realm: TokenRealm,
  now: Instant,
): VerifiedToken | undefined {
  const { client_id: clientId, iss, aud, exp, nbf, iat } = claims;
  if (iss !== issuerOf(realm, environmentId)) return undefined;
  if (!Array.isArray(aud) || !aud.includes(realm.audience)) return undefined;
  if (typeof clientId !== 'string' || !isUuid(clientId)) return undefined;
  if (typeof exp !== 'number' || now >= exp * 1000) return undefined;
  for (const notBefore of [nbf, iat])
    if (notBefore !== undefined && (typeof notBefore !== 'number' || notBefore * 1000 > now + LEEWAY)) return undefined;
  return { clientId, environmentId, expiresAt: exp * 1000 };
}
