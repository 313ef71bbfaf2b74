import type { JsonObject } from '../kernel/json.js';
import type { SubscriptionDocument } from '../platform/subscriptions.js';

/** How a payload is put together. */
export interface Layout {
  readonly contentType: string;
  /** One event of it. */
  event(activity: JsonObject): string;
  /** All of it. */
  join(events: readonly string[]): string;
}

/** Of an activity that is shown: when it was recorded. */
const recordedAt = (activity: JsonObject): number => Date.parse(String(activity['recordedAt']));

/** What the receivers of each format expect of an event; the activity is in each of them whole. */
const ENVELOPES: Readonly<Record<NonNullable<SubscriptionDocument['format']>, (activity: JsonObject) => JsonObject>> = {
  ACTIVITY: (activity) => activity,
  // HTTP Event Collector: seconds since 1970, and the event.
  SPLUNK: (activity) => ({ time: recordedAt(activity) / 1000, source: 'postern', event: activity }),
  // Log API: milliseconds since 1970, a text, and attributes.
  NEWRELIC: (activity) => ({
    timestamp: recordedAt(activity),
    message: textAt(activity, 'result', 'description'),
    attributes: activity,
  }),
};

function textAt(activity: JsonObject, member: string, below: string): string {
  const value = activity[member];
  return typeof value === 'object' && value !== null && below in value ? String(Reflect.get(value, below)) : '';
}

/**
 * The layout of a subscription's payloads (wire: `00` §11.5): an array, or an event a line; events of the HTTP Event Collector stand
 * one behind the other in any case, and logs in an array.
 */
export function layoutOf({ format = 'ACTIVITY', payloadOptions }: SubscriptionDocument): Layout {
  const { format: asked = 'JSON_ARRAY', prettyPrint = false } = payloadOptions?.payloadFormat?.https ?? {};
  const envelope = ENVELOPES[format];
  const isLines = format === 'SPLUNK' || (format === 'ACTIVITY' && asked === 'ND_JSON');
  if (isLines)
    return {
      contentType: format === 'SPLUNK' ? 'application/json' : 'application/x-ndjson',
      event: (activity) => JSON.stringify(envelope(activity)),
      join: (events) => `${events.join('\n')}\n`,
    };
  return {
    contentType: 'application/json',
    event: (activity) => JSON.stringify(envelope(activity), null, prettyPrint ? 2 : 0),
    join: (events) => (prettyPrint ? `[\n${events.join(',\n')}\n]` : `[${events.join(',')}]`),
  };
}
