import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidOf } from '../../src/kernel/ids.js';
import { refusesRequests } from './bad-fields.js';
import { managed } from './managed.js';
import { refusalOf } from './refusal.js';
import { type Answer, type Body, HERE, here, NOBODY, startWorld, there, type World } from './world.js';

let started: World;
beforeAll(async () => {
  started = await startWorld();
});
afterAll(() => started[Symbol.asyncDispose]());
const world = (): World => started;
const PATH = `/environments/${HERE}/gateways`;
const { create, put, read, remove, itemOf } = managed(world, PATH);
const documentIn = ({ body: { _links, id, environment, ...document } }: Pick<Answer, 'body'>): Body => document;

const users = (name: string, population = here.population): Body => ({
  name,
  passwordAuthority: 'LDAP',
  searchBaseDn: 'ou=users,dc=example,dc=org',
  orderedCorrelationAttributes: ['objectGUID', 'dn'],
  allowPasswordChanges: true,
  updateUserOnSuccessfulAuthentication: false,
  newUserLookup: {
    ldapFilterPattern: `(uid=\${identifier})`,
    population: { id: population },
    attributeMappings: [{ name: 'username', value: `\${ldapAttributes.uid}` }],
  },
});
const directory = (over: Body = {}): Body => ({
  name: 'Directory',
  enabled: true,
  type: 'LDAP',
  bindDN: 'ou=service,dc=example,dc=org',
  bindPassword: 'a-bind-password',
  serversHostAndPort: ['ds1.example.org:636'],
  vendor: 'Microsoft Active Directory',
  ...over,
});
const radius = (over: Body = {}): Body => ({
  name: 'Network',
  enabled: false,
  type: 'RADIUS',
  davinci: { policy: { id: 'ee8470a281614d76a7afa8505a2da084' } },
  radiusClients: [{ ip: '192.0.2.1', sharedSecret: 'a-shared-secret' }, { ip: '192.0.2.2' }],
  defaultSharedSecret: 'a-common-secret',
  networkPolicyServer: { ip: '192.0.2.3', port: 5_000 },
  ...over,
});

describe('gateways', () => {
  it('of directories come back without passwords, with what is usual and an id for each type of users', async () => {
    const { bindPassword: _, ...small } = directory({ name: 'Small' });
    const usual = { connectionSecurity: 'None', followReferrals: false, validateTlsCertificates: true };
    expect(documentIn(await create(directory({ name: 'Small' })))).toEqual({ ...usual, ...small });

    const kerberos = { serviceAccountUserPrincipalName: 'svc@example.org', minutesToRetainPreviousCredentials: 20 };
    const rest = {
      kerberos: { ...kerberos, serviceAccountPassword: 'a-service-password' },
      connectionSecurity: 'TLS',
      validateTlsCertificates: false,
      userTypes: [users('Staff'), users('Guests')],
    };
    const full = await create(directory(rest));
    const shown = documentIn(full) as { userTypes: Body[] };
    const { bindPassword: __, ...sent } = directory({ ...rest, kerberos, followReferrals: false });
    expect({ ...shown, userTypes: shown.userTypes.map(({ id, ...userType }) => userType) }).toEqual(sent);
    expect(new Set(shown.userTypes.map(({ id }) => id)).size).toBe(2);
    expect((await read(itemOf(full))).body).toEqual(full.body);
    const again = await put(itemOf(full), directory({ ...rest, userTypes: [users('Guests')] }));
    expect((documentIn(again) as { userTypes: Body[] }).userTypes[0]?.['id']).toBe(shown.userTypes[1]?.['id']);
    const stored = await world().postern.app.store.documents(uuidOf(HERE), { kind: 'gateway' });
    expect(JSON.stringify(stored)).not.toContain('password"');
  });

  it('of networks come back with their secrets, which are sealed in the database (SEC-66)', async () => {
    const made = await create(radius());
    expect(documentIn(made)).toEqual(radius());
    expect((await read(itemOf(made))).body).toEqual(made.body);
    const stored = await world().postern.app.store.documents(uuidOf(HERE), { kind: 'gateway' });
    expect(JSON.stringify(stored)).not.toMatch(/a-shared-secret|a-common-secret/);
  });

  it('keep nothing of another type', async () => {
    const plain = { name: 'Federation', description: 'Elsewhere', enabled: true, type: 'PING_FEDERATE' };
    expect(documentIn(await create({ ...radius(), ...directory(), ...plain }))).toEqual(plain);
  });

  it('are named by applications, which go on without one that is gone (SEC-43)', async () => {
    const made = await create(directory({ name: 'Named' }));
    const applications = managed(world, `/environments/${HERE}/applications`);
    const keys = managed(world, `/environments/${HERE}/keys`);
    const key = await keys.create({
      name: 'Signing',
      algorithm: 'EC',
      keyLength: 256,
      signatureAlgorithm: 'SHA256withECDSA',
      subjectDN: 'CN=Example, O=Example, C=US',
      usageType: 'SIGNING',
      validityPeriod: 365,
    });
    const application = (id: unknown): Body => ({
      name: 'WS-Federation',
      enabled: true,
      type: 'WEB_APP',
      protocol: 'WS_FED',
      domainName: 'example.org',
      replyUrl: 'https://app.example.org',
      idpSigning: { key: { id: key.body['id'] }, algorithm: 'SHA256withECDSA' },
      kerberos: { gateways: [{ id, type: 'LDAP', userType: { id: NOBODY } }] },
    });
    const nobodys = await world().ask({ path: applications.path, body: application(NOBODY) });
    expect(refusalOf(nobodys).details).toEqual(['INVALID_VALUE kerberos.gateways[0].id']);
    const naming = await applications.create(application(made.body['id']));
    expect((await remove(itemOf(made))).status).toBe(204);
    const left = await applications.read(applications.itemOf(naming));
    expect((left.body['kerberos'] as Body)['gateways']).toEqual([]);
  });

  const refused = (name: string, body: () => Body, ...details: readonly string[]) => ({ name, body, details });
  refusesRequests('a gateway', { world, to: () => ({ path: PATH }) }, [
    refused('of no type', () => ({ ...directory(), type: 'X' }), 'INVALID_VALUE type'),
    refused(
      'without what its type needs',
      () => ({ name: 'Bare', enabled: true, type: 'LDAP' }),
      ...['bindDN', 'bindPassword', 'serversHostAndPort', 'vendor'].map((name) => `REQUIRED_VALUE ${name}`),
    ),
    refused(
      'with a client that has no secret',
      () => radius({ defaultSharedSecret: undefined }),
      'INVALID_VALUE radiusClients[1].sharedSecret',
    ),
    refused(
      'with two types of users of one name',
      () => directory({ name: 'Twice', userTypes: [users('Staff'), users('Staff')] }),
      'UNIQUENESS_VIOLATION userTypes[1].name',
    ),
    refused(
      'with the population of another environment (SEC-43)',
      () => directory({ name: 'Far', userTypes: [users('Staff', there.population)] }),
      'INVALID_VALUE userTypes[0].newUserLookup.population.id',
    ),
  ]);
});
