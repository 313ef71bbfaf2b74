import { describe, expect, it } from 'vitest';
import { namedId } from '../../src/kernel/keys.js';
import { givenAttributes } from '../../src/platform/resources/resource-attributes.js';
import { FACTORY_RESOURCES } from '../../src/platform/resources/resources.js';
import { parseConfiguration } from '../../src/policies/configuration.js';
import { factoryPolicy } from '../../src/policies/defaults.js';
import { provisionEnvironment } from '../../src/policies/provisioning.js';
import { FACTORY_SIGN_ON_POLICIES } from '../../src/policies/sign-on-policies.js';
import type { Write } from '../../src/storage/port.js';
import { createWorld, DEFAULT_POLICY, ENVIRONMENT, NOW, newEnvironment, policyId } from './world.js';

const LOCALES = ['de', 'en', 'es', 'fr', 'fr-CA', 'it', 'ja', 'ko', 'nl', 'pt', 'ru', 'th', 'tr', 'zh'];

const documentsOf = (writes: readonly Write[]) =>
  writes.flatMap((write) => (write.kind === 'put' && write.entity === 'document' ? [write.value] : []));

describe('a new environment', () => {
  it('begins with its row, then one document of each kind, in a known order', () => {
    const environment = newEnvironment();
    const [row, ...rest] = provisionEnvironment(environment, NOW);
    expect(row).toEqual({
      kind: 'insert',
      entity: 'environment',
      value: {
        id: ENVIRONMENT,
        configVersion: 1,
        name: 'Shop',
        type: 'SANDBOX',
        region: 'EU',
        organizationId: environment.organizationId,
        licenseId: environment.licenseId,
        defaultPopulationId: environment.population.id,
        createdAt: NOW,
        updatedAt: NOW,
      },
    });
    const documents = documentsOf(rest);
    // And last, what the trail begins with.
    expect(rest.at(-1)).toMatchObject({ kind: 'append', entity: 'audit', value: { at: NOW } });
    expect(documents).toHaveLength(rest.length - 1);
    expect(documents.map(({ kind, id }) => [kind, id])).toEqual([
      ['population', environment.population.id],
      ['deviceAuthenticationPolicy', DEFAULT_POLICY],
      ['mfaSettings', ENVIRONMENT],
      ['fido2Policy', namedId(ENVIRONMENT, 'fido2Policy//passkeys')],
      ['fido2Policy', namedId(ENVIRONMENT, 'fido2Policy//security key')],
      ...LOCALES.map((locale) => ['language', namedId(ENVIRONMENT, `language//${locale}`)]),
      ['notificationsPolicy', namedId(ENVIRONMENT, 'notificationsPolicy//default')],
      ...['Standard', 'Basic', 'Passphrase'].map((name) => [
        'passwordPolicy',
        namedId(ENVIRONMENT, `passwordPolicy//${name}`),
      ]),
      ...FACTORY_SIGN_ON_POLICIES.flatMap(({ body, actions }) => {
        const policy = namedId(ENVIRONMENT, `signOnPolicy//${body['name']}`);
        return [
          ['signOnPolicy', policy],
          ...actions.map(({ type }) => [
            'signOnPolicyAction',
            namedId(ENVIRONMENT, `signOnPolicyAction/${policy}/${type}`),
          ]),
        ];
      }),
      ['theme', namedId(ENVIRONMENT, 'theme//default')],
      ...['PING_ONE_PORTAL', 'PING_ONE_SELF_SERVICE'].map((type) => [
        'application',
        namedId(ENVIRONMENT, `application//${type}`),
      ]),
      ...FACTORY_RESOURCES.flatMap(({ body, scopes }) => {
        const resource = namedId(ENVIRONMENT, `resource//${body['name']}`);
        return [
          ['resource', resource],
          ...scopes.map((name) => ['scope', namedId(ENVIRONMENT, `scope/${resource}/${name}`)]),
          ...givenAttributes(body['type']).map(({ name }) => [
            'resourceAttribute',
            namedId(ENVIRONMENT, `resourceAttribute/${resource}/${name}`),
          ]),
        ];
      }),
      ['signingKey', environment.signingKey.id],
    ]);
    const kinds = [
      ...['fido2Policy', 'language', 'notificationsPolicy', 'signOnPolicy', 'signOnPolicyAction'],
      ...['application', 'passwordPolicy', 'resource', 'scope', 'resourceAttribute', 'theme'],
    ];
    const made = documents.filter(({ kind }) => kinds.includes(kind));
    for (const document of documents.filter((each) => !made.includes(each)))
      expect(document).toMatchObject({ environmentId: ENVIRONMENT, createdAt: NOW, updatedAt: NOW });
    // Listed by creation: a millisecond apart.
    expect(made.map(({ createdAt, updatedAt }) => [createdAt - NOW, updatedAt - NOW])).toEqual(
      made.map((_, at) => [at, at]),
    );
    expect(made).toHaveLength(79);
  });

  it('has the factory configuration', () => {
    const { defaultPolicy, policies, mfaSettings } = parseConfiguration(ENVIRONMENT, 1, createWorld().documents);
    expect(defaultPolicy.document).toEqual(factoryPolicy());
    expect(policies.size).toBe(1);
    expect(mfaSettings).toMatchObject({ maxAllowedDevices: 5, lockout: undefined, mfaEnabledForNewUsers: false });
  });

  it('keeps the private key beside its document, not in it', () => {
    const environment = newEnvironment();
    const key = documentsOf(provisionEnvironment(environment, NOW)).find(({ kind }) => kind === 'signingKey');
    expect(key?.body).toEqual(environment.signingKey.publicJwk);
    expect(key?.secret).toBe(environment.signingKey.privateJwk);
  });

  it('can have several policies, one of them the default whatever their documents say', () => {
    const document = factoryPolicy({ name: 'Second', sentMethods: ['sms', 'voice', 'email', 'whatsApp'] });
    const world = createWorld(
      newEnvironment({ otherPolicies: [{ id: policyId(2), document }], mfaSettings: { users: { mfaEnabled: true } } }),
    );
    const { defaultPolicy, policies, mfaSettings } = parseConfiguration(ENVIRONMENT, 1, world.documents);
    expect(defaultPolicy.id).toBe(DEFAULT_POLICY);
    expect([...policies.keys()]).toEqual([DEFAULT_POLICY, policyId(2)]);
    expect(policies.get(policyId(2))).toMatchObject({ name: 'Second', default: false });
    expect(mfaSettings.document).toEqual({ users: { mfaEnabled: true } });
  });
});
