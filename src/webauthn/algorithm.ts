import { constants, type KeyObject, verify } from 'node:crypto';

/** How a COSE algorithm signs: the key it needs, the hash, the padding. */
export interface Algorithm {
  readonly keyType: 'ec' | 'rsa' | 'rsa-pss' | 'ed25519' | 'ed448';
  /** `null`: the algorithm hashes for itself. */
  readonly hash: string | null;
  /** Elliptic curves: the curve, as OpenSSL names it. */
  readonly curve?: string;
  readonly padding?: number;
}

const rsa = (hash: string): Algorithm => ({ keyType: 'rsa', hash, padding: constants.RSA_PKCS1_PADDING });
const pss = (hash: string): Algorithm => ({ keyType: 'rsa', hash, padding: constants.RSA_PKCS1_PSS_PADDING });

/** Read for PSS alone (RFC 8230 §2). */
const SALT_AS_LONG_AS_DIGEST = { saltLength: constants.RSA_PSS_SALTLEN_DIGEST };

/** By COSE number (IANA, RFC 9053, RFC 8812, RFC 9864). SHA-1 is not among them. */
const ALGORITHMS: ReadonlyMap<number, Algorithm> = new Map<number, Algorithm>([
  [-7, { keyType: 'ec', hash: 'sha256', curve: 'prime256v1' }],
  [-35, { keyType: 'ec', hash: 'sha384', curve: 'secp384r1' }],
  [-36, { keyType: 'ec', hash: 'sha512', curve: 'secp521r1' }],
  [-8, { keyType: 'ed25519', hash: null }],
  [-19, { keyType: 'ed25519', hash: null }],
  [-53, { keyType: 'ed448', hash: null }],
  [-37, pss('sha256')],
  [-38, pss('sha384')],
  [-39, pss('sha512')],
  [-257, rsa('sha256')],
  [-258, rsa('sha384')],
  [-259, rsa('sha512')],
]);

/** Algorithms of a credential, in the order of preference that the wire shows (`20` §8.2). */
export const OFFERED_ALGORITHMS: readonly number[] = [-7, -37, -257];

export function algorithmOf(cose: number): Algorithm | undefined {
  return ALGORITHMS.get(cose);
}

/** Whether the key is one for the algorithm: type and curve; RSA keys from 2048 bits (SEC-30). */
export function fitsAlgorithm(key: KeyObject, { keyType, curve }: Algorithm): boolean {
  if (key.asymmetricKeyType !== keyType) return false;
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  if (keyType === 'rsa') return (modulusLength ?? 0) >= 2048;
  return curve === undefined || namedCurve === curve;
}

/**
 * Whether the signature over the data is this key's under this algorithm. ECDSA signatures are DER as WebAuthn has them (L3 §6.5.5),
 * in their only encoding: OpenSSL takes no other. A key that does not fit the algorithm verifies nothing.
 */
export function verifySignature(cose: number, key: KeyObject, data: Buffer, signature: Buffer): boolean {
  const algorithm = ALGORITHMS.get(cose);
  if (!algorithm || !fitsAlgorithm(key, algorithm)) return false;
  const { hash, padding } = algorithm;
  const scheme = padding === undefined ? { dsaEncoding: 'der' as const } : { padding, ...SALT_AS_LONG_AS_DIGEST };
  return verify(hash, data, { key, ...scheme }, signature);
}
