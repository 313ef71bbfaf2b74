import type { Millis } from '../kernel/clock.js';

/** Seconds' worth of requests that may come at once after a rest. */
const BURST_SECONDS = 2;
/** Clients that are remembered: the one that came first goes, and is as good as new if it comes back. */
const CLIENTS = 20_000;
/** Environments of one client that are remembered. */
const ENVIRONMENTS = 1_000;

interface Bucket {
  tokens: number;
  at: Millis;
}

/**
 * One token bucket per client and environment: `rate` a second on the average, twice as many at once after a rest. In the memory of this process,
 * because it protects this process; what must hold across processes is counted in the database (SEC-35, SEC-39).
 */
export class TokenBuckets {
  readonly #rate: number;
  /** By client, then by environment: two look-ups of texts are quicker than making one of both. */
  readonly #buckets = new Map<string, Map<string, Bucket>>();

  /** `rate` 0: no limit. */
  constructor(rate: number) {
    this.#rate = rate;
  }

  get isLimited(): boolean {
    return this.#rate > 0;
  }

  /** Takes one at this monotonic time. Milliseconds until there is one when there is none; 0 = taken. */
  take(client: string, environment: string, now: Millis): Millis {
    const rate = this.#rate;
    if (rate === 0) return 0;
    const full = rate * BURST_SECONDS;
    const ofClient = remembered(this.#buckets, client, CLIENTS, () => new Map<string, Bucket>());
    const bucket = remembered(ofClient, environment, ENVIRONMENTS, () => ({ tokens: full, at: now }));
    if (now > bucket.at) {
      bucket.tokens = Math.min(full, bucket.tokens + ((now - bucket.at) / 1000) * rate);
      bucket.at = now;
    }
    if (bucket.tokens < 1) return Math.ceil(((1 - bucket.tokens) / rate) * 1000);
    bucket.tokens -= 1;
    return 0;
  }
}

function remembered<V>(map: Map<string, V>, key: string, limit: number, make: () => V): V {
  const known = map.get(key);
  if (known) return known;
  if (map.size >= limit) {
    const [oldest] = map.keys();
    if (oldest !== undefined) map.delete(oldest);
  }
  const made = make();
  map.set(key, made);
  return made;
}
