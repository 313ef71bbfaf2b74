/** Longest text of one binary member: 64 KiB of bytes (SEC-30), as Base64 has them. */
const MAX_TEXT = Math.ceil(65_536 / 3) * 4;
const STANDARD = /^[A-Za-z0-9+/]*={0,2}$/;
const URL_SAFE = /^[A-Za-z0-9_-]*={0,2}$/;

/**
 * Bytes in either Base64 alphabet, padded or not: the vendor's sample writes the one, other clients the other (`10` §11.3, `20`
 * §8.3). Strict otherwise: no white space, no mixture of the alphabets, no length that no bytes have, no bits left over, nothing
 * beyond 64 KiB. `undefined` for anything else.
 */
export function decodeBase64(text: string): Buffer | undefined {
  if (text.length > MAX_TEXT) return undefined;
  if (!URL_SAFE.test(text) && !STANDARD.test(text)) return undefined;
  const digits = text.replace(/=+$/, '');
  const padding = text.length - digits.length;
  if (padding > 0 && text.length % 4 !== 0) return undefined;
  const bytes = Buffer.from(digits, 'base64url');
  // Encoding again tells spare bits of the last character, which decoding overlooks.
  return bytes.toString('base64url') === digits.replaceAll('+', '-').replaceAll('/', '_') ? bytes : undefined;
}

/** The bytes as the wire shows them: an array of numbers from -128 to 127 (`10` §11.1, `20` §8.2). */
export function signedBytes(bytes: Uint8Array): number[] {
  return Array.from(bytes, (byte) => (byte > 127 ? byte - 256 : byte));
}
