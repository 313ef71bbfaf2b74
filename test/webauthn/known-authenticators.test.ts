import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authenticatorsUnder } from '../../src/devices/relying-party.js';
import { type KnownAuthenticators, modelsOf, readEntry } from '../../src/webauthn/metadata/entry.js';
import { keyIdentifierOf } from '../../src/webauthn/trust.js';
import { testAuthority } from '../helpers/certificates.js';
import { type Lies, SoftAuthenticator, type SoftOptions } from '../helpers/soft-authenticator.js';
import { aaguid, blob, certificateOf, entry, maker, published, uuid } from './metadata-service.js';
import { type Answer, type Json, Scene } from './scene.js';

const ownMaker = testAuthority('Own Maker');
/** What the makers of the environment's own authenticators say of them. */
const statement = (over: Json = {}): Json => ({
  description: 'Own key',
  attestationRootCertificates: [ownMaker.der.toString('base64')],
  userVerificationDetails: [[{ userVerificationMethod: 'presence_internal' }]],
  ...over,
});
/** The key that a batch of U2F tokens shares. */
const batch = testAuthority('Batch');
const U2F_KEY = keyIdentifierOf(certificateOf(batch));
const PUBLISHED_U2F_KEY = keyIdentifierOf(certificateOf(maker));
const idOfKey = (key: string): string => key.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

describe('authenticators that are known (20 §15)', () => {
  let scene: Scene;
  let directory: string;
  let url: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'postern-mds-'));
    scene = await Scene.open({ env: (await published(directory, blob(7))).env });
    url = `${scene.postern.apiPath}/environments/${scene.postern.environmentId}/fidoDevicesMetadata`;
  });
  afterAll(async () => {
    await scene[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  });

  const add = (body: Json): Promise<Answer> => scene.ask('POST', url, body);
  const listed = async (query = ''): Promise<readonly Json[]> => {
    const { body } = await scene.ask('GET', `${url}${query}`);
    return (body['_embedded'] as { fidoDevicesMetadata: readonly Json[] }).fidoDevicesMetadata;
  };
  const register = async (options: SoftOptions, lies: Lies = {}): Promise<number> => {
    scene.user = await scene.newUser();
    return (await scene.register(new SoftAuthenticator(options), { lies })).answer.status;
  };
  const demand = (option: 'GLOBAL' | 'CERTIFIED' | 'SPECIFIC', allowed: readonly string[] = []) =>
    scene.setFido2Policy({
      attestationRequirements: 'DIRECT',
      mdsAuthenticatorsRequirements: {
        option,
        enforceDuringAuthentication: false,
        allowedAuthenticators: allowed.map((id) => ({ id })),
      },
    });

  it('are those of the metadata service, which nobody can add again, change or remove', async () => {
    const { body } = await scene.ask('GET', url);
    expect(body).toMatchObject({ count: 5, size: 5 });
    const first = await scene.ask('GET', `${url}/${uuid(1)}`);
    expect(first.body).toEqual({
      _links: { self: { href: `${url}/${uuid(1)}` }, environment: { href: url.replace(/\/[^/]*$/, '') } },
      id: uuid(1),
      environment: { id: scene.postern.environmentId },
      aaguid: uuid(1),
      metadataStatement: { description: 'Key 1', attestationRootCertificates: [maker.der.toString('base64')] },
      mdsIdentifier: uuid(1),
      custom: false,
      certified: true,
    });
    const u2f = (await scene.ask('GET', `${url}/${idOfKey(PUBLISHED_U2F_KEY)}`)).body;
    expect(u2f).toMatchObject({ attestationCertificateKeyIdentifiers: [PUBLISHED_U2F_KEY], certified: true });
    expect(u2f).not.toHaveProperty('aaguid');

    const again = await add({ aaguid: uuid(1).toUpperCase(), metadataStatement: statement() });
    expect(again.body).toMatchObject({
      code: 'INVALID_DATA',
      details: [{ code: 'UNIQUENESS_VIOLATION', target: 'aaguid' }],
    });
    const byKey = {
      attestationCertificateKeyIdentifiers: [U2F_KEY, PUBLISHED_U2F_KEY],
      metadataStatement: statement(),
    };
    expect((await add(byKey)).body).toMatchObject({
      details: [{ code: 'UNIQUENESS_VIOLATION', target: 'attestationCertificateKeyIdentifiers' }],
    });
    const removed = await scene.ask('DELETE', `${url}/${uuid(1)}`);
    expect([removed.status, removed.body]).toMatchObject([400, { details: [{ code: 'CONSTRAINT_VIOLATION' }] }]);
    expect((await scene.ask('PUT', `${url}/${uuid(1)}`, {})).status).toBe(405);
    expect(await listed()).toHaveLength(5);
  });

  it('and those that the environment adds, their statements unchanged', async () => {
    const body = {
      aaguid: uuid(20).toUpperCase(),
      metadataStatement: statement({ icon: `data:${'A'.repeat(40_000)}` }),
    };
    const added = await add({ ...body, certified: true, custom: false, statusReports: [{ status: 'FIDO_CERTIFIED' }] });
    expect(added.status).toBe(201);
    expect(added.body).toMatchObject({
      ...body,
      id: uuid(20),
      mdsIdentifier: uuid(20),
      custom: true,
      certified: false,
    });
    expect(added.body).not.toHaveProperty('statusReports');
    expect((await scene.ask('GET', `${url}/${uuid(20)}`)).body).toEqual(added.body);
    expect((await add(body)).body).toMatchObject({ details: [{ code: 'UNIQUENESS_VIOLATION', target: 'aaguid' }] });
    const pages = [await listed('?limit=4'), await listed('?limit=1000')];
    expect(pages.map(({ length }) => length)).toEqual([4, 6]);
    expect((await scene.ask('DELETE', `${url}/${uuid(20)}`)).status).toBe(204);
    expect((await scene.ask('GET', `${url}/${uuid(20)}`)).status).toBe(404);
    expect((await scene.ask('DELETE', `${url}/${uuid(20)}`)).status).toBe(404);
  });

  it.each([
    [{ metadataStatement: statement() }, 'aaguid'],
    [{ aaguid: uuid(21) }, 'metadataStatement'],
    [{ aaguid: uuid(21), metadataStatement: 'x' }, 'metadataStatement'],
    [{ aaguid: 'x', metadataStatement: statement() }, 'aaguid'],
    [{ aaguid: '00000000-0000-0000-0000-000000000000', metadataStatement: statement() }, 'aaguid'],
    [
      { attestationCertificateKeyIdentifiers: [], metadataStatement: statement() },
      'attestationCertificateKeyIdentifiers',
    ],
    [
      { aaguid: uuid(21), attestationCertificateKeyIdentifiers: [U2F_KEY], metadataStatement: statement() },
      'attestationCertificateKeyIdentifiers',
    ],
    [{ aaguid: uuid(21), metadataStatement: statement({ aaguid: uuid(22) }) }, 'metadataStatement.aaguid'],
    [{ aaguid: uuid(21), metadataStatement: {} }, 'metadataStatement.attestationRootCertificates'],
    [
      { aaguid: uuid(21), metadataStatement: statement({ attestationRootCertificates: ['AAAA'] }) },
      'metadataStatement.attestationRootCertificates[0]',
    ],
  ])('are not %j: %s', async (body, target) => {
    const { status, body: answer } = await add(body);
    expect([status, answer]).toMatchObject([400, { code: 'INVALID_DATA', details: [{ target }] }]);
  });

  it('of an environment’s own count for a policy that names them, and never as certified', async () => {
    const own: SoftOptions = { attestation: 'packed', authority: ownMaker, aaguid: aaguid(30) };
    await demand('GLOBAL');
    expect(await register(own)).toBe(400);
    expect((await add({ aaguid: uuid(30), metadataStatement: statement() })).status).toBe(201);
    expect(await register(own)).toBe(200);
    expect(await register({ ...own, authority: testAuthority('Own Maker') })).toBe(400);
    await demand('CERTIFIED');
    expect(await register(own)).toBe(400);
    await demand('SPECIFIC', [uuid(2)]);
    expect(await register(own)).toBe(400);
    await demand('SPECIFIC', [uuid(30)]);
    expect(await register(own)).toBe(200);
    await scene.ask('DELETE', `${url}/${uuid(30)}`);
    expect(await register(own)).toBe(400);
  });

  it('of U2F are known by the keys of their certificates', async () => {
    const own: SoftOptions = { attestation: 'fido-u2f', authority: ownMaker };
    const lies: Lies = { leaf: { certifies: batch } };
    await demand('GLOBAL');
    expect(await register(own, lies)).toBe(400);
    const added = await add({
      attestationCertificateKeyIdentifiers: [U2F_KEY.toUpperCase()],
      metadataStatement: statement(),
    });
    expect(added.body).toMatchObject({ id: idOfKey(U2F_KEY), custom: true });
    expect(await register(own, lies)).toBe(200);
    expect(await register(own)).toBe(400);
  });
});

describe('authenticators of an environment (20 §15)', () => {
  it('are looked at again at each authentication where the policy asks so', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'postern-mds-'));
    await using scene = await Scene.open({ env: (await published(directory, blob(7, { entries: [] }))).env });
    const { apiPath, environmentId } = scene.postern;
    const url = `${apiPath}/environments/${environmentId}/fidoDevicesMetadata`;
    await scene.ask('POST', url, { aaguid: uuid(3), metadataStatement: statement() });
    const policy = (enforceDuringAuthentication: boolean) =>
      scene.setFido2Policy({
        attestationRequirements: 'DIRECT',
        mdsAuthenticatorsRequirements: { option: 'GLOBAL', enforceDuringAuthentication },
      });
    await policy(true);
    const key = new SoftAuthenticator({ attestation: 'packed', authority: ownMaker, aaguid: aaguid(3) });
    expect((await scene.register(key)).answer.status).toBe(200);
    expect((await scene.assert(await scene.begin(), key)).status).toBe(200);
    await scene.ask('DELETE', `${url}/${uuid(3)}`);
    expect((await scene.assert(await scene.begin(), key)).status).toBe(400);
    await rm(directory, { recursive: true });
  });

  it('neither hide nor mend what the metadata service says of the same model (SEC-29)', () => {
    const modelsWith = (...statuses: string[]) => {
      const read = readEntry({ ...entry(3, []), statusReports: statuses.map((status) => ({ status })) });
      return modelsOf(read ? [read] : []);
    };
    const published = { entries: () => [], models: () => modelsWith('REVOKED') };
    const terms = { relyingPartyId: 'example.test', allowsSubdomains: true };
    const own = { ownAuthenticators: () => modelsWith() };
    const compromised = (metadata?: KnownAuthenticators) =>
      authenticatorsUnder(own, { relyingParty: { ...terms, ...(metadata ? { metadata } : {}) } }).get(uuid(3))
        ?.compromised;
    expect(compromised()).toBe(false);
    expect(compromised(published)).toBe(true);
  });
});
