/**
 * The mutants of code that runs while it is loaded (constants, tables, patterns): each needs the code loaded anew, so each has a
 * worker of its own. Called by `run.js` with the path of a job.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createVitest } from 'vitest/node';

const path = process.env.POSTERN_MUTATION_JOB;
const job = JSON.parse(readFileSync(path, 'utf8'));
const say = (what) => appendFileSync(job.verdicts, `${JSON.stringify(what)}\n`);
const vitest = await createVitest('test', {
  config: 'test/mutation/vitest.config.ts',
  watch: false,
  reporters: [{}],
  onConsoleLog: () => false,
});

for (const mutant of job.mutants) {
  say({ mutant, verdict: 'begun' });
  writeFileSync(path, JSON.stringify({ ...job, active: mutant }));
  vitest.state.filesMap.clear();
  vitest.state.errorsSet.clear();
  await vitest.start();
  const failed = vitest.state.getFiles().some(({ result }) => result?.state === 'fail');
  say({ mutant, verdict: failed || vitest.state.errorsSet.size > 0 ? 'detected' : 'survived' });
}
say({ done: true });
process.exitCode = 0;
await vitest.close();
