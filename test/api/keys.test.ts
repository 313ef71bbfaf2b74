import { createCipheriv, createPublicKey, generateKeyPairSync, pbkdf2Sync, verify, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { integer, objectId, octets, sequence, value } from '../../src/kernel/der.js';
import { days } from '../../src/kernel/duration.js';
import { uuidOf } from '../../src/kernel/ids.js';
import { pemOf, pkcs7Of } from '../../src/platform/certificates/files.js';
import { decodeName, writtenName } from '../../src/platform/certificates/name.js';
import { createDecrypt } from '../../src/platform/certificates/password-encryption.js';
import { readInside, readWhole, SEQUENCE } from '../../src/webauthn/der.js';
import { type CertificateRequest, issueCertificate } from '../helpers/certificates.js';
import { formOf, importOf, KEYSTORE_PASSWORD, keystore, ownCertificate } from './certificate-files.js';
import { managed } from './managed.js';
import { detailsOf, invalidData, refusalOf } from './refusal.js';
import { type Answer, type Body, HERE, NOBODY, startWorld, THERE, type World } from './world.js';

let started: World;
beforeAll(async () => {
  started = await startWorld();
});
afterAll(() => started[Symbol.asyncDispose]());

const world = (): World => started;
const keys = managed(world, `/environments/${HERE}/keys`);
const certificates = managed(world, `/environments/${HERE}/certificates`);

const EC: Body = {
  name: 'Ours',
  algorithm: 'EC',
  keyLength: 256,
  signatureAlgorithm: 'SHA384withECDSA',
  subjectDN: 'CN=Ours, OU=Ping Identity, O=Ping\\, Identity, L=, ST=, C=US',
  usageType: 'SIGNING',
  validityPeriod: 365,
};

/** The certificate of a key, as a client exports it. */
async function exported(path: string, accept = 'application/x-x509-ca-cert') {
  const { apiPath, app } = world().postern;
  return app.inject({
    method: 'GET',
    url: new URL(`${apiPath}${path}`).pathname,
    headers: { accept, authorization: `Bearer ${await world().tokenOf('everything')}` },
  });
}
const certificateOf = async (answer: Answer): Promise<X509Certificate> =>
  new X509Certificate((await exported(keys.itemOf(answer))).payload);

describe('keys of an environment', () => {
  it('are made with a certificate of their own', async () => {
    const made = await keys.create(EC);
    const { id, serialNumber, startsAt, expiresAt } = made.body;
    expect(made.body).toEqual({
      _links: {
        self: { href: `${world().postern.apiPath}${keys.path}/${id}` },
        environment: { href: `${world().postern.apiPath}/environments/${HERE}` },
      },
      id,
      environment: { id: HERE },
      ...EC,
      issuerDN: EC['subjectDN'],
      default: false,
      serialNumber: expect.any(Number),
      status: 'VALID',
      startsAt: expect.stringMatching(/Z$/),
      expiresAt: expect.stringMatching(/Z$/),
      createdAt: expect.stringMatching(/Z$/),
    });
    expect(Date.parse(String(expiresAt)) - Date.parse(String(startsAt))).toBe(days(365));
    expect((await keys.read(keys.itemOf(made))).body).toEqual(made.body);
    const certificate = await certificateOf(made);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.subject).toBe('C=US\nO=Ping\\, Identity\nOU=Ping Identity\nCN=Ours');
    expect(Number.parseInt(certificate.serialNumber, 16)).toBe(serialNumber);
    expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  });

  it.each([
    ['RSA', 2048, 'SHA256withRSA'],
    ['RSA', 2048, 'SHA512withRSA'],
    ['EC', 224, 'SHA256withECDSA'],
    ['EC', 384, 'SHA384withECDSA'],
    ['EC', 521, 'SHA512withECDSA'],
  ])('are of %s with %i bits, signed by %s', async (algorithm, keyLength, signatureAlgorithm) => {
    const made = await keys.create({ ...EC, algorithm, keyLength, signatureAlgorithm });
    expect(made.body).toMatchObject({ algorithm, keyLength, signatureAlgorithm });
    const certificate = await certificateOf(made);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
  });

  it('have the issuer and the number that they are given', async () => {
    const issuerDN = 'CN=My CA, O=Ping Identity, C=US';
    const made = await keys.create({
      ...EC,
      issuerDN,
      serialNumber: 1_662_023_413_215,
      usageType: 'ISSUANCE',
      customCRL: 'http://a.example/crl',
    });
    expect(made.body).toMatchObject({ issuerDN, serialNumber: 1_662_023_413_215, customCRL: 'http://a.example/crl' });
    const certificate = await certificateOf(made);
    expect([certificate.issuer, certificate.serialNumber]).toEqual(['C=US\nO=Ping Identity\nCN=My CA', '0182F850ADDF']);
  });

  it('are exported as PEM or PKCS #7 when `Accept` says so; the private key never is (SEC-66)', async () => {
    const made = await keys.create(EC);
    const path = keys.itemOf(made);
    const [pem, pkcs7] = [await exported(path), await exported(path, 'application/x-pkcs7-certificates')];
    expect([pem.headers['content-type'], pkcs7.headers['content-type']]).toEqual([
      'application/x-x509-ca-cert',
      'application/x-pkcs7-certificates',
    ]);
    expect(pkcs7.rawPayload.equals(pkcs7Of(new X509Certificate(pem.payload).raw))).toBe(true);
    const [stored] = await world().postern.app.store.documents(uuidOf(HERE), {
      kind: 'key',
      id: uuidOf(String(made.body['id'])),
    });
    expect(JSON.stringify(stored)).not.toContain('PRIVATE KEY');
    expect(stored?.secret).toBeDefined();
  });

  it('change what they are for, and keep the rest, their certificate too', async () => {
    const made = await keys.create({ ...EC, usageType: 'ENCRYPTION', default: true });
    const path = keys.itemOf(made);
    const before = await certificateOf(made);
    const changed = await keys.put(path, { usageType: 'SSL/TLS', default: false });
    expect(changed.body).toEqual({ ...made.body, usageType: 'SSL/TLS', default: false });
    expect((await keys.put(path, { usageType: 'SIGNING', default: false, issuerDN: EC['subjectDN'] })).status).toBe(
      200,
    );
    expect(refusalOf(await keys.put(path, { usageType: 'SIGNING', default: false, issuerDN: 'CN=Other' }))).toEqual(
      invalidData('INVALID_VALUE issuerDN'),
    );
    expect((await certificateOf(made)).raw.equals(before.raw)).toBe(true);
    const [stored] = await world().postern.app.store.documents(uuidOf(HERE), {
      kind: 'key',
      id: uuidOf(String(made.body['id'])),
    });
    expect(stored?.secret).toBeDefined();
  });

  it('have one default for each use, which moves to whoever asks for it', async () => {
    const at = managed(world, `/environments/${THERE}/keys`);
    await at.create({ ...EC, name: 'first', default: true });
    await at.create({ ...EC, name: 'second', default: true });
    await at.create({ ...EC, name: 'other', usageType: 'ENCRYPTION', default: true });
    expect((await at.defaults()).sort()).toEqual(['other', 'second']);
  });

  it.each<[string, Body, string]>([
    ['a length that is none of EC', { keyLength: 2048 }, 'keyLength'],
    ['a length that is none of RSA', { algorithm: 'RSA', signatureAlgorithm: 'SHA256withRSA' }, 'keyLength'],
    ['a signature of the other kind', { signatureAlgorithm: 'SHA256withRSA' }, 'signatureAlgorithm'],
    ['a name that is none', { subjectDN: 'terraform' }, 'subjectDN'],
    ['a name that says nothing', { subjectDN: 'L=, C=' }, 'subjectDN'],
    ['an attribute that nobody knows', { subjectDN: 'XX=1' }, 'subjectDN'],
    ['a country of three letters', { subjectDN: 'CN=a, C=USA' }, 'subjectDN'],
    ['an issuer that is none', { issuerDN: '=' }, 'issuerDN'],
    ['an address of revocations where nothing is issued', { customCRL: 'http://a.example' }, 'customCRL'],
    ['another use', { usageType: 'NONE' }, 'usageType'],
  ])('are refused with %s', async (_what, more, target) => {
    const before = await world().fingerprint();
    expect(refusalOf(await world().ask({ path: keys.path, body: { ...EC, ...more } }))).toEqual(
      invalidData(`INVALID_VALUE ${target}`),
    );
    expect(await world().fingerprint()).toBe(before);
  });

  it('issue certificates for an application only when that is their use', async () => {
    const [signing, issuing] = [await keys.create(EC), await keys.create({ ...EC, usageType: 'ISSUANCE' })];
    const native = (key: Answer): Body => ({
      name: 'Native',
      type: 'NATIVE_APP',
      protocol: 'OPENID_CONNECT',
      enabled: true,
      tokenEndpointAuthMethod: 'NONE',
      grantTypes: ['AUTHORIZATION_CODE'],
      kerberos: { key: { id: key.body['id'] } },
    });
    const path = `/environments/${HERE}/applications`;
    const refused = await world().ask({ path, body: native(signing) });
    expect(refusalOf(refused)).toEqual(invalidData('INVALID_VALUE kerberos.key.id'));
    const text = `Key with ID '${signing.body['id']}' in Environment '${HERE}' is not for ISSUANCE. Usage type should be ISSUANCE.`;
    expect([refused.body['message'], detailsOf(refused)[0]?.message]).toEqual([text, text]);
    const unknown = await world().ask({ path, body: native({ ...signing, body: { id: NOBODY } }) });
    expect(refusalOf(unknown)).toEqual(invalidData('INVALID_VALUE kerberos.key.id'));
    expect(unknown.text).not.toContain('Usage type');
    expect((await world().ask({ path, body: native(issuing) })).status).toBe(201);
    expect((await keys.remove(keys.itemOf(issuing))).status).toBe(400);
  });

  it('stay while an application names them; an application names none of another environment (SEC-43)', async () => {
    const key = await keys.create(EC);
    const elsewhere = await managed(world, `/environments/${THERE}/keys`).create(EC);
    const applications = managed(world, `/environments/${HERE}/applications`);
    const saml = (id: unknown): Body => ({
      name: 'SAML',
      type: 'WEB_APP',
      protocol: 'SAML',
      enabled: true,
      acsUrls: ['https://a.example'],
      assertionDuration: 60,
      spEntityId: 'a',
      idpSigning: { key: { id }, algorithm: 'SHA384withECDSA' },
    });
    const application = await applications.create(saml(key.body['id']));
    expect(application.body).toMatchObject(saml(key.body['id']));
    for (const id of [NOBODY, elsewhere.body['id']])
      expect(refusalOf(await world().ask({ path: applications.path, body: saml(id) }))).toEqual(
        invalidData('INVALID_VALUE idpSigning.key.id'),
      );
    const kept = await keys.remove(keys.itemOf(key));
    expect([kept.status, kept.text]).toEqual([400, expect.stringContaining('The Key must not be in use')]);
    await applications.remove(applications.itemOf(application));
    expect((await keys.remove(keys.itemOf(key))).status).toBe(204);
    expect((await keys.read(keys.itemOf(key))).body['message']).toBe(
      `Key not found for id: ${key.body['id']} and environmentId: ${HERE}`,
    );
  });
});

describe('keys that come in files', () => {
  const upload = (name: Parameters<typeof keystore>[0], password?: string): Promise<Answer> =>
    world().ask({ path: keys.path, ...importOf(keystore(name), 'ENCRYPTION', password) });
  const NAME = 'CN=terraform, OU=Non-Production Testing, O=Ping Identity, C=GB';

  it.each([
    ['encrypted', 'pbes2', KEYSTORE_PASSWORD],
    ['as they are', 'open', undefined],
    ['as they are, under an empty password', 'open', ''],
  ] as const)('are imported as PKCS #12, %s', async (_how, name, password) => {
    const made = await upload(name, password);
    expect(made.status, made.text).toBe(201);
    expect(made.body).toMatchObject({
      name: 'terraform',
      algorithm: 'EC',
      keyLength: 256,
      signatureAlgorithm: 'SHA256withECDSA',
      subjectDN: NAME,
      issuerDN: NAME,
      usageType: 'ENCRYPTION',
      validityPeriod: 3650,
      default: false,
    });
    // 20 bytes, more than a number of JavaScript holds.
    expect(made.text).toContain('"serialNumber":139229044880429644822744020468581663187042916365,');
    expect((await keys.read(keys.itemOf(made))).text).toBe(made.text);
    const [stored] = await world().postern.app.store.documents(uuidOf(HERE), {
      kind: 'key',
      id: uuidOf(String(made.body['id'])),
    });
    expect(stored?.secret).toBeDefined();
    expect(JSON.stringify(stored)).not.toContain('PRIVATE KEY');
    expect((await world().ask({ method: 'GET', path: `${keys.itemOf(made)}/csr` })).status).toBe(200);
  });

  it.each([
    ['under another password', 'pbes2', 'another'],
    ['without its password', 'pbes2', undefined],
    ['encrypted by what came before PBES2', 'triple-des', KEYSTORE_PASSWORD],
    ['without a key', 'certificate-only', KEYSTORE_PASSWORD],
  ] as const)('are none %s', async (_how, name, password) => {
    const before = await world().fingerprint();
    expect(refusalOf(await upload(name, password))).toEqual(invalidData('INVALID_VALUE file'));
    expect(await world().fingerprint()).toBe(before);
  });

  it('are none when they are cut off, or something else', async () => {
    const file = keystore('open');
    for (const wrong of [Buffer.alloc(0), file.subarray(0, 400), Buffer.from('a key'), file.fill(0, 300, 500)])
      expect(refusalOf(await world().ask({ path: keys.path, ...importOf(wrong) }))).toEqual(
        invalidData('INVALID_VALUE file'),
      );
    expect(refusalOf(await world().ask({ path: keys.path, ...formOf({ password: 'a' }) }))).toEqual(
      invalidData('REQUIRED_VALUE file', 'REQUIRED_VALUE usageType'),
    );
  });

  it('cost no more than a second’s work to open, whatever they ask for', async () => {
    const encryptedBy = (iterations: number) => {
      const count = Buffer.alloc(4);
      count.writeUInt32BE(iterations);
      const salt = octets(Buffer.alloc(8));
      const terms = sequence(salt, integer(count), sequence(objectId('1.2.840.113549.2.9')));
      const derivation = sequence(objectId('1.2.840.113549.1.5.12'), terms);
      const cipher = sequence(objectId('2.16.840.1.101.3.4.1.42'), octets(Buffer.alloc(16)));
      return readWhole(sequence(objectId('1.2.840.113549.1.5.13'), sequence(derivation, cipher)));
    };
    const closed = (iterations: number): Buffer => {
      const key = pbkdf2Sync('secret', Buffer.alloc(8), iterations, 32, 'sha256');
      const cipher = createCipheriv('aes-256-cbc', key, Buffer.alloc(16));
      return Buffer.concat([cipher.update('words'), cipher.final()]);
    };
    const decrypt = createDecrypt('secret');
    expect((await decrypt(encryptedBy(5), closed(5)))?.toString()).toBe('words');
    // With those before, one too many.
    expect(await decrypt(encryptedBy(1_999_996), closed(5))).toBeUndefined();
    expect(await decrypt(encryptedBy(2 ** 32 - 1), closed(5))).toBeUndefined();
    expect(await createDecrypt('other')(encryptedBy(5), closed(5))).toBeUndefined();
  });
});

describe('certificate signing requests', () => {
  const requestOf = async (key: Answer): Promise<Buffer> =>
    (await exported(`${keys.itemOf(key)}/csr`, 'application/pkcs10')).rawPayload;
  const answerFor = async (key: Answer, more: Partial<CertificateRequest> = {}) => {
    const { publicKey } = await certificateOf(key);
    const issuer = issueCertificate({ subject: { O: 'Postern', CN: 'Test CA' } });
    const certifies = { key: issuer.key, publicKey };
    return issueCertificate({ subject: { O: 'Postern', CN: 'certified' }, issuer, certifies, ...more });
  };
  const certify = (key: Answer, file: string | Buffer, method = 'POST'): Promise<Answer> =>
    world().ask({ method, path: `${keys.itemOf(key)}/csr`, ...formOf({ file }) });

  it.each([
    ['EC', 256, 'SHA384withECDSA', 'sha384'],
    ['RSA', 2048, 'SHA256withRSA', 'sha256'],
  ])(
    'ask for the name of an %s key, and are signed by it (RFC 2986)',
    async (algorithm, keyLength, signature, digest) => {
      const key = await keys.create({ ...EC, algorithm, keyLength, signatureAlgorithm: signature });
      const der = await requestOf(key);
      const [asked, , signed] = readInside(readWhole(der), SEQUENCE) ?? [];
      const [version, subject, spki, attributes] = readInside(asked, SEQUENCE) ?? [];
      const certificate = await certificateOf(key);
      expect([version?.content, attributes?.content.length]).toEqual([Buffer.from([0]), 0]);
      expect(writtenName(decodeName(subject) ?? [])).toBe('C=US,O=Ping\\, Identity,OU=Ping Identity,CN=Ours');
      const bytes = value(SEQUENCE, asked?.content ?? Buffer.alloc(0));
      expect(verify(digest, bytes, certificate.publicKey, signed?.content.subarray(1) ?? Buffer.alloc(0))).toBe(true);
      expect(value(SEQUENCE, spki?.content ?? Buffer.alloc(0))).toEqual(
        certificate.publicKey.export({ type: 'spki', format: 'der' }),
      );
    },
  );

  it('come as PKCS #10 or, unless `Accept` says so, as PEM', async () => {
    const key = await keys.create({ ...EC, algorithm: 'RSA', keyLength: 2048, signatureAlgorithm: 'SHA256withRSA' });
    const pem = await exported(`${keys.itemOf(key)}/csr`, 'application/x-pem-file');
    const plain = await exported(`${keys.itemOf(key)}/csr`, 'application/json');
    expect(pem.headers['content-type']).toBe('application/x-pem-file');
    expect(plain.payload).toBe(pem.payload);
    expect(pem.payload).toBe(pemOf(await requestOf(key), 'CERTIFICATE REQUEST'));
  });

  it('are answered by a certificate that takes the place of the former; a name of one’s own stays', async () => {
    const key = await keys.create({ ...EC, name: 'Mine' });
    const answer = await answerFor(key);
    const certified = await certify(key, pemOf(answer.der));
    expect(certified.status, certified.text).toBe(200);
    expect(certified.body).toMatchObject({
      id: key.body['id'],
      name: 'Mine',
      subjectDN: 'CN=certified, O=Postern',
      issuerDN: 'CN=Test CA, O=Postern',
      signatureAlgorithm: 'SHA256withECDSA',
      usageType: 'SIGNING',
      expiresAt: '2099-12-31T23:59:59.000Z',
      createdAt: key.body['createdAt'],
    });
    expect((await certificateOf(key)).raw.equals(answer.der)).toBe(true);
    expect((await keys.read(keys.itemOf(key))).text).toBe(certified.text);
    // And asks again under its new name.
    const [asked] = readInside(readWhole(await requestOf(key)), SEQUENCE) ?? [];
    expect(writtenName(decodeName(readInside(asked, SEQUENCE)?.[1]) ?? [])).toBe('O=Postern,CN=certified');
  });

  it('are answered by `PUT`, too; a name that came of the certificate goes with it', async () => {
    const key = await world().ask({ path: keys.path, ...importOf(keystore('open')) });
    const certified = await certify(key, pkcs7Of((await answerFor(key)).der), 'PUT');
    expect(certified.body).toMatchObject({ id: key.body['id'], name: 'certified (Test CA)' });
  });

  it('are not answered by a certificate of another key, or none', async () => {
    const [key, other] = [await keys.create(EC), await keys.create(EC)];
    const before = await world().fingerprint();
    const foreign = (await answerFor(other)).der;
    for (const file of [foreign, 'a certificate', '', await requestOf(key)])
      expect(refusalOf(await certify(key, file))).toEqual(invalidData('INVALID_VALUE file'));
    expect(
      refusalOf(await world().ask({ path: `${keys.itemOf(key)}/csr`, ...formOf({ usageType: 'SIGNING' }) })),
    ).toEqual(invalidData('REQUIRED_VALUE file'));
    expect(await world().fingerprint()).toBe(before);
    expect((await keys.read(`${keys.path}/${NOBODY}/csr`)).body['message']).toBe(
      `Key not found for id: ${NOBODY} and environmentId: ${HERE}`,
    );
  });
});

describe('key rotation policies', () => {
  const policies = managed(world, `/environments/${HERE}/keyRotationPolicies`);
  const applications = managed(world, `/environments/${HERE}/applications`);
  const POLICY: Body = {
    name: 'Rotation',
    algorithm: 'RSA',
    dn: 'CN=Rotation, OU=Ping Identity, O=Ping Identity, L=, ST=, C=US',
    keyLength: 2048,
    signatureAlgorithm: 'SHA256withRSA',
    usageType: 'SIGNING',
  };
  interface Jwk {
    readonly kid: string;
    readonly x5c: readonly [string];
    readonly x5t: string;
    readonly [member: string]: unknown;
  }
  const keysIn = ({ body }: Answer): readonly Jwk[] => body['keys'] as readonly Jwk[];
  const keySet = (policy: Answer): Promise<Answer> => world().ask({ path: `${policies.itemOf(policy)}/jwks` });
  const rotation = ({ body: { currentKeyId, nextKeyId, rotatedAt } }: Answer) => ({
    currentKeyId,
    nextKeyId,
    rotatedAt: Date.parse(String(rotatedAt)),
  });
  /** Removes them again: an environment has few. */
  async function withPolicy(more: Body, use: (policy: Answer) => Promise<void>): Promise<void> {
    const policy = await policies.create({ ...POLICY, ...more });
    await use(policy);
    expect((await policies.remove(policies.itemOf(policy))).status).toBe(204);
  }

  it('show what was sent, and which keys are in rotation since when', () =>
    withPolicy({ rotationPeriod: 31, validityPeriod: 340 }, async (made) => {
      const { id } = made.body;
      expect(made.body).toEqual({
        _links: {
          self: { href: `${world().postern.apiPath}${policies.path}/${id}` },
          environment: { href: `${world().postern.apiPath}/environments/${HERE}` },
        },
        id,
        environment: { id: HERE },
        ...POLICY,
        rotationPeriod: 31,
        validityPeriod: 340,
        currentKeyId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        nextKeyId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        rotatedAt: expect.stringMatching(/Z$/),
      });
      expect((await policies.read(policies.itemOf(made))).body).toEqual(made.body);
    }));

  it('have keys of their own, made once however many ask for them, and sealed (SEC-66)', () =>
    withPolicy({ validityPeriod: 120 }, async (made) => {
      const [first, second] = await Promise.all([keySet(made), keySet(made)]);
      expect(first.status, first.text).toBe(200);
      expect(second.text).toBe(first.text);
      expect((await keySet(made)).text).toBe(first.text);
      const { currentKeyId, nextKeyId } = rotation(made);
      expect(keysIn(first).map(({ kid }) => kid)).toEqual([currentKeyId, nextKeyId]);
      for (const { x5c, x5t, kid, use, ...numbers } of keysIn(first)) {
        const certificate = new X509Certificate(Buffer.from(x5c[0], 'base64'));
        expect(certificate.verify(certificate.publicKey)).toBe(true);
        expect([certificate.subject, certificate.issuer]).toEqual(
          Array(2).fill('C=US\nO=Ping Identity\nOU=Ping Identity\nCN=Rotation'),
        );
        expect(Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)).toBe(days(120));
        expect(certificate.publicKey.export({ format: 'jwk' })).toEqual(numbers);
        expect(Buffer.from(x5t, 'base64url').toString('hex')).toBe(
          certificate.fingerprint.replaceAll(':', '').toLowerCase(),
        );
      }
      const [stored] = await world().postern.app.store.documents(uuidOf(HERE), {
        kind: 'keyRotationPolicy',
        id: uuidOf(String(made.body['id'])),
      });
      expect(JSON.stringify(stored)).not.toContain('PRIVATE KEY');
      expect(stored?.secret).toBeDefined();
      expect((await policies.read(policies.itemOf(made))).body).toEqual(made.body);
    }));

  it('rotate by their period, as often as it has gone by, and list the key before', () =>
    withPolicy({ rotationPeriod: 30, validityPeriod: 90 }, async (made) => {
      const before = keysIn(await keySet(made));
      const first = rotation(made);
      await world().advance(days(30) - 60_000);
      expect(rotation(await policies.read(policies.itemOf(made)))).toEqual(first);
      await world().advance(60_000);
      const second = rotation(await policies.read(policies.itemOf(made)));
      expect(second).toEqual({
        currentKeyId: first.nextKeyId,
        nextKeyId: expect.not.stringMatching(String(first.currentKeyId)),
        rotatedAt: first.rotatedAt + days(30),
      });
      const [previous, current, next] = keysIn(await keySet(made));
      expect([previous, current]).toEqual(before);
      expect(next?.kid).toBe(second.nextKeyId);
      // Twice in the dark.
      await world().advance(days(65));
      const [listed] = (await policies.listed()).filter(({ id }) => id === made.body['id']);
      const third = rotation({ ...made, body: listed ?? {} });
      expect(third.rotatedAt).toBe(first.rotatedAt + days(90));
      const after = keysIn(await keySet(made)).map(({ kid }) => kid);
      expect(after).toEqual([second.nextKeyId, third.currentKeyId, third.nextKeyId]);
      expect(new Set([...before.map(({ kid }) => kid), ...after]).size).toBe(5);
      // And many times.
      await world().advance(days(300));
      const last = rotation(await policies.read(policies.itemOf(made)));
      expect(last.rotatedAt).toBe(first.rotatedAt + days(390));
      expect(after).not.toContain(last.currentKeyId);
    }));

  it('change, and keep their keys', () =>
    withPolicy({}, async (made) => {
      const changed = await policies.put(policies.itemOf(made), { ...POLICY, name: 'Other', keyLength: 3072 });
      expect(changed.body).toEqual({ ...made.body, name: 'Other', keyLength: 3072 });
    }));

  it('stay while an application names them; an application names none of another environment (SEC-43)', () =>
    withPolicy({}, async (made) => {
      const there = managed(world, `/environments/${THERE}/keyRotationPolicies`);
      const elsewhere = await there.create(POLICY);
      const web = (id: unknown): Body => ({
        name: 'Web',
        type: 'WEB_APP',
        protocol: 'OPENID_CONNECT',
        enabled: true,
        tokenEndpointAuthMethod: 'CLIENT_SECRET_BASIC',
        grantTypes: ['AUTHORIZATION_CODE'],
        signing: { keyRotationPolicy: { id } },
      });
      for (const id of [NOBODY, elsewhere.body['id']])
        expect(refusalOf(await world().ask({ path: applications.path, body: web(id) }))).toEqual(
          invalidData('INVALID_VALUE signing.keyRotationPolicy.id'),
        );
      const application = await applications.create(web(made.body['id']));
      expect(application.body).toMatchObject(web(made.body['id']));
      expect(refusalOf(await policies.remove(policies.itemOf(made)))).toEqual({
        status: 400,
        code: 'REQUEST_FAILED',
        details: ['CONSTRAINT_VIOLATION'],
      });
      const { signing, ...rest } = web(made.body['id']);
      const given = await applications.put(applications.itemOf(application), rest);
      expect(given.status, given.text).toBe(200);
    }));

  it.each<[string, Body, string]>([
    ['another algorithm', { algorithm: 'EC' }, 'INVALID_VALUE algorithm'],
    ['a length that is none of RSA', { keyLength: 1024 }, 'INVALID_VALUE keyLength'],
    ['a name that is none', { dn: 'rotation' }, 'INVALID_VALUE dn'],
    ['another use', { usageType: 'ENCRYPTION' }, 'INVALID_VALUE usageType'],
    ['a period that is short', { rotationPeriod: 29 }, 'OUT_OF_RANGE rotationPeriod'],
    ['a period as long as a key is good', { rotationPeriod: 90, validityPeriod: 90 }, 'OUT_OF_RANGE rotationPeriod'],
    ['a period as long as keys are good when it is not said', { rotationPeriod: 365 }, 'OUT_OF_RANGE rotationPeriod'],
    ['keys that are over before they rotate', { validityPeriod: 60 }, 'OUT_OF_RANGE rotationPeriod'],
  ])('are refused with %s', async (_what, more, detail) => {
    expect(refusalOf(await world().ask({ path: policies.path, body: { ...POLICY, ...more } }))).toEqual(
      invalidData(detail),
    );
  });

  it('are at most five', async () => {
    const made = await Promise.all([1, 2, 3, 4, 5].map((number) => policies.create({ ...POLICY, name: `${number}` })));
    expect(refusalOf(await world().ask({ path: policies.path, body: POLICY }))).toEqual({
      status: 400,
      code: 'REQUEST_FAILED',
      details: ['LIMIT_EXCEEDED'],
    });
    for (const policy of made) await policies.remove(policies.itemOf(policy));
  });
});

describe('certificates of an environment', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const der = ownCertificate(privateKey);
  const upload = (file: string | Buffer, usageType?: string): Promise<Answer> =>
    world().ask({ path: certificates.path, ...importOf(file, usageType) });

  it.each<[string, string | Buffer]>([
    ['PEM', pemOf(der)],
    ['PEM with words around it', `\nSubject: CN=terraform\n${pemOf(der)}\n`],
    ['PKCS #7', pkcs7Of(der)],
    ['PKCS #7 as PEM', pemOf(pkcs7Of(der)).replaceAll('CERTIFICATE', 'PKCS7')],
    ['DER', der],
  ])('are imported as %s', async (_form, file) => {
    const made = await upload(file, 'SSL/TLS');
    expect(made.status, made.text).toBe(201);
    expect(made.body).toMatchObject({
      name: 'terraform',
      algorithm: 'RSA',
      keyLength: 2048,
      signatureAlgorithm: 'SHA256withRSA',
      subjectDN: 'C=GB,O=Ping Identity,OU=Non-Production Testing,CN=terraform',
      issuerDN: 'C=GB,O=Ping Identity,OU=Non-Production Testing,CN=terraform',
      usageType: 'SSL/TLS',
      validityPeriod: 3652,
      default: false,
      startsAt: '2026-01-01T00:00:00.000Z',
      expiresAt: '2036-01-01T00:00:00.000Z',
    });
    // A number beyond those of JavaScript.
    expect(made.text).toContain(`"serialNumber":${2n ** 150n + 7n},`);
    const path = certificates.itemOf(made);
    expect((await certificates.read(path)).text).toBe(made.text);
    expect((await certificates.listed()).map(({ id }) => id)).toContain(made.body['id']);
    expect((await certificates.remove(path)).status).toBe(204);
  });

  it.each<[string, string | Buffer]>([
    ['nothing', ''],
    ['text', 'a certificate'],
    ['half a certificate', der.subarray(0, 200)],
    ['a private key', privateKey.export({ type: 'pkcs8', format: 'pem' })],
    ['a public key', createPublicKey(privateKey).export({ type: 'spki', format: 'pem' })],
    ['an empty message', pkcs7Of(Buffer.alloc(0))],
    ['a certificate of another kind of key', pemOf(der).slice(0, 900)],
  ])('are none of %s', async (_what, file) => {
    const before = await world().fingerprint();
    expect(refusalOf(await upload(file))).toEqual(invalidData('INVALID_VALUE file'));
    expect(await world().fingerprint()).toBe(before);
  });

  it('come as a form with a file and a use', async () => {
    const { type, body } = importOf(der);
    const text = body.toString('latin1');
    const sent = (content: string, contentType = type) =>
      world().ask({ path: certificates.path, type: contentType, body: Buffer.from(content, 'latin1') });
    expect((await sent(text)).status).toBe(201);
    expect((await sent(text, type.replace(/=(.*)/, '="$1"'))).status).toBe(201);
    for (const wrong of [text.slice(0, -4), text.replace('usageType', 'file'), text.slice(4), `x${text}`, ''])
      expect(refusalOf(await sent(wrong))).toEqual({ status: 400, code: 'INVALID_REQUEST' });
    expect(refusalOf(await sent(text, 'multipart/form-data'))).toEqual({ status: 400, code: 'INVALID_REQUEST' });
    expect(refusalOf(await sent(text.replace('usageType', 'usage')))).toEqual(invalidData('REQUIRED_VALUE usageType'));
    expect(refusalOf(await sent(text.replace('name="file"', 'name="files"')))).toEqual(
      invalidData('REQUIRED_VALUE file'),
    );
    expect(refusalOf(await upload(der, 'ANYTHING'))).toEqual(invalidData('INVALID_VALUE usageType'));
  });

  it('tell whether they are valid', async () => {
    const now = world().postern.now();
    const statuses = await Promise.all(
      [
        { from: now + days(1), until: now + days(100) },
        { from: now - days(1), until: now + days(31) },
        { from: now - days(1), until: now + days(29) },
        { from: now - days(2), until: now - days(1) },
      ].map(async (terms) => (await upload(ownCertificate(privateKey, terms))).body['status']),
    );
    expect(statuses).toEqual(['NOT_YET_VALID', 'VALID', 'EXPIRING', 'EXPIRED']);
  });

  it('stay while an application trusts them', async () => {
    const made = await upload(der);
    const applications = managed(world, `/environments/${HERE}/applications`);
    const { id } = made.body;
    const application = await applications.create({
      name: 'SAML',
      type: 'WEB_APP',
      protocol: 'SAML',
      enabled: true,
      acsUrls: ['https://a.example'],
      assertionDuration: 60,
      spEntityId: 'a',
      spVerification: { authnRequestSigned: true, certificates: [{ id }] },
      spEncryption: { algorithm: 'AES_256', certificate: { id } },
    });
    const kept = await certificates.remove(certificates.itemOf(made));
    expect([kept.status, kept.text]).toEqual([400, expect.stringContaining('Certificate must not be in use')]);
    await applications.remove(applications.itemOf(application));
    expect((await certificates.remove(certificates.itemOf(made))).status).toBe(204);
  });
});
