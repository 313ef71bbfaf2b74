/**
 * `npm run bench`: full MFAs per second beside the floor, all cases interleaved in one run. Figures of a shared machine mean
 * something only as ratios of one run; the warm-up lets both compile what they run. Options: --rounds 3 --seconds 4
 * --warm-up 8 --connections 32 --only NAME --json FILE
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    'warm-up': { type: 'string', default: '8' },
    connections: { type: 'string', default: '32' },
    json: { type: 'string' },
    only: { type: 'string' },
  },
});
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const pinned = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;
const pin = (cpu, command) => (pinned ? ['taskset', '-c', String(cpu), ...command] : command);
const NODE = process.execPath;
const DEMO_USER = '991776fd-145b-499e-8237-2c62aef35b2c';
const folder = mkdtempSync(join(tmpdir(), 'postern-bench-'));
let serial = 0;

/** Starts a process and resolves with what `ready` makes of its first line, or of the ready file. */
function start(command, env, ready) {
  const [program, ...args] = pin(0, command);
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = () =>
    new Promise((resolve) => {
      child.once('exit', resolve);
      child.kill('SIGTERM');
    });
  return new Promise((resolve, fail) => {
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`${command.join(' ')} ended with ${code}`)));
    ready(child, (target) => resolve({ ...target, stop }));
  });
}

const floor = (delivery) => () =>
  start(
    [NODE, here('floor.js'), join(folder, `floor-${serial++}.db`)],
    { FLOOR_DELIVERY: delivery ? '1' : '0' },
    (child, done) => {
      child.stdout.once('data', (line) => {
        const { port, pid } = JSON.parse(line);
        done({ flows: `http://127.0.0.1:${port}/environment/deviceAuthentications`, token: 'none', pid });
      });
    },
  );

const postern = (args) => () => {
  const file = join(folder, `ready-${serial}.json`);
  const command = [NODE, here('../bin/postern.js'), 'dev', '--port', '0', '--data', join(folder, `data-${serial++}`)];
  return start([...command, '--ready-file', file, '--log-level', 'warn', ...args], {}, (child, done) => {
    child.stdout.resume();
    const poll = setInterval(async () => {
      let ready;
      try {
        ready = JSON.parse(readFileSync(file, 'utf8'));
      } catch {
        return;
      }
      clearInterval(poll);
      const answer = await fetch(`${ready.authPath}/${ready.environmentId}/as/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: ready.clientId,
          client_secret: ready.clientSecret,
        }),
      });
      const { access_token: token } = await answer.json();
      done({ flows: `${ready.authPath}/${ready.environmentId}/deviceAuthentications`, token, pid: ready.pid });
    }, 20);
  });
};

const CASES = { floor: floor(false), 'postern, SQLite': postern([]) };
if (process.env.POSTERN_BENCH_DATABASE_URL) {
  CASES['postern, PostgreSQL'] = postern(['--database-url', process.env.POSTERN_BENCH_DATABASE_URL]);
}

/** User and system seconds, and resident mebibytes, of a process. */
function usage(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, rss: Number(rss) / 1024 };
}

function generate(target) {
  const command = [
    NODE,
    here('generator.js'),
    target.flows,
    target.token,
    DEMO_USER,
    options.connections,
    options.seconds,
    options['warm-up'],
  ];
  const [program, ...args] = pin(1, command);
  return new Promise((resolve, fail) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    let before;
    let after;
    let output = '';
    child.on('message', (message) => {
      if (message === 'measuring') before = usage(target.pid);
      else after = usage(target.pid);
    });
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.on('exit', (code) => {
      if (code !== 0) return fail(new Error(`the generator ended with ${code}`));
      const result = JSON.parse(output);
      resolve({ ...result, cpu: ((after.cpu - before.cpu) / result.completed) * 1e6, rss: after.rss });
    });
  });
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const results = Object.fromEntries(Object.keys(CASES).map((name) => [name, []]));
for (let round = 0; round < Number(options.rounds); round++) {
  for (const [name, launch] of Object.entries(CASES)) {
    if (options.only && !name.includes(options.only)) continue;
    const target = await launch();
    const result = await generate(target);
    await target.stop();
    results[name].push(result);
    console.error(
      `round ${round + 1} ${name}: ${Math.round(result.rate)} MFA/s${result.failed ? `, ${result.failed} FAILED` : ''}`,
    );
  }
}
rmSync(folder, { recursive: true, force: true });

const summary = Object.entries(results)
  .filter(([, runs]) => runs.length > 0)
  .map(([name, runs]) => {
    const of = (key) => median(runs.map((run) => run[key]));
    const rates = runs.map((run) => run.rate);
    return {
      case: name,
      'MFA/s': Math.round(of('rate')),
      spread: `${Math.round(Math.min(...rates))}–${Math.round(Math.max(...rates))}`,
      'ratio to floor': results.floor.length
        ? Number((of('rate') / median(results.floor.map((run) => run.rate))).toFixed(2))
        : undefined,
      'p50 ms': Number(of('p50').toFixed(2)),
      'p99 ms': Number(of('p99').toFixed(2)),
      'CPU µs/MFA': Math.round(of('cpu')),
      'RSS MiB': Math.round(of('rss')),
    };
  });
console.log(
  `node ${process.version}, ${options.connections} connections, ${options.rounds} rounds of ${options.seconds} s after ${options['warm-up']} s, ${pinned ? 'server and generator pinned' : 'not pinned'}`,
);
console.table(summary);
if (options.json)
  writeFileSync(options.json, `${JSON.stringify({ node: process.version, options, summary, results }, null, 2)}\n`);
