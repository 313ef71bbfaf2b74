import type { Status } from '../../src/authentication/model.js';
import { minutes } from '../../src/kernel/duration.js';
import { Model } from '../authentication/model.js';

export type Step =
  | { readonly do: 'check'; readonly flow: number; readonly right: boolean }
  | { readonly do: 'select'; readonly flow: number; readonly device: number }
  | { readonly do: 'cancel'; readonly flow: number }
  | { readonly do: 'lockAccount' };

/** A request as its client saw it. */
export interface Event {
  readonly step: Step;
  /** Of a check: how many codes had been sent for the flow when it was made. */
  readonly sent: number;
  readonly said: string;
  /** When it began and when it was answered. */
  readonly from: number;
  readonly to: number;
}

/** The model, and how many codes each flow has been sent by then. */
export interface State {
  readonly model: Model;
  readonly sent: readonly number[];
  /** Counters and locks as they were before, and until when they may have been so. */
  readonly before?: readonly { readonly locks: Locks; readonly until: number }[];
}

type Locks = Pick<Model, 'devices' | 'accountFailures' | 'accountLockedUntil'>;
const locksOf = ({ devices, accountFailures, accountLockedUntil }: Model): Locks =>
  structuredClone({ devices, accountFailures, accountLockedUntil });

/** Positions that are looked at before the search gives up. */
const BUDGET = 200_000;

/**
 * Whether the requests can be put in one order, each between its beginning and its end, in which the model gives every answer and
 * ends as the world has (Herlihy and Wing: linearizability). One list for each client, in its own order.
 */
export function isLinearizable(
  histories: readonly (readonly Event[])[],
  start: State,
  ends: readonly Status[],
): boolean {
  let budget = BUDGET;
  /** Positions from which no order was found: many orders lead to the same one. */
  const hopeless = new Set<string>();
  const search = (at: readonly number[], state: State): boolean => {
    const position = JSON.stringify([at, state]);
    if (hopeless.has(position)) return false;
    const found = goOn(at, state);
    if (!found) hopeless.add(position);
    return found;
  };
  const goOn = (at: readonly number[], state: State): boolean => {
    if (budget-- <= 0) throw new Error('no order was found in reasonable time');
    const heads = histories.flatMap((events, client) => {
      const event = events[at[client] ?? 0];
      return event ? [{ event, client }] : [];
    });
    if (heads.length === 0) return ends.every((status, n) => state.model.flows[n]?.status === status);
    const firstEnd = Math.min(...heads.map(({ event }) => event.to));
    const firstBegin = Math.min(...heads.map(({ event }) => event.from));
    return heads
      .filter(({ event }) => event.from <= firstEnd)
      .sort((a, b) => a.event.to - b.event.to)
      .some(({ event, client }) => {
        const next = replayed(state, event, firstBegin);
        return (
          next !== undefined &&
          search(
            at.map((n, other) => (other === client ? n + 1 : n)),
            next,
          )
        );
      });
  };
  return search(
    histories.map(() => 0),
    start,
  );
}

/**
 * The state after the request, or nothing if the model answers otherwise. A request that compares nothing may have seen counters
 * and locks as they were earlier in its time: it guards its own flow only (`design` §12: fresh, not guarded).
 */
function replayed(state: State, event: Event, firstBegin: number): State | undefined {
  const now = locksOf(state.model);
  const after = answered(state, event);
  // None of those that are left has seen what was over before it began.
  const before = (state.before ?? []).filter(({ until }) => until >= firstBegin);
  if (after) {
    const changed = JSON.stringify(locksOf(after.model)) !== JSON.stringify(now);
    return { ...after, before: changed ? [...before, { locks: now, until: event.to }] : before };
  }
  if (/^(?:OtpMismatch|COMPLETED|locked)/.test(event.said)) return undefined;
  for (const { locks, until } of before) {
    if (until < event.from) continue;
    const seen = answered({ ...state, model: copyOf(state.model, locks) }, event);
    if (!seen) continue;
    const model = copyOf(seen.model, now);
    const touched = event.step.do === 'lockAccount' ? undefined : model.flows[event.step.flow];
    // A code that is older than a lock is dead.
    if (touched) touched.alive = false;
    return { ...seen, model, before };
  }
  return undefined;
}

const copyOf = (model: Model, locks: Partial<Locks> = {}): Model =>
  Object.assign(new Model(), structuredClone({ ...model, ...locks }));

function answered({ model: before, sent }: State, { step, said, sent: known }: Event): State | undefined {
  const model = copyOf(before);
  switch (step.do) {
    case 'check':
      return model.check(step.flow, step.right && known === sent[step.flow]) === said ? { model, sent } : undefined;
    case 'select': {
      if (model.select(step.flow, step.device) !== said) return undefined;
      return { model, sent: sent.map((n, other) => (other === step.flow && said === 'OTP_REQUIRED' ? n + 1 : n)) };
    }
    case 'cancel':
      return model.cancel(step.flow) === said ? { model, sent } : undefined;
    case 'lockAccount':
      model.lockAccount(model.now + minutes(7));
      return { model, sent };
  }
}
