import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { createSystemRandom } from './random.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Bytes of every key that is derived or drawn here (AES-256, HMAC-SHA-256). */
export const KEY_BYTES = 32;

const random = createSystemRandom();

/** AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce: base64url of nonce, ciphertext and 128-bit tag (SEC-66). */
export function encrypt(key: KeyObject, plain: string | Buffer, additional: string | Buffer): string {
  const nonce = random.bytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(bytesOf(additional));
  const body = typeof plain === 'string' ? cipher.update(plain, 'utf8') : cipher.update(plain);
  // A counter mode: what it ends with is empty.
  cipher.final();
  return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url');
}

/** What `encrypt` was given; `undefined` when key, additional data or a single bit is another, or the text is too short. */
export function decrypt(key: KeyObject, sealed: string | Buffer, additional: string | Buffer): Buffer | undefined {
  const bytes = typeof sealed === 'string' ? Buffer.from(sealed, 'base64url') : sealed;
  const end = bytes.length - TAG_BYTES;
  if (end < NONCE_BYTES) return undefined;
  // The length is said, or a tag cut short would pass with it (SEC-66).
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(bytesOf(additional));
  decipher.setAuthTag(bytes.subarray(end));
  try {
    const body = decipher.update(bytes.subarray(NONCE_BYTES, end));
    // Looks at the tag; nothing leaves before.
    decipher.final();
    return body;
  } catch {
    return undefined;
  }
}

/** HKDF-SHA-256 (RFC 5869), no salt, 32 bytes: one key per purpose out of one secret. */
export function derive(secret: Buffer, info: string | Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), info, KEY_BYTES));
}

/** The same, as a key object, whose bytes no log shows. */
export function derivedKey(secret: Buffer, info: string): KeyObject {
  return createSecretKey(derive(secret, info));
}

/** HMAC-SHA-256 (RFC 2104), base64url. */
export function mac(key: KeyObject, message: string | Buffer): string {
  return createHmac('sha256', key).update(message).digest('base64url');
}

/** The same over several parts, which are length-prefixed, so that no two lists of parts give the same bytes. */
export function hmac(key: KeyObject, parts: readonly string[]): string {
  let message = '';
  for (const part of parts) message += `${Buffer.byteLength(part)}:${part}`;
  return mac(key, message);
}

const bytesOf = (value: string | Buffer): Buffer => (typeof value === 'string' ? Buffer.from(value) : value);
