import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Many tests wait for other processes: with one worker, as vitest has it on two cores, a machine stands idle.
    maxWorkers: Math.max(2, availableParallelism()),
  },
});
