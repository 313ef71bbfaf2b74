import type { Instant } from '../kernel/clock.js';
import { type Uuid, uuidOf } from '../kernel/ids.js';
import { sha256 } from '../kernel/keys.js';
import { type Block, linesOf } from './chain.js';
import { type AuditEvent, type AuditRecord, decodeRecord } from './record.js';

/** One event of a sealed record, as the API shows it (wire: `00` §11.3). */
export interface Activity {
  readonly id: Uuid;
  /** Place of the record in its chain, and of the event in its record. */
  readonly seq: number;
  readonly index: number;
  readonly record: AuditRecord;
  readonly event: AuditEvent;
  readonly sealedAt: Instant;
}

/** Events that an id can tell apart in one record. */
const MOST_EVENTS = 0x1000;

/**
 * The id of an activity: its place in the chain, so that it needs no column and no index, and a digest of it that makes the id
 * unique among environments. A UUIDv8 (RFC 9562 §5.8).
 */
export function activityId(environmentId: Uuid, seq: number, index: number): Uuid {
  const digest = Buffer.from(sha256(`${environmentId}:${seq}:${index}`), 'base64url').toString('hex');
  const place = seq.toString(16).padStart(12, '0');
  const event = (index % MOST_EVENTS).toString(16).padStart(3, '0');
  return uuidOf(`${place.slice(0, 8)}-${place.slice(8)}-8${event}-a${digest.slice(0, 3)}-${digest.slice(3, 15)}`);
}

/** The place behind an id; `undefined` when it is none of this environment's. */
export function placeOf(environmentId: Uuid, id: Uuid): { readonly seq: number; readonly index: number } | undefined {
  const [seq, index] = [Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16), Number.parseInt(id.slice(15, 18), 16)];
  return activityId(environmentId, seq, index) === id ? { seq, index } : undefined;
}

/** The events of a block in their order. What does not decode is left out here: to find it is the verifier's business. */
export function activitiesOf(block: Block): readonly Activity[] {
  const { environmentId, firstSeq, sealedAt } = block;
  return linesOf(block).flatMap(({ record: line }, at) => {
    const record = decodeRecord(environmentId, line);
    const seq = firstSeq + at;
    return (record?.events ?? []).flatMap((event, index) =>
      record ? [{ id: activityId(environmentId, seq, index), seq, index, record, event, sealedAt }] : [],
    );
  });
}

/** What an activity is about (wire: `10` §16, `00` §11.3). */
export interface Resource {
  readonly type: string;
  readonly id: Uuid;
}

/** Members of an event's detail that are ids of configuration objects, and what these are called. */
const OBJECTS = {
  policyId: 'DEVICE_AUTHENTICATION_POLICY',
  populationId: 'POPULATION',
  applicationId: 'APPLICATION',
  keyId: 'KEY',
} as const;

export function resourcesOf({ type, environmentId, detail, ...subject }: AuditEvent): readonly Resource[] {
  const resources: Resource[] = [];
  const { userId, deviceId, deviceAuthenticationId } = subject;
  if (userId) resources.push({ type: 'USER', id: userId });
  if (deviceId) resources.push({ type: 'DEVICE', id: deviceId });
  if (deviceAuthenticationId) resources.push({ type: 'DEVICE_AUTHENTICATION', id: deviceAuthenticationId });
  for (const [member, name] of Object.entries(OBJECTS)) {
    const id = detail?.[member];
    // Only our own code writes these members, from ids.
    if (typeof id === 'string') resources.push({ type: name, id: id as Uuid });
  }
  // What is managed is called as in the action's own name.
  if (typeof detail?.['id'] === 'string')
    resources.push({ type: type.slice(0, type.indexOf('.')), id: detail['id'] as Uuid });
  if (resources.length === 0) resources.push({ type: 'ENVIRONMENT', id: environmentId });
  return resources;
}

/** The user who acts: whoever authenticates does it through the client (wire: `00` §11.3); management is the client's own. */
export function actingUser({ userId, deviceAuthenticationId, type }: AuditEvent): Uuid | undefined {
  return deviceAuthenticationId && !type.startsWith('NOTIFICATION.') ? userId : undefined;
}
