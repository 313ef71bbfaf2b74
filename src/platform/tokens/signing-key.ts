import { generateKeyPairSync } from 'node:crypto';
import type { CryptoKey } from 'jose';
import { importJWK } from 'jose/key/import';
import type { Uuid } from '../../kernel/ids.js';
import { isJsonObject, type JsonObject } from '../../kernel/json.js';
import type { Vault } from '../../kernel/keys.js';
import { Redacted } from '../../kernel/sealed.js';
import type { StoredDocument } from '../model.js';
import { ALGORITHM } from './jws.js';

/**
 * A public signing key as the key set shows it (RFC 7517; wire: `00` §5.4). The algorithm is a property of the key, never of a
 * token (SEC-48).
 */
export interface PublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly use: 'sig';
  readonly alg: typeof ALGORITHM;
  readonly kid: string;
}

export class SigningKeyError extends Error {
  override readonly name = 'SigningKeyError';
}

/** A signing key on its way into its document: the public half is the body, the private half is sealed. */
export interface SigningKeyMaterial {
  /** Also the `kid`. */
  readonly id: Uuid;
  readonly publicJwk: JsonObject;
  /** JSON of the private JWK. */
  readonly privateJwk: Redacted<string>;
}

/**
 * A new ES256 key (RFC 7518 §3.4) of an environment. The newest document of the kind signs; the older ones still verify, until
 * they are removed.
 */
export function createSigningKey(id: Uuid): SigningKeyMaterial {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x, y, d } = privateKey.export({ format: 'jwk' });
  if (x === undefined || y === undefined || d === undefined) throw new SigningKeyError('an EC key without its numbers');
  const publicJwk = { kty: 'EC', crv: 'P-256', x, y } as const;
  return { id, publicJwk, privateJwk: new Redacted(JSON.stringify({ ...publicJwk, d })) };
}

export function toPublicJwk({ id, body }: StoredDocument): PublicJwk {
  const { x, y } = body;
  if (typeof x !== 'string' || typeof y !== 'string') throw new SigningKeyError(`signing key ${id} does not decode`);
  return { kty: 'EC', crv: 'P-256', x, y, use: 'sig', alg: ALGORITHM, kid: id };
}

/**
 * Opens the private half, as a key that signs and cannot be exported. Throws `SigningKeyError`, or `KeyError` when it was sealed
 * under another master key.
 */
export async function toPrivateKey({ id, secret }: StoredDocument, vault: Vault): Promise<CryptoKey> {
  const jwk: unknown = secret && JSON.parse(vault.open(secret));
  const { x, y, d } = isJsonObject(jwk) ? jwk : {};
  if (typeof x !== 'string' || typeof y !== 'string' || typeof d !== 'string')
    throw new SigningKeyError(`signing key ${id} has no private half`);
  return importJWK({ kty: 'EC', crv: 'P-256', x, y, d }, ALGORITHM);
}
