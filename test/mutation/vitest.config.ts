import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** The file that `run.js` wrote for this run: instrumented code by path, the tests that judge it. */
const job = process.env['POSTERN_MUTATION_JOB'] ?? '.mutation/job.json';
const { code }: { readonly code: Readonly<Record<string, string>> } = JSON.parse(readFileSync(job, 'utf8'));

export default defineConfig({
  plugins: [{ name: 'mutants', enforce: 'pre', load: (id) => code[id.split('?')[0] ?? id] }],
  test: {
    include: ['test/mutation/judge.ts'],
    setupFiles: ['test/mutation/setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 3_600_000,
    pool: 'threads',
    fileParallelism: false,
    reporters: ['dot'],
    bail: 1,
  },
});
