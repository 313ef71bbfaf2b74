import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto';
import { createSystemRandom } from './random.js';
import { type Protected, Redacted, type SealedPlace } from './sealed.js';

export class KeyError extends Error {
  override readonly name = 'KeyError';
}

/** Keyed digests: pure functions over keys, handed to decisions as facts (`design.md` §2). */
export interface Digests {
  /** HMAC-SHA-256 of a one-time code under the pepper, base64url; `parts` bind it to its place (SEC-04). */
  code(parts: readonly string[]): string;
  /** Keyed hash of a contact inside an environment, base64url: searchable and unique where the sealed contact is neither. */
  contact(environmentId: string, contact: string): string;
  /** Signature of an opaque cursor, bound to environment and query (SEC-54). */
  cursor(parts: readonly string[]): string;
}

/** Opens and seals S1 and S2 values. */
export interface Vault {
  seal(text: string, place: SealedPlace): string;
  /** Throws `KeyError` when the value was moved, altered or sealed under another key. */
  open(value: Protected): string;
}

export interface Keyring {
  readonly digests: Digests;
  readonly vault: Vault;
}

/** Bytes below which a master key is refused (SEC-68). */
export const MASTER_KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Format of a sealed value: version, key id, nonce, ciphertext, tag. */
const SEAL_VERSION = 1;
const CACHED_ENVIRONMENTS = 1000;

/** Length-prefixed, so that no two lists of parts give the same bytes. */
function hmac(key: KeyObject, parts: readonly string[]): string {
  let message = '';
  for (const part of parts) message += `${Buffer.byteLength(part)}:${part}`;
  return createHmac('sha256', key).update(message).digest('base64url');
}

/**
 * One master key → HKDF-SHA-256 (RFC 5869) → one key per purpose (`design.md` §9).
 * Sealing is AES-256-GCM with a random 96-bit nonce and the place as additional data (SEC-66).
 */
export function createKeyring(masterKey: Redacted<Buffer>): Keyring {
  const master = masterKey.reveal();
  if (master.length < MASTER_KEY_BYTES)
    throw new KeyError(`the master key has ${master.length} bytes; at least ${MASTER_KEY_BYTES} are needed`);
  const derive = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), `postern:v1:${purpose}`, 32));
  const pepper = createSecretKey(derive('code-pepper'));
  const contactKey = createSecretKey(derive('contact-hash'));
  const cursorKey = createSecretKey(derive('cursor'));
  const keyId = createHash('sha256').update(derive('key-id')).digest().subarray(0, 4);
  const random = createSystemRandom();
  const dataKeys = new Map<string, KeyObject>();
  const dataKey = (environmentId: string): KeyObject => {
    const known = dataKeys.get(environmentId);
    if (known) return known;
    if (dataKeys.size >= CACHED_ENVIRONMENTS) dataKeys.clear();
    const key = createSecretKey(derive(`seal:${environmentId}`));
    dataKeys.set(environmentId, key);
    return key;
  };
  const additionalData = (place: SealedPlace): Buffer =>
    Buffer.from(`postern:v1:${place.table}:${place.column}:${place.environmentId}:${place.row}`);

  return {
    digests: {
      code: (parts) => hmac(pepper, ['1', ...parts]),
      contact: (environmentId, contact) => hmac(contactKey, [environmentId, contact]),
      cursor: (parts) => hmac(cursorKey, parts),
    },
    vault: {
      seal(text, place) {
        const nonce = random.bytes(NONCE_BYTES);
        const cipher = createCipheriv('aes-256-gcm', dataKey(place.environmentId), nonce);
        cipher.setAAD(additionalData(place));
        const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
        return Buffer.concat([Buffer.from([SEAL_VERSION]), keyId, nonce, body, cipher.getAuthTag()]).toString(
          'base64url',
        );
      },
      open(value) {
        if (value instanceof Redacted) return value.reveal();
        const bytes = Buffer.from(value.text, 'base64url');
        const at = 1 + keyId.length;
        if (bytes.length < at + NONCE_BYTES + TAG_BYTES || bytes[0] !== SEAL_VERSION)
          throw new KeyError('a sealed value is damaged');
        if (!timingSafeEqual(bytes.subarray(1, at), keyId))
          throw new KeyError('a sealed value was written under another master key');
        const decipher = createDecipheriv(
          'aes-256-gcm',
          dataKey(value.place.environmentId),
          bytes.subarray(at, at + NONCE_BYTES),
        );
        decipher.setAAD(additionalData(value.place));
        decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
        try {
          return (
            decipher.update(bytes.subarray(at + NONCE_BYTES, bytes.length - TAG_BYTES), undefined, 'utf8') +
            decipher.final('utf8')
          );
        } catch (cause) {
          throw new KeyError(
            `a sealed value of ${value.place.table}.${value.place.column} does not open: altered or moved`,
            { cause },
          );
        }
      },
    },
  };
}

/** Constant-time comparison of two digests of equal length; unequal lengths are unequal (SEC-05). */
export function equalDigests(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** SHA-256, base64url: for identity of public values, never for codes. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
