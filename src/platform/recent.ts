import type { Clock, Instant, Millis } from '../kernel/clock.js';

interface Entry<V> {
  readonly at: Instant;
  /** The look-up while it goes on, then what it gave. */
  value: V | Promise<V>;
}

/**
 * Values that may be a little old (`design.md` §12: bearer tokens and clients at most 5 s): each is looked up again once `maxAge`
 * has passed, those who ask at the same time share one look-up, and a failed one is forgotten. Bounded: the oldest makes room.
 */
export class Recent<K, V> {
  readonly #entries = new Map<K, Entry<V>>();
  readonly #clock: Clock;
  readonly #maxAge: Millis;
  readonly #capacity: number;
  readonly #lookUp: (key: K) => Promise<V>;

  constructor(
    options: { readonly clock: Clock; readonly maxAge: Millis; readonly capacity: number },
    lookUp: (key: K) => Promise<V>,
  ) {
    this.#clock = options.clock;
    this.#maxAge = options.maxAge;
    this.#capacity = options.capacity;
    this.#lookUp = lookUp;
  }

  /** What is known of it, or of all, is out of date. */
  forget(key?: K): void {
    if (key === undefined) this.#entries.clear();
    else this.#entries.delete(key);
  }

  /** What is known already comes without a promise: every request asks, and a turn of the loop for each answer costs more than it. */
  get(key: K): V | Promise<V> {
    const now = this.#clock.now();
    const known = this.#entries.get(key);
    // A clock that was set back makes an entry old, not young.
    if (known && now >= known.at && now - known.at < this.#maxAge) return known.value;
    const lookUp = this.#lookUp(key);
    this.#entries.delete(key);
    if (this.#entries.size >= this.#capacity) {
      const oldest = this.#entries.keys().next();
      if (!oldest.done) this.#entries.delete(oldest.value);
    }
    const entry: Entry<V> = { at: now, value: lookUp };
    this.#entries.set(key, entry);
    lookUp.then(
      (value) => {
        entry.value = value;
      },
      () => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
      },
    );
    return lookUp;
  }
}

/** Within SEC-49's 5 s, with room for a slow answer. */
export const LOOK_UP_AGAIN_AFTER: Millis = 2_000;
