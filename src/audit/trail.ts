import type { EventSink } from '../events.js';
import type { Outcome } from '../kernel/outcome.js';
import type { Decided, Decision, Plan, Snapshot, Store } from '../storage/port.js';
import type { AuditEvent, AuditRecord, Requester } from './record.js';
import type { Refusals } from './refusals.js';

/** What a decision says beside its writes: the result for the caller, and what happened. */
export interface Told<T, R> {
  readonly result: Outcome<T, R>;
  readonly events: readonly AuditEvent[];
}

export interface TrailParts {
  readonly store: Pick<Store, 'transact'>;
  /** Log and metrics: told of each event once it is durable. */
  readonly events: EventSink;
  /** Where refusals that changed nothing are counted. */
  readonly refusals?: Refusals;
}

/** The way of every command to the store: what happened is on record in the commit that made it happen (SEC-73, SEC-82). */
export interface Trail {
  transact<T, R extends { readonly kind: string }>(
    plan: Plan,
    by: Requester | undefined,
    decide: (snapshot: Snapshot) => Decision<Told<T, R>>,
  ): Promise<Outcome<T, R>>;
}

const SERVER: Requester = {};

export function createTrail({ store, events, refusals }: TrailParts): Trail {
  return {
    async transact(plan, by = SERVER, decide) {
      let changes = false;
      const told = await store.transact(plan, (snapshot) => {
        const decision = decide(snapshot);
        // It is decided again with what it needs, and only what is decided in the end is on record.
        if (decision.needs) return decision;
        changes = decision.writes.length > 0;
        return changes ? onRecord(decision, plan, snapshot, by) : decision;
      });
      for (const event of told.events) events.emit(event);
      const isOnRecord = changes && told.events.length > 0;
      if (!told.result.ok && !isOnRecord) refusals?.note(refusalOf(plan, told), by);
      return told.result;
    },
  };
}

/** A decision whose outcome is its result alone, with what happens if it is granted and changes something. */
export function telling<T, R>(
  decision: Decision<Outcome<T, R>>,
  events: (value: T) => readonly AuditEvent[],
): Decision<Told<T, R>> {
  if (decision.needs) return decision;
  const { writes, outcome } = decision;
  return { writes, outcome: { result: outcome, events: outcome.ok && writes.length > 0 ? events(outcome.value) : [] } };
}

/** The decision with its events among its writes. */
function onRecord<T, R>(
  decision: Decided<Told<T, R>>,
  { environmentId }: Plan,
  { now }: Snapshot,
  by: Requester,
): Decided<Told<T, R>> {
  const { writes, outcome } = decision;
  if (outcome.events.length === 0) return decision;
  const value: AuditRecord = { environmentId, at: now, by, events: outcome.events };
  return { writes: [...writes, { kind: 'append', entity: 'audit', value }], outcome };
}

/** The event of a refusal that changed nothing: the decision's own, or the reason in its words. */
function refusalOf<T, R extends { readonly kind: string }>(plan: Plan, { result, events }: Told<T, R>): AuditEvent {
  const [own] = events;
  const reason = result.ok ? '' : result.rejection.kind;
  if (own) return { ...own, detail: { ...own.detail, reason } };
  return {
    type: 'REQUEST.REFUSED',
    environmentId: plan.environmentId,
    ...(plan.user === undefined ? {} : { userId: plan.user }),
    ...(plan.deviceAuthentication === undefined ? {} : { deviceAuthenticationId: plan.deviceAuthentication }),
    detail: { reason },
  };
}
