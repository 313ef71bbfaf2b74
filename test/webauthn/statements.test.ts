import { describe, expect, it } from 'vitest';
import { androidKey } from '../../src/webauthn/attestation/android-key.js';
import { apple } from '../../src/webauthn/attestation/apple.js';
import { fidoU2f } from '../../src/webauthn/attestation/fido-u2f.js';
import { packed } from '../../src/webauthn/attestation/packed.js';
import { chainIn, hasExactly, namesAaguid } from '../../src/webauthn/attestation/statement.js';
import { type Certificate, parseCertificate } from '../../src/webauthn/certificate.js';
import { ATTESTATION_SUBJECT, aaguidExtension, der, issueCertificate } from '../helpers/certificates.js';
import {
  AAGUID,
  androidContext,
  appleContext,
  appleNonce,
  authority,
  authorization,
  contextOf,
  ED25519,
  ES256,
  ES384,
  extended,
  keyDescription,
  packedContext,
  signedBy,
  toBeSignedOf,
  u2fContext,
  type Wrong,
} from './statements.js';

const subject = (changes: Record<string, string>): Wrong => ({
  leaf: { subject: { ...ATTESTATION_SUBJECT, ...changes } },
});
const without = (attribute: string): Wrong => {
  const kept = Object.entries(ATTESTATION_SUBJECT).filter(([key]) => key !== attribute);
  return { leaf: { subject: Object.fromEntries(kept) } };
};

describe('a packed statement (L3 §8.2; SEC-29)', () => {
  it('by a certified key proves who made the authenticator', () => {
    const proof = packed(packedContext());
    expect(proof?.kind === 'certified' && proof.chain[0].subject.get('2.5.4.3')).toBe('Soft Key One');
    expect(packed(packedContext(extended(aaguidExtension(AAGUID))))).toMatchObject({ kind: 'certified' });
  });

  it.each<[string, Wrong]>([
    ['no certificate', { members: { x5c: undefined } }],
    ['a chain that is none', { members: { x5c: 'certificate' } }],
    ['a signature in text', { members: { sig: 'signature' } }],
    ['an algorithm in text', { members: { alg: 'ES256' } }],
    ['another algorithm', { members: { alg: -257 } }],
    ['a member too many', { members: { ver: '2.0' } }],
    ['a certificate of version 2', { leaf: { version: 2 } }],
    ['a country of one letter', subject({ C: 'N' })],
    ['a country of three letters', subject({ C: 'NOR' })],
    ['a country in small letters before it', subject({ C: 'xNO' })],
    ['no country', without('C')],
    ['an organization of no letters', subject({ O: '' })],
    ['no organization', without('O')],
    ['another unit', subject({ OU: 'Authenticator attestation' })],
    ['no unit', without('OU')],
    ['a name of no letters', subject({ CN: '' })],
    ['no name', without('CN')],
    ['a certificate of an authority', { leaf: { isAuthority: true } }],
    ['another AAGUID', extended(aaguidExtension(Buffer.alloc(16, 6)))],
    ['a critical AAGUID', extended(aaguidExtension(AAGUID, true))],
    ['an AAGUID of another type', extended({ ...aaguidExtension(AAGUID), value: der(0x30, AAGUID) })],
    ['an AAGUID that does not read', extended({ ...aaguidExtension(AAGUID), value: AAGUID })],
  ])('with %s proves nothing', (_what, wrong) => expect(packed(packedContext(wrong))).toBeUndefined());

  it('by the credential’s own key proves that the key was there, under the key’s very algorithm', () => {
    const sig = signedBy(ED25519.key, toBeSignedOf(ED25519));
    const self = (alg: number) =>
      packed(
        contextOf(
          ED25519,
          new Map<string, number | Buffer>([
            ['alg', alg],
            ['sig', sig],
          ]),
        ),
      );
    expect(self(-8)).toEqual({ kind: 'self' });
    // The same key and the same signature, by the algorithm's newer number.
    expect(self(-19)).toBeUndefined();
  });

  it('by another key than the credential’s proves nothing', () => {
    const sig = signedBy(ED25519.key, toBeSignedOf(ES256));
    expect(
      packed(
        contextOf(
          ES256,
          new Map<string, number | Buffer>([
            ['alg', -7],
            ['sig', sig],
          ]),
        ),
      ),
    ).toBeUndefined();
  });
});

describe('members of a statement', () => {
  const leaf = issueCertificate({ subject: { CN: 'x' }, issuer: authority });

  it('are those that the format has, and no others', () => {
    const map = new Map([
      ['a', 1],
      ['b', 2],
    ]);
    expect(hasExactly(map, ['b', 'a'])).toBe(true);
    for (const names of [['a', 'c'], ['a'], ['a', 'b', 'c'], []])
      expect([names, hasExactly(map, names)]).toEqual([names, false]);
  });

  it('have a chain only where each item is a certificate', () => {
    const chain = (x5c: Parameters<typeof chainIn>[0] extends ReadonlyMap<unknown, infer V> ? V : never) =>
      chainIn(new Map([['x5c', x5c]]))?.length;
    expect(chain([leaf.der])).toBe(1);
    expect(chain([leaf.der, authority.der])).toBe(2);
    expect(
      [[], [leaf.der, 'text'], ['text', leaf.der], [leaf.der, Buffer.of(1)], leaf.der, 7, 'text', null].map(chain),
    ).toEqual(Array.from({ length: 8 }, () => undefined));
    expect(chainIn(new Map())).toBeUndefined();
  });

  it('may have certificates that name no AAGUID', () => {
    expect(namesAaguid(parseCertificate(leaf.der) as Certificate, AAGUID)).toBe(true);
  });
});

describe('a statement of a U2F token (L3 §8.6)', () => {
  it('proves who made it', () => expect(fidoU2f(u2fContext())).toMatchObject({ kind: 'certified' }));

  it.each<[string, Wrong]>([
    ['no certificate', { members: { x5c: [] } }],
    ['a chain that is none', { members: { x5c: 'certificate' } }],
    ['a signature in text', { members: { sig: 'signature' } }],
    ['another signature', { members: { sig: signedBy(ES256.key, Buffer.of(1)) } }],
    ['a member too many', { members: { alg: -7 } }],
    ['two certificates', { members: { x5c: [authority.der, authority.der] } }],
  ])('with %s proves nothing', (_what, wrong) => expect(fidoU2f(u2fContext(wrong))).toBeUndefined());

  it('with a second certificate behind the one that signed proves nothing', () => {
    const honest = u2fContext();
    const x5c = honest.statement.get('x5c');
    const statement = new Map(honest.statement).set('x5c', [...(Array.isArray(x5c) ? x5c : []), authority.der]);
    expect(fidoU2f({ ...honest, statement })).toBeUndefined();
  });

  it('for a key on another curve, or for one of its coordinates, proves nothing', () => {
    expect(fidoU2f(u2fContext({}, ES384))).toBeUndefined();
    const honest = u2fContext();
    const cose = new Map(honest.attested.cose).set(-3, true);
    expect(fidoU2f({ ...honest, attested: { ...honest.attested, cose } })).toBeUndefined();
  });
});

describe('a statement of Apple (L3 §8.8)', () => {
  it('proves who made the authenticator', () => expect(apple(appleContext())).toMatchObject({ kind: 'certified' }));

  it.each<[string, Wrong]>([
    ['no nonce', extended()],
    ['the nonce of another ceremony', extended(appleNonce(Buffer.alloc(32)))],
    ['a nonce that does not read', extended({ ...appleNonce(AAGUID), value: Buffer.of(1) })],
    ['a nonce of another type', extended({ ...appleNonce(AAGUID), value: der(0x30, der(0xa1, der(0x30))) })],
    ['a nonce in another place', extended({ ...appleNonce(AAGUID), value: der(0x30, der(0xa2, der(0x04))) })],
    ['a certificate for another key', { leaf: { certifies: ES384 } }],
    ['a member too many', { members: { alg: -7 } }],
    ['no certificate', { members: { x5c: [] } }],
  ])('with %s proves nothing', (_what, wrong) => expect(apple(appleContext(wrong))).toBeUndefined());
});

describe('a statement of Android’s key store (L3 §8.4)', () => {
  const integer = (...bytes: number[]): Buffer => der(0x02, Buffer.from(bytes));
  const list = (...entries: Buffer[]): Buffer => der(0x30, ...entries);
  const purpose = (...numbers: number[]): Buffer =>
    authorization(1, der(0x31, ...numbers.map((number) => integer(number))));
  const origin = (...bytes: number[]): Buffer => authorization(702, integer(...bytes));
  const [signs, generated] = [purpose(2), origin(0)];
  const description = (software: Buffer, hardware: Buffer): Wrong => extended(keyDescription(software, hardware));

  it.each<[string, Wrong]>([
    ['neither purpose nor origin', {}],
    ['both in hardware', description(list(), list(signs, generated))],
    ['both in software', description(list(signs, generated), list())],
    ['more purposes', description(list(), list(purpose(3, 2), generated))],
    ['a purpose that is no set', description(list(), list(authorization(1, integer(2))))],
    [
      'other authorizations',
      description(list(authorization(701, integer(9))), list(authorization(2, integer(3)), signs)),
    ],
  ])('with %s proves who made the authenticator', (_what, wrong) => {
    expect(androidKey(androidContext(wrong))).toMatchObject({ kind: 'certified' });
  });

  it.each<[string, Wrong]>([
    ['a signature in text', { members: { sig: 'signature' } }],
    ['an algorithm in text', { members: { alg: 'ES256' } }],
    ['another algorithm', { members: { alg: -257 } }],
    ['a member too many', { members: { ver: '2.0' } }],
    ['no certificate', { members: { x5c: [] } }],
    ['another signature', { members: { sig: signedBy(ES256.key, Buffer.of(1)) } }],
    ['no description', extended()],
    ['a description that does not read', extended({ ...keyDescription(), value: Buffer.of(1) })],
    ['a description of no fields', extended({ ...keyDescription(), value: der(0x30) })],
    ['the challenge of another ceremony', extended(keyDescription(list(), list(), der(0x04, Buffer.alloc(32))))],
    [
      'a challenge of another type',
      extended(keyDescription(list(), list(), der(0x0c, contextOf(ES256, new Map()).clientDataHash))),
    ],
    ['a software list that is none', description(der(0x31), list())],
    ['a hardware list that is none', description(list(), der(0x31))],
    ['all applications, in software', description(list(authorization(600, der(0x05))), list(signs, generated))],
    ['all applications, in hardware', description(list(), list(signs, authorization(600, der(0x05)), generated))],
    ['another purpose', description(list(), list(purpose(3), generated))],
    ['another purpose in software', description(list(purpose(0)), list(generated))],
    ['an origin elsewhere', description(list(), list(signs, origin(2)))],
    ['an origin elsewhere in software', description(list(origin(2)), list(signs, generated))],
    ['an origin of two bytes', description(list(), list(signs, origin(1, 0)))],
    ['an origin of two bytes the other way round', description(list(), list(signs, origin(0, 1)))],
    ['an origin of no bytes', description(list(), list(signs, origin()))],
    ['an origin of another type', description(list(), list(signs, authorization(702, der(0x0a, Buffer.of(0)))))],
    ['an origin that does not read', description(list(), list(signs, authorization(702, Buffer.of(2))))],
    [
      'an origin with something behind it',
      description(list(), list(signs, authorization(702, integer(0), integer(0)))),
    ],
    ['a purpose that does not read', description(list(), list(authorization(1, der(0x31, Buffer.of(2))), generated))],
  ])('with %s proves nothing', (_what, wrong) => expect(androidKey(androidContext(wrong))).toBeUndefined());

  it('with a certificate for another key proves nothing, though that key has signed', () => {
    const leaf = issueCertificate({ subject: { CN: 'x' }, issuer: authority, extensions: [keyDescription()] });
    const sig = signedBy(leaf.key, toBeSignedOf(ES256));
    expect(androidKey(androidContext({ members: { sig, x5c: [leaf.der] } }))).toBeUndefined();
  });
});
