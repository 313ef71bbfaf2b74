import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { attributesOf, directoryNameOf, parseCertificate } from '../../src/webauthn/certificate.js';
import { leadsToAnchor, parseChain } from '../../src/webauthn/chain.js';
import { readWhole } from '../../src/webauthn/der.js';
import { keyIdentifierOf } from '../../src/webauthn/trust.js';
import { der, type Issued, issueCertificate, name, oid, testAuthority } from '../helpers/certificates.js';
import { certificateOf } from './metadata-service.js';

describe('a certificate', () => {
  const value = der(0x0c, Buffer.from('x'));

  it('is read with its version, its subject and its extensions', () => {
    const { der: bytes } = issueCertificate({
      subject: { C: 'NO', CN: 'Ünder' },
      extensions: [
        { oid: '1.2.3.4', value },
        { oid: '1.2.3.5', value, critical: true },
      ],
    });
    expect(parseCertificate(bytes)).toMatchObject({
      ...{ der: bytes, version: 3 },
      subject: new Map([
        ['2.5.4.6', 'NO'],
        ['2.5.4.3', 'Ünder'],
      ]),
      extensions: new Map([
        ['2.5.29.19', { critical: true, value: der(0x30) }],
        ['1.2.3.4', { critical: false, value }],
        ['1.2.3.5', { critical: true, value }],
      ]),
    });
  });

  it('of version 1 has a subject and no extensions', () => {
    const read = parseCertificate(issueCertificate({ subject: { CN: 'Old' }, version: 1 }).der);
    expect([read?.version, read?.subject, read?.extensions]).toEqual([1, new Map([['2.5.4.3', 'Old']]), new Map()]);
    expect(parseCertificate(issueCertificate({ subject: { CN: 'Old' }, version: 2 }).der)?.version).toBe(2);
  });

  it('with an extension twice is none', () => {
    const extension = { oid: '1.2.3.4', value };
    expect(parseCertificate(issueCertificate({ subject: { CN: 'x' }, extensions: [extension] }).der)).toBeDefined();
    expect(
      parseCertificate(issueCertificate({ subject: { CN: 'x' }, extensions: [extension, extension] }).der),
    ).toBeUndefined();
  });

  it('is nothing else', () => {
    const { der: bytes } = issueCertificate({ subject: { CN: 'x' } });
    for (const other of [
      Buffer.alloc(0),
      Buffer.from('x'),
      der(0x30),
      bytes.subarray(0, -1),
      Buffer.concat([bytes, Buffer.of(0)]),
    ])
      expect(parseCertificate(other)).toBeUndefined();
  });

  it('names by sets of pairs, and by nothing else', () => {
    const attributes = (bytes: Buffer) => attributesOf(readWhole(bytes));
    const pair = der(0x30, oid('2.5.4.3'), value);
    expect(attributes(name({ CN: 'x', O: 'y' }))).toEqual(
      new Map([
        ['2.5.4.3', 'x'],
        ['2.5.4.10', 'y'],
      ]),
    );
    expect(attributes(der(0x30, der(0x31, pair, der(0x30, oid('2.5.4.10'), value))))?.size).toBe(2);
    expect(attributes(der(0x30))?.size).toBe(0);
    const refused = [
      ...[
        der(0x31, der(0x31, pair)),
        der(0x30, der(0x30, pair)),
        der(0x30, der(0x31, der(0x31, oid('2.5.4.3'), value))),
      ],
      ...[der(0x30, der(0x31, der(0x30, oid('2.5.4.3')))), der(0x30, der(0x31, der(0x30, value, value)))],
    ];
    expect(refused.map(attributes)).toEqual(refused.map(() => undefined));
    expect(attributesOf(undefined)).toBeUndefined();
  });

  it('has a directory name where its alternative names have one', () => {
    const names = (...all: Buffer[]) => directoryNameOf({ critical: false, value: der(0x30, ...all) });
    const other = der(0x82, Buffer.from('example.org'));
    expect(names(other, der(0xa4, name({ CN: 'x' })))).toEqual(new Map([['2.5.4.3', 'x']]));
    expect(names(other)).toBeUndefined();
    expect(directoryNameOf({ critical: false, value: Buffer.of(1) })).toBeUndefined();
  });

  it('has its key by SHA-1 of the key’s bits (RFC 5280 §4.2.1.2)', () => {
    const issued = testAuthority();
    const { x = '', y = '' } = issued.publicKey.export({ format: 'jwk' });
    const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
    expect(keyIdentifierOf(certificateOf(issued))).toBe(createHash('sha1').update(point).digest('hex'));
  });
});

describe('a chain (RFC 5280 §6; SEC-29)', () => {
  const NOW = Date.UTC(2026, 0, 1);
  const root = testAuthority('Root');
  const between = issueCertificate({ subject: { CN: 'Between' }, issuer: root, isAuthority: true });
  const leaf = issueCertificate({ subject: { CN: 'Leaf' }, issuer: between });
  const leads = (chain: readonly Issued[], anchors: readonly Issued[], now = NOW) => {
    const parsed = parseChain(chain.map((issued) => issued.der));
    return parsed && leadsToAnchor(parsed, anchors.map(certificateOf), now);
  };

  it('is of one to eight certificates, and of nothing else', () => {
    const of = (length: number) => parseChain(Array.from({ length }, () => leaf.der))?.length;
    expect([0, 1, 8, 9].map(of)).toEqual([undefined, 1, 8, undefined]);
    expect(parseChain([leaf.der, Buffer.of(1)])).toBeUndefined();
    expect(parseChain([Buffer.of(1), leaf.der])).toBeUndefined();
    expect(parseChain([leaf.der, between.der])?.map(({ subject }) => subject.get('2.5.4.3'))).toEqual([
      'Leaf',
      'Between',
    ]);
  });

  it('leads to an anchor that signed its last, that is its last, or that is any of it', () => {
    expect(leads([leaf, between], [root])).toBe(true);
    expect(leads([leaf, between, root], [root])).toBe(true);
    expect(leads([leaf], [between])).toBe(true);
    expect(leads([leaf, between], [between])).toBe(true);
    expect(leads([leaf], [leaf])).toBe(true);
    expect(leads([leaf, between], [testAuthority('Other'), root])).toBe(true);
  });

  it('leads nowhere by what it brings along, in another order, or with one left out', () => {
    expect(leads([leaf, between, root], [])).toBe(false);
    expect(leads([leaf, between, root], [testAuthority('Root')])).toBe(false);
    expect(leads([between, leaf], [leaf])).toBe(false);
    expect(leads([leaf], [root])).toBe(false);
    expect(leads([leaf, root], [root])).toBe(false);
  });

  it('leads nowhere by an issuer that is no authority, has another name, or another key', () => {
    const again = { certifies: between, issuer: root };
    const issuers = [
      issueCertificate({ ...again, subject: { CN: 'Between' } }),
      issueCertificate({ ...again, subject: { CN: 'Other' }, isAuthority: true }),
      issueCertificate({ issuer: root, subject: { CN: 'Between' }, isAuthority: true }),
    ];
    for (const issuer of issuers) {
      expect(leads([leaf, issuer], [root])).toBe(false);
      expect(leads([leaf], [issuer])).toBe(false);
    }
    expect(leads([leaf, issueCertificate({ ...again, subject: { CN: 'Between' }, isAuthority: true })], [root])).toBe(
      true,
    );
  });

  it('leads only while each of it is valid, from its first second to its last', () => {
    const dates = { from: '20250101000000Z', to: '20260101000000Z' };
    const [from, to] = [Date.UTC(2025, 0, 1), Date.UTC(2026, 0, 1)];
    const short = issueCertificate({ subject: { CN: 'Leaf' }, issuer: between, ...dates });
    const middle = issueCertificate({
      subject: { CN: 'Between' },
      certifies: between,
      issuer: root,
      isAuthority: true,
      ...dates,
    });
    const anchor = issueCertificate({ subject: root.subject, certifies: root, isAuthority: true, ...dates });
    const when = (chain: readonly Issued[], anchors: readonly Issued[]) =>
      [from - 1, from, to, to + 1].map((now) => leads(chain, anchors, now));
    const within = [false, true, true, false];
    expect(when([short, between], [root])).toEqual(within);
    expect(when([leaf, middle], [root])).toEqual(within);
    expect(when([leaf, between], [anchor])).toEqual(within);
    expect(when([short], [short])).toEqual(within);
  });

  it('leads nowhere with a critical extension that nobody here knows', () => {
    const value = der(0x05);
    const withOne = (critical: boolean) => {
      const extensions = [{ oid: '1.2.3.4', value, critical }];
      return issueCertificate({ subject: { CN: 'Leaf' }, issuer: between, extensions });
    };
    expect(leads([withOne(false), between], [root])).toBe(true);
    expect(leads([withOne(true), between], [root])).toBe(false);
    expect(leads([withOne(true)], [between])).toBe(false);
  });

  it.each([
    ['key usage', '2.5.29.15', der(0x03, Buffer.of(7, 0x80))],
    ['an alternative name', '2.5.29.17', der(0x30, der(0x82, Buffer.from('x.example')))],
    ['extended key usage', '2.5.29.37', der(0x30, oid('2.23.133.8.3'))],
  ])('leads on with critical %s', (_what, id, value) => {
    const extensions = [{ oid: id, value, critical: true }];
    expect(leads([issueCertificate({ subject: { CN: 'Leaf' }, issuer: between, extensions }), between], [root])).toBe(
      true,
    );
  });
});
