import { describe, expect, it } from 'vitest';
import type { BusinessEvent } from '../../src/events.js';
import { factoryMfaSettings, factoryPolicy } from '../../src/policies/defaults.js';
import { provisionEnvironment } from '../../src/policies/provisioning.js';
import { createPolicyService } from '../../src/policies/service.js';
import { openTestStore } from '../helpers/store.js';
import { branchStaff, fullPolicy } from './documents.js';
import { applications, DEFAULT_POLICY, ENVIRONMENT, newEnvironment, policyId } from './world.js';

const ELSEWHERE = policyId(77);

/** The service on a SQLite database with two environments, the first with applications. */
async function openService() {
  const opened = await openTestStore();
  const events: BusinessEvent[] = [];
  const { store, random } = opened;
  const elsewhere = newEnvironment({
    id: ELSEWHERE,
    population: { id: policyId(78) },
    defaultPolicy: { id: policyId(79) },
    signingKey: { ...newEnvironment().signingKey, id: policyId(80) },
  });
  for (const environment of [newEnvironment(), elsewhere])
    await store.transact({ environmentId: environment.id }, ({ now }) => ({
      writes: provisionEnvironment(environment, now),
      outcome: undefined,
    }));
  await store.transact({ environmentId: ENVIRONMENT }, () => ({
    writes: applications().map((value) => ({ kind: 'put', entity: 'document', value }) as const),
    outcome: undefined,
  }));
  const service = createPolicyService({ store, random, events: { emit: (event) => events.push(event) } });
  return { ...opened, service, events, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
}

function accepted<T>(outcome: { readonly ok: boolean; readonly value?: T }): T {
  if (!outcome.ok || outcome.value === undefined) throw new TypeError(`refused: ${JSON.stringify(outcome)}`);
  return outcome.value;
}

describe('policies in a database', () => {
  it('are there as soon as their environment is, the default first, then by creation', async () => {
    await using opened = await openService();
    const { service, clock } = opened;
    for (const name of ['B', 'A']) {
      clock.advance(1000);
      accepted(await service.create(ENVIRONMENT, factoryPolicy({ name, default: false })));
    }
    const listed = accepted(await service.list(ENVIRONMENT));
    expect(listed.map(({ name }) => name)).toEqual(['Default MFA Policy', 'B', 'A']);
    expect(listed[0]).toMatchObject({ id: DEFAULT_POLICY, default: true });
  });

  it('are read as they were written, replaced as a whole, and gone when deleted', async () => {
    await using opened = await openService();
    const { service, clock, events } = opened;
    const { id, createdAt } = accepted(await service.create(ENVIRONMENT, fullPolicy()));
    expect(JSON.stringify(accepted(await service.read(ENVIRONMENT, id)).document)).toBe(JSON.stringify(fullPolicy()));
    clock.advance(1000);
    accepted(await service.update(ENVIRONMENT, id, branchStaff()));
    expect(accepted(await service.read(ENVIRONMENT, id))).toMatchObject({
      document: branchStaff(),
      createdAt,
      updatedAt: createdAt + 1000,
    });
    expect(await service.delete(ENVIRONMENT, id)).toEqual({ ok: true, value: undefined });
    const gone = { ok: false, rejection: { kind: 'PolicyNotFound', policyId: id } };
    expect(await service.read(ENVIRONMENT, id)).toEqual(gone);
    expect(await service.update(ENVIRONMENT, id, branchStaff())).toEqual(gone);
    expect(await service.delete(ENVIRONMENT, id)).toEqual(gone);
    expect(events.map(({ type }) => type)).toEqual([
      'DEVICE_AUTHENTICATION_POLICY.CREATED',
      'DEVICE_AUTHENTICATION_POLICY.UPDATED',
      'DEVICE_AUTHENTICATION_POLICY.DELETED',
    ]);
  });

  it('count from the next load on: the configuration moves with the write', async () => {
    await using opened = await openService();
    const { service, store } = opened;
    const before = (await store.load({ environmentId: ENVIRONMENT })).configuration;
    accepted(await service.update(ENVIRONMENT, DEFAULT_POLICY, factoryPolicy({ sentMethods: ['sms'] })));
    const after = (await store.load({ environmentId: ENVIRONMENT })).configuration;
    expect(before?.defaultPolicy.methods.sms.enabled).toBe(false);
    expect(after?.defaultPolicy.methods.sms.enabled).toBe(true);
    expect(after?.version).toBeGreaterThan(before?.version ?? Number.POSITIVE_INFINITY);
  });

  it('SEC-42: do not exist for another environment, whose names and applications are its own', async () => {
    await using opened = await openService();
    const { service } = opened;
    const { id } = accepted(await service.create(ENVIRONMENT, factoryPolicy({ name: 'Mine', default: false })));
    const unknown = { ok: false, rejection: { kind: 'PolicyNotFound', policyId: id } };
    expect(await service.read(ELSEWHERE, id)).toEqual(unknown);
    expect(await service.update(ELSEWHERE, id, branchStaff())).toEqual(unknown);
    expect(await service.delete(ELSEWHERE, id)).toEqual(unknown);
    expect(accepted(await service.list(ELSEWHERE)).map((policy) => policy.id)).toEqual([policyId(79)]);
    expect(await service.create(ELSEWHERE, factoryPolicy({ name: 'Mine', default: false }))).toMatchObject({
      ok: true,
    });
    // SEC-43: the application exists, but next door.
    expect(await service.create(ELSEWHERE, fullPolicy())).toMatchObject({
      rejection: { problems: [{ problem: 'invalid', target: 'mobile.applications[0].id' }] },
    });
    expect(await service.list(policyId(99))).toEqual({
      ok: false,
      rejection: { kind: 'EnvironmentNotFound', environmentId: policyId(99) },
    });
  });

  it('SEC-47: get unguessable ids', async () => {
    await using opened = await openService();
    const { id } = accepted(await opened.service.create(ENVIRONMENT, branchStaff()));
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('have one default also when many become it at once', async () => {
    await using opened = await openService();
    const { service } = opened;
    const ids = await Promise.all(
      [1, 2, 3, 4].map(async (n) => {
        const document = factoryPolicy({ name: `Policy ${n}`, default: false });
        return accepted(await service.create(ENVIRONMENT, document)).id;
      }),
    );
    for (let round = 0; round < 5; round++) {
      const outcomes = await Promise.all([
        ...ids.map((id, n) => service.update(ENVIRONMENT, id, factoryPolicy({ name: `Policy ${n + 1}` }))),
        service.create(ENVIRONMENT, factoryPolicy({ name: `Round ${round}` })),
      ]);
      expect(outcomes.every(({ ok }) => ok)).toBe(true);
      const listed = accepted(await service.list(ENVIRONMENT));
      expect(listed.filter((policy) => policy.default)).toHaveLength(1);
      expect(listed).toHaveLength(6 + round);
    }
  });

  it('have one name each also when many ask for it at once', async () => {
    await using opened = await openService();
    const { service, events } = opened;
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => service.create(ENVIRONMENT, branchStaff())));
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    expect(outcomes.filter(({ ok }) => !ok)).toMatchObject(
      Array.from({ length: 3 }, () => ({ rejection: { problems: [{ problem: 'taken' }] } })),
    );
    expect(events).toHaveLength(1);
  });

  it('are not converted by the FIDO2 migration', async () => {
    await using opened = await openService();
    expect(await opened.service.migrateToFido2(ENVIRONMENT, {})).toEqual({ ok: true, value: [] });
  });
});

describe('settings in a database', () => {
  it('are read, replaced and reset', async () => {
    await using opened = await openService();
    const { service, clock, events } = opened;
    expect(accepted(await service.readMfaSettings(ENVIRONMENT)).document).toEqual({ ...factoryMfaSettings() });
    clock.advance(1000);
    const replaced = accepted(await service.replaceMfaSettings(ENVIRONMENT, { lockout: { failureCount: 3 } }));
    expect(accepted(await service.readMfaSettings(ENVIRONMENT))).toEqual(replaced);
    expect(replaced).toMatchObject({ document: { lockout: { failureCount: 3 } }, updatedAt: clock.now() });
    accepted(await service.resetMfaSettings(ENVIRONMENT));
    expect(accepted(await service.readMfaSettings(ENVIRONMENT)).document).toEqual({ ...factoryMfaSettings() });
    expect(accepted(await service.readMfaSettings(ELSEWHERE)).updatedAt).toBeLessThan(replaced.updatedAt);
    expect(events.map(({ type }) => type)).toEqual(['MFA_SETTINGS.UPDATED', 'MFA_SETTINGS.UPDATED']);
    const missing = { ok: false, rejection: { kind: 'EnvironmentNotFound', environmentId: policyId(99) } };
    expect(await service.readMfaSettings(policyId(99))).toEqual(missing);
    expect(await service.replaceMfaSettings(policyId(99), {})).toEqual(missing);
    expect(await service.resetMfaSettings(policyId(99))).toEqual(missing);
  });
});
