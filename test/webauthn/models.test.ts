import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/kernel/json.js';
import { parseChain } from '../../src/webauthn/chain.js';
import {
  certificateOf as certificatesIn,
  metadataIdOf,
  modelsOf,
  readEntry,
} from '../../src/webauthn/metadata/entry.js';
import type { Registration } from '../../src/webauthn/registration.js';
import {
  type AuthenticatorDemand,
  type AuthenticatorModel,
  demandProblem,
  judgeAuthenticator,
  keyIdentifierOf,
  uuidOf,
} from '../../src/webauthn/trust.js';
import { type Issued, issueCertificate, testAuthority } from '../helpers/certificates.js';
import { aaguid, certificateOf, entry, maker, NOW, uuid } from './metadata-service.js';

const modelIn = (value: object): AuthenticatorModel | undefined =>
  readEntry({ ...entry(1, []), ...value } as JsonObject)?.model;
const makersKey = keyIdentifierOf(certificateOf(maker));

describe('an entry of metadata (MDS 3.1 §3.1.1)', () => {
  it('says which model it is, by whom it is attested, and what became of it', () => {
    expect(modelIn({})).toMatchObject({
      ...{
        id: uuid(1),
        aaguid: uuid(1),
        keyIdentifiers: [],
        description: 'Key 1',
        certified: false,
        compromised: false,
      },
      anchors: [{ der: maker.der }],
    });
    expect(readEntry(entry(1, []) as JsonObject)?.statement).toEqual(entry(1, []).metadataStatement);
    expect(modelIn({ aaguid: uuid(1).toUpperCase() })?.id).toBe(uuid(1));
  });

  it('of a U2F model is named by its first key', () => {
    const keys = [makersKey.toUpperCase(), 7, 'b'.repeat(40)];
    const model = modelIn({ aaguid: undefined, attestationCertificateKeyIdentifiers: keys });
    expect(model).toMatchObject({
      id: uuidOf(Buffer.from(makersKey, 'hex')),
      keyIdentifiers: [makersKey, 'b'.repeat(40)],
    });
    expect(model).not.toHaveProperty('aaguid');
  });

  it('is none without a statement or a name, as those of UAF are', () => {
    for (const metadataStatement of [undefined, null, 'x', []]) expect(modelIn({ metadataStatement })).toBeUndefined();
    for (const other of [undefined, 7, '', 'x', `${uuid(1)}0`, `0${uuid(1)}`])
      expect(modelIn({ aaguid: other })).toBeUndefined();
    for (const keys of ['x', [], ['x'], ['a'.repeat(41)], [7]])
      expect(modelIn({ aaguid: undefined, attestationCertificateKeyIdentifiers: keys })).toBeUndefined();
  });

  it('is named by its AAGUID, and only without one by a key', () => {
    expect(metadataIdOf(uuid(1), ['b'.repeat(40)])).toBe(uuid(1));
    expect(metadataIdOf('x', ['b'.repeat(40)])).toBeUndefined();
    expect(metadataIdOf(undefined, ['0123456789abcdef0123456789abcdef01234567'])).toBe(
      '01234567-89ab-cdef-0123-456789abcdef',
    );
    for (const key of [`${'b'.repeat(40)}b`, `x${'b'.repeat(40)}`, 'b'.repeat(39)])
      expect(metadataIdOf(undefined, [key])).toBeUndefined();
  });

  it('is described by its id where nothing is said, and has the anchors that read', () => {
    expect(modelIn({ metadataStatement: {} })).toMatchObject({ description: uuid(1), anchors: [] });
    const text = maker.der.toString('base64');
    const spaced = `${text.slice(0, 64)}\n ${text.slice(64)}`;
    const anchors = modelIn({ metadataStatement: { attestationRootCertificates: ['', 'x', 7, spaced] } })?.anchors;
    expect(anchors?.map(({ der }) => der)).toEqual([maker.der]);
    expect(certificatesIn('')).toEqual([]);
  });
});

describe('reports on a model (MDS 3.1 §3.1.4)', () => {
  const reported = (...statusReports: unknown[]) => modelIn({ statusReports });

  it.each([
    [[], false],
    [['FIDO_CERTIFIED'], true],
    [['FIDO_CERTIFIED_L3plus'], true],
    [['NOT_FIDO_CERTIFIED'], false],
    [['FIDO_CERTIFIED', 'NOT_FIDO_CERTIFIED'], false],
    [['NOT_FIDO_CERTIFIED', 'FIDO_CERTIFIED'], true],
    [['FIDO_CERTIFIED', 'REVOKED'], false],
    [['FIDO_CERTIFIED', 'UPDATE_AVAILABLE'], true],
    [['UPDATE_AVAILABLE'], false],
    [['SELF_ASSERTION_SUBMITTED', 'FIDO_CERTIFIED'], true],
  ])('%j: certified is %s', (statuses, certified) => {
    expect(reported(...statuses.map((status) => ({ status })))?.certified).toBe(certified);
  });

  it.each([
    ...['REVOKED', 'USER_VERIFICATION_BYPASS', 'ATTESTATION_KEY_COMPROMISE'],
    ...['USER_KEY_REMOTE_COMPROMISE', 'USER_KEY_PHYSICAL_COMPROMISE'],
  ])('%s refuses every one of them', (status) => {
    expect(reported({ status }, { status: 'UPDATE_AVAILABLE' }, { status: 'FIDO_CERTIFIED' })?.compromised).toBe(true);
  });

  it('name the batches that they are about, or all', () => {
    const [one, other] = [testAuthority('One'), testAuthority('Other')];
    const about = (issued: Issued) => ({
      status: 'ATTESTATION_KEY_COMPROMISE',
      certificate: issued.der.toString('base64'),
    });
    const keys = [one, other].map((issued) => keyIdentifierOf(certificateOf(issued)));
    expect(reported(about(one), { status: 'UPDATE_AVAILABLE' }, about(other))?.compromised).toEqual(keys);
    expect(reported(about(one), { status: 'REVOKED' })?.compromised).toBe(true);
    expect(reported({ status: 'REVOKED', certificate: 'x' })?.compromised).toBe(true);
    expect(reported({ status: 'REVOKED', certificate: 7 })?.compromised).toBe(true);
  });

  it('that do not read are passed over', () => {
    const read = { certified: true, compromised: false };
    expect(reported(null, 'REVOKED', {}, { status: 7 }, { status: 'FIDO_CERTIFIED' }, {})).toMatchObject(read);
    expect(modelIn({ statusReports: 'REVOKED' })).toMatchObject({ certified: false, compromised: false });
  });
});

describe('trust in an authenticator (30 §2.2, 20 §8.3; SEC-29)', () => {
  const leaf = issueCertificate({ subject: { CN: 'Leaf' }, issuer: maker });
  const chainOf = (issued: Issued): NonNullable<ReturnType<typeof parseChain>> => {
    const chain = parseChain([issued.der]);
    if (!chain) throw new Error('the chain of a test does not parse');
    return chain;
  };
  const registration: Registration = {
    ...{ credentialId: Buffer.of(1), publicKey: Buffer.of(1), aaguid: aaguid(1), signCount: 0, transports: [] },
    ...{ userVerified: true, backupEligible: false, backedUp: false, format: 'packed' },
    proof: { kind: 'certified', chain: chainOf(leaf) },
  };
  const model: AuthenticatorModel = {
    ...{ id: uuid(1), aaguid: uuid(1), keyIdentifiers: [], description: 'Key', anchors: [certificateOf(maker)] },
    ...{ certified: true, compromised: false },
  };
  const other: AuthenticatorModel = { ...model, id: uuid(2), aaguid: uuid(2) };
  const judged = (
    option: AuthenticatorDemand,
    {
      allowed = [] as string[],
      known = [other, model] as readonly AuthenticatorModel[],
      changes = {} as Partial<Registration>,
      now = NOW,
    } = {},
  ) => {
    const models = new Map(known.map((each) => [each.id, each]));
    const outcome = judgeAuthenticator({ ...registration, ...changes }, { option, allowed }, models, now);
    return outcome.ok ? outcome.value : outcome.rejection;
  };
  const proved = { aaguid: uuid(1), modelId: uuid(1), isProved: true };
  const self = { proof: { kind: 'self' } } as const;

  it('is proved by a chain to an anchor of its model, whatever the policy asks', () => {
    for (const option of ['NONE', 'AUDIT_ONLY'] as const) {
      expect(judged(option)).toEqual(proved);
      expect(judged(option, { changes: self })).toEqual({ ...proved, isProved: false });
      expect(judged(option, { known: [other] })).toEqual({ aaguid: uuid(1), isProved: false });
      expect(judged(option, { known: [{ ...model, compromised: true }] })).toEqual(proved);
      expect(judged(option, { known: [{ ...model, anchors: [certificateOf(testAuthority('Maker'))] }] })).toEqual({
        ...{ ...proved, isProved: false },
      });
      expect(judged(option, { now: Date.UTC(2100, 1, 1) })).toEqual({ ...proved, isProved: false });
    }
  });

  it('is asked for by a policy that takes those of the metadata alone', () => {
    expect(judged('GLOBAL')).toEqual(proved);
    expect(judged('GLOBAL', { changes: self })).toBe('UNTRUSTED');
    expect(judged('GLOBAL', { known: [other] })).toBe('UNTRUSTED');
    expect(judged('GLOBAL', { known: [{ ...model, certified: false }] })).toEqual(proved);
    expect(judged('GLOBAL', { known: [{ ...model, compromised: true }] })).toBe('COMPROMISED');
    expect(judged('GLOBAL', { known: [{ ...model, compromised: ['x'] }] })).toEqual(proved);
    const compromised = ['x', keyIdentifierOf(certificateOf(leaf))];
    expect(judged('GLOBAL', { known: [{ ...model, compromised }] })).toBe('COMPROMISED');
  });

  it('is narrowed to those certified, or to those named', () => {
    expect(judged('CERTIFIED')).toEqual(proved);
    expect(judged('CERTIFIED', { known: [{ ...model, certified: false }] })).toBe('NOT_ALLOWED');
    expect(judged('SPECIFIC')).toBe('NOT_ALLOWED');
    expect(judged('SPECIFIC', { allowed: [uuid(2)] })).toBe('NOT_ALLOWED');
    expect(judged('SPECIFIC', { allowed: [uuid(2), uuid(1)], known: [{ ...model, certified: false }] })).toEqual(
      proved,
    );
  });

  it('in a U2F token goes by the key of its certificate: its AAGUID is nobody’s', () => {
    const changes = { format: 'fido-u2f', aaguid: Buffer.alloc(16) };
    const { aaguid: _, ...token } = { ...model, keyIdentifiers: ['x', keyIdentifierOf(certificateOf(leaf))] };
    const known = [other, token];
    expect(judged('GLOBAL', { changes, known })).toEqual({ ...proved, aaguid: uuidOf(Buffer.alloc(16)) });
    expect(judged('GLOBAL', { changes: { ...changes, ...self }, known })).toBe('UNTRUSTED');
    expect(judged('GLOBAL', { changes: { ...changes, aaguid: aaguid(1) } })).toBe('UNTRUSTED');
  });

  it('is asked again of those registered earlier, where the policy says so', () => {
    const models = modelsOf([{ model, statement: {} }]);
    const problem = (provenance: object, option: AuthenticatorDemand = 'GLOBAL') =>
      demandProblem({ ...proved, ...provenance }, { option, allowed: [] }, models);
    expect(problem({})).toBeUndefined();
    expect(problem({ isProved: false })).toBe('UNTRUSTED');
    expect(problem({ modelId: uuid(3) })).toBe('UNTRUSTED');
    expect(problem({ modelId: undefined })).toBe('UNTRUSTED');
    expect(problem({ isProved: false }, 'NONE')).toBeUndefined();
    expect(problem({ isProved: false }, 'AUDIT_ONLY')).toBeUndefined();
  });

  it('names an AAGUID as a UUID', () => {
    expect(uuidOf(Buffer.from('00112233445566778899aabbccddeeff', 'hex'))).toBe('00112233-4455-6677-8899-aabbccddeeff');
  });
});
