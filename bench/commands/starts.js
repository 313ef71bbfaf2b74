import { spawnSync } from 'node:child_process';
import { basename, join, resolve } from 'node:path';
import { posternOnPostgres, posternOnSqlite } from '../cases/postern.js';
import { ratioOf, round } from '../harness/figures.js';
import { report } from '../harness/report.js';
import { closedLoad, interleaved, measureCase } from '../harness/rounds.js';
import { percentile, spread } from '../harness/statistics.js';

/**
 * `npm run bench -- starts`: one process settles at a speed of its own, depending on what the compiler learnt in its first seconds.
 * So this looks at processor time per MFA, start by start, which says something on a busy machine too; and, with
 * `--against <folder>,…`, beside other checkouts of Postern, which must be built.
 */
export async function starts(bench) {
  const { options } = bench;
  const one = (options.only ?? '').toLowerCase().includes('postgres') ? posternOnPostgres : posternOnSqlite;
  const cases = [here(one), ...(options.against?.split(',') ?? []).map((folder) => there(one, folder))];
  const load = closedLoad(options);
  const first = options.realtime ? realtime() : [];
  const results = await interleaved(cases, Number(options.rounds), async (each) => {
    const result = await measureCase(bench, each, load, { first });
    console.error(`  ${round(result.cpu)} µs/MFA, of which main thread ${round(result.mainThreadCpu)}`);
    return result;
  });
  await report(bench, 'starts', {
    tables: [
      {
        title: `processor time of the server per MFA, ${options.rounds} starts of each, ${load.seconds} s after ${load.warmUp} s`,
        rows: cases.map(({ name }) => rowOf(name, results, cases[1]?.name ?? name)),
      },
    ],
    results,
  });
}

const here = (one) => ({ ...one, name: 'this build' });

function there(one, folder) {
  const postern = join(resolve(folder), 'bin', 'postern.js');
  return { ...one, name: basename(resolve(folder)), launch: (context) => one.launch({ ...context, postern }) };
}

/** Ahead of everything else that wants the core, where the machine allows it: others then cost no switches. */
function realtime() {
  const command = ['chrt', '-r', '10'];
  if (spawnSync(command[0], [...command.slice(1), 'true']).status !== 0) throw new Error('chrt -r is not allowed here');
  return command;
}

function rowOf(name, results, other) {
  const ascending = results[name].map(({ cpu }) => cpu).sort((a, b) => a - b);
  const { median, least, greatest } = spread(ascending);
  return {
    build: name,
    'CPU µs/MFA': round(median),
    least: round(least),
    '25 %': round(percentile(ascending, 0.25)),
    '75 %': round(percentile(ascending, 0.75)),
    greatest: round(greatest),
    'main thread': round(spread(results[name].map(({ mainThreadCpu }) => mainThreadCpu)).median),
    ratio: round(ratioOf(results, name, other, 'cpu')?.median),
    'MFA/s': Math.round(spread(results[name].map(({ rate }) => rate)).median),
    failed: results[name].reduce((sum, { failed }) => sum + failed, 0),
  };
}
