import { type KeyObject, sign, verify } from 'node:crypto';
import { isJsonObject, type JsonObject } from '../kernel/json.js';

/** Longest token that is looked at, in characters. */
const MAX_TOKEN = 4_096;
/** Three parts of base64url without padding (RFC 7515 §7.1); linear. */
const COMPACT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;
const SIGNATURE_BYTES = 64;

/** A token taken apart; nothing in it is to be believed before `isSignedBy`. */
export interface ParsedToken {
  readonly header: JsonObject;
  readonly claims: JsonObject;
  readonly signed: string;
  readonly signature: Buffer;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A compact JWS under ES256 (RFC 7515, RFC 7518 §3.4). */
export function signToken(header: object, claims: object, key: KeyObject): string {
  const signed = `${encode(header)}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

export function parseToken(token: string): ParsedToken | undefined {
  const parts = token.length <= MAX_TOKEN ? COMPACT.exec(token) : null;
  if (!parts) return undefined;
  const [, head = '', body = '', tail = ''] = parts;
  const header = decode(head);
  const claims = decode(body);
  const signature = Buffer.from(tail, 'base64url');
  // One spelling per signature: spare bits in the last character would make a second token of the same one.
  if (!header || !claims || signature.length !== SIGNATURE_BYTES || signature.toString('base64url') !== tail)
    return undefined;
  return { header, claims, signed: `${head}.${body}`, signature };
}

function decode(part: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the key made the signature, by ES256 and nothing else. */
export function isSignedBy({ signed, signature }: ParsedToken, key: KeyObject): boolean {
  return verify('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }, signature);
}
