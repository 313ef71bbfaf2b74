import type { Clock, Instant } from '../kernel/clock.js';
import type { Logger } from '../kernel/log.js';
import type { Store } from '../storage/port.js';
import type { Answer } from './answer.js';

/** Probes come often and from many sides; the database is asked once in this time. */
const ASK_EVERY_MILLIS = 1_000;
const PLAIN_TEXT = { 'content-type': 'text/plain; charset=utf-8' } as const;

/** Liveness and readiness: no token, no details (SEC-83). */
export interface Health {
  live(): Answer;
  ready(): Promise<Answer>;
  /** Not ready from now on (SEC-84). */
  leave(): void;
}

export function createHealth(store: Pick<Store, 'check'>, clock: Clock, logger: Logger): Health {
  let leaving = false;
  let asked: { readonly at: Instant; readonly ready: Promise<boolean> } | undefined;

  /** The reason is for the log only. */
  async function ask(): Promise<boolean> {
    const result = await store.check().catch((cause: unknown) => ({ ready: false as const, reason: String(cause) }));
    if (!result.ready) logger.warn({ reason: result.reason }, 'not ready');
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
