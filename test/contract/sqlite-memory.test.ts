import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceAuthentication } from '../../src/authentication/model.js';
import type { Device } from '../../src/devices/model.js';
import { Redacted, Sealed } from '../../src/kernel/sealed.js';
import type { User } from '../../src/platform/model.js';
import type { Plan, Snapshot, Write } from '../../src/storage/port.js';
import { openTestStore, type TestStore } from '../helpers/store.js';
import { keptDatabase } from './raw.js';
import { aDevice, addEnvironment, addUser, aFlow, aOneTimeFlow, commit, present, type World } from './world.js';

const CONTACT = 'contact';

interface Scene extends World {
  readonly user: User;
  readonly device: Device;
  readonly flow: DeviceAuthentication;
  readonly oneTime: DeviceAuthentication;
}

/** Each reads what it writes, as the rules of the domain do. */
const COMMANDS: Record<string, (snapshot: Snapshot, scene: Scene) => readonly Write[]> = {
  'starts a flow': ({ deviceAuthentication }, { flow }) =>
    deviceAuthentication ? [] : [{ kind: 'insert', entity: 'deviceAuthentication', value: flow }],
  'moves a flow': ({ deviceAuthentication }) =>
    deviceAuthentication
      ? [{ kind: 'update', entity: 'deviceAuthentication', value: { ...deviceAuthentication, sends: 2 } }]
      : [],
  'counts a failure': ({ factors }) => [
    {
      kind: 'update',
      entity: 'factors',
      value: { ...present(factors), lockoutFailures: present(factors).lockoutFailures + 1 },
    },
  ],
  'pairs a device': ({ factors, user }) => [
    { kind: 'update', entity: 'factors', value: present(factors) },
    { kind: 'put', entity: 'device', value: aDevice(present(user)) },
  ],
  'removes a device': ({ factors, devices }) => [
    { kind: 'update', entity: 'factors', value: present(factors) },
    ...devices.slice(0, 1).map((value): Write => ({ kind: 'delete', entity: 'device', value })),
  ],
  'disables the user': ({ user }) => [{ kind: 'update', entity: 'user', value: { ...present(user), enabled: false } }],
  'counts at the contact': ({ destination }) => [
    {
      kind: 'update',
      entity: 'destination',
      value: { ...present(destination), oneTimeFailures: present(destination).oneTimeFailures + 1 },
    },
  ],
};

const plansOf = ({ environmentId, user, flow, oneTime }: Scene): readonly Plan[] => [
  { environmentId, user: user.id },
  { environmentId, user: user.id, destination: CONTACT },
  { environmentId, deviceAuthentication: flow.id },
  { environmentId, deviceAuthentication: oneTime.id },
];

/** As a reader sees it: a contact is the same, sealed or not, wherever its ciphertext came from. */
async function seen({ store, keyring }: TestStore, scene: Scene): Promise<unknown> {
  const snapshots = await Promise.all(plansOf(scene).map((plan) => store.load(plan)));
  return JSON.parse(
    JSON.stringify(
      snapshots.map(({ configuration: _, devices, ...snapshot }) => ({
        ...snapshot,
        devices: devices.map(({ secret, ...device }) => ({ ...device, contact: secret && keyring.vault.open(secret) })),
      })),
      (_, value: unknown) => (value instanceof Redacted || value instanceof Sealed ? 'protected' : value),
    ),
  );
}

describe('what the embedded database keeps in memory', () => {
  it('is what a store that has just opened the file reads, after any commands, undone ones too (SEC-77)', async () => {
    const commands = fc.array(fc.record({ name: fc.constantFrom(...Object.keys(COMMANDS)), isUndone: fc.boolean() }), {
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(commands, async (list) => {
        await using kept = await keptDatabase('sqlite');
        let scene: Scene;
        let warm: unknown;
        {
          await using test = await openTestStore({ database: kept.database });
          const world = await addEnvironment(test.store);
          const { user, device } = await addUser(test.store, world);
          scene = {
            ...world,
            user,
            device,
            flow: aFlow(world, user, device),
            oneTime: aOneTimeFlow(world, user, CONTACT),
          };
          const { environmentId, oneTime } = scene;
          await commit(test.store, environmentId, { kind: 'insert', entity: 'deviceAuthentication', value: oneTime });
          await seen(test, scene);
          for (const { name, isUndone } of list) await run(test, scene, name, isUndone);
          warm = await seen(test, scene);
        }
        await using cold = await openTestStore({ database: kept.database });
        expect(warm).toEqual(await seen(cold, scene));
      }),
      { numRuns: 30 },
    );
  });
});

/** An undone command fails after it wrote, because it inserts what is there; its whole batch is taken back. */
async function run({ store }: TestStore, scene: Scene, name: string, isUndone: boolean): Promise<void> {
  const { environmentId, user, flow } = scene;
  const plan: Plan = /flow/.test(name)
    ? { environmentId, deviceAuthentication: flow.id }
    : { environmentId, user: user.id, destination: CONTACT };
  const unit = store.transact(plan, (snapshot) => {
    const writes = COMMANDS[name]?.(snapshot, scene) ?? [];
    const twice: Write = { kind: 'insert', entity: 'deviceAuthentication', value: scene.oneTime };
    return { outcome: undefined, writes: isUndone ? [...writes, twice] : writes };
  });
  if (isUndone) await expect(unit).rejects.toThrow();
  else await unit;
}
