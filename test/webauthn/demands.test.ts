import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testAuthority } from '../helpers/certificates.js';
import { SoftAuthenticator, type SoftOptions } from '../helpers/soft-authenticator.js';
import { aaguid, blob, maker, published, uuid } from './metadata-service.js';
import { Scene } from './scene.js';

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
