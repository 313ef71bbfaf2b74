import { type Encodable, encodeCbor } from '../helpers/cbor.js';
import { ATTESTATION_SUBJECT, aaguidExtension, issueCertificate, testAuthority } from '../helpers/certificates.js';
import type { CredentialJson, Lies, SoftOptions } from '../helpers/soft-authenticator.js';

/** A registration that must be refused, and what the records must say of it. */
export interface DishonestRegistration {
  readonly name: string;
  readonly lies: Lies;
  readonly options?: SoftOptions;
  /** `undefined`: it does not read, so nothing is verified. */
  readonly problem: string | undefined;
  readonly type?: string;
}

const authority = testAuthority();
const packed: SoftOptions = { attestation: 'packed', authority, aaguid: Buffer.alloc(16, 5) };
const u2f: SoftOptions = { attestation: 'fido-u2f', authority };
const self: SoftOptions = { attestation: 'self' };

type Data = Record<string, unknown>;
const client = (change: (data: Data) => unknown): Lies => ({ clientData: change });
const flags = (change: (bits: number) => number): Lies => ({ flags: change });
const credential = (change: (credential: CredentialJson) => unknown): Lies => ({ credential: change });
const response = (change: Data): Lies =>
  credential(({ response: honest, ...rest }) => ({ ...rest, response: { ...honest, ...change } }));
const key = (change: (cose: Map<number, Encodable>) => unknown): Lies => ({
  publicKey: (cose) => {
    change(cose);
    return cose;
  },
});
const object = (change: (object: Map<string, Encodable>) => Encodable | Buffer): Lies => ({
  attestationObject: change,
});
/** A map with a key twice, which no encoder of maps writes. */
const twice = (map: Map<string, Encodable>): Buffer => {
  const encoded = encodeCbor(map);
  const again = Buffer.concat([encodeCbor('fmt'), encodeCbor('none')]);
  return Buffer.concat([Buffer.of(0xa4), encoded.subarray(1), again]);
};
const nested = (depth: number): Encodable => (depth === 0 ? 0 : [nested(depth - 1)]);
const leaf = (change: NonNullable<Lies['leaf']>): Lies => ({ leaf: change });

export const DISHONEST_REGISTRATIONS: readonly DishonestRegistration[] = [
  {
    name: 'made by get, not by create',
    lies: client((d) => ({ ...d, type: 'webauthn.get' })),
    problem: 'CLIENT_DATA_TYPE',
  },
  {
    name: 'another challenge',
    lies: client((d) => ({ ...d, challenge: Buffer.alloc(32).toString('base64url') })),
    problem: 'CHALLENGE',
  },
  {
    name: 'a challenge that is a prefix of it',
    lies: client((d) => ({ ...d, challenge: String(d['challenge']).slice(0, 40) })),
    problem: 'CHALLENGE',
  },
  { name: 'no challenge', lies: client(({ challenge: _, ...d }) => d), problem: 'MALFORMED' },
  { name: 'an empty challenge', lies: client((d) => ({ ...d, challenge: '' })), problem: 'CHALLENGE' },
  {
    name: 'another origin than the body says',
    lies: client((d) => ({ ...d, origin: 'https://evil.example' })),
    problem: 'ORIGIN',
  },
  {
    name: 'an origin with a slash',
    lies: client((d) => ({ ...d, origin: 'https://postern.test/' })),
    problem: 'ORIGIN',
  },
  { name: 'a frame of another site', lies: client((d) => ({ ...d, crossOrigin: true })), problem: 'CROSS_ORIGIN' },
  {
    name: 'a page above it',
    lies: client((d) => ({ ...d, topOrigin: 'https://postern.test' })),
    problem: 'CROSS_ORIGIN',
  },
  { name: 'crossOrigin as text', lies: client((d) => ({ ...d, crossOrigin: 'false' })), problem: 'MALFORMED' },
  { name: 'client data that is no JSON', lies: client(() => Buffer.from('{')), problem: 'MALFORMED' },
  { name: 'client data that is no UTF-8', lies: client(() => Buffer.from([0x7b, 0xff, 0x7d])), problem: 'MALFORMED' },
  { name: 'client data that is an array', lies: client(() => []), problem: 'MALFORMED' },
  {
    name: 'another relying party',
    lies: { authenticatorData: (data) => Buffer.concat([Buffer.alloc(32), data.subarray(32)]) },
    problem: 'RP_ID',
  },
  { name: 'nobody present', lies: flags((bits) => bits & ~0x01), problem: 'USER_PRESENCE' },
  {
    name: 'the platform without verification',
    lies: flags((bits) => bits & ~0x04),
    problem: 'USER_VERIFICATION',
    type: 'PLATFORM',
  },
  { name: 'backed up, though not eligible', lies: flags((bits) => bits | 0x10), problem: 'BACKUP_FLAGS' },
  { name: 'no credential announced', lies: flags((bits) => bits & ~0x40), problem: 'MALFORMED' },
  { name: 'extensions announced and none there', lies: flags((bits) => bits | 0x80), problem: 'MALFORMED' },
  {
    name: 'bytes behind the authenticator data',
    lies: { authenticatorData: (data) => Buffer.concat([data, Buffer.of(0)]) },
    problem: 'MALFORMED',
  },
  {
    name: 'authenticator data cut short',
    lies: { authenticatorData: (data) => data.subarray(0, -1) },
    problem: 'MALFORMED',
  },
  {
    name: 'a credential id of no bytes',
    lies: { authenticatorData: (data) => Buffer.concat([data.subarray(0, 53), Buffer.of(0, 0), data.subarray(87)]) },
    problem: 'MALFORMED',
  },
  {
    name: 'a credential id of 1024 bytes',
    lies: {
      authenticatorData: (data) =>
        Buffer.concat([data.subarray(0, 53), Buffer.of(4, 0), Buffer.alloc(1024, 1), data.subarray(87)]),
    },
    problem: 'MALFORMED',
  },
  {
    name: 'another credential outside than inside',
    lies: {
      authenticatorData: (data) => Buffer.concat([data.subarray(0, 55), Buffer.alloc(32, 9), data.subarray(87)]),
    },
    problem: 'CREDENTIAL_ID',
  },
  { name: 'an algorithm that was not offered', lies: {}, options: { algorithm: 'EdDSA' }, problem: 'ALGORITHM' },
  {
    name: 'an algorithm with SHA-1',
    lies: key((cose) => cose.set(3, -65535)),
    options: { algorithm: 'RS256' },
    problem: 'ALGORITHM',
  },
  { name: 'an algorithm of another type of key', lies: key((cose) => cose.set(3, -257)), problem: 'PUBLIC_KEY' },
  { name: 'a point off the curve', lies: key((cose) => cose.set(-3, Buffer.alloc(32, 1))), problem: 'PUBLIC_KEY' },
  { name: 'another curve', lies: key((cose) => cose.set(-1, 2)), problem: 'PUBLIC_KEY' },
  { name: 'a compressed point', lies: key((cose) => cose.set(-3, true)), problem: 'PUBLIC_KEY' },
  {
    name: 'a key with a parameter too many',
    lies: key((cose) => cose.set(-4, Buffer.alloc(32, 1))),
    problem: 'PUBLIC_KEY',
  },
  {
    name: 'an RSA key of 1024 bits',
    lies: key((cose) => cose.set(-1, Buffer.concat([Buffer.of(0xc1), Buffer.alloc(127, 3)]))),
    options: { algorithm: 'RS256' },
    problem: 'PUBLIC_KEY',
  },
  {
    name: 'an RSA exponent of one',
    lies: key((cose) => cose.set(-2, Buffer.of(1))),
    options: { algorithm: 'RS256' },
    problem: 'PUBLIC_KEY',
  },
  { name: 'a key that is no map', lies: { publicKey: () => encodeCbor([1, 2]) }, problem: 'MALFORMED' },
  { name: 'an unknown statement format', lies: { format: 'android-safetynet' }, problem: 'FORMAT' },
  {
    name: 'format none with a statement',
    lies: { statement: () => new Map([['sig', Buffer.of(1)]]) },
    problem: 'ATTESTATION',
  },
  {
    name: 'a self-signature that is wrong',
    lies: { signature: (sig) => Buffer.concat([sig.subarray(0, -1), Buffer.of((sig.at(-1) ?? 0) ^ 1)]) },
    options: self,
    problem: 'ATTESTATION',
  },
  {
    name: 'a self-signature of no bytes',
    lies: { signature: () => Buffer.alloc(0) },
    options: self,
    problem: 'ATTESTATION',
  },
  {
    name: 'a self-signature under another algorithm',
    lies: { statement: (s) => s.set('alg', -37) },
    options: self,
    problem: 'ATTESTATION',
  },
  {
    name: 'a statement with a member too many',
    lies: { statement: (s) => s.set('ecdaaKeyId', Buffer.of(1)) },
    options: self,
    problem: 'ATTESTATION',
  },
  {
    name: 'a statement with no certificate in its chain',
    lies: { chain: () => [] },
    options: packed,
    problem: 'ATTESTATION',
  },
  {
    name: 'a chain that is no certificate',
    lies: { chain: () => [Buffer.from('certificate')] },
    options: packed,
    problem: 'ATTESTATION',
  },
  {
    name: 'a certificate with bytes behind it',
    lies: { chain: ([first]) => [Buffer.concat([first ?? Buffer.alloc(0), Buffer.of(0)])] },
    options: packed,
    problem: 'ATTESTATION',
  },
  {
    name: 'a certificate that did not sign',
    lies: { chain: () => [issueCertificate({ subject: ATTESTATION_SUBJECT, issuer: authority }).der] },
    options: packed,
    problem: 'ATTESTATION',
  },
  {
    name: 'a certificate for another AAGUID',
    lies: leaf({ extensions: [aaguidExtension(Buffer.alloc(16, 6))] }),
    options: packed,
    problem: 'ATTESTATION',
  },
  {
    name: 'an AAGUID extension that is critical',
    lies: leaf({ extensions: [aaguidExtension(Buffer.alloc(16, 5), true)] }),
    options: packed,
    problem: 'ATTESTATION',
  },
  { name: 'a certificate of an authority', lies: leaf({ isAuthority: true }), options: packed, problem: 'ATTESTATION' },
  { name: 'a certificate of version 1', lies: leaf({ version: 1 }), options: packed, problem: 'ATTESTATION' },
  {
    name: 'a certificate for something else',
    lies: leaf({ subject: { ...ATTESTATION_SUBJECT, OU: 'Toasters' } }),
    options: packed,
    problem: 'ATTESTATION',
  },
  {
    name: 'nine certificates',
    lies: { chain: ([first]) => Array.from({ length: 9 }, () => first ?? Buffer.alloc(0)) },
    options: packed,
    problem: 'ATTESTATION',
  },
  {
    name: 'a U2F statement with two certificates',
    lies: { chain: ([first]) => [first ?? Buffer.alloc(0), authority.der] },
    options: u2f,
    problem: 'ATTESTATION',
  },
  {
    name: 'a U2F signature that is wrong',
    lies: { signature: () => Buffer.from([0x30, 0x00]) },
    options: u2f,
    problem: 'ATTESTATION',
  },
  {
    name: 'bytes behind the attestation object',
    lies: object((map) => Buffer.concat([encodeCbor(map), Buffer.of(0)])),
    problem: 'MALFORMED',
  },
  {
    name: 'an attestation object cut short',
    lies: object((map) => encodeCbor(map).subarray(0, -1)),
    problem: 'MALFORMED',
  },
  { name: 'a key twice', lies: object(twice), problem: 'MALFORMED' },
  { name: 'a fourth member', lies: object((map) => map.set('more', 1)), problem: 'MALFORMED' },
  {
    name: 'an indefinite length',
    lies: object((map) => Buffer.concat([Buffer.of(0xbf), encodeCbor(map).subarray(1), Buffer.of(0xff)])),
    problem: 'MALFORMED',
  },
  {
    name: 'a length in more bytes than it needs',
    lies: object((map) => Buffer.concat([Buffer.of(0xb8, 3), encodeCbor(map).subarray(1)])),
    problem: 'MALFORMED',
  },
  {
    name: 'a tag before it',
    lies: object((map) => Buffer.concat([Buffer.of(0xc1), encodeCbor(map)])),
    problem: 'MALFORMED',
  },
  {
    name: 'a length of 2^32',
    lies: object(() => Buffer.from([0xa1, 0x5b, 0, 0, 0, 1, 0, 0, 0, 0])),
    problem: 'MALFORMED',
  },
  { name: 'nested forty levels deep', lies: { statement: () => new Map([['x', nested(40)]]) }, problem: 'MALFORMED' },
  { name: 'a number instead of a map', lies: object(() => 7), problem: 'MALFORMED' },
  { name: 'text that is no UTF-8', lies: object(() => Buffer.from([0xa1, 0x61, 0xff, 0x00])), problem: 'MALFORMED' },
  { name: 'no type', lies: credential(({ type: _, ...rest }) => rest), problem: undefined },
  { name: 'another type', lies: credential((c) => ({ ...c, type: 'password' })), problem: undefined },
  { name: 'another rawId than id', lies: credential((c) => ({ ...c, rawId: 'AAAA' })), problem: undefined },
  { name: 'an id of no bytes', lies: credential((c) => ({ ...c, id: '', rawId: '' })), problem: undefined },
  { name: 'an id that is no Base64', lies: credential((c) => ({ ...c, id: `${c.id}*` })), problem: undefined },
  { name: 'a mixture of the alphabets', lies: response({ attestationObject: 'ab+_' }), problem: undefined },
  { name: 'spare bits in the last character', lies: response({ attestationObject: 'AB' }), problem: undefined },
  { name: 'white space', lies: response({ attestationObject: 'AA AA' }), problem: undefined },
  { name: 'an attestation object that is a number', lies: response({ attestationObject: 7 }), problem: undefined },
  { name: 'no client data', lies: response({ clientDataJSON: undefined }), problem: undefined },
  { name: 'no response', lies: credential(({ response: _, ...rest }) => rest), problem: undefined },
  { name: 'an array', lies: credential(() => []), problem: undefined },
  { name: 'null', lies: credential(() => null), problem: undefined },
  {
    name: 'a prototype',
    lies: credential(() => '{"__proto__":{"id":"AAAA"},"type":"public-key"}'),
    problem: undefined,
  },
];
