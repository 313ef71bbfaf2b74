import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { algorithmOf, fitsAlgorithm } from './algorithm.js';
import { type CborMap, type CborValue, decodeCbor, isCborMap } from './cbor.js';

/** A credential's public key, ready to verify with. */
export interface CredentialKey {
  /** COSE number of the algorithm. */
  readonly algorithm: number;
  readonly key: KeyObject;
}

/** Labels of COSE key parameters (RFC 9052 §7.1, RFC 9053 §7). */
const KTY = 1;
const ALG = 3;
const OKP = 1;
const EC2 = 2;
const RSA = 3;
/** In bytes: twice what any authenticator has, and what a verification may cost (SEC-30). */
const MAX_MODULUS = 1_024;
const MAX_EXPONENT = 8;

/** COSE number of the curve → its JWK name and the length of a coordinate in bytes. */
const EC_CURVES: ReadonlyMap<CborValue, readonly [string, number]> = new Map([
  [1, ['P-256', 32]],
  [2, ['P-384', 48]],
  [3, ['P-521', 66]],
]);
const OKP_CURVES: ReadonlyMap<CborValue, readonly [string, number]> = new Map([
  [6, ['Ed25519', 32]],
  [7, ['Ed448', 57]],
]);

/** A stored key; `undefined` when the bytes are none, which for a key that was accepted once is a fault of the caller's. */
export function decodeCredentialKey(bytes: Buffer): CredentialKey | undefined {
  const cose = decodeCbor(bytes);
  return isCborMap(cose) ? credentialKeyOf(cose) : undefined;
}

/**
 * The key in a COSE map: exactly the parameters that its type has and `alg` (WebAuthn L3 §6.5.2), of the sizes that it has, the
 * point on the curve, RSA from 2048 to 8192 bits (SEC-30). `undefined` for anything else.
 */
export function credentialKeyOf(cose: CborMap): CredentialKey | undefined {
  const alg = cose.get(ALG);
  const algorithm = typeof alg === 'number' ? algorithmOf(alg) : undefined;
  const jwk = jwkOf(cose);
  if (typeof alg !== 'number' || !algorithm || !jwk) return undefined;
  const key = importPublicKey(jwk);
  return key && fitsAlgorithm(key, algorithm) ? { algorithm: alg, key } : undefined;
}

/** COSE key parameters as a JWK, which `node:crypto` takes. */
function jwkOf(cose: CborMap): JsonWebKey | undefined {
  switch (cose.get(KTY)) {
    case EC2: {
      const [crv, size] = EC_CURVES.get(cose.get(-1) ?? null) ?? [];
      const [x, y] = [cose.get(-2), cose.get(-3)];
      // A compressed point, whose `-3` is a boolean, is not one of WebAuthn's (L3 §5.8.5).
      if (!crv || cose.size !== 5 || !isBytes(x, size) || !isBytes(y, size)) return undefined;
      return { kty: 'EC', crv, x: x.toString('base64url'), y: y.toString('base64url') };
    }
    case OKP: {
      const [crv, size] = OKP_CURVES.get(cose.get(-1) ?? null) ?? [];
      const x = cose.get(-2);
      if (!crv || cose.size !== 4 || !isBytes(x, size)) return undefined;
      return { kty: 'OKP', crv, x: x.toString('base64url') };
    }
    case RSA: {
      const [n, e] = [cose.get(-1), cose.get(-2)];
      if (cose.size !== 4 || !isModulus(n) || !isExponent(e)) return undefined;
      return { kty: 'RSA', n: n.toString('base64url'), e: e.toString('base64url') };
    }
    default:
      return undefined;
  }
}

function isBytes(value: CborValue | undefined, length?: number): value is Buffer {
  return Buffer.isBuffer(value) && value.length > 0 && (length === undefined || value.length === length);
}

/** A number in its one form, without leading zeros (RFC 8230 §4), of so many bytes at most, and odd as both of RSA are. */
function isOddNumber(value: CborValue | undefined, longest: number): value is Buffer {
  return isBytes(value) && value[0] !== 0 && value.length <= longest && (value.at(-1) ?? 0) % 2 === 1;
}

const isModulus = (value: CborValue | undefined): value is Buffer => isOddNumber(value, MAX_MODULUS);

/** More than one: with an exponent of one every message is its own signature. */
function isExponent(value: CborValue | undefined): value is Buffer {
  return isOddNumber(value, MAX_EXPONENT) && !value.equals(Buffer.of(1));
}

/** A public key in JWK form; `undefined` when it is none: a point off its curve, for one. */
export function importPublicKey(jwk: JsonWebKey): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    // OpenSSL's word that this is no key. There is nothing else that importing could run into.
    return undefined;
  }
}
