import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** Just enough DER to issue certificates with; what reads them is the code under test. A tag of several bytes is a buffer. */
export function der(tag: number | Buffer, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const length =
    body.length < 0x80
      ? Buffer.of(body.length)
      : body.length < 0x100
        ? Buffer.of(0x81, body.length)
        : Buffer.of(0x82, body.length >> 8, body.length & 0xff);
  return Buffer.concat([typeof tag === 'number' ? Buffer.of(tag) : tag, length, body]);
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return der(0x06, Buffer.from(bytes));
}

const NAMES: Readonly<Record<string, string>> = { CN: '2.5.4.3', C: '2.5.4.6', O: '2.5.4.10', OU: '2.5.4.11' };
const ECDSA_SHA256 = der(0x30, oid('1.2.840.10045.4.3.2'));

/** A distinguished name, an attribute to each set. */
export function name(attributes: Readonly<Record<string, string>>): Buffer {
  return der(
    0x30,
    ...Object.entries(attributes).map(([key, value]) =>
      der(0x31, der(0x30, oid(NAMES[key] ?? key), der(0x0c, Buffer.from(value)))),
    ),
  );
}

function time(text: string): Buffer {
  return der(0x18, Buffer.from(text));
}

export interface Issued {
  readonly der: Buffer;
  readonly key: KeyObject;
  readonly publicKey: KeyObject;
  readonly subject: Readonly<Record<string, string>>;
}

export interface CertificateRequest {
  readonly subject: Readonly<Record<string, string>>;
  /** Absent: signs itself. */
  readonly issuer?: Issued;
  /** Whose key it certifies, again; absent: a new one. */
  readonly certifies?: Pick<Issued, 'key' | 'publicKey'>;
  readonly isAuthority?: boolean;
  /** By OID: the DER of the value. */
  readonly extensions?: readonly { readonly oid: string; readonly value: Buffer; readonly critical?: boolean }[];
  readonly from?: string;
  readonly to?: string;
  /** Those before 3 have no extensions by right; 2 has them here. */
  readonly version?: 1 | 2 | 3;
}

/** Subject of an attestation certificate as WebAuthn L3 §8.2.1 asks for. */
export const ATTESTATION_SUBJECT = { C: 'NO', O: 'Soft Keys', OU: 'Authenticator Attestation', CN: 'Soft Key One' };

function newKey(): Pick<Issued, 'key' | 'publicKey'> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { key: privateKey, publicKey };
}

/** Issues a certificate on P-256. */
export function issueCertificate(request: CertificateRequest): Issued {
  const { key: privateKey, publicKey } = request.certifies ?? newKey();
  const { subject, issuer, isAuthority = false, extensions = [], version = 3 } = request;
  const all = [
    { oid: '2.5.29.19', value: der(0x30, ...(isAuthority ? [der(0x01, Buffer.of(0xff))] : [])), critical: true },
    ...extensions,
  ];
  const body = der(
    0x30,
    ...(version > 1 ? [der(0xa0, der(0x02, Buffer.of(version - 1)))] : []),
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    ECDSA_SHA256,
    name(issuer?.subject ?? subject),
    der(0x30, time(request.from ?? '20200101000000Z'), time(request.to ?? '20991231235959Z')),
    name(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(version > 1
      ? [
          der(
            0xa3,
            der(
              0x30,
              ...all.map(({ oid: id, value, critical }) =>
                der(0x30, oid(id), ...(critical ? [der(0x01, Buffer.of(0xff))] : []), der(0x04, value)),
              ),
            ),
          ),
        ]
      : []),
  );
  const signature = sign('sha256', body, { key: issuer?.key ?? privateKey, dsaEncoding: 'der' });
  const certificate = der(0x30, body, ECDSA_SHA256, der(0x03, Buffer.of(0), signature));
  return { der: certificate, key: privateKey, publicKey, subject };
}

/** An authority that vouches for authenticators. */
export function testAuthority(CN = 'Soft Keys Root'): Issued {
  return issueCertificate({ subject: { C: 'NO', O: 'Soft Keys', CN }, isAuthority: true });
}

/** The extension in which an attestation certificate names an AAGUID. */
export function aaguidExtension(aaguid: Buffer, critical = false) {
  return { oid: '1.3.6.1.4.1.45724.1.1.4', value: der(0x04, aaguid), critical };
}
