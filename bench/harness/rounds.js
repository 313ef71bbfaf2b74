import { generate } from './generate.js';

/** The load of `npm run bench`, from its options. */
export function closedLoad(options) {
  return {
    kind: 'closed',
    connections: Number(options.connections),
    seconds: Number(options.seconds),
    warmUp: Number(options['warm-up']),
  };
}

/** The cases that were asked for and can take part; the report says which cannot, and why. */
export async function takingPart(bench, cases) {
  const wanted = bench.options.only?.split(',').map((part) => part.trim().toLowerCase());
  const named = cases.filter(({ name }) => !wanted || wanted.some((part) => name.toLowerCase().includes(part)));
  const able = [];
  for (const one of named) {
    const reason = await one.unavailable?.();
    if (reason === undefined) able.push(one);
    else bench.skip(one.name, reason);
  }
  if (able.length === 0) throw new Error('no case is left to run');
  return able;
}

/**
 * Runs every case once per round, so that a slow minute of the machine hits all of them; every second round backwards.
 * `measure(case)` resolves with one result. Resolves with the results by case, one per round. A case that breaks has failed in that
 * round: that spoils its figures and the exit code, not the others' results.
 */
export async function interleaved(cases, rounds, measure) {
  const results = Object.fromEntries(cases.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const one of round % 2 === 0 ? cases : cases.toReversed()) {
      const result = await measure(one).catch(broken);
      if (result.failed) process.exitCode = 1;
      results[one.name].push(result);
      console.error(`round ${round + 1} ${one.name}: ${lineOf(result)}`);
    }
  }
  return results;
}

function broken(error) {
  return { rate: 0, completed: 0, failed: 1, firstFailure: error.message };
}

function lineOf({ rate, failed, firstFailure }) {
  return `${Math.round(rate)} MFA/s${failed ? `, ${failed} FAILED, the first with ${firstFailure}` : ''}`;
}

/** One case under one load, started for it and gone after it. */
export function measureCase(bench, one, load, context = {}) {
  return bench.withTarget(one, { ...context, load }, (target) => generate(target, load));
}
