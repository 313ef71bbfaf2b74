import { commitPerRequest, floor } from '../cases/floor.js';
import { posternOnSqlite } from '../cases/postern.js';
import { medianOf, ratioOf, round } from '../harness/figures.js';
import { report } from '../harness/report.js';
import { closedLoad, interleaved, measureCase, takingPart } from '../harness/rounds.js';
import { spread } from '../harness/statistics.js';
import { slowFlushes } from '../slow-disk/preload.js';

const CASES = [floor, commitPerRequest, posternOnSqlite];

/** `npm run bench -- slow-disk`: the same as `npm run bench` on a disk whose flushes take 2 ms longer. */
export async function slowDisk(bench) {
  const { options } = bench;
  const millis = Number(options['flush-millis']);
  let env;
  try {
    env = slowFlushes(bench.folder, millis);
  } catch (error) {
    bench.skip('slow-disk', error.message);
    return;
  }
  const load = closedLoad(options);
  const cases = await takingPart(bench, CASES);
  const results = await interleaved(cases, Number(options.rounds), (one) => measureCase(bench, one, load, { env }));
  await report(bench, 'slow-disk', {
    tables: [
      {
        title: `flushes ${millis} ms longer, ${load.connections} connections, ${options.rounds} rounds of ${load.seconds} s after ${load.warmUp} s, medians`,
        rows: cases.map(({ name }) => rowOf(name, results)),
      },
    ],
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
    'of floor': round(ratioOf(results, name, 'floor')?.median),
    'of commit per request': round(ratioOf(results, name, 'commit per request')?.median),
    'p50 ms': round(medianOf(runs, 'request.p50')),
    'p99 ms': round(medianOf(runs, 'request.p99')),
    'CPU µs/MFA': round(medianOf(runs, 'cpu')),
  };
}
