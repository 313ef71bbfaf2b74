import { CASES } from '../cases/index.js';
import { isFigure, judged, medianOf, ratioOf, round } from '../harness/figures.js';
import { report } from '../harness/report.js';
import { closedLoad, interleaved, measureCase, takingPart } from '../harness/rounds.js';
import { spread } from '../harness/statistics.js';

/** `npm run bench`: full MFAs (create and check) per second with a number of connections that never pause. */
export async function throughput(bench) {
  const { options } = bench;
  const load = closedLoad(options);
  const cases = await takingPart(bench, CASES);
  const results = await interleaved(cases, Number(options.rounds), (one) => measureCase(bench, one, load));
  await report(bench, 'throughput', {
    tables: [
      {
        title: `${load.connections} connections, ${options.rounds} rounds of ${load.seconds} s after ${load.warmUp} s, medians`,
        rows: cases.map(({ name }) => rowOf(name, results)),
      },
    ],
    goals: goalsOf(results),
    results,
  });
}

function rowOf(name, results) {
  const runs = results[name];
  const rates = spread(runs.map(({ rate }) => rate));
  return {
    case: name,
    'MFA/s': Math.round(rates.median),
    spread: `${Math.round(rates.least)}–${Math.round(rates.greatest)}`,
    failed: runs.reduce((sum, { failed }) => sum + failed, 0),
    'of floor': isFigure(runs) ? round(ratioOf(results, name, 'floor')?.median) : undefined,
    'p50 ms': round(medianOf(runs, 'request.p50')),
    'p99 ms': round(medianOf(runs, 'request.p99')),
    'CPU µs/MFA': round(medianOf(runs, 'cpu')),
    'database CPU µs/MFA': round(medianOf(runs, 'databaseCpu')),
    'RSS MiB': round(medianOf(runs, 'rss')),
  };
}

function goalsOf(results) {
  const ratio = (one, other, path) => ratioOf(results, one, other, path);
  return [
    judged('postern, SQLite : floor', { atLeast: 0.6 }, ratio('postern, SQLite', 'floor')),
    judged('postern, SQLite : commit per request', { atLeast: 4 }, ratio('postern, SQLite', 'commit per request')),
    judged('postern, PostgreSQL : plain pg', { atLeast: 1.5 }, ratio('postern, PostgreSQL', 'plain pg')),
    judged('p99 of postern, SQLite : floor', { atMost: 1.5 }, ratio('postern, SQLite', 'floor', 'request.p99')),
    judged('SQLite: postern : better-auth', { atLeast: 25 }, ratio('postern, SQLite', 'better-auth, SQLite')),
    judged(
      'PostgreSQL: postern : better-auth',
      { atLeast: 25 },
      ratio('postern, PostgreSQL', 'better-auth, PostgreSQL'),
    ),
  ];
}
