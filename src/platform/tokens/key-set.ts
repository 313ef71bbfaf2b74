import type { CryptoKey } from 'jose';
import { JOSEError } from 'jose/errors';
import { createLocalJWKSet, type LocalJWKSet } from 'jose/jwks/local';
import { isJsonObject, type Json } from '../../kernel/json.js';
import type { ParsedToken } from './jws.js';

/** Characters of an RSA key's numbers: 2048 bits at least (RFC 7518 §3.3), 8192 at most, an exponent of 64; what is larger takes long. */
const MODULUS = /^[A-Za-z0-9_-]{342,1366}$/;
const EXPONENT = /^[A-Za-z0-9_-]{1,11}$/;

/**
 * The RSA keys of a client's key set (RFC 7517 §5), ready to verify with; what else is in the set is passed over. `undefined` when
 * the text is no key set.
 */
export function readKeySet(text: string): LocalJWKSet | undefined {
  const parsed = asJson(text);
  const keys = isJsonObject(parsed) ? parsed['keys'] : undefined;
  return Array.isArray(keys) ? createLocalJWKSet({ keys: keys.flatMap(rsaKeyOf) }) : undefined;
}

/** Only what a public key has: the rest of a private one is not taken along. */
function rsaKeyOf(key: Json) {
  const { kty, n, e, kid, use, alg, key_ops } = isJsonObject(key) ? key : {};
  if (kty !== 'RSA' || typeof n !== 'string' || typeof e !== 'string') return [];
  if (!MODULUS.test(n) || !EXPONENT.test(e)) return [];
  return [
    {
      kty,
      n,
      e,
      ...(typeof kid === 'string' ? { kid } : {}),
      ...(typeof use === 'string' ? { use } : {}),
      ...(typeof alg === 'string' ? { alg } : {}),
      ...(Array.isArray(key_ops) ? { key_ops: key_ops.map(String) } : {}),
    },
  ];
}

/** The one key that a header can mean, by its `kid` if it has one, and by its algorithm; where several can be meant, none is. */
export async function keyFor(set: LocalJWKSet, { alg, kid }: ParsedToken['header']): Promise<CryptoKey | undefined> {
  try {
    return await set({ alg: String(alg), ...(kid === undefined ? {} : { kid: String(kid) }) });
  } catch (error) {
    // No key, several, or one that is none: the last two kinds are what the platform says of numbers that do not decode.
    if (error instanceof JOSEError || error instanceof TypeError || error instanceof DOMException) return undefined;
    throw error;
  }
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
