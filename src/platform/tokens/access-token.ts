import type { JWTHeaderParameters, JWTPayload } from 'jose';
import type { JWTVerifyOptions } from 'jose/jwt/verify';
import type { Instant } from '../../kernel/clock.js';
import { isUuid, type Uuid } from '../../kernel/ids.js';
import type { ApplicationId, EnvironmentId } from '../model.js';
import { ALGORITHM, asksForMore, type ParsedToken } from './jws.js';

/** Life of an access token (wire: `00` §5.1). */
export const ACCESS_TOKEN_SECONDS = 3_600;
/** How far the clock of the process that issued a token may be ahead of ours (SEC-48: at most 60 s). */
const LEEWAY_SECONDS = 60;
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
): { readonly header: JWTHeaderParameters; readonly claims: JWTPayload } {
  const iat = Math.floor(now / 1000);
  return {
    header: { alg: ALGORITHM, typ: TYPE, kid: ids.kid },
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

/**
 * The key that a header names, if it names one and asks for nothing more. Left alone, jose tries the only key of a set on a header
 * without `kid`.
 */
export function keyNamedBy(header: ParsedToken['header']): string | undefined {
  const { kid } = header;
  return !asksForMore(header) && typeof kid === 'string' ? kid : undefined;
}

/** The environment that a token says it is of: whose keys to verify it with. */
export function environmentOf(claims: JWTPayload): EnvironmentId | undefined {
  const { env } = claims;
  return typeof env === 'string' && isUuid(env) ? env : undefined;
}

/** What a token is held against: this server, this environment and the time (SEC-48; RFC 9068 §4). */
export function accessTokenChecks(environmentId: EnvironmentId, realm: TokenRealm, now: Instant): JWTVerifyOptions {
  return {
    typ: TYPE,
    issuer: issuerOf(realm, environmentId),
    audience: realm.audience,
    // Holds `iat` against the clock too, and makes it required.
    maxTokenAge: ACCESS_TOKEN_SECONDS,
    clockTolerance: LEEWAY_SECONDS,
    currentDate: new Date(now),
  };
}

/** What is kept of a token that was found good. */
export interface VerifiedToken {
  /** Its `jti`, by which it is revoked. */
  readonly id: Uuid;
  /** The key that signed it: once that is removed, so is every token of it. */
  readonly kid: string;
  readonly clientId: ApplicationId;
  readonly environmentId: EnvironmentId;
  readonly expiresAt: Instant;
}

/**
 * Reads verified claims. Stricter than `accessTokenChecks` can be: there is an end, to the millisecond and without the leeway of
 * a beginning, and the audience is a list, as `accessToken` writes it.
 */
export function toVerifiedToken(
  { client_id: clientId, jti, aud, exp }: JWTPayload,
  kid: string,
  environmentId: EnvironmentId,
  now: Instant,
): VerifiedToken | undefined {
  if (!Array.isArray(aud)) return undefined;
  if (typeof clientId !== 'string' || !isUuid(clientId)) return undefined;
  if (typeof jti !== 'string' || !isUuid(jti)) return undefined;
  if (exp === undefined || now >= exp * 1000) return undefined;
  return { id: jti, kid, clientId, environmentId, expiresAt: exp * 1000 };
}
