import { type Clock, type Instant, type Millis, monotonicMillis, systemClock } from '../../kernel/clock.js';
import { ask, type Script, statement, type Value } from './statement.js';

/** Where a store's time comes from (SEC-20, `design.md` §12): one source per database. */
export interface TimeSource {
  /** The column of every load that brings the server's time; `null` where the time is not the server's. */
  readonly column: string;
  /** The time of a load, from that column. */
  read(cell: Value | undefined): Instant;
  /** The time, for work that loads nothing. */
  now(): Script<Instant>;
  /** How far the host's clock is from the source; 0 when the source was handed in. */
  skew(): Script<Millis>;
}

/** A clock in this process: one handed to the store, or the embedded database's. */
export function localTime(clock: Clock, host?: Clock): TimeSource {
  return {
    column: 'cast(null as bigint)',
    read: () => clock.now(),
    // biome-ignore lint/correctness/useYield: a script that has nothing to ask
    *now() {
      return clock.now();
    },
    // biome-ignore lint/correctness/useYield: a script that has nothing to ask
    *skew() {
      return host ? Math.abs(clock.now() - host.now()) : 0;
    },
  };
}

const SERVER_TIME = 'cast(floor(extract(epoch from clock_timestamp()) * 1000) as bigint)';
const selectTime = statement('row', `select ${SERVER_TIME}`);

/** PostgreSQL's clock, which all processes share. */
export function serverTime(host: Clock = systemClock): TimeSource {
  const read = (cell: Value | undefined): Instant => {
    if (typeof cell !== 'number') throw new TypeError('the database gave no time');
    return cell;
  };
  function* now(): Script<Instant> {
    return read((yield* ask(selectTime, {})).rows[0]?.[0]);
  }
  return {
    column: SERVER_TIME,
    read,
    now,
    *skew() {
      const asked = host.now();
      const there = yield* now();
      const answered = host.now();
      // Anywhere between question and answer is right.
      return there < asked ? asked - there : Math.max(0, there - answered);
    },
  };
}

/**
 * The embedded database's clock: the host's, but never behind the last persisted instant plus the monotonic time since. A clock
 * that is set back neither revives a code nor makes time stand still, as a bare high-water mark would.
 */
export class PersistedClock implements Clock {
  readonly #host: Clock;
  readonly #monotonic: () => Millis;
  #persisted: Instant;
  #since: Millis;

  constructor(persisted: Instant, host: Clock = systemClock, monotonic: () => Millis = monotonicMillis) {
    this.#host = host;
    this.#monotonic = monotonic;
    this.#persisted = persisted;
    this.#since = monotonic();
  }

  now(): Instant {
    return Math.max(this.#host.now(), Math.floor(this.#persisted + this.#monotonic() - this.#since));
  }

  /** Called once `instant` is durable. */
  persisted(instant: Instant): void {
    this.#persisted = instant;
    this.#since = this.#monotonic();
  }
}
