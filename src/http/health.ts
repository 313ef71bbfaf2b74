import type { Clock, Instant } from '../kernel/clock.js';
import type { Logger } from '../kernel/log.js';
import type { Store } from '../storage/port.js';
import type { Answer } from './answer.js';

/** Probes come often and from many sides; the database is asked once in this time. */
const ASK_EVERY_MILLIS = 1_000;
const PLAIN_TEXT = { 'content-type': 'text/plain; charset=utf-8' } as const;

/**
 * Liveness: the event loop turns, for else there is no answer. Readiness: the store can be written, its schema is one that this
 * release may serve, the clock is within bounds, and the server is not on its way out; the keys were there before it listened. No
 * token, no details (SEC-83).
 */
export interface Health {
  live(): Answer;
  ready(): Promise<Answer>;
  /** Not ready from now on (SEC-84). */
  leave(): void;
}

export function createHealth(store: Pick<Store, 'check'>, clock: Clock, logger: Logger): Health {
  let leaving = false;
  /** What the log was told last: it is told once, not at each probe. */
  let reported: string | undefined;
  let asked: { readonly at: Instant; readonly ready: Promise<boolean> } | undefined;

  /** The reason is for the log only. */
  async function ask(): Promise<boolean> {
    const result = await store.check().catch((cause: unknown) => ({ ready: false as const, reason: String(cause) }));
    const reason = result.ready ? undefined : result.reason;
    if (reason !== reported) {
      if (reason === undefined) logger.info({}, 'ready again');
      else logger.warn({ reason }, 'not ready');
      reported = reason;
    }
    return result.ready;
  }

  return {
    live: () => ({ status: 200, headers: PLAIN_TEXT, body: 'live\n' }),
    async ready() {
      const now = clock.now();
      if (!asked || Math.abs(now - asked.at) >= ASK_EVERY_MILLIS) asked = { at: now, ready: ask() };
      return !leaving && (await asked.ready) && !leaving
        ? { status: 200, headers: PLAIN_TEXT, body: 'ready\n' }
        : { status: 503, headers: { ...PLAIN_TEXT, 'retry-after': '1' }, body: 'not ready\n' };
    },
    leave() {
      leaving = true;
    },
  };
}
