import type { Instant } from '../../kernel/clock.js';
import { hours, minutes } from '../../kernel/duration.js';
import type { EnvironmentId } from '../model.js';
import { issuerOf, type TokenRealm } from './access-token.js';
import { asksForMore, type ParsedToken, takenApart } from './jws.js';

/** The only type of assertion there is (RFC 7523 §2.2; wire: `00` §5.1). */
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** Longest assertion that is looked at, in characters. */
const MAX_ASSERTION = 8_192;
/** How far ahead it may end (wire: `00` §5.1). */
const LONGEST_LIFE = hours(1);
/** How far the client's clock may be ahead of ours: only for what lies in the future, an end is an end. */
const LEEWAY = minutes(1);

/** The algorithms of each method, and so the type of key: an assertion chooses among them and nothing else (wire: `00` §5.1). */
export const ASSERTION_ALGORITHMS = {
  CLIENT_SECRET_JWT: ['HS256', 'HS384', 'HS512'],
  PRIVATE_KEY_JWT: ['RS256', 'RS384', 'RS512'],
} as const;
export type AssertionMethod = keyof typeof ASSERTION_ALGORITHMS;

/** An assertion as it was presented; nothing in it is to be believed before its signature was verified. */
export interface PresentedAssertion extends ParsedToken {
  /** By its algorithm. */
  readonly method: AssertionMethod;
  /** Whom it says it is of: its `sub`. */
  readonly clientId: string;
  readonly text: string;
}

/** Endpoints at which clients prove themselves: each is an audience of its own (wire: `00` §5.1). */
export type ClientEndpointName = 'token' | 'introspect' | 'revoke';

/** What is wrong with an assertion that is signed as it should be: for the record, and never for whoever sent it. */
export type AssertionFault =
  | 'AssertionOfAnotherIssuer'
  | 'AssertionForAnotherAudience'
  | 'AssertionExpired'
  | 'AssertionWithoutNearEnd'
  | 'AssertionNotYetValid'
  | 'AssertionUsedBefore';

/** `undefined`: nothing that could be somebody's assertion. `none`, and headers that ask for more, are nobody's (SEC-48). */
export function parseAssertion(text: string): PresentedAssertion | undefined {
  const parsed = text.length > MAX_ASSERTION ? undefined : takenApart(text);
  const method = parsed && methodOf(parsed.header['alg']);
  const clientId = parsed?.claims.sub;
  if (!parsed || !method || typeof clientId !== 'string' || asksForMore(parsed.header)) return undefined;
  return { method, clientId, text, header: parsed.header, claims: parsed.claims };
}

function methodOf(algorithm: unknown): AssertionMethod | undefined {
  const isOf = (method: AssertionMethod): boolean => ASSERTION_ALGORITHMS[method].some((known) => known === algorithm);
  return (['CLIENT_SECRET_JWT', 'PRIVATE_KEY_JWT'] as const).find(isOf);
}

/** What an assertion may be addressed to: the issuer, the token endpoint, the URL that is called; each with and without environment. */
export function audiencesOf(
  realm: TokenRealm,
  environmentId: EnvironmentId,
  endpoint: ClientEndpointName,
): readonly string[] {
  return [issuerOf(realm, environmentId), `${realm.authPath}/as`].flatMap((issuer) => [
    issuer,
    `${issuer}/token`,
    `${issuer}/${endpoint}`,
  ]);
}

/**
 * Judges the claims of an assertion that its client has signed (wire: `00` §5.1; RFC 7523 §3): the client's own, for this server and
 * nobody beside it, ending within the hour. `iat` is not looked at, nor is any claim that is not named here.
 */
export function assertionFault(
  { claims, clientId }: Pick<PresentedAssertion, 'claims' | 'clientId'>,
  audiences: readonly string[],
  now: Instant,
): AssertionFault | undefined {
  const { iss, aud, exp, nbf } = claims;
  if (iss !== clientId) return 'AssertionOfAnotherIssuer';
  const addressees: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  const isOurs = addressees.length > 0 && addressees.every((one) => audiences.some((known) => known === one));
  if (!isOurs) return 'AssertionForAnotherAudience';
  if (typeof exp !== 'number' || exp * 1000 > now + LONGEST_LIFE + LEEWAY) return 'AssertionWithoutNearEnd';
  if (exp * 1000 <= now) return 'AssertionExpired';
  if (nbf !== undefined && !(typeof nbf === 'number' && nbf * 1000 <= now + LEEWAY)) return 'AssertionNotYetValid';
  return undefined;
}
