import { randomBytes } from 'node:crypto';
import type { DeviceAuthentication } from '../../src/authentication/model.js';
import type { OutboxMessage } from '../../src/delivery/message.js';
import type { Device } from '../../src/devices/model.js';
import type { Instant } from '../../src/kernel/clock.js';
import type { Uuid } from '../../src/kernel/ids.js';
import { createSystemRandom } from '../../src/kernel/random.js';
import { Redacted } from '../../src/kernel/sealed.js';
import type { User, UserFactors } from '../../src/platform/model.js';
import { provisionEnvironment } from '../../src/policies/provisioning.js';
import type { Decision, Snapshot, Write } from '../../src/storage/port.js';
import type { SqlStore } from '../../src/storage/sql/store.js';
import { openTestStore, TEST_TIME, type TestStore, type TestStoreOptions } from '../helpers/store.js';

const random = createSystemRandom();
export const uuid = (): Uuid => random.uuid();
export const flowId = (at: Instant = TEST_TIME): Uuid => random.timeOrderedUuid(at);

/** Every database the contract holds for. */
export const DATABASES = [
  { name: 'SQLite file', open: (options: TestStoreOptions = {}) => openTestStore({ ...options, kind: 'sqlite' }) },
  {
    name: 'SQLite in memory',
    open: (options: TestStoreOptions = {}) =>
      openTestStore({ ...options, database: { kind: 'sqlite', file: ':memory:' } }),
  },
  { name: 'PostgreSQL', open: (options: TestStoreOptions = {}) => openTestStore({ ...options, kind: 'postgres' }) },
] as const;

export interface World {
  readonly environmentId: Uuid;
  readonly policyId: Uuid;
}

/** A new environment with the factory policy, settings and a signing key. */
export async function addEnvironment(store: SqlStore, name = 'Test', environmentId = uuid()): Promise<World> {
  const policyId = uuid();
  await store.transact({ environmentId }, ({ now }) => ({
    outcome: undefined,
    writes: provisionEnvironment(
      {
        id: environmentId,
        name,
        type: 'SANDBOX',
        region: 'EU',
        organizationId: uuid(),
        licenseId: uuid(),
        population: { id: uuid() },
        defaultPolicy: { id: policyId },
        relyingPartyId: 'example.test',
        signingKey: { id: uuid(), publicJwk: { kty: 'EC' }, privateJwk: new Redacted('{"d":"private"}') },
      },
      now,
    ),
  }));
  return { environmentId, policyId };
}

export function aUser(environmentId: Uuid, over: Partial<User> = {}): User {
  const id = over.id ?? uuid();
  return {
    id,
    environmentId,
    version: 1,
    populationId: environmentId,
    username: `user-${id}`,
    enabled: true,
    profile: { email: 'someone@example.com' },
    createdAt: TEST_TIME,
    updatedAt: TEST_TIME,
    ...over,
  };
}

export function someFactors({ environmentId, id }: User): UserFactors {
  return {
    userId: id,
    environmentId,
    version: 1,
    mfaEnabled: true,
    lockoutFailures: 0,
    ceilings: {},
    lockEpochs: {},
    deviceOrder: null,
  };
}

export function aDevice(user: Pick<User, 'id' | 'environmentId'>, over: Partial<Device> = {}): Device {
  return {
    id: uuid(),
    environmentId: user.environmentId,
    userId: user.id,
    type: 'EMAIL',
    status: 'ACTIVE',
    secret: new Redacted('someone@example.com'),
    lookupKey: 'lookup',
    details: { masked: 's*****@example.com' },
    testMode: false,
    codeEpoch: 0,
    activatedAt: TEST_TIME,
    createdAt: TEST_TIME,
    updatedAt: TEST_TIME,
    ...over,
  };
}

export function insertUser(user: User, devices: readonly Device[] = []): readonly Write[] {
  return [
    { kind: 'insert', entity: 'user', value: user, factors: someFactors(user) },
    ...devices.map((value): Write => ({ kind: 'put', entity: 'device', value })),
  ];
}

/** A user with one e-mail device. */
export async function addUser(
  store: SqlStore,
  { environmentId }: World,
  over: Partial<User> = {},
): Promise<{ readonly user: User; readonly device: Device }> {
  const user = aUser(environmentId, over);
  const device = aDevice(user);
  await store.transact({ environmentId, username: user.username }, () => ({
    outcome: undefined,
    writes: insertUser(user, [device]),
  }));
  return { user, device };
}

/** A flow that waits for a code sent to the device. */
export function aFlow({ environmentId, policyId }: World, user: User, device: Device): DeviceAuthentication {
  return {
    id: flowId(),
    environmentId,
    version: 1,
    userId: user.id,
    policyId,
    state: {
      status: 'OTP_REQUIRED',
      selected: { kind: 'device', id: device.id, type: device.type },
      accountEpoch: 0,
      code: {
        digest: 'digest',
        length: 6,
        issuedAt: TEST_TIME,
        expiresAt: TEST_TIME + 600_000,
        sendNumber: 1,
        epoch: device.codeEpoch,
      },
    },
    sends: 1,
    createdAt: TEST_TIME,
    updatedAt: TEST_TIME,
    expiresAt: TEST_TIME + 1_800_000,
  };
}

/** The same flow, its code sent to a contact of the request's. */
export function aOneTimeFlow(world: World, user: User, contactKey: string): DeviceAuthentication {
  const flow = aFlow(world, user, aDevice(user));
  if (flow.state.status !== 'OTP_REQUIRED') throw new Error('a flow begins by asking for a code');
  return {
    ...flow,
    state: {
      ...flow.state,
      selected: {
        kind: 'oneTime',
        type: 'SMS',
        contactKey,
        maskedContact: '*******89',
        testMode: false,
      },
    },
  };
}

export function aMessage(environmentId: Uuid, userId: Uuid, over: Partial<OutboxMessage> = {}): OutboxMessage {
  return {
    id: flowId(over.createdAt),
    environmentId,
    channel: 'EMAIL',
    userId,
    content: new Redacted('{"otp":"123456"}'),
    deadline: TEST_TIME + 600_000,
    createdAt: TEST_TIME,
    ...over,
  };
}

export async function commit(store: SqlStore, environmentId: Uuid, ...writes: Write[]): Promise<void> {
  await store.transact({ environmentId }, () => ({ outcome: undefined, writes }));
}

/** An environment, a user with a device and an open flow. */
export async function arrange(
  test: TestStore,
): Promise<World & { user: User; device: Device; flow: DeviceAuthentication }> {
  const world = await addEnvironment(test.store);
  const { user, device } = await addUser(test.store, world);
  const flow = aFlow(world, user, device);
  await commit(test.store, world.environmentId, { kind: 'insert', entity: 'deviceAuthentication', value: flow });
  return { ...world, user, device, flow };
}

/** What a snapshot must hold for a test to go on. */
export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('missing from the snapshot');
  return value;
}

/** The limit of the model below. */
export const LIMIT = 3;
export type Verdict = 'right' | 'wrong' | 'refused';

/**
 * A small model of a check, faithful in what it guards: right or wrong, it updates the flow and updates or expects the user's
 * factors, where the failures of all flows are counted; at the limit nothing is compared any more.
 */
export function guess(isRight: boolean): (snapshot: Snapshot) => Decision<{ verdict: Verdict; left: number }> {
  return (snapshot) => {
    const flow = present(snapshot.deviceAuthentication);
    const factors = present(snapshot.factors);
    const failures = factors.lockoutFailures;
    if (flow.state.status !== 'OTP_REQUIRED' || failures >= LIMIT)
      return { writes: [], outcome: { verdict: 'refused', left: 0 } };
    const left = LIMIT - failures - (isRight ? 0 : 1);
    if (isRight)
      return {
        outcome: { verdict: 'right', left },
        writes: [
          {
            kind: 'update',
            entity: 'deviceAuthentication',
            value: {
              ...flow,
              state: { status: 'COMPLETED', selected: flow.state.selected, authenticators: ['mfa', 'email'] },
            },
          },
          { kind: 'expect', entity: 'factors', value: factors },
        ],
      };
    return {
      outcome: { verdict: 'wrong', left },
      writes: [
        { kind: 'update', entity: 'deviceAuthentication', value: flow },
        { kind: 'update', entity: 'factors', value: { ...factors, lockoutFailures: failures + 1 } },
      ],
    };
  };
}

/** Bytes of a master key that several processes share. */
export const newMasterKey = (): string => randomBytes(32).toString('hex');
