import { setTimeout as delay } from 'node:timers/promises';
import type { Millis } from '../kernel/clock.js';
import { seconds } from '../kernel/duration.js';
import type { Logger } from '../kernel/log.js';
import type { Store } from '../storage/port.js';

const EVERY: Millis = seconds(30);
/** Rows of one step: small, so that no request waits behind it. */
const STEP_ROWS = 500;
/** Between two steps while there is more to do. */
const BREATH: Millis = 50;

/** Deletes what is past its time, in small steps, for as long as the process lives (SEC-87). */
export function startSweeper(store: Pick<Store, 'purge'>, logger: Logger, every = EVERY): AsyncDisposable {
  const ending = new AbortController();
  const rest = (time: Millis): Promise<unknown> =>
    delay(time, undefined, { signal: ending.signal, ref: false }).catch(() => undefined);

  async function sweep(): Promise<void> {
    while (!ending.signal.aborted) {
      await rest(every);
      try {
        while (!ending.signal.aborted && (await store.purge(STEP_ROWS)) > 0) await rest(BREATH);
      } catch (error) {
        logger.warn({ err: error }, 'what is past its time could not be deleted; trying again later');
      }
    }
  }

  const done = sweep();
  return {
    async [Symbol.asyncDispose]() {
      ending.abort();
      await done;
    },
  };
}
