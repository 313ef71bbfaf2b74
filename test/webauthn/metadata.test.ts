import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/kernel/json.js';
import { verifyBlob } from '../../src/webauthn/metadata/blob.js';
import { modelsOf, readEntry } from '../../src/webauthn/metadata/entry.js';
import { fidoAllianceAnchor } from '../../src/webauthn/metadata/root.js';
import { demandProblem, keyIdentifierOf } from '../../src/webauthn/trust.js';
import { der, type Issued, issueCertificate, testAuthority } from '../helpers/certificates.js';
import { blob, certificateOf, entry, maker, NOW, root, uuid } from './metadata-service.js';

describe('a BLOB of metadata (SEC-29)', () => {
  const anchor = { roots: [certificateOf(root)] };

  it('is believed when its chain leads to the root and its first certificate has signed it', () => {
    expect(verifyBlob(blob(7), anchor, NOW)).toMatchObject({ ok: true, value: { number: 7 } });
  });

  it.each([
    ['another root', () => verifyBlob(blob(7), { roots: [certificateOf(maker)] }, NOW), 'UNTRUSTED'],
    ['the FIDO Alliance’s root', () => verifyBlob(blob(7), fidoAllianceAnchor(), NOW), 'UNTRUSTED'],
    ['another host', () => verifyBlob(blob(7), { ...anchor, host: 'mds.fidoalliance.org' }, NOW), 'UNTRUSTED'],
    ['a certificate that has expired', () => verifyBlob(blob(7), anchor, Date.UTC(2100, 1, 1)), 'UNTRUSTED'],
    ['a root of its own', () => verifyBlob(blob(7, { by: maker, chain: [maker] }), anchor, NOW), 'UNTRUSTED'],
    ['another key', () => verifyBlob(blob(7, { by: maker }), anchor, NOW), 'SIGNATURE'],
    ['another algorithm', () => verifyBlob(blob(7, { alg: 'none' }), anchor, NOW), 'MALFORMED'],
    ['an algorithm of another key', () => verifyBlob(blob(7, { alg: 'RS256' }), anchor, NOW), 'SIGNATURE'],
    ['no chain', () => verifyBlob(blob(7, { chain: [] }), anchor, NOW), 'MALFORMED'],
    ['no JWS', () => verifyBlob('x', anchor, NOW), 'MALFORMED'],
  ])('is not believed with %s', (_what, verify, problem) => {
    expect(verify()).toEqual({ ok: false, rejection: problem });
  });

  it('has a number, the day of the next, and its entries', () => {
    expect(verifyBlob(`\n${blob(7, { entries: [{ a: 1 }] })} \n`, anchor, NOW)).toEqual({
      ok: true,
      value: { number: 7, nextUpdate: Date.UTC(2026, 11, 1), entries: [{ a: 1 }] },
    });
    const body = { entries: [null, 'x', [], { a: 1 }] };
    expect(verifyBlob(blob(7, { body }), anchor, NOW)).toMatchObject({ value: { entries: [{ a: 1 }] } });
  });

  it.each([
    ['a number in text', { no: '7' }],
    ['a number that is none', { no: 7.5 }],
    ['no number', { no: undefined }],
    ['no day of the next', { nextUpdate: undefined }],
    ['a day of the next that is none', { nextUpdate: 'soon' }],
    ['a day of the next in numbers', { nextUpdate: 20_261_201 }],
    ['no entries', { entries: undefined }],
    ['entries that are none', { entries: { a: 1 } }],
  ])('says nothing with %s, though it is signed', (_what, body) => {
    expect(verifyBlob(blob(7, { body }), anchor, NOW)).toEqual({ ok: false, rejection: 'MALFORMED' });
  });

  it('is not believed in another form', () => {
    const [head = '', body = '', signature = ''] = blob(7).split('.');
    const part = (text: string): string => Buffer.from(text).toString('base64url');
    const forms = [
      ...['', `${part('[]')}.${body}.${signature}`, `${part('{')}.${body}.${signature}`, `${blob(7)}.`],
      ...[
        blob(7, { header: { x5c: 'x' } }),
        blob(7, { header: { x5c: undefined } }),
        blob(7, { header: { x5c: ['x'] } }),
      ],
      ...[blob(7, { header: { alg: undefined } }), blob(7, { header: { alg: ['ES256'] } })],
    ];
    for (const form of forms) expect(verifyBlob(form, anchor, NOW)).toEqual({ ok: false, rejection: 'MALFORMED' });
    expect(verifyBlob(`${head}.${body}.`, anchor, NOW)).toEqual({ ok: false, rejection: 'SIGNATURE' });
    const noJson = `${head}.${part('x')}.${signature}`;
    expect(verifyBlob(noJson, anchor, NOW)).toEqual({ ok: false, rejection: 'SIGNATURE' });
  });

  it('is not looked at beyond 64 MiB', () => {
    const text = blob(7);
    const padded = (length: number) => verifyBlob(text + ' '.repeat(length - text.length), anchor, NOW).ok;
    expect([padded(2 ** 26), padded(2 ** 26 + 1)]).toEqual([true, false]);
  });

  it('is believed by RSA as well, under the algorithm of its key alone', () => {
    const { privateKey: key, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const by = issueCertificate({ subject: { CN: 'Signer' }, issuer: root, certifies: { key, publicKey } });
    const problem = (alg: string) => verifyBlob(blob(7, { by, chain: [by], alg }), anchor, NOW);
    expect(problem('RS256')).toMatchObject({ ok: true });
    expect(problem('ES256')).toEqual({ ok: false, rejection: 'SIGNATURE' });
    expect(problem('PS256')).toEqual({ ok: false, rejection: 'MALFORMED' });
  });

  it('is believed where its certificate is for the service’s host', () => {
    const host = 'mds.example.org';
    const value = der(0x30, der(0x82, Buffer.from(host)));
    const by = issueCertificate({ subject: { CN: 'Signer' }, issuer: root, extensions: [{ oid: '2.5.29.17', value }] });
    const believed = (host: string) => verifyBlob(blob(7, { by, chain: [by] }), { ...anchor, host }, NOW);
    expect(believed(host)).toMatchObject({ ok: true });
    expect(believed('other.example.org')).toEqual({ ok: false, rejection: 'UNTRUSTED' });
  });

  it('is not believed with a byte changed', () => {
    const [head, body = '', signature] = blob(7).split('.');
    const changed = `${body.slice(0, 40)}${body[40] === 'A' ? 'B' : 'A'}${body.slice(41)}`;
    expect(verifyBlob([head, changed, signature].join('.'), anchor, NOW)).toEqual({
      ok: false,
      rejection: 'SIGNATURE',
    });
  });
});

describe('the roots of the FIDO Alliance’s service (MDS 3.1 §3.2)', () => {
  const { roots, host } = fidoAllianceAnchor();

  it('are R3 and R46 of GlobalSign, as they are published, for the service’s host alone', () => {
    const prints = roots.map(({ x509 }) => x509.fingerprint256.replaceAll(':', '').toLowerCase());
    expect(prints).toEqual([
      'cbb522d7b7f127ad6a0113865bdf1cd4102e7d0759af635a7cf4720dc963c53b',
      '4fa3126d8d3a11d1c4855a4f807cbad6cf919d3a5a88b03bea2c6372d93c40c9',
    ]);
    expect(roots.every(({ x509, publicKey }) => x509.ca && x509.verify(publicKey))).toBe(true);
    expect(host).toBe('mds.fidoalliance.org');
  });

  it('are each enough where the new one is sent as the old one has signed it, and neither is believed when another is sent', () => {
    const [old, next] = [testAuthority('Old Root'), testAuthority('New Root')];
    const crossed = issueCertificate({ subject: next.subject, issuer: old, isAuthority: true, certifies: next });
    const between = issueCertificate({ subject: { C: 'NO', CN: 'Between' }, issuer: next, isAuthority: true });
    const signer = issueCertificate({ subject: { C: 'NO', CN: 'Signer' }, issuer: between });
    const believed = (by: readonly Issued[], chain: readonly Issued[]) =>
      verifyBlob(blob(7, { by: signer, chain }), { roots: by.map(certificateOf) }, NOW).ok;
    expect(believed([old], [signer, between, crossed])).toBe(true);
    expect(believed([next], [signer, between, crossed])).toBe(true);
    expect(believed([next], [signer, between, next])).toBe(true);
    expect(believed([next], [signer, between])).toBe(true);
    expect(believed([old], [signer, between, next])).toBe(false);
    expect(believed([maker], [signer, between, crossed])).toBe(false);
    expect(believed([next], [signer, crossed])).toBe(false);
  });
});

describe('status reports (MDS 3.1 §3.1.4)', () => {
  const known = (reports: readonly JsonObject[]) =>
    modelsOf([readEntry({ ...entry(1, []), statusReports: [...reports] }) ?? []].flat());
  const problem = (reports: readonly JsonObject[], option: 'GLOBAL' | 'CERTIFIED', chain: readonly string[] = []) =>
    demandProblem(
      { aaguid: uuid(1), modelId: uuid(1), isProved: true },
      { option, allowed: [] },
      known(reports),
      chain,
    );

  it('revoke, and certify by the last that says anything of it', () => {
    expect(problem([{ status: 'REVOKED' }], 'GLOBAL')).toBe('COMPROMISED');
    expect(problem([{ status: 'FIDO_CERTIFIED' }], 'CERTIFIED')).toBeUndefined();
    expect(problem([{ status: 'FIDO_CERTIFIED' }, { status: 'NOT_FIDO_CERTIFIED' }], 'CERTIFIED')).toBe('NOT_ALLOWED');
    expect(problem([], 'CERTIFIED')).toBe('NOT_ALLOWED');
  });

  it('of a batch concern those under its certificate alone', () => {
    const reports = [{ status: 'ATTESTATION_KEY_COMPROMISE', certificate: maker.der.toString('base64') }];
    expect(problem(reports, 'GLOBAL')).toBeUndefined();
    expect(problem(reports, 'GLOBAL', [keyIdentifierOf(certificateOf(maker))])).toBe('COMPROMISED');
  });
});
