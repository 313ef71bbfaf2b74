import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { tpm } from '../../src/webauthn/attestation/tpm.js';
import { publicAreaOf, readCertifyInfo } from '../../src/webauthn/attestation/tpm-structures.js';
import { aaguidExtension, der, oid } from '../helpers/certificates.js';
import {
  certifyInfo,
  ES256,
  ES384,
  extended,
  publicArea,
  RS256,
  signedBy,
  toBeSignedOf,
  tpmContext,
  tpmExtensions,
  uint16,
  type Wrong,
  type WrongTpm,
} from './statements.js';

describe('a statement of a TPM (L3 §8.3)', () => {
  it.each([
    ['on a curve', ES256],
    ['of RSA', RS256],
  ] as const)('for a key %s proves who made the authenticator', (_what, pair) => {
    expect(tpm(tpmContext({}, pair))).toMatchObject({ kind: 'certified' });
  });

  const area = publicArea(ES256);
  const toBeSigned = toBeSignedOf(ES256);
  const tpmWith = (attributes: Record<string, string>, usage?: Buffer): Wrong =>
    extended(...tpmExtensions(attributes, usage));
  it.each<[string, WrongTpm]>([
    ['another version', { members: { ver: '1.2' } }],
    ['no version', { members: { ver: undefined } }],
    ['an algorithm in text', { members: { alg: 'ES256' } }],
    ['an algorithm that nobody knows', { members: { alg: -65535 } }],
    ['an algorithm that hashes for itself', { members: { alg: -8 } }],
    ['a signature in text', { members: { sig: 'signature' } }],
    ['another signature', { members: { sig: signedBy(ES256.key, Buffer.of(1)) } }],
    ['a certificate in text', { members: { certInfo: 'text' } }],
    ['a public area in text', { members: { pubArea: 'text' } }],
    ['a member too many', { members: { ecdaaKeyId: Buffer.of(1) } }],
    ['no certificates', { members: { x5c: [] } }],
    ['a public area that does not read', { area: area.subarray(1) }],
    ['words that do not read', { info: Buffer.of(1) }],
    ['another key', { area: publicArea(RS256) }],
    ['a key that is none', { area: Buffer.concat([area.subarray(0, -1), Buffer.of((area.at(-1) ?? 0) ^ 1)]) }],
    ['another ceremony', { info: certifyInfo(area, Buffer.of(1)) }],
    ['another hash of the ceremony', { info: certifyInfo(area, toBeSigned, { hash: 'sha384' }) }],
    ['the name of another key', { info: certifyInfo(publicArea(ES384), toBeSigned) }],
    ['a certificate of version 2', { leaf: { version: 2 } }],
    ['a certificate with a subject', { leaf: { subject: { CN: 'TPM' } } }],
    ['a certificate of an authority', { leaf: { isAuthority: true } }],
    ['a certificate that says nothing', extended()],
    ['a manufacturer of no letters', tpmWith({ '2.23.133.2.1': '' })],
    ['a model of no letters', tpmWith({ '2.23.133.2.2': '' })],
    ['a version of no letters', tpmWith({ '2.23.133.2.3': '' })],
    ['a key for something else', tpmWith({}, der(0x30, oid('2.5.29.37.0')))],
    ['a key for nothing that reads', tpmWith({}, Buffer.of(1))],
    ['no word of the TPM', extended(...tpmExtensions().slice(1))],
    [
      'a word of the TPM that does not read',
      extended({ oid: '2.5.29.17', value: Buffer.of(1) }, ...tpmExtensions().slice(1)),
    ],
    ['no name of the TPM', extended({ oid: '2.5.29.17', value: der(0x30, der(0xa4)) }, ...tpmExtensions().slice(1))],
    [
      'a name of the TPM that does not read',
      extended({ oid: '2.5.29.17', value: der(0x30, der(0xa4, Buffer.of(1))) }, ...tpmExtensions().slice(1)),
    ],
    ['no model', extended({ oid: '2.5.29.17', value: der(0x30, der(0xa4, der(0x30))) }, ...tpmExtensions().slice(1))],
    ['no word of what the key is for', extended(...tpmExtensions().slice(0, 1))],
    ['another AAGUID', extended(...tpmExtensions(), aaguidExtension(Buffer.alloc(16, 6)))],
  ])('with %s proves nothing', (_what, wrong) => expect(tpm(tpmContext(wrong))).toBeUndefined());
});

describe('the public part of a key in a TPM (TPM 2.0 part 2 §12.2.4)', () => {
  const jwk = (area: Buffer) => publicAreaOf(area)?.jwk;
  const { n } = RS256.publicKey.export({ format: 'jwk' });
  const curve = ES256.publicKey.export({ format: 'jwk' });

  it('of RSA has its exponent, the usual one where it says 0', () => {
    expect(jwk(publicArea(RS256))).toEqual({ kty: 'RSA', n, e: 'AQAB' });
    expect(jwk(publicArea(RS256, { exponent: 3 }))).toEqual({ kty: 'RSA', n, e: 'Aw' });
    expect(jwk(publicArea(RS256, { exponent: 0x01020304 }))).toEqual({ kty: 'RSA', n, e: 'AQIDBA' });
  });

  it('on a curve has the curve and the point', () => {
    expect(jwk(publicArea(ES256))).toEqual(curve);
    expect(jwk(publicArea(ES256, { curve: 4 }))).toEqual({ ...curve, crv: 'P-384' });
    expect(jwk(publicArea(ES256, { curve: 5 }))).toEqual({ ...curve, crv: 'P-521' });
  });

  it('has a scheme of signing with its hash, or none', () => {
    const scheme = Buffer.concat([uint16(0x0018), uint16(0x000b)]);
    expect(jwk(publicArea(ES256, { scheme }))).toEqual(curve);
    expect(jwk(publicArea(RS256, { scheme }))).toMatchObject({ n });
  });

  it.each([
    [0x000b, 'sha256'],
    [0x000c, 'sha384'],
    [0x000d, 'sha512'],
  ])('is named by a hash of it (%i)', (nameAlg, hash) => {
    const area = publicArea(ES256, { nameAlg });
    const name = Buffer.concat([uint16(nameAlg), createHash(hash).update(area).digest()]);
    expect(publicAreaOf(area)?.name).toEqual(name);
  });

  it('is nothing else: no SHA-1, no restricted key, no other curve, no derivation, no other type', () => {
    const refused = [
      publicArea(ES256, { nameAlg: 0x0004 }),
      publicArea(ES256, { symmetric: 0x0006 }),
      publicArea(ES256, { curve: 0x0010 }),
      publicArea(ES256, { kdf: 0x0020 }),
      Buffer.concat([uint16(0x0008), publicArea(ES256).subarray(2)]),
      publicArea(RS256).subarray(0, -258),
      Buffer.concat([publicArea(RS256).subarray(0, -258), uint16(0)]),
    ];
    expect(refused.map((area) => publicAreaOf(area))).toEqual(refused.map(() => undefined));
  });

  it.each([
    ['on a curve', publicArea(ES256)],
    ['of RSA', publicArea(RS256)],
  ])('%s is read to its last byte, and not without it (SEC-30)', (_what, area) => {
    for (let length = 0; length < area.length; length++)
      expect([length, publicAreaOf(area.subarray(0, length))]).toEqual([length, undefined]);
    expect(publicAreaOf(Buffer.concat([area, Buffer.of(0)]))).toBeUndefined();
  });
});

describe('what a TPM certifies (TPM 2.0 part 2 §10.12.12)', () => {
  const area = publicArea(ES256);
  const data = Buffer.from('ceremony');

  it('is the ceremony and the name of a key', () => {
    expect(readCertifyInfo(certifyInfo(area, data))).toEqual({
      extraData: createHash('sha256').update(data).digest(),
      name: publicAreaOf(area)?.name,
    });
  });

  it('is nothing that was not made in a TPM, and no other word of it', () => {
    expect(readCertifyInfo(certifyInfo(area, data, { magic: 0xff544348 }))).toBeUndefined();
    expect(readCertifyInfo(certifyInfo(area, data, { type: 0x8018 }))).toBeUndefined();
  });

  it('is read to its last byte, and not without it (SEC-30)', () => {
    const info = certifyInfo(area, data);
    for (let length = 0; length < info.length; length++)
      expect([length, readCertifyInfo(info.subarray(0, length))]).toEqual([length, undefined]);
    expect(readCertifyInfo(Buffer.concat([info, Buffer.of(0)]))).toBeUndefined();
  });
});
