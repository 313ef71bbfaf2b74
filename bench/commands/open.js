import { floor } from '../cases/floor.js';
import { posternOnPostgres, posternOnSqlite } from '../cases/postern.js';
import { isFigure, medianOf, round } from '../harness/figures.js';
import { generate } from '../harness/generate.js';
import { databaseHasItsOwnCores, isPinned } from '../harness/machine.js';
import { report } from '../harness/report.js';
import { closedLoad, interleaved, takingPart } from '../harness/rounds.js';
import { median } from '../harness/statistics.js';

const CASES = [floor, posternOnSqlite, posternOnPostgres];
const SHARES = [0.25, 0.5, 0.75, 0.9];
/** MFAs under way at once; whatever is due beyond it waits, and its time runs. */
const LANES = 256;

/**
 * `npm run bench -- open`: how long an MFA takes when they come at a constant rate, whatever the server does: at a quarter to nine
 * tenths of the peak that the same process has just reached. Times run from when each was due.
 */
export async function open(bench) {
  const { options } = bench;
  const cases = await takingPart(bench, CASES);
  const results = await interleaved(cases, Number(options.rounds), (one) => measure(bench, one, closedLoad(options)));
  await report(bench, 'open', {
    tables: [
      {
        title: `constant arrival rate, ${options.rounds} rounds of ${options.seconds} s each, medians; create and check, from due to done`,
        rows: cases.flatMap(({ name }) => rowsOf(name, results[name])),
      },
    ],
    results,
  });
}

function measure(bench, one, load) {
  return bench.withTarget(one, { load }, async (target) => {
    const peak = await generate(target, load);
    const spin = isPinned && (!one.usesPostgres || databaseHasItsOwnCores);
    const steps = [];
    for (const share of SHARES) {
      const rate = Math.max(1, peak.rate * share);
      // The peak has warmed everything but the arrivals.
      const steady = { kind: 'open', rate, connections: LANES, spin, seconds: load.seconds, warmUp: load.warmUp / 4 };
      steps.push({ share, due: rate, ...(await generate(target, steady)) });
    }
    return { ...peak, failed: [peak, ...steps].reduce((sum, { failed }) => sum + failed, 0), steps };
  });
}

function rowsOf(name, runs) {
  const note = isFigure(runs) ? undefined : 'FAILED';
  const whole = runs.filter(({ steps }) => steps);
  if (whole.length === 0) return [{ case: name, note }];
  return SHARES.map((share, at) => {
    const steps = whole.map(({ steps }) => steps[at]);
    return {
      case: name,
      'of peak': `${share * 100} %`,
      'due/s': Math.round(median(steps.map(({ due }) => due))),
      'done/s': Math.round(medianOf(steps, 'rate')),
      'p50 ms': round(medianOf(steps, 'mfa.p50')),
      'p99 ms': round(medianOf(steps, 'mfa.p99')),
      'p99.9 ms': round(medianOf(steps, 'mfa.p999')),
      'max ms': round(medianOf(steps, 'mfa.max')),
      'CPU µs/MFA': round(medianOf(steps, 'cpu')),
      note,
    };
  });
}
