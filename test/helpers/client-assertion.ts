import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';

const b64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A compact JWS (RFC 7515 §7.1) by other hands than the server's: it signs whatever it is told, by the algorithm of its header. */
export function jws(
  header: { readonly alg: string; readonly kid?: string },
  claims: object,
  key: KeyObject | string,
): string {
  const text = `${b64(header)}.${b64(claims)}`;
  const hash = `sha${header.alg.slice(2)}`;
  const signature =
    typeof key === 'string' ? createHmac(hash, key).update(text).digest() : sign(hash, Buffer.from(text), key);
  return `${text}.${signature.toString('base64url')}`;
}

export interface ClientKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly jwk: Readonly<Record<string, unknown>>;
}

/** An RSA key of a client, and its public half as a member of a key set (RFC 7517). */
export function clientKey(kid: string, modulusLength = 2_048): ClientKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength });
  return { kid, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig' } };
}

export const keySet = (...keys: readonly Pick<ClientKey, 'jwk'>[]): string =>
  JSON.stringify({ keys: keys.map(({ jwk }) => jwk) });

/** The claims of a good assertion. */
export const assertionClaims = (clientId: string, audience: string, now: number) => ({
  iss: clientId,
  sub: clientId,
  aud: audience,
  exp: now / 1000 + 300,
  jti: randomUUID(),
});

/** A form that a client proves itself in by an assertion (RFC 7523 §2.2). */
export const assertionForm = (assertion: string, members: Readonly<Record<string, string>>): string =>
  new URLSearchParams({
    ...members,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  }).toString();
