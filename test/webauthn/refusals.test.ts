import { describe, expect, it } from 'vitest';
import {
  type AssertionTerms,
  hasAdvanced,
  type StoredCredential,
  verifyAssertion,
} from '../../src/webauthn/assertion.js';
import { parseAuthenticatorData } from '../../src/webauthn/authenticator-data.js';
import { parseAssertionJson, parseAttestationJson } from '../../src/webauthn/credential-json.js';
import { creationOptionsText, requestOptionsText } from '../../src/webauthn/options.js';
import { type Registration, type RegistrationTerms, verifyRegistration } from '../../src/webauthn/registration.js';
import { encodeCbor } from '../helpers/cbor.js';
import { type Lies, SoftAuthenticator, type SoftOptions } from '../helpers/soft-authenticator.js';
import { DISHONEST_ASSERTIONS } from './dishonest-assertions.js';
import { DISHONEST_REGISTRATIONS } from './dishonest-registrations.js';
import { ORIGIN, RP_ID } from './relying-party.js';

const challenge = Buffer.alloc(32, 7);
const userHandle = Buffer.alloc(32, 9);
const creation = creationOptionsText({
  rp: { id: RP_ID, name: 'Example' },
  ...{ userHandle, userName: 'mira', challenge, timeout: 120_000, exclude: [], hints: [] },
  ...{ residentKey: 'preferred', userVerification: 'preferred', attestation: 'direct' },
});
const request = requestOptionsText({
  ...{ challenge, timeout: 120_000, rpId: RP_ID, allow: [], userVerification: 'preferred', hints: [] },
});
const terms = {
  ...{ challenge, origin: ORIGIN, rpId: RP_ID, allowsSubdomains: false },
  ...{ requiresUserVerification: false, allowsBackupEligible: true },
};

/** What is made of a registration; `undefined` when it does not read. */
function registration(authenticator: SoftAuthenticator, lies: Lies = {}, changed: Partial<RegistrationTerms> = {}) {
  const read = parseAttestationJson(authenticator.register(creation, ORIGIN, lies));
  return read && verifyRegistration(read, { ...terms, algorithms: [-7, -37, -257], ...changed });
}

function registered(authenticator: SoftAuthenticator): Registration {
  const outcome = registration(authenticator);
  if (!outcome?.ok) throw new Error('an honest registration is refused');
  return outcome.value;
}

function assertion(
  authenticator: SoftAuthenticator,
  credential: StoredCredential,
  lies: Lies = {},
  changed: Partial<AssertionTerms> = {},
) {
  const read = parseAssertionJson(authenticator.assert(request, ORIGIN, lies));
  return read && verifyAssertion(read, credential, { ...terms, userHandle, requiresUserHandle: false, ...changed });
}
const refused = (rejection: string) => ({ ok: false, rejection });

describe('a registration', () => {
  it.each<[string, SoftOptions, object]>([
    ['without a statement', {}, { kind: 'none' }],
    ['that its own key attests', { attestation: 'self' }, { kind: 'self' }],
  ])('%s is believed for what it proves', (_what, options, proof) => {
    const outcome = registration(new SoftAuthenticator({ ...options, signCount: 4 }));
    expect(outcome).toMatchObject({
      ok: true,
      value: { proof, signCount: 4, userVerified: true, backupEligible: false, backedUp: false, transports: ['usb'] },
    });
  });

  it('says of the authenticator what its flags say, and nothing else', () => {
    const flags = (bits: number) => registration(new SoftAuthenticator(), { flags: () => bits });
    const all = { userVerified: true, backupEligible: true, backedUp: true };
    expect(flags(0x40 | 0x1d)).toMatchObject({ value: all });
    expect(flags(0x40 | 0x19)).toMatchObject({ value: { ...all, userVerified: false } });
    expect(flags(0x40 | 0x0d)).toMatchObject({ value: { ...all, backedUp: false } });
    expect(flags(0x40 | 0x05)).toMatchObject({ value: { ...all, backedUp: false, backupEligible: false } });
  });

  it.each(DISHONEST_REGISTRATIONS.map((one) => [one.name, one] as const))('with %s is refused', (_name, one) => {
    const { options = {}, lies, problem, type } = one;
    const changed = { requiresUserVerification: type === 'PLATFORM' };
    const outcome = registration(new SoftAuthenticator(options), lies, changed);
    expect(outcome).toEqual(problem === undefined ? undefined : refused(problem));
  });

  it('without a credential, or with a format that is no text, does not read', () => {
    const bare: Lies = { flags: (bits) => bits & ~0x40, authenticatorData: (data) => data.subarray(0, 37) };
    const numbered: Lies = { attestationObject: (object) => object.set('fmt', 7) };
    for (const lies of [bare, numbered])
      expect(registration(new SoftAuthenticator(), lies)).toEqual(refused('MALFORMED'));
  });

  it('that can be copied is refused where the policy takes none (30 §2.2)', () => {
    const authenticator = new SoftAuthenticator({ backupEligible: true });
    expect(registration(authenticator)).toMatchObject({ ok: true, value: { backupEligible: true } });
    expect(registration(authenticator, {}, { allowsBackupEligible: false })).toEqual(refused('BACKUP_ELIGIBLE'));
    expect(registration(new SoftAuthenticator(), {}, { allowsBackupEligible: false })).toMatchObject({ ok: true });
  });
});

describe('an assertion', () => {
  it.each(DISHONEST_ASSERTIONS.filter(([, , problem]) => problem !== 'CREDENTIAL_ID'))(
    'with %s is refused',
    (_name, lies, problem) => {
      const authenticator = new SoftAuthenticator({ signCount: 3 });
      const credential = registered(authenticator);
      expect(assertion(authenticator, credential, lies)).toEqual(problem === undefined ? undefined : refused(problem));
      // What follows is honest, and taken.
      expect(assertion(authenticator, credential)).toEqual({
        ok: true,
        value: { signCount: authenticator.signCount, userVerified: true, backedUp: false },
      });
    },
  );

  it('without user verification is refused where it is required', () => {
    const authenticator = new SoftAuthenticator({ userVerified: false });
    const credential = registered(authenticator);
    expect(assertion(authenticator, credential)).toMatchObject({ ok: true, value: { userVerified: false } });
    expect(assertion(authenticator, credential, {}, { requiresUserVerification: true })).toEqual(
      refused('USER_VERIFICATION'),
    );
  });

  it('by a credential that can be copied is refused where the policy takes none any more (30 §2.2)', () => {
    const authenticator = new SoftAuthenticator({ backupEligible: true });
    const credential = registered(authenticator);
    expect(assertion(authenticator, credential)).toMatchObject({ ok: true });
    expect(assertion(authenticator, credential, {}, { allowsBackupEligible: false })).toEqual(
      refused('BACKUP_ELIGIBLE'),
    );
    expect(assertion(authenticator, { ...credential, backupEligible: false })).toEqual(refused('BACKUP_FLAGS'));
    const fixed = new SoftAuthenticator();
    expect(assertion(fixed, registered(fixed), {}, { allowsBackupEligible: false })).toMatchObject({ ok: true });
  });

  it('without a user handle is taken unless the handle is what names the user (SEC-26)', () => {
    const authenticator = new SoftAuthenticator();
    const credential = registered(authenticator);
    for (const handle of [undefined, null, '']) {
      const lies: Lies = {
        credential: ({ response, ...rest }) => ({ ...rest, response: { ...response, userHandle: handle } }),
      };
      expect(assertion(authenticator, credential, lies)).toMatchObject({ ok: true });
      expect(assertion(authenticator, credential, lies, { requiresUserHandle: true })).toEqual(refused('USER_HANDLE'));
    }
    expect(assertion(authenticator, credential, {}, { requiresUserHandle: true })).toMatchObject({ ok: true });
  });

  it('is refused when the stored key does not read', () => {
    const authenticator = new SoftAuthenticator();
    const credential = { ...registered(authenticator), publicKey: Buffer.of(0) };
    expect(assertion(authenticator, credential)).toEqual(refused('PUBLIC_KEY'));
  });

  it('whose count has not risen is refused, for there may be a copy (SEC-28)', () => {
    const authenticator = new SoftAuthenticator({ signCount: 3 });
    const credential = registered(authenticator);
    // The authenticator counts to 4 for this one.
    expect(assertion(authenticator, { ...credential, signCount: 4 })).toEqual(refused('SIGN_COUNT'));
    expect(assertion(authenticator, { ...credential, signCount: 4 })).toMatchObject({ ok: true });
  });
});

it('a count has advanced when it is greater, or when the authenticator has never counted (L3 §6.1.1)', () => {
  const pairs = [
    ...[[0, 0, true] as const, [1, 0, true] as const, [2, 1, true] as const],
    ...[[1, 1, false] as const, [0, 1, false] as const, [1, 2, false] as const],
  ];
  for (const [count, stored, advanced] of pairs)
    expect([count, stored, hasAdvanced(count, stored)]).toEqual([count, stored, advanced]);
});

describe('authenticator data (L3 §6.1; SEC-30)', () => {
  const header = (bits: number): Buffer => Buffer.concat([Buffer.alloc(32, 1), Buffer.of(bits, 0, 0, 1, 2)]);
  const attested = (length: number, key: Buffer, announced = length): Buffer =>
    Buffer.concat([Buffer.alloc(16, 2), Buffer.of(announced >> 8, announced & 0xff), Buffer.alloc(length, 3), key]);
  const key = encodeCbor(new Map([[1, 2]]));
  const parse = (...parts: readonly Buffer[]) => parseAuthenticatorData(Buffer.concat(parts));

  it('of 37 bytes is the least there is', () => {
    expect(parse(header(0x01))).toEqual({
      rpIdHash: Buffer.alloc(32, 1),
      flags: { userPresent: true, userVerified: false, backupEligible: false, backedUp: false },
      signCount: 258,
    });
    for (const length of [0, 1, 32, 33, 36])
      expect([length, parseAuthenticatorData(header(0x01).subarray(0, length))]).toEqual([length, undefined]);
  });

  it('has each flag at its own bit', () => {
    const none = { userPresent: false, userVerified: false, backupEligible: false, backedUp: false };
    const flags = (bits: number) => parse(header(bits))?.flags;
    expect([0x00, 0x01, 0x04, 0x08, 0x10].map(flags)).toEqual([
      none,
      ...[
        { ...none, userPresent: true },
        { ...none, userVerified: true },
      ],
      ...[
        { ...none, backupEligible: true },
        { ...none, backedUp: true },
      ],
    ]);
  });

  it('has a credential id of 1 to 1023 bytes and a key behind it (SEC-25)', () => {
    const read = parse(header(0x41), attested(1023, key));
    expect(read?.attested).toEqual({
      ...{ aaguid: Buffer.alloc(16, 2), credentialId: Buffer.alloc(1023, 3), publicKey: key },
      cose: new Map([[1, 2]]),
    });
    expect(parse(header(0x41), attested(1, key))).toBeDefined();
    expect(parse(header(0x41), attested(0, key))).toBeUndefined();
    expect(parse(header(0x41), attested(1024, key))).toBeUndefined();
    expect(parse(header(0x41), attested(4, Buffer.alloc(0)))).toBeUndefined();
    expect(parse(header(0x41), attested(4, key, 400))).toBeUndefined();
    expect(parse(header(0x41), attested(4, encodeCbor([1])))).toBeUndefined();
    for (const length of [0, 1, 17]) expect(parse(header(0x41), attested(4, key).subarray(0, length))).toBeUndefined();
  });

  it('has what its flags announce, and nothing else', () => {
    const extensions = encodeCbor(new Map([['credProtect', 2]]));
    expect(parse(header(0x81), extensions)).toBeDefined();
    expect(parse(header(0xc1), attested(4, key), extensions)?.attested?.publicKey).toEqual(key);
    expect(parse(header(0x01), extensions)).toBeUndefined();
    expect(parse(header(0x01), attested(4, key))).toBeUndefined();
    expect(parse(header(0x41), attested(4, key), extensions)).toBeUndefined();
    expect(parse(header(0x81))).toBeUndefined();
    expect(parse(header(0x81), encodeCbor([2]))).toBeUndefined();
    expect(parse(header(0x81), encodeCbor(2))).toBeUndefined();
    expect(parse(header(0x81), extensions, Buffer.of(0))).toBeUndefined();
  });
});
