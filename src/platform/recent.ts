import type { Clock, Instant, Millis } from '../kernel/clock.js';

interface Entry<V> {
  readonly at: Instant;
  readonly lookUp: Promise<V>;
  /** What the look-up gave, once it has. */
  value: V | undefined;
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

  /**
   * What is there already; otherwise, and where it was found to be nothing, `get` tells. Without a promise: every request asks, and a
   * turn of the loop for each answer costs more than it.
   */
  known(key: K): V | undefined {
    return this.#current(key, this.#clock.now())?.value;
  }

  get(key: K): Promise<V> {
    const now = this.#clock.now();
    return this.#current(key, now)?.lookUp ?? this.#lookUpAt(now, key);
  }

  #current(key: K, now: Instant): Entry<V> | undefined {
    const entry = this.#entries.get(key);
    // A clock that was set back makes an entry old, not young.
    return entry && now >= entry.at && now - entry.at < this.#maxAge ? entry : undefined;
  }

  #lookUpAt(now: Instant, key: K): Promise<V> {
    const lookUp = this.#lookUp(key);
    this.#entries.delete(key);
    if (this.#entries.size >= this.#capacity) {
      const oldest = this.#entries.keys().next();
      if (!oldest.done) this.#entries.delete(oldest.value);
    }
    const entry: Entry<V> = { at: now, lookUp, value: undefined };
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
