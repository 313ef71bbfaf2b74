import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/kernel/json.js';
import { verifyBlob } from '../../src/webauthn/metadata/blob.js';
import { modelsOf, readEntry } from '../../src/webauthn/metadata/entry.js';
import { fidoAllianceAnchor } from '../../src/webauthn/metadata/root.js';
import { demandProblem, keyIdentifierOf } from '../../src/webauthn/trust.js';
import { type Issued, issueCertificate, testAuthority } from '../helpers/certificates.js';
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
