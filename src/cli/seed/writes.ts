import type { AuditEvent } from '../../audit/record.js';
import { eventOf } from '../../devices/answer.js';
import { KINDS } from '../../devices/kinds/index.js';
import type { DeviceKind } from '../../devices/kinds/kind.js';
import type { Device } from '../../devices/model.js';
import type { Instant } from '../../kernel/clock.js';
import type { Digests } from '../../kernel/keys.js';
import { Redacted } from '../../kernel/sealed.js';
import { applicationDocument } from '../../platform/applications/application.js';
import { sealable } from '../../platform/applications/application-secret.js';
import type { EnvironmentId } from '../../platform/model.js';
import { provisionEnvironment } from '../../policies/provisioning.js';
import type { Write } from '../../storage/port.js';
import type { ServerFacts, WorldClient, WorldDevice, WorldEnvironment, WorldUser } from './world.js';

/** An environment with its clients, and none of its users. Pure. */
export function environmentWrites(
  { environment, clients }: WorldEnvironment,
  facts: ServerFacts,
  now: Instant,
): readonly Write[] {
  const { id: environmentId } = environment;
  return [
    ...provisionEnvironment({ ...environment, ...facts }, now),
    ...clients.map((client) => clientWrite(client, environmentId, now)),
    ...recordOf(
      environmentId,
      now,
      clients.map(({ application }) => ({
        type: 'APPLICATION.CREATED',
        environmentId,
        detail: { applicationId: application.id },
      })),
    ),
  ];
}

/** Users of an environment with their devices. Pure. */
export function usersWrites(
  { environment }: Pick<WorldEnvironment, 'environment'>,
  users: readonly WorldUser[],
  digests: Digests,
  now: Instant,
): readonly Write[] {
  const { id: environmentId, population } = environment;
  const writes: Write[] = [];
  const events: AuditEvent[] = [];
  for (const user of users) {
    const owner = { environmentId, userId: user.id };
    // A millisecond apart, so that they are listed by creation in the order they were given.
    const devices = user.devices.map((device, at) => deviceOf(device, owner, digests, now + at));
    writes.push(userWrite(user, environmentId, population.id, now));
    for (const device of devices) writes.push({ kind: 'put', entity: 'device', value: device });
    events.push({ type: 'USER.CREATED', ...owner });
    for (const device of devices) events.push(eventOf(device, 'DEVICE.CREATED'), eventOf(device, 'DEVICE.ACTIVATED'));
  }
  return [...writes, ...recordOf(environmentId, now, events)];
}

/** Events of one record: a step of a big seed makes many. */
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

function clientWrite(client: WorldClient, environmentId: EnvironmentId, now: Instant): Write {
  const { application, secret, secretLife } = client;
  const at = { createdAt: now, updatedAt: now };
  const kept =
    secretLife === undefined ? new Redacted(secret) : sealable({ current: secret, currentUntil: now + secretLife });
  const value = applicationDocument({ ...application, environmentId }, kept, at);
  return { kind: 'put', entity: 'document', value };
}

function userWrite(
  { id, username, enabled, mfaEnabled, profile, devices }: WorldUser,
  environmentId: EnvironmentId,
  populationId: WorldEnvironment['environment']['population']['id'],
  now: Instant,
): Write {
  const times = { createdAt: now, updatedAt: now };
  return {
    kind: 'insert',
    entity: 'user',
    value: { id, environmentId, version: 1, populationId, username, enabled, profile, ...times },
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
  };
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
