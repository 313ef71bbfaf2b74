import { setTimeout as delay } from 'node:timers/promises';
import { type Millis, monotonicMillis } from '../kernel/clock.js';
import { minutes, seconds } from '../kernel/duration.js';

const FIRST_WAIT: Millis = 250;
const LONGEST_WAIT = seconds(8);
/** From one address for all clients together, this many times as many failures are free. */
const SOURCE_FACTOR = 10;
/** Failures are forgotten when nothing has failed for so long. */
const FORGOTTEN_AFTER = minutes(15);
const REMEMBERED = 10_000;
/** Answers that wait at once, in all and for one address and client: each holds a connection. */
const WAITING = 32;
const WAITING_OF_ONE = 4;

/** What became of a wrong secret: answered now, after a wait that is over, or not at all for so long. */
export type Held = { readonly kind: 'answered' } | { readonly kind: 'refused'; readonly wait: Millis };

interface Failures {
  count: number;
  at: Millis;
  waiting: number;
}

export interface ClientThrottleOptions {
  /** Failures that cost nothing; 0 = nothing is ever held back. */
  readonly free: number;
  readonly now?: () => Millis;
  /** Rejects when the signal says so. */
  readonly wait?: (time: Millis, signal: AbortSignal) => Promise<unknown>;
}

/**
 * Slows down whoever tries out client secrets (SEC-50): a wrong one waits for its answer, twice as long each time, by address and
 * client, and by address alone. A right one is compared and answered as ever, from wherever it comes, so that strangers shut
 * nobody out. In the memory of this process.
 */
export class ClientThrottle {
  readonly #options: Required<ClientThrottleOptions>;
  readonly #failures = new Map<string, Failures>();
  #waiting = 0;

  constructor(options: ClientThrottleOptions) {
    this.#options = {
      now: monotonicMillis,
      wait: (time, signal) => delay(time, undefined, { signal }),
      ...options,
    };
  }

  /** Resolves when a wrong secret may be told to be wrong. */
  async failed(source: string, clientId: string, signal: AbortSignal): Promise<Held> {
    const { free, wait } = this.#options;
    if (free === 0) return { kind: 'answered' };
    const one = this.#charge(`${source} ${clientId.slice(0, 64)}`);
    const all = this.#charge(source);
    const time = Math.max(waitAfter(one.count - free), waitAfter(all.count - free * SOURCE_FACTOR));
    if (time === 0) return { kind: 'answered' };
    if (this.#waiting >= WAITING || one.waiting >= WAITING_OF_ONE) return { kind: 'refused', wait: time };
    this.#waiting += 1;
    one.waiting += 1;
    try {
      // Whoever goes away meanwhile needs no answer.
      await wait(time, signal).catch(() => undefined);
    } finally {
      this.#waiting -= 1;
      one.waiting -= 1;
    }
    return { kind: 'answered' };
  }

  /** A right secret: its failures from this address were somebody's mistake. */
  succeeded(source: string, clientId: string): void {
    this.#failures.delete(`${source} ${clientId.slice(0, 64)}`);
  }

  #charge(key: string): Failures {
    const now = this.#options.now();
    let known = this.#failures.get(key);
    if (!known || now - known.at > FORGOTTEN_AFTER) known = { count: 0, at: now, waiting: known?.waiting ?? 0 };
    known.count += 1;
    known.at = now;
    // The one that failed longest ago makes room.
    this.#failures.delete(key);
    if (this.#failures.size >= REMEMBERED) {
      const [oldest] = this.#failures.keys();
      if (oldest !== undefined) this.#failures.delete(oldest);
    }
    this.#failures.set(key, known);
    return known;
  }
}

const waitAfter = (beyond: number): Millis =>
  beyond <= 0 ? 0 : Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(beyond - 1, 10));
