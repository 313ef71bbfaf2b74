import { createPublicKey, hash, type KeyObject, sign } from 'node:crypto';
import type { Instant } from '../../kernel/clock.js';
import { bits, integer, objectId, octets, sequence, tagged, time, value } from '../../kernel/der.js';
import { parseCertificate } from '../../webauthn/certificate.js';
import {
  type DerValue,
  INTEGER,
  isContext,
  isUniversal,
  oidOf,
  readInside,
  readWhole,
  SEQUENCE,
} from '../../webauthn/der.js';
import { decodeName, encodeName, type NameAttribute } from './name.js';

/** Algorithms of signatures by their names on the wire: object identifier and hash. */
const SIGNATURES = {
  SHA256withRSA: ['1.2.840.113549.1.1.11', 'sha256'],
  SHA384withRSA: ['1.2.840.113549.1.1.12', 'sha384'],
  SHA512withRSA: ['1.2.840.113549.1.1.13', 'sha512'],
  SHA256withECDSA: ['1.2.840.10045.4.3.2', 'sha256'],
  SHA384withECDSA: ['1.2.840.10045.4.3.3', 'sha384'],
  SHA512withECDSA: ['1.2.840.10045.4.3.4', 'sha512'],
} as const;
export type SignatureAlgorithm = keyof typeof SIGNATURES;
export const SIGNATURE_ALGORITHMS = [
  'SHA256withRSA',
  'SHA384withRSA',
  'SHA512withRSA',
  'SHA256withECDSA',
  'SHA384withECDSA',
  'SHA512withECDSA',
] as const satisfies readonly SignatureAlgorithm[];

const NULL = value(0x05);
const SUBJECT_KEY_IDENTIFIER = '2.5.29.14';
const VERSION_3 = tagged(0, integer(Buffer.from([2])));

/** What a certificate says, and who signs it. */
export interface CertificateTerms {
  readonly serialNumber: bigint;
  readonly subject: readonly NameAttribute[];
  readonly issuer: readonly NameAttribute[];
  readonly from: Instant;
  readonly until: Instant;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly key: KeyObject;
}

/** A certificate of the key that signs it (RFC 5280), DER. Its use is not in it: that can be changed. */
export function selfSigned(terms: CertificateTerms): Buffer {
  const { serialNumber, subject, issuer, from, until, signatureAlgorithm, key } = terms;
  const algorithm = algorithmIdentifier(signatureAlgorithm);
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const keyId = hash('sha256', spki, 'buffer').subarray(0, 20);
  const signed = sequence(
    VERSION_3,
    integer(bytesOf(serialNumber)),
    algorithm,
    encodeName(issuer),
    sequence(time(from), time(until)),
    encodeName(subject),
    spki,
    tagged(3, sequence(sequence(objectId(SUBJECT_KEY_IDENTIFIER), octets(octets(keyId))))),
  );
  return sequence(signed, algorithm, bits(sign(digestOf(signatureAlgorithm), signed, key)));
}

/** How a signature is made (RFC 4055 §5, RFC 5758 §3.2). */
export function algorithmIdentifier(name: SignatureAlgorithm): Buffer {
  const [oid] = SIGNATURES[name];
  return name.endsWith('RSA') ? sequence(objectId(oid), NULL) : sequence(objectId(oid));
}

/** Name of the hash that is signed. */
export const digestOf = (name: SignatureAlgorithm): string => SIGNATURES[name][1];

function bytesOf(number: bigint): Buffer {
  const digits = number.toString(16);
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
}

/** What is shown of a certificate. */
export interface CertificateFacts {
  readonly algorithm: 'RSA' | 'EC';
  /** Bits. */
  readonly keyLength: number;
  readonly signatureAlgorithm: string;
  /** Decimal. */
  readonly serialNumber: string;
  readonly subject: readonly NameAttribute[];
  readonly issuer: readonly NameAttribute[];
  readonly from: Instant;
  readonly until: Instant;
}

const CURVE_BITS: Readonly<Record<string, number>> = {
  secp224r1: 224,
  prime256v1: 256,
  secp384r1: 384,
  secp521r1: 521,
};

/** Reads a certificate, DER; `undefined` when it is none, or its key or signature is of a kind that is not known. */
export function readCertificate(der: Buffer): CertificateFacts | undefined {
  const parsed = parseCertificate(der);
  const [tbs, algorithm] = readInside(readWhole(der), SEQUENCE) ?? [];
  const members = readInside(tbs, SEQUENCE);
  const key = parsed && keyOf(parsed.publicKey);
  const signatureAlgorithm = nameOfSignature(oidOf(readInside(algorithm, SEQUENCE)?.[0]));
  if (!parsed || !key || !members || !signatureAlgorithm) return undefined;
  const [serial, , issuerName, , subjectName] = afterVersion(members);
  const [issuer, subject] = [decodeName(issuerName), decodeName(subjectName)];
  if (!issuer || !subject || !isUniversal(serial, INTEGER)) return undefined;
  return {
    ...key,
    signatureAlgorithm,
    serialNumber: BigInt(`0x${serial.content.toString('hex')}`).toString(),
    subject,
    issuer,
    from: Date.parse(parsed.x509.validFrom),
    until: Date.parse(parsed.x509.validTo),
  };
}

// Without an explicit version the serial number comes first (RFC 5280 §4.1).
const afterVersion = (members: readonly DerValue[]): readonly DerValue[] =>
  members[0] && isContext(members[0], 0) ? members.slice(1) : members;

/** Whom a certificate is of, as it is encoded there. */
export function subjectIn(certificate: Buffer): Buffer | undefined {
  const members = readInside(readInside(readWhole(certificate), SEQUENCE)?.[0], SEQUENCE);
  const subject = members && afterVersion(members)[4];
  return subject && value(SEQUENCE, subject.content);
}

function keyOf({
  asymmetricKeyType,
  asymmetricKeyDetails = {},
}: KeyObject): Pick<CertificateFacts, 'algorithm' | 'keyLength'> | undefined {
  const { modulusLength, namedCurve = '' } = asymmetricKeyDetails;
  if (asymmetricKeyType === 'rsa' && modulusLength !== undefined) return { algorithm: 'RSA', keyLength: modulusLength };
  const keyLength = CURVE_BITS[namedCurve];
  return asymmetricKeyType === 'ec' && keyLength !== undefined ? { algorithm: 'EC', keyLength } : undefined;
}

function nameOfSignature(oid: string | undefined): SignatureAlgorithm | undefined {
  return SIGNATURE_ALGORITHMS.find((name) => SIGNATURES[name][0] === oid);
}
