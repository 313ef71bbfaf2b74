import type { Instant, Millis } from '../kernel/clock.js';
import { minutes } from '../kernel/duration.js';
import type { AuditEvent, AuditRecord, Requester } from './record.js';

/** Between two records of one kind of refusal (SEC-72). */
const PAUSE: Millis = minutes(1);
/** Kinds that are told apart; beyond, those of one environment and reason are counted together, whomever they concern. */
const MOST_KINDS = 10_000;
/** Of those too; beyond, refusals are only counted. */
const MOST_IN_ALL = 12_000;

interface Counted {
  readonly event: AuditEvent;
  readonly by: Requester;
  count: number;
  since: Instant;
  recordedAt: Instant | undefined;
}

/**
 * Refusals that change nothing cost no commit: they are counted in memory, and each kind (environment, event, reason, and flow or
 * user or client) is put on record at most once a minute, the first at once (SEC-72). A crash loses what was counted since.
 */
export class Refusals {
  readonly #kinds = new Map<string, Counted>();
  readonly #now: () => Instant;
  #lost = 0;

  constructor(now: () => Instant) {
    this.#now = now;
  }

  /** Refusals that nothing could be kept of, since the start. */
  get lost(): number {
    return this.#lost;
  }

  /** Counts a refusal; costs a look into a map. */
  note(event: AuditEvent, by: Requester): void {
    const kind = kindOf(event, by);
    const known = this.#kinds.get(kind);
    if (known) this.#again(known);
    else if (this.#kinds.size < MOST_KINDS) this.#begin(kind, event, by);
    else this.#noteTogether(event);
  }

  /** What was taken and could not be put on record is counted again. */
  giveBack(records: readonly AuditRecord[]): void {
    for (const { events, by } of records)
      for (const event of events) {
        const known = this.#kinds.get(kindOf(event, by));
        const count = Number(event.detail?.['count'] ?? 0);
        if (!known) {
          this.#lost += count;
          continue;
        }
        known.count += count;
        known.since = Number(event.detail?.['since'] ?? known.since);
        known.recordedAt = undefined;
      }
  }

  /** Nothing is kept that a client chooses: whoever makes up ids of users, flows or clients takes one place with all of them. */
  #noteTogether({ type, environmentId, detail }: AuditEvent): void {
    const { operation, reason } = detail ?? {};
    const common = { ...(operation === undefined ? {} : { operation }), ...(reason === undefined ? {} : { reason }) };
    const event = { type, environmentId, detail: common };
    const kind = kindOf(event, {});
    const known = this.#kinds.get(kind);
    if (known) this.#again(known);
    else if (this.#kinds.size < MOST_IN_ALL) this.#begin(kind, event, {});
    else this.#lost += 1;
  }

  #again(known: Counted): void {
    if (known.count === 0) known.since = this.#now();
    known.count += 1;
  }

  #begin(kind: string, event: AuditEvent, by: Requester): void {
    this.#kinds.set(kind, { event, by, count: 1, since: this.#now(), recordedAt: undefined });
  }

  /** What is due to be put on record; `all`: at the end. What is taken is no longer counted. */
  take(all = false): readonly AuditRecord[] {
    const now = this.#now();
    const due: AuditRecord[] = [];
    for (const [kind, counted] of this.#kinds) {
      const { event, by, count, since, recordedAt } = counted;
      const isDue = recordedAt === undefined || now - recordedAt >= PAUSE || now < recordedAt;
      if (!isDue && !all) continue;
      if (count === 0) {
        this.#kinds.delete(kind);
        continue;
      }
      const detail = { ...event.detail, count, since };
      due.push({ environmentId: event.environmentId, at: now, by, events: [{ ...event, detail }] });
      counted.count = 0;
      counted.recordedAt = now;
    }
    return due;
  }
}

/** Same environment, event, operation and reason, and the same flow, user or client, as far as any is known. */
function kindOf({ type, environmentId, detail, deviceAuthenticationId, userId }: AuditEvent, by: Requester): string {
  const whom = deviceAuthenticationId ?? userId ?? by.clientId ?? detail?.['client'] ?? '';
  return `${environmentId} ${type} ${detail?.['operation'] ?? ''} ${detail?.['reason'] ?? ''} ${whom}`;
}
