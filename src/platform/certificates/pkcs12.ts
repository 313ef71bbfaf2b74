import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import {
  type DerValue,
  isContext,
  isUniversal,
  OCTET_STRING,
  oidOf,
  readInside,
  readWhole,
  SEQUENCE,
} from '../../webauthn/der.js';
import { createDecrypt, type Decrypt } from './password-encryption.js';

const DATA = '1.2.840.113549.1.7.1';
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6';
const KEY_BAG = '1.2.840.113549.1.12.10.1.1';
const SHROUDED_KEY_BAG = '1.2.840.113549.1.12.10.1.2';
const CERTIFICATE_BAG = '1.2.840.113549.1.12.10.1.3';
const X509 = '1.2.840.113549.1.9.22.1';

/** A private key, and the certificate of its public half, DER. */
export interface KeyPair {
  readonly key: KeyObject;
  readonly certificate: Buffer;
}

/**
 * The first private key of a PKCS #12 file (RFC 7292, DER) whose certificate is there as well. What is encrypted must be by PBES2.
 * `undefined` when there is none, or the password is another. The file's MAC is not looked at: it says that the file is of somebody who
 * knows the password, and whoever sends both could have made it.
 */
export async function readPkcs12(file: Buffer, password: string): Promise<KeyPair | undefined> {
  const decrypt = createDecrypt(password);
  const keys: KeyObject[] = [];
  const certificates: X509Certificate[] = [];
  const [, authenticated] = readInside(readWhole(file), SEQUENCE) ?? [];
  for (const content of sequenceIn(await contentOf(authenticated, decrypt))) {
    for (const bag of sequenceIn(await contentOf(content, decrypt))) {
      const [type, wrapped] = readInside(bag, SEQUENCE) ?? [];
      const value = inside(wrapped);
      const key = privateKeyIn(await privateKeyInfo(oidOf(type), value, wrapped, decrypt));
      if (key) keys.push(key);
      const certificate = oidOf(type) === CERTIFICATE_BAG ? certificateIn(value) : undefined;
      if (certificate) certificates.push(certificate);
    }
  }
  for (const key of keys) {
    const certificate = certificates.find((each) => each.checkPrivateKey(key));
    if (certificate) return { key, certificate: certificate.raw };
  }
  return undefined;
}

const sequenceIn = (bytes: Buffer | undefined): readonly DerValue[] =>
  (bytes && readInside(readWhole(bytes), SEQUENCE)) ?? [];

/** The one value in an explicit `[0]`. */
const inside = (wrapped: DerValue | undefined): DerValue | undefined =>
  wrapped && isContext(wrapped, 0) ? readWhole(wrapped.content) : undefined;

const octetsOf = (value: DerValue | undefined): Buffer | undefined =>
  isUniversal(value, OCTET_STRING) ? value.content : undefined;

/** What a content holds (RFC 5652 §4, §8), opened when it is encrypted. */
async function contentOf(content: DerValue | undefined, decrypt: Decrypt): Promise<Buffer | undefined> {
  const [type, wrapped] = readInside(content, SEQUENCE) ?? [];
  const value = inside(wrapped);
  if (oidOf(type) === DATA) return octetsOf(value);
  if (oidOf(type) !== ENCRYPTED_DATA) return undefined;
  const [, encrypted] = readInside(value, SEQUENCE) ?? [];
  const [, algorithm, closed] = readInside(encrypted, SEQUENCE) ?? [];
  // An implicit `[0]` in place of the tag of octets.
  return closed?.form === 0x80 && closed.tag === 0 ? decrypt(algorithm, closed.content) : undefined;
}

/** A private key as PKCS #8 (RFC 5958), DER, opened when it is encrypted. */
async function privateKeyInfo(
  type: string | undefined,
  value: DerValue | undefined,
  wrapped: DerValue | undefined,
  decrypt: Decrypt,
): Promise<Buffer | undefined> {
  if (type === KEY_BAG) return wrapped?.content;
  if (type !== SHROUDED_KEY_BAG) return undefined;
  const [algorithm, closed] = readInside(value, SEQUENCE) ?? [];
  return decrypt(algorithm, octetsOf(closed));
}

function privateKeyIn(der: Buffer | undefined): KeyObject | undefined {
  try {
    return der && createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } catch {
    return undefined;
  }
}

function certificateIn(value: DerValue | undefined): X509Certificate | undefined {
  const [type, wrapped] = readInside(value, SEQUENCE) ?? [];
  const der = oidOf(type) === X509 ? octetsOf(inside(wrapped)) : undefined;
  try {
    return der && new X509Certificate(der);
  } catch {
    return undefined;
  }
}
