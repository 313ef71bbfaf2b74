import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { inSteps } from '../../src/kernel/in-steps.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** Steps that take so many milliseconds each, by the clock, and then nothing is left. */
function steps(...millis: readonly number[]): () => Promise<number> {
  const left = [...millis];
  return async () => {
    const took = left.shift();
    vi.advanceTimersByTime(took ?? 0);
    return took === undefined ? 0 : 1;
  };
}

test('a step is repeated until there is nothing to do, and after each it rests as long as that took, ten milliseconds at most', async () => {
  const rests: number[] = [];
  await inSteps(steps(4, 60, 10, 0), undefined, async (time) => void rests.push(time));
  expect(rests).toEqual([4, 10, 10, 0]);
});

test('an end in the middle of a rest is one at once, without another step', async () => {
  const ending = new AbortController();
  const step = vi.fn(steps(8, 8, 8));
  setImmediate(() => ending.abort());
  await inSteps(step, ending.signal);
  expect(step).toHaveBeenCalledTimes(1);
});

test('what is over already does nothing', async () => {
  const step = vi.fn(steps(1));
  await inSteps(step, AbortSignal.abort());
  expect(step).not.toHaveBeenCalled();
});

test('a fault of a step is the fault of all', async () => {
  await expect(inSteps(() => Promise.reject(new Error('down')))).rejects.toThrow('down');
});
