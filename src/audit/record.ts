import type { Instant } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import { isJsonObject, type JsonObject } from '../kernel/json.js';
import { type ActionType, isActionType } from './action.js';

/** On whose behalf something happens: the client behind the token, and its request. Neither: the server itself. */
export interface Requester {
  readonly clientId?: Uuid;
  readonly correlationId?: Uuid;
}

/** Whom and what an event concerns. */
export interface Subject {
  readonly userId?: Uuid | undefined;
  readonly deviceId?: Uuid | undefined;
  readonly deviceAuthenticationId?: Uuid | undefined;
}

/** One thing that happened. Ids and words only: never a code, a contact or a name (SEC-71, SEC-74). */
export interface AuditEvent extends Subject {
  readonly type: ActionType;
  readonly environmentId: Uuid;
  readonly detail?: Readonly<Record<string, string | number | boolean>> | undefined;
}

/** What one unit of work did, in the write set that does it (SEC-73): at least one event. */
export interface AuditRecord {
  readonly environmentId: Uuid;
  readonly at: Instant;
  readonly by: Requester;
  readonly events: readonly AuditEvent[];
}

const quoted = (name: string, id: string | undefined): string => (id === undefined ? '' : `,"${name}":"${id}"`);

function encodeSubject({ userId, deviceId, deviceAuthenticationId }: Subject): string {
  return quoted('user', userId) + quoted('device', deviceId) + quoted('flow', deviceAuthenticationId);
}

/**
 * The record as one line of JSON without its environment. The subject of the first event stands for all; an event that has
 * another brings it along. Put together by hand, because it is on the hot path: ids and types need no escaping, and what does
 * is left to `JSON.stringify`, which writes no line breaks.
 */
export function encodeRecord({ at, by, events }: AuditRecord): string {
  const [first] = events;
  const common = first ? encodeSubject(first) : '';
  let list = '';
  for (const event of events) {
    const own = event === first ? common : encodeSubject(event);
    const { type, detail } = event;
    if (list !== '') list += ',';
    if (own !== common) list += `["${type}",${JSON.stringify(detail ?? {})},{${own.slice(1)}}]`;
    else list += detail ? `["${type}",${JSON.stringify(detail)}]` : `"${type}"`;
  }
  return `{"at":${at}${quoted('client', by.clientId)}${quoted('correlation', by.correlationId)}${common},"events":[${list}]}`;
}

/** Reads a line back; `undefined` when it is none that `encodeRecord` writes. */
export function decodeRecord(environmentId: Uuid, line: string): AuditRecord | undefined {
  const parsed = parseObject(line);
  const { at, client, correlation, events } = parsed ?? {};
  if (!parsed || typeof at !== 'number' || !Array.isArray(events)) return undefined;
  const by = { ...optional('clientId', client), ...optional('correlationId', correlation) };
  const decoded: AuditEvent[] = [];
  for (const event of events) {
    const [type, detail, subject]: readonly unknown[] = Array.isArray(event) ? event : [event];
    if (typeof type !== 'string' || !isActionType(type)) return undefined;
    decoded.push({
      type,
      environmentId,
      ...decodeSubject(isJsonObject(subject) ? subject : parsed),
      // Written from a detail, and signed since.
      ...(isJsonObject(detail) ? { detail: detail as NonNullable<AuditEvent['detail']> } : {}),
    });
  }
  return { environmentId, at, by, events: decoded };
}

function parseObject(line: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Ids are in the trail as they were in the event, and the chain vouches for the text. */
function optional<N extends string>(name: N, value: unknown): { readonly [K in N]?: Uuid } {
  return (typeof value === 'string' ? { [name]: value } : {}) as { readonly [K in N]?: Uuid };
}

function decodeSubject({ user, device, flow }: JsonObject): Subject {
  return {
    ...optional('userId', user),
    ...optional('deviceId', device),
    ...optional('deviceAuthenticationId', flow),
  };
}
