import { decrypt, encrypt } from './cipher.js';
import type { DataKey } from './data-keys.js';
import type { SealedPlace } from './sealed.js';

/** Format of a sealed value: `2.<generation>.<base64url of nonce, ciphertext and tag>`. */
const FORMAT = '2.';
/** Before data keys: base64url of a 1, four bytes that name the master key, nonce, ciphertext and tag. */
const FIRST_FORMAT_HEAD = 5;

/** A ciphertext is good for this place alone (SEC-66): it opens in no other row, column, table or environment. */
const additionalData = ({ table, column, environmentId, row }: SealedPlace): string =>
  `postern:v1:${table}:${column}:${environmentId}:${row}`;

/** Seals under this very key. */
export function sealWith(key: DataKey, text: string, place: SealedPlace): string {
  return `${FORMAT}${key.generation}.${encrypt(key.seal, text, additionalData(place))}`;
}

/** The generation of the data key that a value names; -1, which no key has, when it is of no known format. */
export function sealedUnder(text: string): number {
  if (!text.startsWith(FORMAT)) return text.startsWith('A') ? 0 : -1;
  const end = text.indexOf('.', FORMAT.length);
  const digits = end < 0 ? '' : text.slice(FORMAT.length, end);
  return /^\d{1,9}$/.test(digits) ? Number(digits) : -1;
}

/** The text, or `undefined` when the value was altered, cut, moved, or given another format or generation than its own. */
export function openSealed(key: DataKey, text: string, place: SealedPlace): string | undefined {
  const sealed = text.startsWith(FORMAT)
    ? text.slice(text.indexOf('.', FORMAT.length) + 1)
    : Buffer.from(text, 'base64url').subarray(FIRST_FORMAT_HEAD);
  return decrypt(key.seal, sealed, additionalData(place))?.toString('utf8');
}
