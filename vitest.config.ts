import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests whose subject is a server as operating-system process: what a failed one leaves behind ends with its worker. */
const PROCESSES = ['test/{bench,cli,compat,evidence}/**/*.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // What is polled for comes in its time on a busy machine too, which takes more than vitest's second.
    expect: { poll: { timeout: 10_000 } },
    pool: 'forks',
    // Many tests wait for other processes: with one worker, as vitest has it on two cores, a machine stands idle.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      // Run in the order of their names, so that the longest files are not the last.
      { extends: true, test: { name: 'processes', include: PROCESSES } },
      // All others keep nothing in a module or in the process, and so share what they have imported: loading it anew for each file
      // took a third of the time. `npx vitest run --project=shared --sequence.shuffle.files` shows whether that still holds.
      { extends: true, test: { name: 'shared', include: ['test/**/*.test.ts'], exclude: PROCESSES, isolate: false } },
    ],
  },
});
