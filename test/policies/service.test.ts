import { describe, expect, it } from 'vitest';
import type { BusinessEvent } from '../../src/events.js';
import type { JsonObject } from '../../src/kernel/json.js';
import { createManagedService } from '../../src/platform/managed/service.js';
import { factoryMfaSettings, factoryPolicy } from '../../src/policies/defaults.js';
import { withKnownMembers } from '../../src/policies/device-authentication/policy-document.js';
import { mfaSettings } from '../../src/policies/mfa-settings.js';
import { provisionEnvironment } from '../../src/policies/provisioning.js';
import { createPolicyService } from '../../src/policies/service.js';
import { openTestStore } from '../helpers/store.js';
import { branchStaff, fullPolicy } from './documents.js';
import { applications, DEFAULT_POLICY, ENVIRONMENT, newEnvironment, policies, policyId } from './world.js';

const ELSEWHERE = policyId(77);
const here = { environmentId: ENVIRONMENT };
const elsewhere = { environmentId: ELSEWHERE };
const notFound = { ok: false, rejection: { kind: 'NotFound' } };
/** A body as the routes hand it on. */
const sent = (document: Parameters<typeof withKnownMembers>[0]): JsonObject => withKnownMembers(document);
const named = (name: string, isDefault = false): JsonObject => sent(factoryPolicy({ name, default: isDefault }));

/** The service on a SQLite database with two environments, the first with applications. */
async function openService() {
  const opened = await openTestStore();
  const happened: BusinessEvent[] = [];
  const { store, random } = opened;
  const other = newEnvironment({
    id: ELSEWHERE,
    name: 'Elsewhere',
    population: { id: policyId(78) },
    defaultPolicy: { id: policyId(79) },
    signingKey: { ...newEnvironment().signingKey, id: policyId(80) },
  });
  for (const environment of [newEnvironment(), other])
    await store.transact({ environmentId: environment.id }, ({ now }) => ({
      writes: provisionEnvironment(environment, now),
      outcome: undefined,
    }));
  await store.transact(here, () => ({
    writes: applications().map((value) => ({ kind: 'put', entity: 'document', value }) as const),
    outcome: undefined,
  }));
  const events = { emit: (event: BusinessEvent) => void happened.push(event) };
  const service = createManagedService({
    store,
    random,
    events,
    vault: opened.keyring.vault,
    digests: { cursor: () => '' },
  });
  const list = async (place: typeof here) =>
    accepted(await service.list(policies, place, { limit: 100 }, () => true)).items;
  const special = createPolicyService({ store, events });
  return { ...opened, service, special, list, happened, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
}

function accepted<T>(outcome: { readonly ok: boolean; readonly value?: T }): T {
  if (!outcome.ok || outcome.value === undefined) throw new TypeError(`refused: ${JSON.stringify(outcome)}`);
  return outcome.value;
}

describe('policies in a database', () => {
  it('are there as soon as their environment is, the default first, then by creation', async () => {
    await using opened = await openService();
    const { service, clock, list } = opened;
    for (const name of ['B', 'A']) {
      clock.advance(1000);
      accepted(await service.create(policies, here, named(name)));
    }
    const listed = await list(here);
    expect(listed.map(({ body }) => body['name'])).toEqual(['Default MFA Policy', 'B', 'A']);
    expect(listed[0]).toMatchObject({ id: DEFAULT_POLICY, body: { default: true } });
  });

  it('are read as they were written, replaced as a whole, and gone when deleted', async () => {
    await using opened = await openService();
    const { service, clock, happened } = opened;
    const { id, createdAt } = accepted(await service.create(policies, here, sent(fullPolicy())));
    const read = async () => accepted(await service.read(policies, here, id));
    expect(JSON.stringify((await read()).body)).toBe(JSON.stringify(fullPolicy()));
    clock.advance(1000);
    accepted(await service.replace(policies, here, id, sent(branchStaff())));
    expect(await read()).toMatchObject({ body: branchStaff(), createdAt, updatedAt: createdAt + 1000 });
    expect(await service.remove(policies, here, id)).toMatchObject({ ok: true });
    expect(await service.read(policies, here, id)).toEqual(notFound);
    expect(await service.replace(policies, here, id, sent(branchStaff()))).toEqual(notFound);
    expect(await service.remove(policies, here, id)).toEqual(notFound);
    expect(happened.map(({ type }) => type)).toEqual([
      'DEVICE_AUTHENTICATION_POLICY.CREATED',
      'DEVICE_AUTHENTICATION_POLICY.UPDATED',
      'DEVICE_AUTHENTICATION_POLICY.DELETED',
    ]);
  });

  it('count from the next load on: the configuration moves with the write', async () => {
    await using opened = await openService();
    const { service, store } = opened;
    const before = (await store.load(here)).configuration;
    const document = sent(factoryPolicy({ sentMethods: ['sms'] }));
    accepted(await service.replace(policies, here, DEFAULT_POLICY, document));
    const after = (await store.load(here)).configuration;
    expect(before?.defaultPolicy.methods.sms.enabled).toBe(false);
    expect(after?.defaultPolicy.methods.sms.enabled).toBe(true);
    expect(after?.version).toBeGreaterThan(before?.version ?? Number.POSITIVE_INFINITY);
  });

  it('SEC-42: do not exist for another environment, whose names and applications are its own', async () => {
    await using opened = await openService();
    const { service, list } = opened;
    const { id } = accepted(await service.create(policies, here, named('Mine')));
    expect(await service.read(policies, elsewhere, id)).toEqual(notFound);
    expect(await service.replace(policies, elsewhere, id, sent(branchStaff()))).toEqual(notFound);
    expect(await service.remove(policies, elsewhere, id)).toEqual(notFound);
    expect((await list(elsewhere)).map((policy) => policy.id)).toEqual([policyId(79)]);
    expect(await service.create(policies, elsewhere, named('Mine'))).toMatchObject({ ok: true });
    // SEC-43: the application exists, but next door.
    expect(await service.create(policies, elsewhere, sent(fullPolicy()))).toMatchObject({
      rejection: { problems: [{ problem: 'invalid', target: 'mobile.applications[0].id' }] },
    });
    expect(await service.list(policies, { environmentId: policyId(99) }, { limit: 1 }, () => true)).toEqual({
      ok: false,
      rejection: { kind: 'EnvironmentNotFound', environmentId: policyId(99) },
    });
  });

  it('SEC-47: get unguessable ids', async () => {
    await using opened = await openService();
    const { id } = accepted(await opened.service.create(policies, here, sent(branchStaff())));
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('have one default also when many become it at once', async () => {
    await using opened = await openService();
    const { service, list } = opened;
    const ids = await Promise.all(
      [1, 2, 3, 4].map(async (n) => accepted(await service.create(policies, here, named(`Policy ${n}`))).id),
    );
    for (let round = 0; round < 5; round++) {
      const outcomes = await Promise.all([
        ...ids.map((id, n) => service.replace(policies, here, id, named(`Policy ${n + 1}`, true))),
        service.create(policies, here, named(`Round ${round}`, true)),
      ]);
      expect(outcomes.every(({ ok }) => ok)).toBe(true);
      const listed = await list(here);
      expect(listed.filter(({ body }) => body['default'] === true)).toHaveLength(1);
      expect(listed).toHaveLength(6 + round);
    }
  });

  it('have one name each also when many ask for it at once', async () => {
    await using opened = await openService();
    const { service, happened } = opened;
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => service.create(policies, here, sent(branchStaff()))));
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    expect(outcomes.filter(({ ok }) => !ok)).toMatchObject(
      Array.from({ length: 3 }, () => ({ rejection: { problems: [{ problem: 'taken' }] } })),
    );
    expect(happened).toHaveLength(1);
  });

  it('get their FIDO policy by the FIDO2 migration, which is on record for each', async () => {
    await using opened = await openService();
    const { special, service, happened } = opened;
    expect(await special.migrateToFido2(ENVIRONMENT, {})).toEqual({ ok: true, value: [] });
    const listed = await service.list({ kind: 'fido2Policy' }, here, { limit: 10 }, () => true);
    const fido2PolicyId = accepted(listed).items[0]?.id ?? '';
    const migration = { migrationData: [{ deviceAuthenticationPolicyId: DEFAULT_POLICY, fido2PolicyId }] };
    const [changed, ...others] = accepted(await special.migrateToFido2(ENVIRONMENT, migration));
    expect(others).toEqual([]);
    expect(accepted(await service.read(policies, here, DEFAULT_POLICY)).body).toEqual(changed?.body);
    expect(changed?.body).toMatchObject({ fido2: { enabled: true, fido2PolicyId } });
    expect(happened.map(({ type, detail }) => [type, detail])).toEqual([
      ['DEVICE_AUTHENTICATION_POLICY.UPDATED', { id: DEFAULT_POLICY }],
    ]);
  });
});

describe('settings in a database', () => {
  it('are read, replaced and reset', async () => {
    await using opened = await openService();
    const { service, clock, happened } = opened;
    const read = async (id = ENVIRONMENT) => accepted(await service.readOnly(mfaSettings, id));
    expect((await read()).body).toEqual({ ...factoryMfaSettings() });
    clock.advance(1000);
    const replaced = accepted(await service.replaceOnly(mfaSettings, ENVIRONMENT, { lockout: { failureCount: 3 } }));
    expect(await read()).toEqual(replaced);
    expect(replaced).toMatchObject({ body: { lockout: { failureCount: 3 } }, updatedAt: clock.now() });
    accepted(await service.resetOnly(mfaSettings, ENVIRONMENT));
    expect((await read()).body).toEqual({ ...factoryMfaSettings() });
    expect((await read(ELSEWHERE)).updatedAt).toBeLessThan(replaced.updatedAt);
    expect(happened.map(({ type }) => type)).toEqual(['MFA_SETTINGS.UPDATED', 'MFA_SETTINGS.UPDATED']);
    const missing = { ok: false, rejection: { kind: 'EnvironmentNotFound', environmentId: policyId(99) } };
    expect(await service.readOnly(mfaSettings, policyId(99))).toEqual(missing);
    expect(await service.replaceOnly(mfaSettings, policyId(99), {})).toEqual(missing);
    expect(await service.resetOnly(mfaSettings, policyId(99))).toEqual(missing);
  });
});
