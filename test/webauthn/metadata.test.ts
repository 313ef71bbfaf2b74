import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/kernel/json.js';
import { verifyBlob } from '../../src/webauthn/metadata/blob.js';
import { modelsOf, readEntry } from '../../src/webauthn/metadata/entry.js';
import { fidoAllianceAnchor } from '../../src/webauthn/metadata/root.js';
import { demandProblem, keyIdentifierOf } from '../../src/webauthn/trust.js';
import { type Issued, issueCertificate, testAuthority } from '../helpers/certificates.js';
import { SoftAuthenticator, type SoftOptions } from '../helpers/soft-authenticator.js';
import { aaguid, blob, certificateOf, entry, maker, NOW, published, root, uuid } from './metadata-service.js';
import { Scene } from './scene.js';

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

describe('a policy that demands authenticators of the metadata (30 §2.2, 20 §8.3)', () => {
  let scene: Scene;
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'postern-mds-'));
    const { env } = await published(directory, blob(7));
    scene = await Scene.open({ env });
  });
  afterAll(async () => {
    await scene[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  });

  const packed = (last: number, authority = maker): SoftOptions => ({
    attestation: 'packed',
    authority,
    aaguid: aaguid(last),
  });
  const demand = (
    option: 'NONE' | 'AUDIT_ONLY' | 'GLOBAL' | 'CERTIFIED' | 'SPECIFIC',
    enforce = false,
    ids: string[] = [],
  ) =>
    scene.setFido2Policy({
      attestationRequirements: option === 'NONE' ? 'NONE' : 'DIRECT',
      mdsAuthenticatorsRequirements: {
        option,
        enforceDuringAuthentication: enforce,
        allowedAuthenticators: ids.map((id) => ({ id })),
      },
    });
  async function registered(options: SoftOptions) {
    scene.user = await scene.newUser();
    const authenticator = new SoftAuthenticator(options);
    const { device, answer } = await scene.register(authenticator);
    const [event] = scene.events(device, /^DEVICE\.(?:ACTIVATED|ACTIVATION_FAILED|PAIRING_FAILED)/);
    return { authenticator, status: answer.status, event };
  }

  it.each([
    ['NONE', { attestation: 'none' }, 200, undefined],
    ['NONE', packed(3), 200, undefined],
    ['AUDIT_ONLY', { attestation: 'none' }, 200, undefined],
    ['AUDIT_ONLY', packed(3), 200, undefined],
    ['GLOBAL', packed(1), 200, undefined],
    ['GLOBAL', packed(2), 200, undefined],
    ['GLOBAL', packed(3), 400, 'COMPROMISED'],
    ['GLOBAL', packed(4), 400, 'COMPROMISED'],
    ['GLOBAL', packed(9), 400, 'UNTRUSTED'],
    ['GLOBAL', packed(1, testAuthority('Maker')), 400, 'UNTRUSTED'],
    ['GLOBAL', { attestation: 'self', aaguid: aaguid(1) }, 400, 'UNTRUSTED'],
    ['GLOBAL', { attestation: 'none', aaguid: aaguid(1) }, 400, 'UNTRUSTED'],
    ['GLOBAL', { attestation: 'fido-u2f', authority: maker }, 400, 'UNTRUSTED'],
    ['CERTIFIED', packed(1), 200, undefined],
    ['CERTIFIED', packed(2), 400, 'NOT_ALLOWED'],
    ['SPECIFIC', packed(2), 200, undefined],
    ['SPECIFIC', packed(1), 400, 'NOT_ALLOWED'],
  ] as const)('%s: %j → %i', async (option, options, status, problem) => {
    await demand(option, false, option === 'SPECIFIC' ? [uuid(2)] : []);
    const answer = await registered(options);
    expect(answer.status).toBe(status);
    if (problem) expect(answer.event).toMatchObject({ detail: { problem } });
    if (problem === 'COMPROMISED') expect(answer.event?.type).toBe('DEVICE.PAIRING_FAILED_COMPROMISED');
  });

  it('AUDIT_ONLY records what could be proved', async () => {
    await demand('AUDIT_ONLY');
    expect((await registered(packed(1))).event).toMatchObject({ detail: { aaguid: uuid(1), attested: true } });
    expect((await registered(packed(9))).event).toMatchObject({ detail: { attested: false } });
  });

  it('asks for attestation where it demands any', async () => {
    await demand('GLOBAL');
    const pending = await scene.pair({}, await scene.newUser());
    expect(JSON.parse(String(pending.body['publicKeyCredentialCreationOptions'])).attestation).toBe('direct');
  });

  it('enforceDuringAuthentication: what was registered before the demand is refused at the next authentication', async () => {
    await demand('NONE');
    const known = await registered(packed(1));
    await demand('GLOBAL', true);
    expect((await scene.assert(await scene.begin(), known.authenticator)).status).toBe(200);
    await demand('NONE');
    const stranger = await registered({ attestation: 'none' });
    await demand('GLOBAL', true);
    expect((await scene.assert(await scene.begin(), stranger.authenticator)).status).toBe(400);
    await demand('GLOBAL', false);
    expect((await scene.assert(await scene.begin(), stranger.authenticator)).status).toBe(200);
  });

  it('backup eligibility: refused at registration, and at authentication where it is enforced', async () => {
    await scene.setFido2Policy();
    const synced = await registered({ backupEligible: true });
    expect(synced.status).toBe(200);
    await scene.setFido2Policy({ backupEligibility: { allow: false, enforceDuringAuthentication: false } });
    expect((await scene.assert(await scene.begin(), synced.authenticator)).status).toBe(200);
    await scene.setFido2Policy({ backupEligibility: { allow: false, enforceDuringAuthentication: true } });
    expect((await scene.assert(await scene.begin(), synced.authenticator)).status).toBe(400);
    expect((await registered({ backupEligible: true })).event).toMatchObject({
      detail: { problem: 'BACKUP_ELIGIBLE' },
    });
  });

  it('user verification: demanded of both ceremonies', async () => {
    await scene.setFido2Policy();
    const unverified = await registered({ userVerified: false });
    expect(unverified.status).toBe(200);
    await scene.setFido2Policy({ userVerification: { option: 'REQUIRED', enforceDuringAuthentication: false } });
    expect((await scene.assert(await scene.begin(), unverified.authenticator)).status).toBe(400);
    expect((await registered({ userVerified: false })).event).toMatchObject({
      detail: { problem: 'USER_VERIFICATION' },
    });
  });

  it('without discoverable credentials there is no flow without a user (10 §11.5)', async () => {
    await scene.setFido2Policy({ discoverableCredentials: 'DISCOURAGED' });
    expect((await scene.discover()).body).toMatchObject({ code: 'INVALID_DATA', details: [{ target: 'user.id' }] });
  });
});
