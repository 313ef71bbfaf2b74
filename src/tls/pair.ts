import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { Instant } from '../kernel/clock.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import { Redacted } from '../kernel/sealed.js';

/** What a server shows and signs with, both in PEM form: its certificate, followed by those between it and a root, and the key. */
export interface TlsPair {
  readonly certificates: string;
  readonly key: Redacted<string>;
  /** When the server's own certificate runs out. */
  readonly until: Instant;
}

/** A certificate that a server cannot do without; the message is for the operator. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
}

/** The pair, if a server can be made with it; else why not, as the end of a sentence that begins with the file. */
export function readPair(
  certificates: string,
  key: string,
): Outcome<TlsPair, { readonly about: 'certificate' | 'key'; readonly why: string }> {
  const own = firstCertificate(certificates);
  if (!own) return reject({ about: 'certificate', why: 'holds no certificate in PEM form' });
  const privateKey = keyIn(key);
  if (!privateKey) return reject({ about: 'key', why: 'holds no private key in PEM form, or one with a passphrase' });
  if (!own.checkPrivateKey(privateKey)) return reject({ about: 'key', why: 'is not the key of the first certificate' });
  try {
    createSecureContext({ cert: certificates, key });
  } catch (error) {
    // Keys that are too short, chains that are broken: OpenSSL names them in words of its own.
    return reject({
      about: 'certificate',
      why: `cannot be served (${error instanceof Error ? error.message : 'fault'})`,
    });
  }
  return accept({ certificates, key: new Redacted(key), until: Date.parse(own.validTo) });
}

/** The first certificate of a PEM text. */
export function firstCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** The private key of a PEM text, unless it is locked. */
export function keyIn(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
