import { describe, expect, it } from 'vitest';
import { DATABASES } from './world.js';

describe.each(DATABASES)('marks on $name', ({ open }) => {
  it('rise, whoever comes first, and never go back (SEC-29)', async () => {
    await using test = await open();
    const { store } = test;
    const raised = await Promise.all([5, 9, 3, 7].map((value) => store.raiseMark('one', value)));
    expect(Math.max(...raised)).toBe(9);
    for (const [at, value] of [5, 9, 3, 7].entries()) expect(raised[at]).toBeGreaterThanOrEqual(value);
    expect(await store.raiseMark('one', 8)).toBe(9);
    expect(await store.raiseMark('one', 10)).toBe(10);
    expect(await store.raiseMark('two', 1)).toBe(1);
  });
});
