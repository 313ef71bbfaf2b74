import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseName } from '../../src/platform/certificates/name.js';
import { type CertificateTerms, selfSigned } from '../../src/platform/certificates/x509.js';

const NAME = parseName('CN=terraform, OU=Non-Production Testing, O=Ping Identity, C=GB') ?? [];

/** A certificate of this key, DER. */
export function ownCertificate(key: KeyObject, terms: Partial<CertificateTerms> = {}): Buffer {
  return selfSigned({
    serialNumber: 2n ** 150n + 7n,
    subject: NAME,
    issuer: NAME,
    from: Date.UTC(2026, 0, 1),
    until: Date.UTC(2036, 0, 1),
    signatureAlgorithm: key.asymmetricKeyType === 'rsa' ? 'SHA256withRSA' : 'SHA256withECDSA',
    key,
    ...terms,
  });
}

const BOUNDARY = 'the-boundary-of-a-form';

/** The form that imports a file. */
export function importOf(file: string | Buffer, usageType = 'SIGNING', password?: string) {
  return formOf({ usageType, file, ...(password === undefined ? {} : { password }) });
}

/** A form with these parts. */
export function formOf(parts: Readonly<Record<string, string | Buffer>>) {
  const body = Buffer.concat([
    ...Object.entries(parts).flatMap(([name, content]) => [
      Buffer.from(
        name === 'file'
          ? `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\nContent-Type: application/octet-stream\r\n\r\n`
          : `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`,
      ),
      Buffer.from(content),
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${BOUNDARY}--\r\n`),
  ]);
  return { type: `multipart/form-data; boundary=${BOUNDARY}`, body };
}

/** What the keystores that are encrypted were encrypted under. */
export const KEYSTORE_PASSWORD = 'a-password-for-tests';

/** A PKCS #12 file that OpenSSL has made of a P-256 key: encrypted by PBES2, not at all, by what came before; without the key. */
export function keystore(name: 'pbes2' | 'open' | 'triple-des' | 'certificate-only'): Buffer {
  return readFileSync(new URL(`keystores/${name}.p12`, import.meta.url));
}
