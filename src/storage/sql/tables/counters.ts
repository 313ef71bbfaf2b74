import type { Counter, CounterRelease, CounterTerms } from '../../port.js';
import { decode, integer } from '../row.js';
import { type Row, statement, type Value } from '../statement.js';

/** In the order that `toCounter` reads. */
export const COUNTER_COLUMNS = ['value', 'ends_at'];

/** A counter as it was loaded; one without a row has ended. */
export function toCounter(name: string, row: Row, at: number): Counter {
  if (row[at] === null) return { name, value: 0, endsAt: 0 };
  return decode('counters', name, () => ({ name, value: integer(row, at), endsAt: integer(row, at + 1) }));
}

/** Nobody counts so far. */
const UNBOUNDED = Number.MAX_SAFE_INTEGER;

export function additionValues({ environmentId, name, bound = UNBOUNDED, endsAt }: CounterTerms, now: number) {
  return { environment: environmentId, name, bound, now, endsAt } satisfies Record<string, Value>;
}

export function releaseValues({ environmentId, name, bound = UNBOUNDED, window, since }: CounterRelease, now: number) {
  return { environment: environmentId, name, bound, now, window, since } satisfies Record<string, Value>;
}

/**
 * One more, in one statement that is atomic under the row's lock: a counter that has ended begins anew, and with one that is filled
 * by this it stands until the instant that is given. No row: it is full.
 */
export const addToCounter = statement(
  'count',
  `insert into counters (environment_id, name, value, ends_at)
   values (:environment, :name, 1, cast(:endsAt as bigint))
   on conflict (environment_id, name) do update set
     value = case when counters.ends_at <= cast(:now as bigint) then 1 else counters.value + 1 end,
     ends_at = case when counters.ends_at <= cast(:now as bigint) or counters.value + 1 >= cast(:bound as bigint)
       then cast(:endsAt as bigint) else counters.ends_at end
   where counters.ends_at <= cast(:now as bigint) or counters.value < cast(:bound as bigint)`,
);

/** One fewer, if what was added then is still in it and it does not stand filled to a bound. */
export const releaseFromCounter = statement(
  'count',
  `update counters set value = value - 1
   where environment_id = :environment and name = :name and value > 0 and value < cast(:bound as bigint)
     and ends_at > cast(:now as bigint) and ends_at - cast(:window as bigint) <= cast(:since as bigint)`,
);

/** Counters that have ended, of any environment. */
export const endedCounters = statement(
  'rows',
  `select environment_id, name, ends_at from counters where ends_at <= cast(:before as bigint)
   order by ends_at limit cast(:limit as bigint)`,
);

export const purgeCounter = statement(
  'count',
  `delete from counters where environment_id = :environment and name = :id and ends_at <= cast(:before as bigint)`,
);
