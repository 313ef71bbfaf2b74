import { describe, expect, it } from 'vitest';
import { credentialKeyOf, detailsOf, userHandleOf } from '../../src/devices/credential.js';
import type { Device } from '../../src/devices/model.js';
import { activateDevice } from '../../src/devices/pairing/activate.js';
import { isVerifiedBeforehand, verifyPairing } from '../../src/devices/pairing/verify-pairing.js';
import { authenticatorsUnder, fido2PolicyUnder, relyingPartyTerms } from '../../src/devices/relying-party.js';
import { minutes, seconds } from '../../src/kernel/duration.js';
import { uuidOf } from '../../src/kernel/ids.js';
import { parseFido2Policy } from '../../src/policies/fido2/fido2-policy.js';
import { type Fido2PolicyDocument, factoryFido2Policies } from '../../src/policies/fido2/fido2-policy-document.js';
import type { AuthenticatorModel } from '../../src/webauthn/trust.js';
import { decided } from '../helpers/decided.js';
import { ORIGIN, RP_ID } from '../helpers/passkey.js';
import { DEVICE_METHODS } from '../helpers/rules.js';
import { type Lies, SoftAuthenticator, type SoftOptions } from '../helpers/soft-authenticator.js';
import { at, ENVIRONMENT, granted, keyring, POLICY, refused, USER, World } from './world.js';

const bytesOf = (bytes: Uint8Array): readonly number[] => [...Int8Array.from(bytes)];

function withPolicy(change: Partial<Fido2PolicyDocument> = {}): World {
  const world = new World();
  world.fido2Policy = parseFido2Policy({ ...factoryFido2Policies(RP_ID)[0], ...change });
  if (!world.fido2Policy) throw new Error('the FIDO policy of a test is wrong');
  return world;
}

/** A device that waits, and the options that its browser is given. */
async function begun(world: World, more: object = {}) {
  const { device, once } = granted(await world.create({ type: 'FIDO2', ...more }));
  const text = String(once['publicKeyCredentialCreationOptions']);
  return { device, text, options: JSON.parse(text) };
}

async function register(world: World, soft: SoftOptions = {}, lies: Lies = {}, more: object = {}) {
  const { device, text } = await begun(world, more);
  const authenticator = new SoftAuthenticator(soft);
  const proof = { origin: ORIGIN, attestation: authenticator.register(text, ORIGIN, lies) };
  return { device, authenticator, proof, answer: await world.service.activate(at(device), proof) };
}

const problemOf = (world: World): unknown => world.events.at(-1)?.detail?.['problem'];

describe('what the browser is asked for (20 §8.2)', () => {
  it('a credential of the policy’s relying party, for the user by name and by an id that means nothing', async () => {
    const world = withPolicy({
      userPresenceTimeout: { duration: 90, timeUnit: 'SECONDS' },
      publicKeyCredentialHints: ['HYBRID'],
      attestationRequirements: 'DIRECT',
      discoverableCredentials: 'REQUIRED',
      userVerification: { option: 'DISCOURAGED', enforceDuringAuthentication: false },
    });
    const { device, options } = await begun(world);
    expect(options).toMatchObject({
      rp: { id: RP_ID, name: RP_ID },
      user: { id: bytesOf(userHandleOf(ENVIRONMENT, USER)), displayName: 'ada', name: 'ada' },
      timeout: 90_000,
      excludeCredentials: [],
      authenticatorSelection: { requireResidentKey: true, residentKey: 'required', userVerification: 'discouraged' },
      attestation: 'direct',
      hints: ['hybrid'],
    });
    expect(options.authenticatorSelection).not.toHaveProperty('authenticatorAttachment');
    expect(options.challenge).toHaveLength(32);
    expect(world.stored(device).activation).toEqual({
      policyId: POLICY,
      accountEpoch: 0,
      ceremony: {
        challenge: Buffer.from(Int8Array.from(options.challenge)).toString('base64url'),
        rpId: RP_ID,
        issuedAt: world.now,
        timeout: 90_000,
      },
    });
    expect(detailsOf(world.stored(device))).toEqual({
      rp: { id: RP_ID, name: RP_ID },
      signCount: 0,
      backupEligible: false,
      backedUp: false,
      transports: [],
    });
  });

  it('of the relying party that the request names, whole or in part', async () => {
    const world = withPolicy();
    expect((await begun(world, { rp: { id: 'shop.example', name: 'Shop' } })).options.rp).toEqual({
      id: 'shop.example',
      name: 'Shop',
    });
    expect((await begun(world, { rp: { id: 'shop.example' } })).options.rp.name).toBe('shop.example');
    expect((await begun(world, { rp: { name: 'Shop' } })).options.rp).toEqual({ id: RP_ID, name: 'Shop' });
  });

  it.each([
    ['FIDO2', 'BOTH', undefined, 'discouraged'],
    ['FIDO2', 'PLATFORM', 'platform', 'discouraged'],
    ['PLATFORM', 'CROSS_PLATFORM', 'platform', 'required'],
    ['SECURITY_KEY', 'PLATFORM', 'cross-platform', 'discouraged'],
  ] as const)(
    'a %s under a policy for %s: attachment %s, user verification %s',
    async (type, policy, attachment, verification) => {
      const world = withPolicy({
        authenticatorAttachment: policy,
        userVerification: { option: 'DISCOURAGED', enforceDuringAuthentication: false },
      });
      const { authenticatorSelection } = (await begun(world, { type })).options;
      expect(authenticatorSelection.authenticatorAttachment).toBe(attachment);
      expect(authenticatorSelection.userVerification).toBe(verification);
    },
  );

  it('none that the user has already, at this relying party', async () => {
    const world = withPolicy();
    const { authenticator } = await register(world);
    expect((await begun(world)).options.excludeCredentials).toEqual([
      { type: 'public-key', id: bytesOf(authenticator.credentialId), transports: ['usb'] },
    ]);
    expect((await begun(world, { rp: { id: 'shop.example' } })).options.excludeCredentials).toEqual([]);
  });
});

describe('an attestation (20 §8.3)', () => {
  it('makes the device active with its credential, which is its own in the environment (SEC-25, SEC-67)', async () => {
    const world = withPolicy();
    const { device, authenticator, answer } = await register(world, { signCount: 4, backupEligible: true });
    expect(granted(answer).device.status).toBe('ACTIVE');
    const stored = world.stored(device);
    expect(stored).not.toHaveProperty('activation');
    expect(detailsOf(stored)).toEqual({
      rp: { id: RP_ID, name: RP_ID },
      credentialId: authenticator.credentialId.toString('base64url'),
      signCount: 4,
      backupEligible: true,
      backedUp: false,
      transports: ['usb'],
      format: 'none',
      provenance: { aaguid: '00000000-0000-0000-0000-000000000000', isProved: false },
      isCrossPlatform: true,
    });
    expect(world.credentials).toEqual([
      {
        environmentId: ENVIRONMENT,
        key: credentialKeyOf(authenticator.credentialId),
        userId: USER,
        deviceId: device.id,
      },
    ]);
    expect(world.events.at(-1)).toMatchObject({
      type: 'DEVICE.ACTIVATED',
      detail: { aaguid: '00000000-0000-0000-0000-000000000000', attestation: 'none', attested: false },
    });
    expect(keyring.vault.open(stored.secret as NonNullable<Device['secret']>)).toMatch(
      new RegExp(`^${authenticator.credentialId.toString('base64url')}\\.[\\w-]+$`),
    );
  });

  it('of a credential inside the platform is no key that can be carried', async () => {
    const world = withPolicy();
    const inside: Lies = {
      credential: (made) => ({ ...made, response: { ...made.response, transports: ['internal', 'hybrid'] } }),
    };
    const { device } = await register(world, {}, inside);
    expect(detailsOf(world.stored(device)).isCrossPlatform).toBe(false);
  });

  it('that is refused spends its challenge and counts nothing; the records say why', async () => {
    const world = withPolicy();
    const { device, proof, answer } = await register(world, {}, { flags: (bits) => bits & ~0x01 });
    expect(refused(answer)).toEqual({
      kind: 'Invalid',
      problems: [{ problem: 'invalid', target: 'attestation', message: 'is not acceptable' }],
    });
    expect(world.events.at(-1)).toMatchObject({
      type: 'DEVICE.ACTIVATION_FAILED',
      detail: { problem: 'USER_PRESENCE' },
    });
    expect(world.stored(device).activation).toEqual({ policyId: POLICY, accountEpoch: 0 });
    expect(world.stored(device).failures).toBeUndefined();
    expect(world.factors.ceilings).toEqual({});
    expect(refused(await world.service.activate(at(device), proof))).toMatchObject({
      kind: 'Invalid',
      problems: [{ message: expect.stringContaining('expired or was tried already') }],
    });
  });

  it.each([
    ['ORIGIN', 'origin', {}, { clientData: (data: object) => ({ ...data, origin: 'http://evil.example' }) }, {}],
    [
      'USER_VERIFICATION',
      'attestation',
      { userVerified: false },
      {},
      { userVerification: { option: 'REQUIRED', enforceDuringAuthentication: false } },
    ],
    [
      'BACKUP_ELIGIBLE',
      'attestation',
      { backupEligible: true },
      {},
      { backupEligibility: { allow: false, enforceDuringAuthentication: false } },
    ],
    [
      'UNTRUSTED',
      'attestation',
      {},
      {},
      { mdsAuthenticatorsRequirements: { option: 'GLOBAL', enforceDuringAuthentication: false } },
    ],
  ] as const)('refused for %s says so of %s, in words that help', async (problem, target, soft, lies, policy) => {
    const world = withPolicy(policy as Partial<Fido2PolicyDocument>);
    const { answer } = await register(world, soft, lies as Lies);
    const rejection = refused(answer);
    expect(rejection).toMatchObject({ kind: 'Invalid', problems: [{ problem: 'invalid', target }] });
    expect(JSON.stringify(rejection)).not.toContain('is not acceptable');
    expect(problemOf(world)).toBe(problem);
  });

  it('of a PLATFORM device is with user verification, whatever the policy', async () => {
    const world = withPolicy({ userVerification: { option: 'DISCOURAGED', enforceDuringAuthentication: false } });
    await register(world, { userVerified: false }, {}, { type: 'PLATFORM' });
    expect(problemOf(world)).toBe('USER_VERIFICATION');
    expect((await register(world, { userVerified: false })).answer.ok).toBe(true);
  });

  it('is in time for as long as the user was given, and a minute for the way', async () => {
    for (const [late, accepted] of [
      [0, true],
      [1, false],
    ] as const) {
      const world = withPolicy({ userPresenceTimeout: { duration: 60, timeUnit: 'SECONDS' } });
      const { device, text } = await begun(world);
      world.now += seconds(60) + minutes(1) + late;
      const attestation = new SoftAuthenticator().register(text, ORIGIN);
      expect((await world.service.activate(at(device), { origin: ORIGIN, attestation })).ok).toBe(accepted);
    }
  });

  it('that is not there, or cannot be read, is told so, and may be tried again', async () => {
    const world = withPolicy();
    const { device, text } = await begun(world);
    const required = (target: string) => ({ problem: 'required', target });
    expect(refused(await world.service.activate(at(device), {}))).toEqual({
      kind: 'Invalid',
      problems: [required('origin'), required('attestation')],
    });
    expect(refused(await world.service.activate(at(device), { origin: ORIGIN }))).toEqual({
      kind: 'Invalid',
      problems: [required('attestation')],
    });
    expect(refused(await world.service.activate(at(device), { origin: ORIGIN, attestation: '{}' }))).toEqual({
      kind: 'Invalid',
      problems: [{ problem: 'invalid', target: 'attestation', message: 'must be the JSON text of a credential' }],
    });
    expect(world.writes).toEqual([]);
    const attestation = new SoftAuthenticator().register(text, ORIGIN);
    granted(await world.service.activate(at(device), { origin: ORIGIN, attestation }));
  });

  it('is held against what is there when it is decided: another challenge, or a credential that somebody has meanwhile', async () => {
    const world = withPolicy();
    const { device, text } = await begun(world);
    const proof = { origin: ORIGIN, attestation: new SoftAuthenticator().register(text, ORIGIN) };
    const command = { environmentId: ENVIRONMENT, deviceId: device.id, proof };
    const facts = {
      digests: keyring.digests,
      open: keyring.vault.open,
      deployment: { channels: world.channels, allowsTestMode: () => true },
    };
    const snapshot = await world.store.load({ environmentId: ENVIRONMENT, user: USER });
    const verified = verifyPairing(snapshot, command, facts);
    if (!verified) throw new Error('an honest attestation is verified');
    const moved = decided(activateDevice(snapshot, command, { ...facts, verified: { ...verified, challenge: 'x' } }));
    expect(moved).toMatchObject({
      writes: [],
      outcome: { result: { rejection: { kind: 'Invalid', problems: [{ message: 'answers another challenge' }] } } },
    });
    const credentialHolder = { environmentId: ENVIRONMENT, key: 'k', userId: USER, deviceId: uuidOf(device.id) };
    const taken = decided(activateDevice({ ...snapshot, credentialHolder }, command, { ...facts, verified }));
    expect(taken).toMatchObject({ writes: [], outcome: { result: { rejection: { kind: 'CredentialTaken' } } } });
    const { environment: _, ...nowhere } = snapshot;
    expect(verifyPairing(nowhere, command, facts)).toBeUndefined();
  });

  it('is verified before the unit, as nothing else is', () => {
    expect(isVerifiedBeforehand({ origin: ORIGIN, attestation: '{}' })).toBe(true);
    expect(isVerifiedBeforehand({ origin: ORIGIN })).toBe(false);
    expect(isVerifiedBeforehand({ attestation: '{}' })).toBe(false);
    expect(isVerifiedBeforehand({ otp: '123456' })).toBe(false);
  });
});

describe('the FIDO policy in force (30 §1.3.5)', () => {
  it('is the one that the MFA policy names, else the environment’s default, else the factory’s', async () => {
    const world = withPolicy({ attestationRequirements: 'DIRECT' });
    const { configuration } = await world.store.load({ environmentId: ENVIRONMENT });
    if (!configuration) throw new Error('a world has a configuration');
    const named = { ...world.fido2Policy, timeout: 1 } as NonNullable<World['fido2Policy']>;
    const other = uuidOf('00000000-0000-4000-8000-0000000000f2');
    const { defaultPolicy } = configuration;
    const naming = {
      ...defaultPolicy,
      methods: { ...defaultPolicy.methods, fido2: { ...DEVICE_METHODS.fido2, fido2PolicyId: other } },
    };
    const deployment = { channels: world.channels, allowsTestMode: () => true };
    const withNamed = { ...configuration, fido2Policies: new Map([[other, named]]) };
    expect(fido2PolicyUnder(naming, withNamed, deployment)).toBe(named);
    expect(fido2PolicyUnder(naming, configuration, deployment)).toBe(world.fido2Policy);
    expect(fido2PolicyUnder(defaultPolicy, withNamed, deployment)).toBe(world.fido2Policy);
    const { defaultFido2Policy: _, ...bare } = configuration;
    expect(fido2PolicyUnder(naming, bare, deployment)).toMatchObject({
      relyingPartyId: 'localhost',
      attestation: 'none',
    });
    const relyingParty = { relyingPartyId: 'mfa.example.org', allowsSubdomains: false };
    expect(fido2PolicyUnder(naming, bare, { ...deployment, relyingParty }).relyingPartyId).toBe('mfa.example.org');
    expect(relyingPartyTerms({ relyingParty })).toBe(relyingParty);
    expect(relyingPartyTerms({})).toEqual({ relyingPartyId: 'localhost', allowsSubdomains: true });
    expect(() =>
      fido2PolicyUnder(naming, bare, {
        ...deployment,
        relyingParty: { ...relyingParty, relyingPartyId: 'Not a name' },
      }),
    ).toThrow('Not a name');
  });

  it('knows the models of the metadata, and below them the environment’s own, which hide none (SEC-29)', () => {
    const model = (id: string, description: string): AuthenticatorModel => ({
      ...{ id, description, keyIdentifiers: [], anchors: [], certified: true, compromised: false },
    });
    const models = new Map([['a', model('a', 'of the metadata')]]);
    const relyingParty = {
      ...{ relyingPartyId: RP_ID, allowsSubdomains: true },
      metadata: { entries: () => [], models: () => models },
    };
    const own = new Map([
      ['a', model('a', 'of the environment')],
      ['b', model('b', 'of the environment')],
    ]);
    expect(authenticatorsUnder({}, { relyingParty })).toBe(models);
    expect(authenticatorsUnder({ ownAuthenticators: () => new Map() }, { relyingParty })).toBe(models);
    const all = authenticatorsUnder({ ownAuthenticators: () => own }, { relyingParty });
    expect([...all].map(([id, { description }]) => [id, description])).toEqual([
      ['a', 'of the metadata'],
      ['b', 'of the environment'],
    ]);
    expect(authenticatorsUnder({}, {}).size).toBe(0);
  });
});
