import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { putDocument, removeDocument } from '../../src/platform/managed/decide.js';
import { parseConfiguration } from '../../src/policies/configuration.js';
import { factoryPolicy } from '../../src/policies/defaults.js';
import { withKnownMembers } from '../../src/policies/device-authentication/policy-document.js';
import { migrateToFido2 } from '../../src/policies/fido2/fido2-migration.js';
import { fullPolicy } from './documents.js';
import { createWorld, DEFAULT_POLICY, ENVIRONMENT, NOW, policies, policyId, type World } from './world.js';

const environmentId = ENVIRONMENT;
const named = (name: string, isDefault = false) => factoryPolicy({ name, default: isDefault });
const command = (n: number, document: ReturnType<typeof named>, as: 'create' | 'replace') =>
  ({ environmentId, id: policyId(n), document: withKnownMembers(document), as }) as const;
const create = (world: World, n: number, document = named(`Policy ${n}`)) =>
  world.run((snapshot) => putDocument(policies, snapshot, command(n, document, 'create')));
const update = (world: World, n: number, document: ReturnType<typeof named>) =>
  world.run((snapshot) => putDocument(policies, snapshot, command(n, document, 'replace')));
const remove = (world: World, n: number) =>
  world.run((snapshot) => removeDocument(policies, snapshot, { environmentId, id: policyId(n) }));
const configurationOf = (world: World) => parseConfiguration(ENVIRONMENT, 1, world.documents);

describe('one default', () => {
  it('moves with the policy that is created as the default, and the former one keeps everything else', () => {
    const world = createWorld();
    world.now = NOW + 1000;
    expect(create(world, 2, named('New', true))).toMatchObject({ ok: true, value: { body: { default: true } } });
    const { defaultPolicy, policies } = configurationOf(world);
    expect(defaultPolicy.id).toBe(policyId(2));
    const former = policies.get(DEFAULT_POLICY);
    expect(former).toMatchObject({ default: false, createdAt: NOW, updatedAt: NOW + 1000 });
    expect(JSON.stringify(former?.document)).toBe(JSON.stringify(factoryPolicy({ default: false })));
  });

  it('moves with an update, and the former default can then be deleted', () => {
    const world = createWorld();
    create(world, 2);
    expect(update(world, 2, named('Policy 2', true))).toMatchObject({ ok: true, value: { body: { default: true } } });
    expect(remove(world, 1)).toMatchObject({ ok: true });
    expect([...configurationOf(world).policies.keys()]).toEqual([policyId(2)]);
  });

  it('is not touched by an update of the default itself', () => {
    const world = createWorld();
    const { writes } = putDocument(policies, world.snapshot(), command(1, named('Renamed', true), 'replace'));
    expect(writes).toMatchObject([
      { kind: 'put', value: { id: DEFAULT_POLICY, body: { name: 'Renamed', default: true } } },
    ]);
  });

  it('cannot be cleared or deleted', () => {
    const world = createWorld();
    create(world, 2);
    expect(update(world, 1, named('Renamed', false))).toEqual({
      ok: false,
      rejection: { kind: 'Refused', refusal: { rule: 'DefaultCannotBeCleared', target: 'default' } },
    });
    expect(remove(world, 1)).toEqual({
      ok: false,
      rejection: { kind: 'Refused', refusal: { rule: 'DefaultCannotBeDeleted' } },
    });
    expect(configurationOf(world).defaultPolicy.name).toBe('Default MFA Policy');
  });

  it('stays one, with unique names, after any sequence of commands', () => {
    const command = fc.record({
      kind: fc.constantFrom('create', 'update', 'delete'),
      target: fc.integer({ min: 1, max: 5 }),
      name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'Default MFA Policy'),
      isDefault: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        const world = createWorld();
        let created = 10;
        for (const { kind, target, name, isDefault } of commands) {
          world.now += 1;
          const before = [...configurationOf(world).policies.values()];
          const id = Number(before[(target - 1) % before.length]?.id.slice(-12));
          const outcome =
            kind === 'create'
              ? create(world, ++created, named(name, isDefault))
              : kind === 'update'
                ? update(world, id, named(name, isDefault))
                : remove(world, id);
          // Throws when there is not exactly one default.
          const after = [...configurationOf(world).policies.values()];
          expect(new Set(after.map((policy) => policy.name)).size).toBe(after.length);
          if (!outcome.ok) expect(after).toEqual(before);
          expect(after.length - before.length).toBe(outcome.ok ? { create: 1, update: 0, delete: -1 }[kind] : 0);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('a name', () => {
  it('belongs to one policy of the environment', () => {
    const world = createWorld();
    create(world, 2, named('Taken'));
    const refused = {
      ok: false,
      rejection: {
        kind: 'InvalidDocument',
        problems: [{ problem: 'taken', target: 'name', existingId: policyId(2) }],
      },
    };
    expect(create(world, 3, named('Taken'))).toEqual(refused);
    expect(update(world, 1, named('Taken', true))).toEqual(refused);
    expect(update(world, 2, named('Taken'))).toMatchObject({ ok: true });
  });

  it('is free again once its policy is deleted', () => {
    const world = createWorld();
    create(world, 2, named('Taken'));
    remove(world, 2);
    expect(create(world, 3, named('Taken'))).toMatchObject({ ok: true, value: { body: { name: 'Taken' } } });
  });

  it('is refused together with what else is wrong about the document among its neighbours', () => {
    const world = createWorld();
    const document = { ...fullPolicy(), name: 'Default MFA Policy', notificationsPolicy: { id: policyId(7) } };
    expect(create(world, 2, document)).toMatchObject({
      rejection: { problems: [{ problem: 'taken' }, { problem: 'invalid', target: 'notificationsPolicy.id' }] },
    });
  });
});

describe('what is not there', () => {
  it('is refused: policy, environment', () => {
    const world = createWorld();
    expect(update(world, 9, named('x'))).toEqual({ ok: false, rejection: { kind: 'NotFound' } });
    expect(remove(world, 9)).toEqual({ ok: false, rejection: { kind: 'NotFound' } });
    const nowhere = { now: NOW, devices: [], documents: [] };
    const missing = { writes: [], outcome: { ok: false, rejection: { kind: 'EnvironmentNotFound', environmentId } } };
    for (const as of ['create', 'replace'] as const)
      expect(putDocument(policies, nowhere, command(1, named('x'), as))).toEqual(missing);
    expect(removeDocument(policies, nowhere, { environmentId, id: policyId(1) })).toEqual(missing);
    expect(migrateToFido2(nowhere, { environmentId, migration: {} })).toEqual(missing);
  });
});

describe('a refusal', () => {
  it('writes nothing', () => {
    const world = createWorld();
    const document = named('Default MFA Policy');
    expect(putDocument(policies, world.snapshot(), command(2, document, 'create')).writes).toEqual([]);
  });
});

describe('time', () => {
  it('does not run backwards on a policy', () => {
    const world = createWorld();
    world.now = NOW - 5000;
    expect(update(world, 1, named('Renamed', true))).toMatchObject({ value: { createdAt: NOW, updatedAt: NOW } });
  });
});

describe('the FIDO2 migration', () => {
  const migrate = (
    world: World,
    ...migrationData: { deviceAuthenticationPolicyId: string; fido2PolicyId?: string }[]
  ) => world.run((snapshot) => migrateToFido2(snapshot, { environmentId, migration: { migrationData } }));
  const fido2Policy = (world: World) => world.documents.find(({ kind }) => kind === 'fido2Policy')?.id ?? '';

  it('converts nothing, because nothing legacy is stored', () => {
    const world = createWorld();
    expect(migrate(world)).toEqual({ ok: true, value: [] });
    expect(migrate(world, { deviceAuthenticationPolicyId: DEFAULT_POLICY })).toEqual({ ok: true, value: [] });
  });

  it('gives a policy the FIDO policy that is named for it, and leaves the method on or off', () => {
    const world = createWorld();
    const { fido2: _, ...withoutSection } = named('No section');
    create(world, 2, withoutSection);
    world.now = NOW + 1000;
    const fido2PolicyId = fido2Policy(world);
    const ids = [DEFAULT_POLICY, policyId(2)];
    expect(migrate(world, ...ids.map((id) => ({ deviceAuthenticationPolicyId: id, fido2PolicyId })))).toMatchObject({
      ok: true,
      value: [
        { id: DEFAULT_POLICY, body: { fido2: { ...factoryPolicy().fido2, fido2PolicyId } }, updatedAt: NOW + 1000 },
        { id: policyId(2), body: { fido2: { enabled: false, fido2PolicyId } } },
      ],
    });
    expect(configurationOf(world).policies.get(policyId(2))?.document).toEqual({
      ...withoutSection,
      fido2: { enabled: false, fido2PolicyId },
    });
  });

  it('refuses ids of policies that do not exist, and changes nothing then', () => {
    const world = createWorld();
    const before = world.documents;
    expect(
      migrate(
        world,
        { deviceAuthenticationPolicyId: DEFAULT_POLICY, fido2PolicyId: policyId(7) },
        { deviceAuthenticationPolicyId: policyId(9), fido2PolicyId: fido2Policy(world) },
      ),
    ).toMatchObject({
      rejection: {
        problems: [
          { problem: 'invalid', target: 'migrationData[0].fido2PolicyId' },
          { problem: 'invalid', target: 'migrationData[1].deviceAuthenticationPolicyId' },
        ],
      },
    });
    expect(world.documents).toEqual(before);
  });
});
