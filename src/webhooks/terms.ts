import { type Activity, resourcesOf } from '../audit/activity.js';
import type { Instant, Millis } from '../kernel/clock.js';
import { days } from '../kernel/duration.js';
import type { Vault } from '../kernel/keys.js';
import type { NamedActivity } from '../platform/activities.js';
import { withSecrets } from '../platform/managed/secrets.js';
import type { StoredDocument } from '../platform/model.js';
import { isSubscription, MOST_EVENTS, SEALED_MEMBERS, type SubscriptionDocument } from '../platform/subscriptions.js';

/** How long an event waits for a receiver that does not take it (`00` §11.5). */
const LONGEST_WAIT: Millis = days(7);
/** The same while the subscription may have been disabled. */
const LONGEST_SUSPENSION: Millis = days(14);

/** A subscription as the sender takes it: every default in its place. */
export interface Terms {
  readonly document: SubscriptionDocument;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly mostEvents: number;
  readonly mostBytes: number;
  /** When it was last changed: until then it may have been disabled. */
  readonly changedAt: Instant;
  readonly types: ReadonlySet<string>;
}

/** What a stored subscription says, its headers opened. Throws when it is none, or does not open. */
export function termsOf({ body, secret, updatedAt }: StoredDocument, vault: Pick<Vault, 'open'>): Terms {
  const document = secret ? withSecrets(body, vault.open(secret), SEALED_MEMBERS) : body;
  const endpoint = isSubscription(document) ? (document.connectionDetails ?? document.httpEndpoint) : undefined;
  if (!isSubscription(document) || !endpoint) throw new TypeError('a subscription does not decode');
  const { type, size } = document.payloadOptions?.maximumPayloadLimit ?? {};
  const isBytes = type === 'KB_PER_PAYLOAD';
  return {
    document,
    url: endpoint.url,
    headers: endpoint.headers ?? {},
    mostEvents: isBytes ? MOST_EVENTS : (size ?? MOST_EVENTS),
    mostBytes: isBytes && size !== undefined ? size * 1024 : Number.POSITIVE_INFINITY,
    changedAt: updatedAt,
    types: new Set(document.filterOptions.includedActionTypes),
  };
}

/**
 * Whether an event is one for these terms, as far as it tells without looking anybody up: its type is named, and one of the
 * applications acts in it or is what it is about. A tag that is asked for no event has.
 */
export function isIncluded({ types, document }: Terms, { record, event }: Activity): boolean {
  if (!types.has(event.type)) return false;
  const { includedApplications = [], includedTags = [] } = document.filterOptions;
  if (includedTags.length > 0) return false;
  if (includedApplications.length === 0) return true;
  const about = resourcesOf(event).flatMap(({ type, id }) => (type === 'APPLICATION' ? [id] : []));
  return includedApplications.some(({ id }) => id === record.by.clientId || about.some((other) => other === id));
}

/** Whether its user, or what it is about, is in one of the populations; populations are those of now. */
export function isInPopulations({ document }: Terms, { activity: { event }, users }: NamedActivity): boolean {
  const { includedPopulations = [] } = document.filterOptions;
  if (includedPopulations.length === 0) return true;
  const own = event.userId && users.get(event.userId)?.populationId;
  const about = resourcesOf(event).flatMap(({ type, id }) => (type === 'POPULATION' ? [id] : []));
  return includedPopulations.some(({ id }) => id === own || about.some((other) => other === id));
}

/** Whether an event has waited so long that it is dropped (`00` §11.5). */
export function isExpired({ changedAt }: Terms, { record }: Activity, now: Instant): boolean {
  return record.at < now - (record.at <= changedAt ? LONGEST_SUSPENSION : LONGEST_WAIT);
}
