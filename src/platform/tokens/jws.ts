import type { CryptoKey, JWTHeaderParameters, JWTPayload } from 'jose';
import { decodeProtectedHeader } from 'jose/decode/protected_header';
import { JOSEError } from 'jose/errors';
import type { LocalJWKSet } from 'jose/jwks/local';
import { compactVerify } from 'jose/jws/compact/verify';
import { decodeJwt } from 'jose/jwt/decode';
import { SignJWT } from 'jose/jwt/sign';
import { type JWTVerifyOptions, jwtVerify } from 'jose/jwt/verify';

/** ECDSA on P-256 with SHA-256 (RFC 7518 §3.4), the only algorithm there is here. */
export const ALGORITHM = 'ES256';
/** Longest token that is looked at, in characters. */
const MAX_TOKEN = 4_096;
/**
 * Three parts of base64url without padding (RFC 7515 §7.1), the last of them 64 bytes in their only spelling; linear. jose's
 * decoder may overlook white space, padding and the spare bits of a last character, which would make a second token of one signature.
 */
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{85}[AQgw]$/;

/** A token taken apart; nothing in it is to be believed before `verifyToken`. */
export interface ParsedToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: JWTPayload;
}

export function signToken(header: JWTHeaderParameters, claims: JWTPayload, key: CryptoKey): Promise<string> {
  return new SignJWT(claims).setProtectedHeader(header).sign(key);
}

export function parseToken(token: string): ParsedToken | undefined {
  return token.length > MAX_TOKEN || !COMPACT.test(token) ? undefined : takenApart(token);
}

/** A compact JWS (RFC 7515 §7.1) whose header and payload are JSON objects, whoever signed it and however. */
export function takenApart(text: string): ParsedToken | undefined {
  try {
    return { header: decodeProtectedHeader(text), claims: decodeJwt(text) };
  } catch (error) {
    // What jose says of a header, and of claims, that do not decode to a JSON object.
    if (error instanceof TypeError || error instanceof JOSEError) return undefined;
    throw error;
  }
}

/**
 * Whether a header asks for something beyond its algorithm and the id of a key: another key, a place to fetch one, an extension
 * that must be understood (SEC-48; RFC 8725). Left alone, jose passes over most of these.
 */
export function asksForMore(header: ParsedToken['header']): boolean {
  return ['jwk', 'jku', 'x5c', 'x5u', 'crit', 'b64', 'zip'].some((name) => Object.hasOwn(header, name));
}

/**
 * The claims of a token that one of the keys has signed and that passes the checks; otherwise `undefined`. The header names the
 * key by `kid`; the algorithm is the key's and must be ours (SEC-48).
 */
export async function verifyToken(
  token: string,
  keys: LocalJWKSet,
  checks: JWTVerifyOptions,
): Promise<JWTPayload | undefined> {
  try {
    const { payload } = await jwtVerify(token, keys, { ...checks, algorithms: [ALGORITHM] });
    return payload;
  } catch (error) {
    if (error instanceof JOSEError) return undefined;
    throw error;
  }
}

/** Whether a key has signed a compact JWS by one of these algorithms. A key that is not fit for the algorithm has signed nothing. */
export async function isSignedBy(
  text: string,
  key: CryptoKey | Uint8Array,
  algorithms: readonly string[],
): Promise<boolean> {
  try {
    await compactVerify(text, key, { algorithms: [...algorithms] });
    return true;
  } catch (error) {
    // A type error: of a key that is too short, or of another algorithm.
    if (error instanceof JOSEError || error instanceof TypeError) return false;
    throw error;
  }
}
