/**
 * Runs inside vitest, once per part of the code: registers the part's tests, lets them pass once as they always do, and then
 * repeats them against one mutant after the other in the same process. A mutant costs the time of the tests that reach it, and
 * nothing for loading the code.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, TestRunner } from 'vitest';

interface Job {
  readonly root: string;
  readonly tests: readonly string[];
  readonly mutants: readonly string[];
  /** Where verdicts go, a line each, as soon as they are known. */
  readonly verdicts: string;
  /** Present: this one is active from the start, and the tests judge it by failing. For code that runs while it is loaded. */
  readonly active?: string;
}

/** What the instrumented code reads and writes; its names. */
interface Switches {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number;
  mutantCoverage?: { static: Hits; perTest: Record<string, Hits> };
}
type Hits = Record<string, number>;

/** The part of a task that is needed; vitest has no public type with all of it. */
interface Task {
  readonly id: string;
  readonly type: 'suite' | 'test';
  readonly mode: string;
  readonly result?: { readonly state?: string };
  readonly tasks?: readonly Task[];
  readonly suite?: Task | undefined;
  readonly file?: Task | undefined;
  readonly context?: object;
}
type TestOfRunner = Parameters<typeof TestRunner.getTestFn>[0];
type SuiteOfRunner = Parameters<typeof TestRunner.getSuiteHooks>[0];
type Hook = (context: object | undefined, suite: Task) => unknown;

const job: Job = JSON.parse(readFileSync(process.env['POSTERN_MUTATION_JOB'] ?? '', 'utf8'));
const switches: Switches = job.active === undefined ? {} : { activeMutant: job.active };
Object.assign(globalThis, { __stryker__: switches });

for (const file of job.tests) await import(join(job.root, file));
// The hook that is registered last is called first, while what the tests have set up still stands.
// biome-ignore lint/correctness/noEmptyPattern: vitest insists on a pattern
if (job.active === undefined) afterAll(({}, file) => judge(file));
/** Reached while the code was loaded: no test that runs later tells anything of these. */
const whileLoading = switches.mutantCoverage?.static ?? {};
if (switches.mutantCoverage) switches.mutantCoverage.static = {};

/** A hundred times the steps that the right code takes: the mutant does not end. */
const MORE_THAN_ENOUGH = 100;

async function judge(file: Task): Promise<void> {
  const tests = testsIn(file);
  // A test that fails without a change judges none: whoever runs this is told by the runner's own report.
  if (tests.some(({ result }) => result?.state === 'fail')) return;
  const took = new Map<Task, number>();
  const sound: Task[] = [];
  for (const test of tests) {
    const start = performance.now();
    switches.currentTestId = test.id;
    if (await passes(test)) sound.push(test);
    took.set(test, performance.now() - start);
  }
  switches.currentTestId = undefined;
  sound.sort((a, b) => (took.get(a) ?? 0) - (took.get(b) ?? 0));
  const hits = (test: Task, mutant: string): number => switches.mutantCoverage?.perTest[test.id]?.[mutant] ?? 0;
  say({ tests: tests.length, repeatable: sound.length });

  for (const mutant of job.mutants) {
    const touching = sound.filter((test) => hits(test, mutant) > 0);
    if (touching.length === 0) {
      say({ mutant, verdict: whileLoading[mutant] ? 'static' : 'untested' });
      continue;
    }
    say({ mutant, verdict: 'begun' });
    const killer = await firstToFail(mutant, touching, hits);
    say({ mutant, verdict: killer ? 'detected' : whileLoading[mutant] ? 'static' : 'survived' });
    // What the tests share did not outlive the mutant: the rest is judged by a new process.
    if (killer && !(await passes(killer))) {
      say({ restart: mutant });
      return;
    }
  }
  say({ done: true });
}

async function firstToFail(
  mutant: string,
  tests: readonly Task[],
  hits: (test: Task, mutant: string) => number,
): Promise<Task | undefined> {
  switches.activeMutant = mutant;
  try {
    for (const test of tests) {
      switches.hitCount = 0;
      switches.hitLimit = hits(test, mutant) * MORE_THAN_ENOUGH;
      if (!(await passes(test))) return test;
    }
    return undefined;
  } finally {
    switches.activeMutant = undefined;
    switches.hitCount = undefined;
  }
}

/** With what the suites around it do before and after each test. */
async function passes(test: Task): Promise<boolean> {
  const suites: Task[] = [];
  for (let suite = test.suite ?? test.file; suite; suite = suite === test.file ? undefined : (suite.suite ?? test.file))
    suites.unshift(suite);
  const hooks = suites.map((suite) => ({ suite, ...TestRunner.getSuiteHooks(suite as SuiteOfRunner) }));
  try {
    // The runner's own types are its tasks, of which `Task` is a part; its hooks take a context that `Task` leaves out.
    for (const { suite, beforeEach } of hooks)
      for (const hook of beforeEach ?? []) await (hook as Hook)(test.context, suite);
    await TestRunner.getTestFn(test as TestOfRunner)();
    for (const { suite, afterEach } of hooks.reverse())
      for (const hook of [...(afterEach ?? [])].reverse()) await (hook as Hook)(test.context, suite);
    return true;
  } catch {
    return false;
  }
}

function testsIn(task: Task): readonly Task[] {
  if (task.type === 'test') return task.mode === 'run' ? [task] : [];
  return (task.tasks ?? []).flatMap(testsIn);
}

function say(what: object): void {
  appendFileSync(job.verdicts, `${JSON.stringify(what)}\n`);
}
