import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { AttestationContext } from '../../src/webauthn/attestation/statement.js';
import { parseAuthenticatorData } from '../../src/webauthn/authenticator-data.js';
import type { CborMap, CborValue } from '../../src/webauthn/cbor.js';
import { credentialKeyOf } from '../../src/webauthn/cose-key.js';
import { type Encodable, encodeCbor } from '../helpers/cbor.js';
import {
  ATTESTATION_SUBJECT,
  type CertificateRequest,
  der,
  type Issued,
  issueCertificate,
  name,
  oid,
  testAuthority,
} from '../helpers/certificates.js';

/** A credential's key on both sides. */
export interface Pair {
  readonly alg: number;
  readonly key: KeyObject;
  readonly publicKey: KeyObject;
}

const pair = (alg: number, { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject }): Pair => ({
  ...{ alg, key: privateKey, publicKey },
});
export const ES256 = pair(-7, generateKeyPairSync('ec', { namedCurve: 'P-256' }));
export const ES384 = pair(-35, generateKeyPairSync('ec', { namedCurve: 'P-384' }));
export const RS256 = pair(-257, generateKeyPairSync('rsa', { modulusLength: 2048 }));
export const ED25519 = pair(-8, generateKeyPairSync('ed25519'));

export const AAGUID: Buffer = Buffer.alloc(16, 5);
export const CLIENT_DATA_HASH: Buffer = Buffer.alloc(32, 6);
export const authority: Issued = testAuthority();
const bytes = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64url');

function coseOf({ alg, publicKey }: Pair): ReadonlyMap<number, Encodable & CborValue> {
  const { x, y, n, e } = publicKey.export({ format: 'jwk' });
  if (n !== undefined)
    return new Map<number, number | Buffer>([
      [1, 3],
      [3, alg],
      [-1, bytes(n)],
      [-2, bytes(e)],
    ]);
  if (y === undefined)
    return new Map<number, number | Buffer>([
      [1, 1],
      [3, alg],
      [-1, 6],
      [-2, bytes(x)],
    ]);
  return new Map<number, number | Buffer>([
    [1, 2],
    [3, alg],
    [-1, alg === -7 ? 1 : 2],
    [-2, bytes(x)],
    [-3, bytes(y)],
  ]);
}

/** What a statement about a new credential with this key is held against. */
export function contextOf(pair: Pair, statement: CborMap): AttestationContext {
  const header = Buffer.concat([Buffer.alloc(32, 1), Buffer.of(0x41, 0, 0, 0, 0)]);
  const signed = Buffer.concat([header, AAGUID, Buffer.of(0, 4), Buffer.alloc(4, 3), encodeCbor(coseOf(pair))]);
  const data = parseAuthenticatorData(signed);
  const key = data?.attested && credentialKeyOf(data.attested.cose);
  if (!data?.attested || !key) throw new Error('the credential of a test does not read');
  return { statement, signed, data, attested: data.attested, key, clientDataHash: CLIENT_DATA_HASH };
}

/** What most formats sign of a credential with this key. */
export const toBeSignedOf = (pair: Pair): Buffer =>
  Buffer.concat([contextOf(pair, new Map()).signed, CLIENT_DATA_HASH]);

export const signedBy = (key: KeyObject, data: Buffer): Buffer =>
  key.asymmetricKeyType === 'ed25519' ? sign(null, data, key) : sign('sha256', data, { key, dsaEncoding: 'der' });

/** Where a statement may be wrong: its members, and the certificate. */
export interface Wrong {
  readonly members?: Readonly<Record<string, CborValue | undefined>>;
  readonly leaf?: Partial<CertificateRequest>;
}

/** A certificate with these extensions and no others. */
export const extended = (...extensions: NonNullable<CertificateRequest['extensions']>): Wrong => ({
  leaf: { extensions },
});

export function statementOf(members: Readonly<Record<string, CborValue>>, wrong: Wrong): CborMap {
  const all = Object.entries({ ...members, ...wrong.members });
  return new Map(all.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])));
}

export function packedContext(wrong: Wrong = {}, pair = ES256): AttestationContext {
  const leaf = issueCertificate({ subject: ATTESTATION_SUBJECT, issuer: authority, ...wrong.leaf });
  const sig = signedBy(leaf.key, toBeSignedOf(pair));
  return contextOf(pair, statementOf({ alg: -7, sig, x5c: [leaf.der] }, wrong));
}

export function u2fContext(wrong: Wrong = {}, pair = ES256): AttestationContext {
  const leaf = issueCertificate({ subject: ATTESTATION_SUBJECT, issuer: authority, ...wrong.leaf });
  const { data, attested } = contextOf(pair, new Map());
  const point = [Buffer.of(4), attested.cose.get(-2), attested.cose.get(-3)].filter((part) => Buffer.isBuffer(part));
  const message = [Buffer.of(0), data.rpIdHash, CLIENT_DATA_HASH, attested.credentialId, ...point];
  const sig = signedBy(leaf.key, Buffer.concat(message));
  return contextOf(pair, statementOf({ sig, x5c: [leaf.der] }, wrong));
}

/** An extension with the nonce that Apple writes of a ceremony. */
export const appleNonce = (nonce: Buffer) => ({
  oid: '1.2.840.113635.100.8.2',
  value: der(0x30, der(0xa0, der(0x04, Buffer.of(1))), der(0xa1, der(0x04, nonce))),
});

export function appleContext(wrong: Wrong = {}): AttestationContext {
  const nonce = createHash('sha256').update(toBeSignedOf(ES256)).digest();
  const extensions = [appleNonce(nonce)];
  const leaf = issueCertificate({
    subject: { CN: 'x' },
    issuer: authority,
    certifies: ES256,
    extensions,
    ...wrong.leaf,
  });
  return contextOf(ES256, statementOf({ x5c: [leaf.der] }, wrong));
}

/** A member of an Android authorization list: tags 1, 600 and 702 are those that are read. */
export function authorization(tag: number, ...content: Buffer[]): Buffer {
  return der(tag < 31 ? 0xa0 | tag : Buffer.of(0xbf, 0x80 | (tag >> 7), tag & 0x7f), ...content);
}

/** The extension in which Android describes a key. */
export function keyDescription(
  software: Buffer = der(0x30),
  hardware: Buffer = der(0x30),
  challenge: Buffer = der(0x04, CLIENT_DATA_HASH),
) {
  const [version, level] = [der(0x02, Buffer.of(3)), der(0x0a, Buffer.of(1))];
  const fields = [version, level, version, level, challenge, der(0x04), software, hardware];
  return { oid: '1.3.6.1.4.1.11129.2.1.17', value: der(0x30, ...fields) };
}

export function androidContext(wrong: Wrong = {}): AttestationContext {
  const leaf = issueCertificate({
    ...{ subject: { CN: 'Android Keystore Key' }, issuer: authority, certifies: ES256 },
    ...{ extensions: [keyDescription()], ...wrong.leaf },
  });
  const sig = signedBy(ES256.key, toBeSignedOf(ES256));
  return contextOf(ES256, statementOf({ alg: -7, sig, x5c: [leaf.der] }, wrong));
}

export const uint16 = (value: number): Buffer => Buffer.of(value >> 8, value & 0xff);
const uint32 = (value: number): Buffer => Buffer.from(value.toString(16).padStart(8, '0'), 'hex');
const sized = (content: Buffer): Buffer => Buffer.concat([uint16(content.length), content]);

/** The public part of a key as a TPM writes it, with `TPM_ALG_NULL` where nothing else is said. */
export function publicArea(
  { publicKey }: Pair,
  { nameAlg = 0x000b, symmetric = 0x0010, scheme = uint16(0x0010), exponent = 0, kdf = 0x0010, curve = 0x0003 } = {},
): Buffer {
  const { kty, n, x, y } = publicKey.export({ format: 'jwk' });
  const head = [uint16(nameAlg), Buffer.alloc(4), sized(Buffer.alloc(32, 8)), uint16(symmetric), scheme];
  return kty === 'RSA'
    ? Buffer.concat([uint16(0x0001), ...head, uint16(2048), uint32(exponent), sized(bytes(n))])
    : Buffer.concat([uint16(0x0023), ...head, uint16(curve), uint16(kdf), sized(bytes(x)), sized(bytes(y))]);
}

/** What a TPM says when it certifies the key with this public part for this ceremony. */
export function certifyInfo(
  area: Buffer,
  toBeSigned: Buffer,
  { magic = 0xff544347, type = 0x8017, hash = 'sha256' } = {},
): Buffer {
  const areaName = Buffer.concat([uint16(0x000b), createHash('sha256').update(area).digest()]);
  const extraData = createHash(hash).update(toBeSigned).digest();
  const clock = Buffer.alloc(25, 4);
  const signer = sized(Buffer.alloc(34, 2));
  return Buffer.concat([uint32(magic), uint16(type), signer, sized(extraData), clock, sized(areaName), signer]);
}

/** What an attestation key's certificate says of its TPM: manufacturer, model and version, and what the key is for. */
export function tpmExtensions(
  attributes: Readonly<Record<string, string>> = {},
  usage = der(0x30, oid('2.5.29.37.0'), oid('2.23.133.8.3')),
) {
  const all = { '2.23.133.2.1': 'id:FFFFF1D0', '2.23.133.2.2': 'Soft', '2.23.133.2.3': 'id:13', ...attributes };
  const directory = der(0x30, der(0x82, Buffer.from('tpm.example')), der(0xa4, name(all)));
  return [
    { oid: '2.5.29.17', value: directory, critical: true },
    { oid: '2.5.29.37', value: usage },
  ];
}

export interface WrongTpm extends Wrong {
  readonly area?: Buffer;
  readonly info?: Buffer;
}

export function tpmContext(wrong: WrongTpm = {}, pair = ES256): AttestationContext {
  const leaf = issueCertificate({ subject: {}, issuer: authority, extensions: tpmExtensions(), ...wrong.leaf });
  const pubArea = wrong.area ?? publicArea(pair);
  const certInfo = wrong.info ?? certifyInfo(pubArea, toBeSignedOf(pair));
  const sig = signedBy(leaf.key, certInfo);
  return contextOf(pair, statementOf({ ver: '2.0', alg: -7, x5c: [leaf.der], sig, certInfo, pubArea }, wrong));
}
