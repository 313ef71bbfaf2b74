import { describe, expect, it } from 'vitest';
import { uuidOf } from '../../src/kernel/ids.js';
import type { Environment, User, UserFactors } from '../../src/platform/model.js';
import {
  activeBypass,
  createUser,
  deleteUser,
  findUser,
  lockUser,
  providerIn,
  setBypass,
  setMfaEnabled,
  unlockUser,
} from '../../src/platform/rules.js';
import { createSigningKey } from '../../src/platform/tokens/signing-key.js';
import { LARGEST_PROFILE } from '../../src/platform/users/profile.js';
import { parseConfiguration } from '../../src/policies/configuration.js';
import { provisionEnvironment } from '../../src/policies/provisioning.js';
import type { Snapshot } from '../../src/storage/port.js';
import { HERE, LICENSE, ORGANIZATION, POPULATION } from './world.js';

const NOW = 1_795_338_000_000;
const USER = uuidOf('991776fd-145b-499e-8237-2c62aef35b2c');
const HOLDER = uuidOf('00000000-0000-4000-8000-000000000011');

const environment: Environment = {
  id: HERE,
  configVersion: 1,
  name: 'Production',
  type: 'SANDBOX',
  region: 'EU',
  organizationId: ORGANIZATION,
  licenseId: LICENSE,
  defaultPopulationId: POPULATION,
  createdAt: 0,
  updatedAt: 0,
};
const user: User = {
  id: USER,
  environmentId: HERE,
  version: 4,
  populationId: POPULATION,
  username: 'maria',
  enabled: true,
  profile: { email: 'maria@example.org' },
  createdAt: 1,
  updatedAt: 1,
};
const factors: UserFactors = {
  userId: USER,
  environmentId: HERE,
  version: 9,
  mfaEnabled: true,
  lockoutFailures: 3,
  ceilings: { SMS: 100 },
  lockEpochs: {},
  deviceOrder: null,
};

function snapshot(changes: Partial<Snapshot> = {}): Snapshot {
  const made = provisionEnvironment(
    {
      ...environment,
      population: { id: POPULATION },
      defaultPolicy: { id: uuidOf('5a0a0950-8a81-4739-b12a-f4d6a11c7a82') },
      relyingPartyId: 'example.test',
      signingKey: createSigningKey(HOLDER),
    },
    0,
  );
  const documents = made.flatMap((write) => (write.kind === 'put' && write.entity === 'document' ? [write.value] : []));
  return {
    now: NOW,
    environment,
    configuration: parseConfiguration(HERE, 1, documents),
    devices: [],
    documents: [],
    ...changes,
  };
}
const withUser = (changes: Partial<UserFactors> = {}): Snapshot =>
  snapshot({ user, factors: { ...factors, ...changes } });
const nowhere = (): Snapshot => ({ now: NOW, devices: [], documents: [] });

describe('every decision on a user', () => {
  const decisions = {
    deleteUser: (s: Snapshot) => deleteUser(s, HERE),
    setMfaEnabled: (s: Snapshot) => setMfaEnabled(s, HERE, true),
    lockUser: (s: Snapshot) => lockUser(s, HERE, undefined),
    unlockUser: (s: Snapshot) => unlockUser(s, HERE),
  };
  it.each(Object.entries(decisions))(
    '%s refuses without a write when the environment or the user is not there',
    (_name, decide) => {
      expect(decide(nowhere())).toEqual({
        writes: [],
        outcome: { ok: false, rejection: { kind: 'EnvironmentNotFound', environmentId: HERE } },
      });
      expect(decide(snapshot())).toEqual({ writes: [], outcome: { ok: false, rejection: { kind: 'UserNotFound' } } });
    },
  );
  it.each(Object.entries(decisions))(
    '%s guards the rows it rests on, at the versions that were loaded',
    (name, decide) => {
      const written = decide(withUser({ mfaEnabled: false })).writes.map(({ kind, entity, value }) => [
        kind,
        entity,
        'version' in value && value.version,
      ]);
      expect(written).toEqual(
        name === 'deleteUser'
          ? [['delete', 'user', 4]]
          : [
              ['update', 'user', 4],
              ['update', 'factors', 9],
            ],
      );
    },
  );
});

describe('a new user', () => {
  const maria = { username: 'maria', profile: { email: 'maria@example.org' } };
  it('takes population and mfaEnabled from the environment unless told', () => {
    const { outcome, writes } = createUser(snapshot(), HERE, maria, USER);
    expect(outcome).toMatchObject({
      ok: true,
      value: { user: { populationId: POPULATION, enabled: true, version: 1 }, factors: { mfaEnabled: false } },
    });
    expect(writes).toHaveLength(1);
  });
  it('is refused when the name is held, and in an environment that is not there', () => {
    const held = createUser(snapshot({ usernameHolder: HOLDER }), HERE, maria, USER);
    expect(held).toEqual({ writes: [], outcome: { ok: false, rejection: { kind: 'UsernameTaken', holder: HOLDER } } });
    expect(createUser(nowhere(), HERE, maria, USER).outcome).toMatchObject({
      ok: false,
      rejection: { kind: 'EnvironmentNotFound' },
    });
  });
  it('is refused in a population that was not found, or by the id of another document', () => {
    const command = { ...maria, populationId: HOLDER };
    const policy = {
      environmentId: HERE,
      kind: 'deviceAuthenticationPolicy',
      id: HOLDER,
      body: {},
      createdAt: 0,
      updatedAt: 0,
    } as const;
    for (const documents of [[], [policy]])
      expect(createUser(snapshot({ documents }), HERE, command, USER).outcome).toEqual({
        ok: false,
        rejection: { kind: 'PopulationUnknown', target: 'population.id' },
      });
  });
});

describe('a new user with more', () => {
  const maria = { username: 'maria', profile: { email: 'maria@example.org' } };
  const provider = {
    ...({ environmentId: HERE, kind: 'identityProvider', id: HOLDER, body: { type: 'FACEBOOK' } } as const),
    ...{ createdAt: 0, updatedAt: 0 },
  };
  const population = { ...provider, kind: 'population', body: {} } as const;

  it('is as imported: population, MFA, verification and password, whose failures begin at none', () => {
    const command = {
      ...maria,
      ...{ populationId: HOLDER, mfaEnabled: true, emailVerified: false, unverified: true as const },
      password: { proposed: { value: 'a long password', hash: 'h' }, forceChange: true },
    };
    const { outcome, writes } = createUser(snapshot({ documents: [population] }), HERE, command, USER);
    if (!outcome.ok) throw new Error(outcome.rejection.kind);
    expect(outcome.value.user).toMatchObject({ populationId: HOLDER, emailVerified: false, unverified: true });
    expect(outcome.value.factors.mfaEnabled).toBe(true);
    expect(writes).toEqual([
      { kind: 'insert', entity: 'user', value: outcome.value.user, factors: outcome.value.factors },
      {
        kind: 'put',
        entity: 'password',
        value: { userId: USER, environmentId: HERE, hash: 'h', forceChange: true, setAt: NOW, failures: 0 },
      },
    ]);
    const plain = createUser(snapshot(), HERE, maria, USER).outcome;
    for (const absent of ['emailVerified', 'unverified', 'identityProvider'])
      expect(plain.ok && plain.value.user).not.toHaveProperty(absent);
    expect(plain.ok && plain.value.factors).toMatchObject({ lockoutFailures: 0, ceilings: {}, deviceOrder: [] });
  });

  it('is refused with a profile that is too large to be kept', () => {
    const profile = { nickname: 'x'.repeat(LARGEST_PROFILE) };
    expect(createUser(snapshot(), HERE, { ...maria, profile }, USER)).toEqual({
      writes: [],
      outcome: { ok: false, rejection: { kind: 'ProfileTooLarge', attribute: 'nickname', maximum: LARGEST_PROFILE } },
    });
  });

  it('comes from a provider that is there, or not at all; with a password that is one, or with none', () => {
    const from = (documents: Snapshot['documents']) =>
      createUser(snapshot({ documents }), HERE, { ...maria, identityProviderId: HOLDER }, USER).outcome;
    expect(from([provider])).toMatchObject({ value: { user: { identityProvider: { id: HOLDER, type: 'FACEBOOK' } } } });
    expect(from([population])).toEqual({
      ok: false,
      rejection: { kind: 'ProviderUnknown', target: 'identityProvider.id' },
    });
    const password = { proposed: { value: 'short', hash: 'h' }, forceChange: false };
    expect(createUser(snapshot(), HERE, { ...maria, password }, USER)).toMatchObject({
      writes: [],
      outcome: { rejection: { kind: 'PasswordUnacceptable', target: 'password.value' } },
    });
  });

  it('keeps of a provider its id and type, if it is one of the environment', () => {
    expect(providerIn([population, provider], HOLDER)).toEqual({ id: HOLDER, type: 'FACEBOOK' });
    expect(providerIn([provider], USER)).toBeUndefined();
    expect(providerIn([population], HOLDER)).toBeUndefined();
  });
});

describe('a bypass of MFA (20 §14)', () => {
  const until = (s: Snapshot, at: number) => setBypass(s, HERE, at);
  const bypassed = (changes: Partial<UserFactors>) => ({ user, factors: { ...factors, ...changes }, now: NOW });

  it('runs until the instant that is told, and a time that has come ends it', () => {
    const begun = until(withUser(), NOW + 5).outcome;
    expect(begun).toMatchObject({ ok: true, value: { factors: { bypassUntil: NOW + 5 }, user: { updatedAt: NOW } } });
    for (const at of [NOW, NOW - 1]) {
      const { outcome, writes } = until(withUser({ bypassUntil: NOW + 5 }), at);
      expect(outcome.ok && outcome.value.factors).not.toHaveProperty('bypassUntil');
      expect(writes).toHaveLength(2);
    }
    expect(until(nowhere(), NOW + 5)).toMatchObject({
      writes: [],
      outcome: { ok: false, rejection: { kind: 'EnvironmentNotFound' } },
    });
  });

  it('that changes nothing writes nothing', () => {
    expect(until(withUser({ bypassUntil: NOW + 5 }), NOW + 5)).toMatchObject({ writes: [], outcome: { ok: true } });
    expect(until(withUser(), NOW)).toMatchObject({ writes: [], outcome: { ok: true } });
  });

  it('is shown while it runs', () => {
    expect(activeBypass(bypassed({ bypassUntil: NOW + 1 }))).toBe(NOW + 1);
    expect(activeBypass(bypassed({ bypassUntil: NOW }))).toBeUndefined();
    expect(activeBypass(bypassed({}))).toBeUndefined();
  });
});

describe('locks', () => {
  it('unlocking ends the failures of password and codes too, and writes none that has none', () => {
    const common = { userId: USER, environmentId: HERE };
    const password = { ...common, hash: 'h', forceChange: false, setAt: 0, failures: 0 };
    const codes = [
      { ...common, use: 'verification', sends: 1, failures: 2 },
      { ...common, use: 'recovery', sends: 1, failures: 0 },
    ] as const;
    const freed = (directory: Snapshot['directory']) =>
      unlockUser({ ...withUser(), ...(directory ? { directory } : {}) }, HERE).writes.slice(2);
    expect(freed({ password, codes })).toEqual([
      { kind: 'put', entity: 'userCode', value: { ...codes[0], failures: 0 } },
    ]);
    expect(freed({ password: { ...password, failures: 1, lockedUntil: NOW + 9 } })).toEqual([
      { kind: 'put', entity: 'password', value: password },
    ]);
    expect(freed(undefined)).toEqual([]);
  });

  it('one that would end now or earlier is refused', () => {
    for (const unlockAt of [NOW, NOW - 1])
      expect(lockUser(withUser(), HERE, unlockAt).outcome).toEqual({
        ok: false,
        rejection: { kind: 'UnlockTimePast' },
      });
    expect(lockUser(withUser(), HERE, NOW + 1).outcome.ok).toBe(true);
  });
  it('unlocking ends the lock, the MFA lockout and every ceiling', () => {
    const { outcome } = unlockUser(withUser({ accountLock: { lockedAt: 1 } }), HERE);
    expect(outcome.ok && outcome.value.factors).toMatchObject({ lockoutFailures: 0, ceilings: {} });
    expect(outcome.ok && 'accountLock' in outcome.value.factors).toBe(false);
  });
  it('a value that is there already writes nothing', () => {
    expect(setMfaEnabled(withUser(), HERE, true).writes).toEqual([]);
  });
  it('finding says which of the two is missing', () => {
    expect(findUser(nowhere(), HERE)).toMatchObject({ ok: false, rejection: { kind: 'EnvironmentNotFound' } });
    expect(findUser(snapshot(), HERE)).toMatchObject({ ok: false, rejection: { kind: 'UserNotFound' } });
  });
});
