import { describe, expect, it } from 'vitest';
import { minutes, seconds } from '../../src/kernel/duration.js';
import type { JsonObject } from '../../src/kernel/json.js';
import type { StoredDocument } from '../../src/platform/model.js';
import { ConfigurationError, parseConfiguration } from '../../src/policies/configuration.js';
import { factoryMfaSettings, factoryPolicy } from '../../src/policies/defaults.js';
import { withKnownMembers } from '../../src/policies/device-authentication/policy-document.js';
import { branchStaff, fullPolicy } from './documents.js';
import { createWorld, DEFAULT_POLICY, ENVIRONMENT, NOW, policyId } from './world.js';

const policy = (n: number, body: JsonObject, createdAt = NOW): StoredDocument => ({
  environmentId: ENVIRONMENT,
  kind: 'deviceAuthenticationPolicy',
  id: policyId(n),
  body,
  createdAt,
  updatedAt: createdAt + 1,
});
const settings = (body: JsonObject = { ...factoryMfaSettings() }): StoredDocument => ({
  ...policy(0, body),
  kind: 'mfaSettings',
  id: ENVIRONMENT,
});
const parse = (...documents: StoredDocument[]) => parseConfiguration(ENVIRONMENT, 7, documents);
const factory = policy(1, { ...factoryPolicy() });

describe('the meaning of a policy', () => {
  it('is that of its members', () => {
    const configuration = parse(factory, policy(2, withKnownMembers(fullPolicy())), settings());
    expect(configuration.policies.get(policyId(2))).toMatchObject({
      environmentId: ENVIRONMENT,
      name: 'Everything',
      default: false,
      deviceSelection: 'ALWAYS_DISPLAY_DEVICES',
      ignoreUserLock: true,
      methods: {
        sms: {
          enabled: true,
          pairingDisabled: false,
          otpLength: 8,
          lifeTime: seconds(75),
          failureCount: 5,
          coolDown: seconds(5),
        },
      },
      createdAt: NOW,
      updatedAt: NOW + 1,
    });
    expect(configuration).toMatchObject({ environmentId: ENVIRONMENT, version: 7 });
    expect(configuration.defaultPolicy.id).toBe(DEFAULT_POLICY);
  });

  it('takes the documented default for a member that was not sent, and does not add it to the document', () => {
    const body = withKnownMembers({ ...branchStaff(), default: true });
    const { authentication: _, ...silent } = body;
    const { defaultPolicy } = parse(policy(1, silent), settings());
    expect(defaultPolicy).toMatchObject({ deviceSelection: 'DEFAULT_TO_FIRST', ignoreUserLock: false });
    expect(defaultPolicy.methods.voice).toEqual({
      enabled: false,
      pairingDisabled: false,
      otpLength: 6,
      lifeTime: minutes(10),
      failureCount: 4,
      coolDown: minutes(5),
    });
    expect(defaultPolicy.methods.whatsApp.enabled).toBe(false);
    expect(defaultPolicy.document).toEqual(silent);
  });

  it('is that of the sections whose proof the user’s own device makes (30 §1.3.2, §1.3.4 to §1.3.6)', () => {
    const { policies, defaultPolicy } = parse(factory, policy(2, withKnownMembers(fullPolicy())), settings());
    expect(policies.get(policyId(2))?.methods).toMatchObject({
      totp: {
        enabled: true,
        pairingDisabled: true,
        failureCount: 3,
        coolDown: minutes(1),
        gracePeriod: 10,
        uriParameters: { issuer: 'Example', image: 'https://example.org/a.png', period: '30' },
      },
      fido2: { enabled: true, pairingDisabled: false, failureCount: 4, coolDown: seconds(150) },
      oathToken: { enabled: true, pairingDisabled: false, failureCount: 6, coolDown: seconds(1) },
      mobile: { enabled: true, pairingDisabled: false, failureCount: 7, coolDown: seconds(125), stepSize: seconds(30) },
    });
    const { name, default: isDefault, sms, voice, email, mobile, totp } = factoryPolicy();
    const { passcodeGracePeriod: _, ...silentTotp } = totp;
    const silent = { name, default: isDefault, sms, voice, email, mobile, totp: silentTotp, fido2: { enabled: true } };
    const documented = { failureCount: 3, coolDown: minutes(2) };
    expect(parse(policy(1, silent), settings()).defaultPolicy.methods).toMatchObject({
      totp: { ...documented, gracePeriod: 5, uriParameters: {} },
      fido2: { enabled: true, ...documented },
      oathToken: { enabled: false, ...documented },
    });
    expect(defaultPolicy.methods.fido2.fido2PolicyId).toBeUndefined();
  });

  it('takes the deprecated selection of the settings only where the policy has none', () => {
    const prompt = settings({ authentication: { deviceSelection: 'PROMPT_TO_SELECT' } });
    const { authentication: _, ...silent } = factoryPolicy();
    const { policies } = parse(policy(1, silent), policy(2, { ...factoryPolicy({ default: false }) }), prompt);
    expect(policies.get(policyId(1))?.deviceSelection).toBe('PROMPT_TO_SELECT');
    expect(policies.get(policyId(2))?.deviceSelection).toBe('DEFAULT_TO_FIRST');
  });
});

describe('the meaning of the settings', () => {
  it('is that of their members', () => {
    const { mfaSettings } = parse(
      factory,
      settings({
        pairing: { maxAllowedDevices: 7, pairingKeyFormat: 'NUMERIC' },
        lockout: { failureCount: 13, durationSeconds: 8 },
        phoneExtensions: { enabled: true },
        users: { mfaEnabled: true },
      }),
    );
    expect(mfaSettings).toMatchObject({
      maxAllowedDevices: 7,
      lockout: { failureCount: 13, duration: seconds(8) },
      phoneExtensionsEnabled: true,
      mfaEnabledForNewUsers: true,
    });
  });

  it('is the documented default for what was not sent; a lockout without a duration has no end', () => {
    expect(parse(factory, settings({})).mfaSettings).toMatchObject({
      document: {},
      maxAllowedDevices: 5,
      lockout: undefined,
      phoneExtensionsEnabled: false,
      mfaEnabledForNewUsers: false,
    });
    expect(parse(factory, settings({ lockout: { failureCount: 3 } })).mfaSettings.lockout).toEqual({
      failureCount: 3,
      duration: 0,
    });
  });
});

describe('a configuration', () => {
  it('lists policies by creation, whatever the order of the documents', () => {
    const younger = policy(2, { ...factoryPolicy({ default: false }) }, NOW + 5);
    const youngest = policy(3, { ...factoryPolicy({ default: false }) }, NOW + 9);
    expect([...parse(youngest, settings(), younger, factory).policies.keys()]).toEqual([1, 2, 3].map(policyId));
  });

  it('lists the default first among policies created at once', () => {
    const other = policy(2, { ...factoryPolicy({ default: false }) });
    const last = policy(3, { ...factoryPolicy() });
    expect([...parse(other, settings(), last).policies.keys()]).toEqual([policyId(3), policyId(2)]);
  });

  it('ignores documents of other kinds', () => {
    const { policies } = parseConfiguration(ENVIRONMENT, 1, createWorld().documents);
    expect([...policies.keys()]).toEqual([DEFAULT_POLICY]);
  });

  it('has the rules of its notification policies, those of the default apart where it limits anything (30 §5)', () => {
    const rules = (n: number, body: JsonObject): StoredDocument => ({
      ...policy(n, { name: `N${n}`, quotas: [], ...body }),
      kind: 'notificationsPolicy',
    });
    const quotas = [{ type: 'USER', deliveryMethods: ['Voice', 'SMS'], total: 3 }];
    const named = { ...factoryPolicy(), notificationsPolicy: { id: policyId(8) } };
    const limited = parse(policy(1, named), settings(), rules(8, {}), rules(9, { quotas, default: true }));
    const sms = { quota: { scope: 'USER', methods: 'SMS,Voice', limit: { kind: 'total', total: 3 } } };
    expect(limited.defaultSendRules).toEqual({ SMS: sms, VOICE: sms });
    expect([...limited.sendRules.keys()]).toEqual([policyId(8), policyId(9)]);
    expect(limited.defaultPolicy.notificationsPolicyId).toBe(policyId(8));
    const free = parse(factory, settings(), rules(9, { default: true }));
    expect([free.sendRules.size, free.defaultSendRules]).toEqual([1, undefined]);
    expect(() => parse(factory, settings(), rules(9, { quotas: 1 }))).toThrow(ConfigurationError);
  });

  it.each([
    ['no default policy', [policy(1, { ...factoryPolicy({ default: false }) }), settings()]],
    ['two default policies', [factory, policy(2, { ...factoryPolicy() }), settings()]],
    ['no settings', [factory]],
    ['a policy that does not decode', [policy(1, { ...factoryPolicy(), sms: {} }), settings()]],
    ['settings that do not decode', [factory, settings({ lockout: {} })]],
  ])('with %s is a fault, not a guess', (_, documents) => {
    expect(() => parse(...documents)).toThrow(ConfigurationError);
  });
});
