import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { posternOnPostgres, posternOnSqlite } from '../cases/postern.js';
import { round } from '../harness/figures.js';
import { generate } from '../harness/generate.js';
import { RESULTS, report } from '../harness/report.js';
import { closedLoad, takingPart } from '../harness/rounds.js';
import { attribute } from '../profile/parts.js';

const CASES = [posternOnSqlite, posternOnPostgres];
const UNBUNDLED = fileURLToPath(new URL('../profile/postern.js', import.meta.url));
const INTERVAL_MICROS = 200;
const FUNCTIONS = 25;
/** The clock of V8's profiles. */
const nowMicros = () => Number(process.hrtime.bigint() / 1_000n);

/**
 * `npm run bench -- profile`: where the server's main thread spends its time under full load, by part and by function, in
 * microseconds per MFA. The profiles themselves are kept beside the result, for a browser's developer tools.
 */
export async function profile(bench) {
  const { options } = bench;
  const cases = await takingPart(bench, CASES);
  const results = {};
  const tables = [];
  for (const one of cases) {
    const result = await measure(bench, one, closedLoad(options));
    results[one.name] = result;
    tables.push(...tablesOf(one.name, result));
  }
  await report(bench, 'profile', { tables, results });
}

async function measure(bench, one, load) {
  const folder = join(bench.folder, `profile-${one.name.replace(/\W+/g, '-')}`);
  mkdirSync(folder);
  const nodeArguments = ['--cpu-prof', '--cpu-prof-interval', String(INTERVAL_MICROS), '--cpu-prof-dir', folder];
  const window = {};
  const result = await bench.withTarget(one, { nodeArguments, postern: UNBUNDLED }, (target) =>
    generate(target, load, {
      onMeasuring: () => {
        window.from = nowMicros();
      },
      onMeasured: () => {
        window.to = nowMicros();
      },
    }),
  );
  // Written when the process ended.
  const [file] = readdirSync(folder);
  if (!file) throw new Error(`${one.name} left no profile`);
  mkdirSync(RESULTS, { recursive: true });
  copyFileSync(join(folder, file), join(RESULTS, `${one.name.replace(/\W+/g, '-')}.cpuprofile`));
  const { parts, functions } = attribute(JSON.parse(readFileSync(join(folder, file), 'utf8')), window.from, window.to);
  return { ...result, parts: Object.fromEntries(parts), functions: functions.slice(0, FUNCTIONS) };
}

function tablesOf(name, { rate, completed, failed, cpu, mainThreadCpu, parts, functions }) {
  const { '(idle)': idle = 0, ...busyParts } = parts;
  const busy = Object.values(busyParts).reduce((sum, micros) => sum + micros, 0);
  // By the clock: the wait for a flush is part of what an MFA takes, though it costs no processor time.
  const share = (micros) => ({
    '% of busy': Number(((micros / busy) * 100).toFixed(1)),
    'µs/MFA': round(micros / completed),
  });
  const load = `${Math.round(rate)} MFA/s while profiled${failed ? `, ${failed} FAILED` : ''}`;
  const thread = `main thread busy ${Math.round((busy / (busy + idle)) * 100)} %, ${round(busy / completed)} µs/MFA`;
  const onProcessor = `on the processor ${round(mainThreadCpu)}, other threads ${round(cpu - mainThreadCpu)}`;
  return [
    {
      title: `${name}: ${load}; ${thread}; ${onProcessor}`,
      rows: Object.entries(busyParts)
        .toSorted(([, a], [, b]) => b - a)
        .map(([part, micros]) => ({ part, ...share(micros) })),
    },
    {
      title: `${name}: functions by their own time`,
      rows: functions.map(({ micros, ...names }) => ({ ...names, ...share(micros) })),
    },
  ];
}
