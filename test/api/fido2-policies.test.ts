import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { factoryPolicy } from '../../src/policies/defaults.js';
import { relyingPartyIdOf } from '../../src/policies/fido2/fido2-policy-document.js';
import { refusesBadFields, refusesRequests } from './bad-fields.js';
import { documentOf, managed } from './managed.js';
import { invalidData, refusalOf } from './refusal.js';
import { duration, flag, integer, list, object, oneOf, text } from './shapes.js';
import { type Body, HERE, startWorld, THERE, type World } from './world.js';

let started: World;
beforeAll(async () => {
  started = await startWorld();
});
afterAll(() => started[Symbol.asyncDispose]());

const world = (): World => started;
const policies = managed(world, `/environments/${HERE}/fido2Policies`);
const mfaPolicies = managed(world, `/environments/${HERE}/deviceAuthenticationPolicies`);

const full = (name: string): Body => ({
  name,
  description: 'Company keys',
  default: false,
  attestationRequirements: 'DIRECT',
  authenticatorAttachment: 'CROSS_PLATFORM',
  backupEligibility: { allow: false, enforceDuringAuthentication: true },
  deviceDisplayName: 'Key',
  discoverableCredentials: 'REQUIRED',
  mdsAuthenticatorsRequirements: {
    option: 'SPECIFIC',
    enforceDuringAuthentication: true,
    allowedAuthenticators: [{ id: 'any text' }, { id: '00000000-0000-0000-0000-000000000000' }],
  },
  relyingPartyId: 'login.example.org',
  userDisplayNameAttributes: {
    attributes: [{ name: 'name', subAttributes: [{ name: 'given' }, { name: 'family' }] }, { name: 'username' }],
  },
  userVerification: {
    option: 'REQUIRED',
    enforceDuringAuthentication: true,
    pinRequirement: { option: 'OPTIONAL', minLength: 8 },
  },
  userPresenceTimeout: { duration: 90, timeUnit: 'SECONDS' },
  publicKeyCredentialHints: ['SECURITY_KEY', 'HYBRID'],
  aggregateDevices: true,
  eaUniqueIdentifierAttribute: { name: 'serial' },
});

const least = (name: string): Body => {
  const { description, default: _, userPresenceTimeout, publicKeyCredentialHints, ...rest } = full(name);
  const { aggregateDevices, eaUniqueIdentifierAttribute, ...required } = rest;
  return { ...required, userVerification: { option: 'PREFERRED', enforceDuringAuthentication: false } };
};

describe('FIDO policies (30 §2)', () => {
  it('begin with two, Passkeys being the default, for the server’s own host', async () => {
    // Where nobody makes others.
    expect(await managed(world, policies.path.replace(HERE, THERE)).listed()).toMatchObject([
      { name: 'Passkeys', default: true, authenticatorAttachment: 'BOTH', relyingPartyId: 'postern.test' },
      { name: 'Security key', default: false, authenticatorAttachment: 'CROSS_PLATFORM' },
    ]);
  });

  it('come back as they were sent, from POST, GET and PUT alike', async () => {
    const created = await policies.create(full('Echo'));
    expect(documentOf(created)).toEqual(full('Echo'));
    expect(created.body).toMatchObject({ environment: { id: HERE }, createdAt: created.body['updatedAt'] });
    const path = policies.itemOf(created);
    expect((await policies.read(path)).body).toEqual(created.body);
    const replaced = await policies.put(path, least('Echo'));
    expect([replaced.status, documentOf(replaced)]).toEqual([200, least('Echo')]);
    expect((await policies.read(path)).body).toEqual(replaced.body);
  });

  it('have one default: it moves, is not given up and not deleted', async () => {
    const created = await policies.create({ ...full('New default'), default: true });
    expect(await policies.defaults()).toEqual(['New default']);
    const path = policies.itemOf(created);
    expect(refusalOf(await policies.put(path, full('New default')))).toEqual({
      status: 400,
      code: 'REQUEST_FAILED',
      details: ['CONSTRAINT_VIOLATION default'],
    });
    const deleted = await policies.remove(path);
    expect(refusalOf(deleted)).toEqual({ status: 400, code: 'REQUEST_FAILED', details: ['CONSTRAINT_VIOLATION'] });
    expect(deleted.text).toContain('cannot delete the default policy');
    const passkeys = (await policies.listed()).find(({ name }) => name === 'Passkeys');
    const { _links, id, environment, createdAt, updatedAt, ...document } = passkeys ?? {};
    await policies.put(`${policies.path}/${id}`, { ...document, default: true });
    expect(await policies.defaults()).toEqual(['Passkeys']);
    expect((await policies.remove(path)).status).toBe(204);
  });

  it('of one environment are not there in another (SEC-42)', async () => {
    const path = policies.itemOf(await policies.create(full('Mine'))).replace(HERE, THERE);
    for (const answer of [
      await policies.read(path),
      await policies.put(path, full('Mine')),
      await policies.remove(path),
    ])
      expect(refusalOf(answer)).toEqual({ status: 404, code: 'NOT_FOUND' });
  });

  it('show, when asked, which MFA policies name them, and cannot go before those do', async () => {
    const created = await policies.create(full('Named'));
    const id = String(created.body['id']);
    const document = factoryPolicy({ name: 'With keys', default: false });
    const namer = await mfaPolicies.create({ ...document, fido2: { enabled: true, fido2PolicyId: id } });
    const expanded = await policies.listed('?expand=deviceAuthenticationPolicies');
    expect(expanded.find((item) => item['id'] === id)?.['_embedded']).toEqual({
      deviceAuthenticationPolicies: [{ id: namer.body['id'], name: 'With keys' }],
    });
    expect(expanded.find(({ name }) => name === 'Passkeys')?.['_embedded']).toEqual({
      deviceAuthenticationPolicies: [],
    });
    for (const query of ['', '?expand=surprise'])
      expect((await policies.listed(query)).every((item) => item['_embedded'] === undefined)).toBe(true);
    const refused = await policies.remove(policies.itemOf(created));
    expect(refusalOf(refused)).toEqual({ status: 400, code: 'REQUEST_FAILED', details: ['CONSTRAINT_VIOLATION'] });
    expect(refused.body['details']).toMatchObject([{ innerError: { referencedValues: [namer.body['id']] } }]);
    expect((await mfaPolicies.remove(mfaPolicies.itemOf(namer))).status).toBe(204);
    expect((await policies.remove(policies.itemOf(created))).status).toBe(204);
  });

  it('have names of their own', async () => {
    await policies.create(full('Taken'));
    expect(refusalOf(await world().ask({ path: policies.path, body: full('Taken') }))).toEqual(
      invalidData('UNIQUENESS_VIOLATION name'),
    );
  });

  it.each([
    ['https://login.example.org', 'login.example.org'],
    ['https://login.example.org:8443/mfa', 'login.example.org'],
    ['http://127.0.0.1:3000', 'localhost'],
    ['http://[::1]:3000', 'localhost'],
    ['http://localhost:3000', 'localhost'],
  ])('of the factory at %s are for %s, because an address is no relying party', (authPath, id) => {
    expect(relyingPartyIdOf(authPath)).toBe(id);
  });
});

const attribute = () => object({ 'name*': text({ max: 256 }) });

refusesBadFields('a bad field of a FIDO policy is named', {
  world,
  to: () => ({ path: policies.path }),
  right: () => full('Fields'),
  shape: object({
    'name*': text({ max: 256 }),
    description: text({ max: 1_024, mayBeEmpty: true }),
    default: flag(),
    'attestationRequirements*': oneOf('NONE', 'DIRECT', 'ENTERPRISE'),
    'authenticatorAttachment*': oneOf('PLATFORM', 'CROSS_PLATFORM', 'BOTH'),
    'backupEligibility*': object({ 'allow*': flag(), 'enforceDuringAuthentication*': flag() }),
    'deviceDisplayName*': text({ max: 100 }),
    'discoverableCredentials*': oneOf('DISCOURAGED', 'PREFERRED', 'REQUIRED'),
    'mdsAuthenticatorsRequirements*': object({
      'option*': oneOf('NONE', 'AUDIT_ONLY', 'GLOBAL', 'CERTIFIED', 'SPECIFIC'),
      'enforceDuringAuthentication*': flag(),
      allowedAuthenticators: list(object({ 'id*': text({ max: 256 }) }), { max: 500, of: { id: 'x' } }),
    }),
    'relyingPartyId*': text({
      max: 253,
      malformed: ['Example.org', 'https://example.org', 'example.org.', '-a.org', 'a_b.org', 'example.org:443', ' a'],
    }),
    'userDisplayNameAttributes*': object({ 'attributes*': list(attribute(), { max: 6, of: { name: 'username' } }) }),
    'userVerification*': object({
      'option*': oneOf('REQUIRED', 'PREFERRED', 'DISCOURAGED'),
      'enforceDuringAuthentication*': flag(),
      pinRequirement: object({ option: oneOf('OPTIONAL', 'REQUIRED', 'NONE'), minLength: integer(1, 63) }),
    }),
    userPresenceTimeout: duration(60, 600, 'SECONDS', 'MINUTES'),
    publicKeyCredentialHints: list(oneOf('SECURITY_KEY', 'CLIENT_DEVICE', 'HYBRID'), { max: 3, of: 'HYBRID' }),
    aggregateDevices: flag(),
    eaUniqueIdentifierAttribute: attribute(),
  }),
});

const withMetadata = (option: string, attestationRequirements: string): Body => ({
  ...full('Bad'),
  attestationRequirements,
  mdsAuthenticatorsRequirements: { option, enforceDuringAuthentication: false },
});
const withAttributes = (...attributes: object[]): Body => ({
  ...full('Bad'),
  userDisplayNameAttributes: { attributes },
});

refusesRequests('a FIDO policy is refused that', { world, to: () => ({ path: policies.path }) }, [
  {
    name: 'asks for metadata without an attestation',
    body: () => withMetadata('GLOBAL', 'NONE'),
    details: ['INVALID_VALUE mdsAuthenticatorsRequirements.option'],
  },
  {
    name: 'asks for an attestation to do nothing with it',
    body: () => withMetadata('NONE', 'ENTERPRISE'),
    details: ['INVALID_VALUE mdsAuthenticatorsRequirements.option'],
  },
  {
    name: 'allows specific authenticators and names none',
    body: () => withMetadata('SPECIFIC', 'DIRECT'),
    details: ['REQUIRED_VALUE mdsAuthenticatorsRequirements.allowedAuthenticators'],
  },
  {
    name: 'has users without a username',
    body: () => withAttributes({ name: 'email' }),
    details: ['INVALID_VALUE userDisplayNameAttributes.attributes'],
  },
  {
    name: 'shows half a name',
    body: () => withAttributes({ name: 'username' }, { name: 'name', subAttributes: [{ name: 'given' }] }),
    details: ['INVALID_VALUE userDisplayNameAttributes.attributes[1].subAttributes'],
  },
  {
    name: 'waits longer than ten minutes',
    body: () => ({ ...full('Bad'), userPresenceTimeout: { duration: 11, timeUnit: 'MINUTES' } }),
    details: ['OUT_OF_RANGE userPresenceTimeout.duration'],
  },
]);

const legacy = managed(world, `/environments/${HERE}/fidoPolicies`);

const former = (name: string): Body => ({
  name,
  description: 'As before',
  attestationRequirements: 'SPECIFIC',
  allowedAuthenticators: [{ id: 'any text' }],
  enforceDuringAuthentication: true,
  default: false,
  residentKeyRequirement: 'REQUIRED',
});

describe('legacy FIDO policies (30 §2.1)', () => {
  it('are none at first, stand apart from their successors, and come back as they were sent', async () => {
    expect(await legacy.listed()).toEqual([]);
    const created = await legacy.create(former('Echo'));
    expect(documentOf(created)).toEqual(former('Echo'));
    const path = legacy.itemOf(created);
    expect((await legacy.read(path)).body).toEqual(created.body);
    expect((await policies.read(path.replace('fidoPolicies', 'fido2Policies'))).status).toBe(404);
    const least = { name: 'Echo', attestationRequirements: 'NONE', residentKeyRequirement: 'DISCOURAGED' };
    const replaced = await legacy.put(path, { ...least, surprise: 1 });
    expect([replaced.status, documentOf(replaced)]).toEqual([200, least]);
    expect(await legacy.listed()).toEqual([replaced.body]);
    expect(refusalOf(await world().ask({ path: legacy.path, body: least }))).toEqual(
      invalidData('UNIQUENESS_VIOLATION name'),
    );
    expect((await legacy.remove(path)).status).toBe(204);
    expect((await legacy.read(path)).status).toBe(404);
  });

  it('have at most one default, apart from that of their successors, which is not deleted', async () => {
    const [first, second] = [
      await legacy.create({ ...former('First'), default: true }),
      await legacy.create({ ...former('Second'), default: true }),
    ];
    expect([await legacy.defaults(), (await policies.defaults()).length]).toEqual([['Second'], 1]);
    const deleted = await legacy.remove(legacy.itemOf(second));
    expect(refusalOf(deleted)).toEqual({ status: 400, code: 'REQUEST_FAILED', details: ['CONSTRAINT_VIOLATION'] });
    expect(deleted.text).toContain('cannot delete the default policy');
    expect((await legacy.remove(legacy.itemOf(first))).status).toBe(204);
  });

  it('are not kept by the legacy sections of an MFA policy, which are ignored whatever they name (30 §1.2)', async () => {
    const created = await legacy.create(former('Named'));
    const document = factoryPolicy({ name: 'With former keys', default: false });
    const section = { enabled: true, fidoPolicyId: created.body['id'] };
    const namer = await mfaPolicies.create({ ...document, securityKey: section, platform: { fidoPolicyId: 'x' } });
    expect(Object.keys(namer.body).filter((name) => name === 'securityKey' || name === 'platform')).toEqual([]);
    expect((await legacy.remove(legacy.itemOf(created))).status).toBe(204);
  });
});

refusesBadFields('legacy FIDO policy', {
  world,
  to: () => ({ path: legacy.path }),
  right: () => former('Fields'),
  shape: object({
    'name*': text({ max: 256 }),
    description: text({ max: 1_024, mayBeEmpty: true }),
    'attestationRequirements*': oneOf('NONE', 'AUDIT_ONLY', 'GLOBAL', 'CERTIFIED', 'SPECIFIC'),
    allowedAuthenticators: list(object({ 'id*': text({ max: 256 }) }), { max: 500, of: { id: 'any text' } }),
    enforceDuringAuthentication: flag(),
    default: flag(),
    'residentKeyRequirement*': oneOf('DISCOURAGED', 'REQUIRED'),
  }),
});

refusesRequests('legacy FIDO policy', { world, to: () => ({ path: legacy.path }) }, [
  {
    name: 'SPECIFIC without authenticators',
    body: () => ({ ...former('None'), allowedAuthenticators: [] }),
    details: ['REQUIRED_VALUE allowedAuthenticators'],
  },
]);
