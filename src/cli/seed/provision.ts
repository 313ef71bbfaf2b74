import type { AuditEvent } from '../../audit/record.js';
import { KINDS } from '../../devices/kinds/index.js';
import type { DeviceKind } from '../../devices/kinds/kind.js';
import type { Device } from '../../devices/model.js';
import type { Instant } from '../../kernel/clock.js';
import type { Uuid } from '../../kernel/ids.js';
import type { Digests } from '../../kernel/keys.js';
import { Redacted } from '../../kernel/sealed.js';
import { applicationDocument } from '../../platform/application.js';
import type { EnvironmentId } from '../../platform/model.js';
import { createSigningKey } from '../../platform/signing-key.js';
import { relyingPartyIdOf } from '../../policies/fido2-policy-document.js';
import { type NewEnvironment, provisionEnvironment } from '../../policies/provisioning.js';
import type { Write } from '../../storage/port.js';
import type { Server } from '../composition.js';
import { CommandError } from '../terminal.js';
import type { World, WorldClient, WorldDevice, WorldEnvironment, WorldUser } from './world.js';

/**
 * Creates the environments that are not there yet, each with all that belongs to it or not at all: a start that is interrupted
 * leaves nothing half made, and of two that happen at once on one database one creates. Returns the names of those that were there.
 */
export async function provisionWorld(
  { store, random, digests, urls }: Pick<Server, 'store' | 'random' | 'digests' | 'urls'>,
  world: World,
): Promise<readonly string[]> {
  const present: string[] = [];
  const relyingPartyId = relyingPartyIdOf(urls.authPath);
  for (const made of world.environments) {
    const { id, name } = made.environment;
    const { environment: found } = await store.load({ environmentId: id });
    if (found) {
      present.push(name);
      continue;
    }
    const facts = { signingKey: createSigningKey(random.uuid()), relyingPartyId };
    // Another process may have been faster.
    const plan = { environmentId: id, environmentName: { organizationId: made.environment.organizationId, name } };
    const outcome = await store.transact(plan, ({ environment, environmentNameHolder, now }) => {
      if (environment) return { writes: [], outcome: 'present' as const };
      if (environmentNameHolder) return { writes: [], outcome: 'taken' as const };
      return { writes: environmentWrites(made, facts, digests, now), outcome: 'made' as const };
    });
    if (outcome === 'taken')
      throw new CommandError(
        `the database has another environment ${JSON.stringify(name)}: rename or delete one, or begin with another database.`,
      );
    if (outcome === 'present') present.push(name);
  }
  return present;
}

/** The write set of an environment with its users, devices and clients. Pure. */
export function environmentWrites(
  { environment, users, clients }: WorldEnvironment,
  facts: Pick<NewEnvironment, 'signingKey' | 'relyingPartyId'>,
  digests: Digests,
  now: Instant,
): readonly Write[] {
  const { id, population } = environment;
  return [
    ...provisionEnvironment({ ...environment, ...facts }, now),
    ...clients.map((client) => clientWrite(client, id, now)),
    ...users.flatMap((user) => userWrites(user, id, population.id, digests, now)),
    ...recordOf(id, now, [
      ...clients.map(({ application }) => clientEvent(id, application.id)),
      ...users.flatMap((user) => userEvents(id, user)),
    ]),
  ];
}

/** Events of one record: a big seed makes many. */
const RECORD_EVENTS = 500;

/** What the seed brings along is on record as if it had been created one by one. */
function recordOf(environmentId: EnvironmentId, at: Instant, events: readonly AuditEvent[]): readonly Write[] {
  const writes: Write[] = [];
  for (let from = 0; from < events.length; from += RECORD_EVENTS) {
    const value = { environmentId, at, by: {}, events: events.slice(from, from + RECORD_EVENTS) };
    writes.push({ kind: 'append', entity: 'audit', value });
  }
  return writes;
}

const clientEvent = (environmentId: EnvironmentId, applicationId: Uuid): AuditEvent => ({
  type: 'APPLICATION.CREATED',
  environmentId,
  detail: { applicationId },
});

const userEvents = (environmentId: EnvironmentId, { id: userId, devices }: WorldUser): readonly AuditEvent[] => [
  { type: 'USER.CREATED', environmentId, userId },
  ...devices.flatMap(({ id: deviceId, seed }) =>
    (['DEVICE.CREATED', 'DEVICE.ACTIVATED'] as const).map((type) => ({
      type,
      environmentId,
      userId,
      deviceId,
      detail: { deviceType: seed.type },
    })),
  ),
];

function clientWrite({ application, secret }: WorldClient, environmentId: EnvironmentId, now: Instant): Write {
  const at = { createdAt: now, updatedAt: now };
  const value = applicationDocument({ ...application, environmentId }, new Redacted(secret), at);
  return { kind: 'put', entity: 'document', value };
}

function userWrites(
  { id, username, enabled, mfaEnabled, profile, devices }: WorldUser,
  environmentId: EnvironmentId,
  populationId: WorldEnvironment['environment']['population']['id'],
  digests: Digests,
  now: Instant,
): readonly Write[] {
  return [
    {
      kind: 'insert',
      entity: 'user',
      value: {
        id,
        environmentId,
        version: 1,
        populationId,
        username,
        enabled,
        profile,
        createdAt: now,
        updatedAt: now,
      },
      factors: {
        userId: id,
        environmentId,
        version: 1,
        mfaEnabled,
        lockoutFailures: 0,
        ceilings: {},
        lockEpochs: {},
        deviceOrder: devices.map((device) => device.id),
      },
    },
    // A millisecond apart, so that they are listed by creation in the order they were given.
    ...devices.map(
      (device, at): Write => ({
        kind: 'put',
        entity: 'device',
        value: deviceOf(device, { environmentId, userId: id }, digests, now + at),
      }),
    ),
  ];
}

/** An active device, as an administrator's `POST` without `status` makes it (`20` §3.2). */
function deviceOf(
  { id, seed }: WorldDevice,
  owner: Pick<Device, 'environmentId' | 'userId'>,
  digests: Digests,
  now: Instant,
): Device {
  const kind: DeviceKind = KINDS[seed.type];
  const parsed = kind.parseMembers(seed);
  if (!parsed.ok) throw new TypeError(`device ${id} of the seed was not checked when it was read`);
  const { secret, lookup, details } = parsed.value;
  return {
    id,
    ...owner,
    type: seed.type,
    status: 'ACTIVE',
    ...(seed.nickname === undefined ? {} : { nickname: seed.nickname }),
    ...(secret === undefined ? {} : { secret: new Redacted(secret) }),
    ...(lookup === undefined ? {} : { lookupKey: digests.contact(owner.environmentId, lookup) }),
    details,
    testMode: seed.testMode ?? false,
    codeEpoch: 0,
    activatedAt: now,
    createdAt: now,
    updatedAt: now,
  };
}
