import { setTimeout as delay } from 'node:timers/promises';
import { type Millis, monotonicMillis } from './clock.js';

const LONGEST_REST: Millis = 10;

/**
 * Repeats `step` until it says that it did nothing (0), or `signal` ends it. After each it rests as long as that took: work of many
 * steps then takes half of the process's time at most, and who waited behind one is served before the next. No longer than ten
 * milliseconds, though: a step that waited for others did not work.
 */
export async function inSteps(step: () => Promise<number>, signal?: AbortSignal, rest = restFor): Promise<void> {
  while (!signal?.aborted) {
    const begunAt = monotonicMillis();
    if ((await step()) === 0) return;
    await rest(Math.min(monotonicMillis() - begunAt, LONGEST_REST), signal);
  }
}

async function restFor(time: Millis, signal: AbortSignal | undefined): Promise<void> {
  await delay(time, undefined, signal && { signal }).catch(() => undefined);
}
