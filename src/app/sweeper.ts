import { setTimeout as delay } from 'node:timers/promises';
import type { Millis } from '../kernel/clock.js';
import { seconds } from '../kernel/duration.js';
import { inSteps } from '../kernel/in-steps.js';
import type { Logger } from '../kernel/log.js';
import type { Store } from '../storage/port.js';

const EVERY: Millis = seconds(30);
/** Rows of one step: some two milliseconds of work, because requests wait behind it. */
const STEP_ROWS = 200;

/** Deletes what is past its time, in small steps, for as long as the process lives (SEC-87). */
export function startSweeper(store: Pick<Store, 'purge'>, logger: Logger, every = EVERY): AsyncDisposable {
  const ending = new AbortController();
  async function sweep(): Promise<void> {
    while (!ending.signal.aborted) {
      await delay(every, undefined, { signal: ending.signal, ref: false }).catch(() => undefined);
      try {
        await inSteps(() => store.purge(STEP_ROWS), ending.signal);
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
