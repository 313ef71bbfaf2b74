import { createDecipheriv, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { type DerValue, INTEGER, isUniversal, OCTET_STRING, oidOf, readInside, SEQUENCE } from '../../webauthn/der.js';

const PBES2 = '1.2.840.113549.1.5.13';
const PBKDF2 = '1.2.840.113549.1.5.12';
/** Pseudo-random functions by their object identifiers (RFC 8018 §B.1.2); the first is the one that need not be said. */
const HASHES: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
};
/** Ciphers, and the bytes of their keys (RFC 8018 §B.2). */
const CIPHERS: Readonly<Record<string, readonly [name: string, keyBytes: number]>> = {
  '2.16.840.1.101.3.4.1.2': ['aes-128-cbc', 16],
  '2.16.840.1.101.3.4.1.22': ['aes-192-cbc', 24],
  '2.16.840.1.101.3.4.1.42': ['aes-256-cbc', 32],
  '1.2.840.113549.3.7': ['des-ede3-cbc', 24],
};
/** Of everything that one password opens: about a second, beside the event loop. */
const MOST_ITERATIONS = 2_000_000;
const derive = promisify(pbkdf2);

/** What PBES2 (RFC 8018 §6.2) is told of how something was encrypted. */
interface Scheme {
  readonly salt: Buffer;
  readonly iterations: number;
  readonly hash: string;
  readonly cipher: readonly [name: string, keyBytes: number];
  readonly iv: Buffer;
}

/** Opens a content by an algorithm identifier; `undefined` where either is of another kind, or the password another. */
export type Decrypt = (algorithm: DerValue | undefined, content: Buffer | undefined) => Promise<Buffer | undefined>;

/** Opens what a password has closed, until it has cost too much. */
export function createDecrypt(password: string): Decrypt {
  let left = MOST_ITERATIONS;
  return async (algorithm, content) => {
    const scheme = schemeOf(algorithm);
    if (!scheme || !content || scheme.iterations > left) return undefined;
    left -= scheme.iterations;
    const { salt, iterations, hash, iv } = scheme;
    const [name, keyBytes] = scheme.cipher;
    const key = await derive(password, salt, iterations, keyBytes, hash);
    try {
      const decipher = createDecipheriv(name, key, iv);
      return Buffer.concat([decipher.update(content), decipher.final()]);
    } catch {
      // Another password, or an initialization vector of another length.
      return undefined;
    }
  };
}

function schemeOf(algorithm: DerValue | undefined): Scheme | undefined {
  const [type, parameters] = readInside(algorithm, SEQUENCE) ?? [];
  if (oidOf(type) !== PBES2) return undefined;
  const [derivation, encryption] = readInside(parameters, SEQUENCE) ?? [];
  const [deriving, terms] = readInside(derivation, SEQUENCE) ?? [];
  const [encrypting, iv] = readInside(encryption, SEQUENCE) ?? [];
  const [salt, count, ...rest] = readInside(terms, SEQUENCE) ?? [];
  const iterations = numberOf(count);
  const cipher = CIPHERS[oidOf(encrypting) ?? ''];
  const prf = rest.find((member) => isUniversal(member, SEQUENCE));
  const hash = prf ? HASHES[oidOf(readInside(prf, SEQUENCE)?.[0]) ?? ''] : 'sha1';
  if (oidOf(deriving) !== PBKDF2 || !iterations || !cipher || !hash) return undefined;
  if (!isUniversal(salt, OCTET_STRING) || !isUniversal(iv, OCTET_STRING)) return undefined;
  return { salt: salt.content, iterations, hash, cipher, iv: iv.content };
}

/** Positive, and of at most four bytes. */
function numberOf(value: DerValue | undefined): number | undefined {
  if (!isUniversal(value, INTEGER) || value.content.length === 0 || value.content.length > 4) return undefined;
  const number = value.content.readIntBE(0, value.content.length);
  return number > 0 ? number : undefined;
}
