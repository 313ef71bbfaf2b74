import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { hmac } from './cipher.js';
import { createKeyTable, type DataKey, type KeyTable } from './data-keys.js';
import { type Uuid, uuidOf } from './ids.js';
import { createMasterKeys, KeyError } from './master-keys.js';
import { type Protected, Redacted, type Sealed, type SealedPlace } from './sealed.js';
import { openSealed, sealedUnder, sealWith } from './sealing.js';

export { KeyError, MASTER_KEY_BYTES } from './master-keys.js';

/** Keyed digests: pure functions over keys, handed to decisions as facts (`design.md` §2). */
export interface Digests {
  /**
   * HMAC-SHA-256 of a one-time code under the pepper of the environment that `parts` begin with, `<generation>.<base64url>`; `parts`
   * bind it to its place (SEC-04). With `like`, under the key of that digest: a pepper that was replaced lives as long as its codes.
   */
  code(parts: readonly string[], like?: string): string;
  /** Keyed hash of a contact inside an environment, base64url: searchable and unique where the sealed contact is neither. */
  contact(environmentId: string, contact: string): string;
  /** Signature of an opaque cursor, bound to environment and query (SEC-54). */
  cursor(parts: readonly string[]): string;
}

/** Opens and seals S1 and S2 values. */
export interface Vault {
  /** Under the environment's newest data key, whose generation the result names. */
  seal(text: string, place: SealedPlace): string;
  /** Throws `KeyError` when the value was moved, altered, or sealed under a key that is not at hand. */
  open(value: Protected): string;
}

/** A vault as the store feeds it: keys come out of the database, wrapped. */
export interface StoreVault extends Vault {
  /** Whether the value is sealed under the key that `seal` would take. */
  isCurrent(value: Sealed): boolean;
  readonly keys: KeyTable;
}

/** Signatures of the audit trail (SEC-73): made and checked by this installation alone, under a key for nothing else. */
export interface AuditKeys {
  /** HMAC-SHA-256, base64url, behind the generation of the installation's key. */
  sign(parts: readonly string[]): string;
  /** `false` for what was altered, and for what was signed under another installation's key. */
  verify(parts: readonly string[], signature: string): boolean;
}

/** What webhooks are signed with (SEC-64). */
export interface WebhookKeys {
  /** Of one subscription, the same for as long as it exists: whoever receives checks signatures with it. */
  secret(environmentId: string, subscriptionId: string): Redacted<string>;
}

export interface Keyring {
  readonly digests: Digests;
  readonly vault: StoreVault;
  readonly audit: AuditKeys;
  readonly webhooks: WebhookKeys;
}

/** Told of every value that does not open although its key is at hand: it was altered, moved or exchanged (SEC-66). */
export type OnRefused = (place: SealedPlace) => void;

/**
 * Master keys → data keys (one per environment and generation, random, wrapped, in the database) → HKDF-SHA-256 (RFC 5869) → one
 * key per purpose (`design.md` §9). The first master key wraps. Throws `KeyError` when one is too short.
 */
export function createKeyring(
  masterKeys: Redacted<Buffer> | readonly Redacted<Buffer>[],
  onRefused: OnRefused = () => {},
): Keyring {
  const keys = createKeyTable(createMasterKeys(masterKeys instanceof Redacted ? [masterKeys] : masterKeys));
  const keyOf = (environmentId: string, generation: number): DataKey => {
    const key = keys.find(environmentId, generation);
    if (key) return key;
    throw new KeyError(`data key ${generation} of environment ${environmentId} is not in the database: restore it`);
  };

  const signed = (parts: readonly string[]): string => `1.${hmac(keys.installation.audit, parts)}`;

  return {
    audit: { sign: signed, verify: (parts, signature) => equalDigests(signature, signed(parts)) },
    webhooks: {
      secret: (environmentId, subscriptionId) =>
        new Redacted(`whsec_${hmac(keys.installation.webhook, [environmentId, subscriptionId])}`),
    },
    digests: {
      code(parts, like) {
        const environmentId = parts[0] ?? '';
        const key = like === undefined ? keys.newest(environmentId) : keyOf(environmentId, generationOf(like));
        const digest = hmac(key.pepper, ['1', ...parts]);
        return key.generation === 0 ? digest : `${key.generation}.${digest}`;
      },
      contact: (environmentId, contact) => hmac(keys.installation.contact, [environmentId, contact]),
      cursor: (parts) => hmac(keys.installation.cursor, parts),
    },
    vault: {
      seal: (text, place) => sealWith(keys.newest(place.environmentId), text, place),
      open(value) {
        if (value instanceof Redacted) return value.reveal();
        const { text, place } = value;
        const opened = openSealed(keyOf(place.environmentId, sealedUnder(text)), text, place);
        if (opened !== undefined) return opened;
        onRefused(place);
        throw new KeyError(`a sealed value of ${place.table}.${place.column} does not open: altered or moved`);
      },
      isCurrent: ({ text, place }) => sealedUnder(text) === keys.newest(place.environmentId).generation,
      keys,
    },
  };
}

/** Digests from before data keys name none. */
function generationOf(digest: string): number {
  const dot = digest.indexOf('.');
  return dot < 0 ? 0 : Number(digest.slice(0, dot));
}

/** Constant-time comparison of two digests of equal length; unequal lengths are unequal (SEC-05). */
export function equalDigests(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * The id of something that is named rather than made: always the same in one environment, another one in each. A UUIDv8 (RFC 9562 §5.8).
 */
export function namedId(environmentId: Uuid, name: string): Uuid {
  const digest = hash('sha256', `${environmentId}:${name}`, 'hex');
  return uuidOf(
    `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(12, 15)}-a${digest.slice(15, 18)}-${digest.slice(18, 30)}`,
  );
}

/** SHA-256, base64url: for identity of public values, never for codes. */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}

/** HMAC-SHA-256 under a secret that is shared as text, in hexadecimal as those who check it expect. */
export function signatureOf(secret: Redacted<string>, text: string): string {
  return createHmac('sha256', secret.reveal()).update(text).digest('hex');
}
