import { stockPostgres, stockSqlite } from '../growth/stock.js';
import { isFigure, judged, medianOf, ratioOf, round } from '../harness/figures.js';
import { generate } from '../harness/generate.js';
import { report } from '../harness/report.js';
import { closedLoad, interleaved } from '../harness/rounds.js';
import { spread } from '../harness/statistics.js';

const STOCKS = { SQLite: stockSqlite, PostgreSQL: stockPostgres };

/**
 * `npm run bench -- growth`: full MFAs per second of random users by a paired device, with more and more authentications stored.
 * What a run itself adds comes on top, in every size alike.
 */
export async function growth(bench) {
  const { options } = bench;
  const sizes = options.sizes.split(',').map(Number);
  const users = Number(options.users);
  const load = closedLoad(options);
  const databases = Object.keys(STOCKS).filter((name) =>
    name.toLowerCase().includes((options.only ?? '').toLowerCase()),
  );
  const cases = [];
  for (const name of databases) {
    console.error(
      `${name}: storing ${users} users with three devices each, and up to ${sizes.at(-1)} authentications …`,
    );
    cases.push(...(await STOCKS[name](bench, { sizes, users })));
  }
  const results = await interleaved(cases, Number(options.rounds), ({ base, context }) =>
    bench.withTarget(base, context, (target) => generate({ ...target, flow: { ...target.flow, users } }, load)),
  );
  const nameOf = (database, size) => `${database}, ${size}`;
  await report(bench, 'growth', {
    tables: [
      {
        title: `${users} users, ${load.connections} connections, ${options.rounds} rounds of ${load.seconds} s after ${load.warmUp} s, medians`,
        rows: databases.flatMap((database) =>
          sizes.map((size) => rowOf(results, nameOf(database, size), nameOf(database, sizes[0]))),
        ),
      },
    ],
    goals: databases.map((database) =>
      judged(
        `${database}: ${sizes.at(-1)} : ${sizes[0]} stored`,
        { atLeast: 0.75 },
        ratioOf(results, nameOf(database, sizes.at(-1)), nameOf(database, sizes[0])),
      ),
    ),
    results,
  });
}

function rowOf(results, name, smallest) {
  const runs = results[name];
  const rates = spread(runs.map(({ rate }) => rate));
  return {
    stored: name,
    'MFA/s': Math.round(rates.median),
    spread: `${Math.round(rates.least)}–${Math.round(rates.greatest)}`,
    failed: runs.reduce((sum, { failed }) => sum + failed, 0),
    'of the smallest': isFigure(runs) ? round(ratioOf(results, name, smallest)?.median) : undefined,
    'p50 ms': round(medianOf(runs, 'request.p50')),
    'p99 ms': round(medianOf(runs, 'request.p99')),
    'CPU µs/MFA': round(medianOf(runs, 'cpu')),
    'database CPU µs/MFA': round(medianOf(runs, 'databaseCpu')),
  };
}
