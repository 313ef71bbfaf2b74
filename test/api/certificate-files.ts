import type { KeyObject } from 'node:crypto';
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
export function importOf(file: string | Buffer, usageType = 'SIGNING') {
  const part = (more: string, content: string | Buffer) =>
    Buffer.concat([
      Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; ${more}\r\n\r\n`),
      Buffer.from(content),
      Buffer.from('\r\n'),
    ]);
  const body = Buffer.concat([
    part('name="usageType"', usageType),
    part('name="file"; filename="file"\r\nContent-Type: application/octet-stream', file),
    Buffer.from(`--${BOUNDARY}--\r\n`),
  ]);
  return { type: `multipart/form-data; boundary=${BOUNDARY}`, body };
}
