// npm run evidence -- [--short] [--times=3] [--seed=1] [name …]: the evidence runs in full length, one file after another, and their figures
// into the table of docs/reliability.md. `--list` names them.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const document = join(root, 'docs', 'reliability.md');

/** By name, the files that prove it. */
const EVIDENCE = {
  crash: ['test/evidence/crash.test.ts'],
  'flush-order': ['test/evidence/flush-order.test.ts'],
  disk: ['test/evidence/disk.test.ts'],
  'database-down': ['test/evidence/database-down.test.ts'],
  clock: ['test/evidence/clock.test.ts'],
  races: ['test/evidence/races.test.ts', 'test/evidence/device-races.test.ts'],
  gateways: ['test/evidence/gateways.test.ts'],
  overload: ['test/evidence/overload.test.ts'],
  interleavings: ['test/evidence/interleavings.test.ts'],
  fuzz: ['test/evidence/fuzz.test.ts'],
  'hostile-http': ['test/evidence/hostile-http.test.ts', 'test/http/socket.test.ts', 'test/http/json-reader.test.ts'],
  tenants: ['test/api/tenants.test.ts'],
  times: ['test/evidence/answer-times.test.ts'],
  canaries: ['test/api/secrets.test.ts', 'test/evidence/canaries.test.ts'],
  rotate: ['test/evidence/rotate.test.ts'],
  backup: ['test/evidence/backup.test.ts'],
  shutdown: ['test/evidence/shutdown.test.ts'],
};

const args = process.argv.slice(2);
const names = args.filter((arg) => !arg.startsWith('--'));
const times = Number(args.find((arg) => arg.startsWith('--times='))?.slice('--times='.length) ?? 1);
const seed = args.find((arg) => arg.startsWith('--seed='))?.slice('--seed='.length);
const unknown = names.filter((name) => !Object.hasOwn(EVIDENCE, name));

if (args.includes('--list') || unknown.length > 0 || !(times >= 1)) {
  if (unknown.length > 0) console.error(`postern: there is no evidence named ${unknown.join(', ')}; there are:`);
  console.log(Object.keys(EVIDENCE).join('\n'));
  process.exitCode = args.includes('--list') ? 0 : 1;
} else {
  const failed = [];
  for (let turn = 1; turn <= times; turn++)
    for (const name of names.length > 0 ? names : Object.keys(EVIDENCE))
      if (!run(name)) failed.push(`${name} (${turn})`);
  if (failed.length > 0) {
    console.error(`\npostern: failed: ${failed.join(', ')}`);
    process.exitCode = 1;
  }
}

function run(name) {
  const folder = mkdtempSync(join(tmpdir(), 'postern-figures-'));
  const figures = join(folder, 'figures');
  console.log(`\n=== ${name}`);
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const files = EVIDENCE[name].filter((file) => existsSync(join(root, file)));
  const env = {
    ...process.env,
    POSTERN_EVIDENCE_FIGURES: figures,
    ...(args.includes('--short') ? {} : { POSTERN_EVIDENCE: 'full' }),
    ...(seed === undefined ? {} : { POSTERN_EVIDENCE_SEED: seed }),
  };
  const { status } = spawnSync(process.execPath, [vitest, 'run', '--no-file-parallelism', ...files], {
    cwd: root,
    env,
    stdio: 'inherit',
  });
  if (status === 0 && existsSync(figures) && !args.includes('--short')) record(readFileSync(figures, 'utf8'));
  rmSync(folder, { recursive: true, force: true });
  return status === 0;
}

/** Replaces the rows of the table that have the same first two cells, and adds the new ones. */
function record(lines) {
  const [begin, end] = ['<!-- figures -->', '<!-- /figures -->'];
  const text = readFileSync(document, 'utf8');
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(end);
  const key = (row) => row.split(' | ').slice(0, 2).join(' | ');
  const [head = '', rule = '', ...rows] = text.slice(from, to).trim().split('\n');
  const table = new Map(rows.map((row) => [key(row), row]));
  for (const line of lines.trim().split('\n')) {
    const { evidence, what, figure } = JSON.parse(line);
    const row = `| ${evidence} | ${what} | ${figure} |`;
    table.set(key(row), row);
  }
  const order = Object.keys(EVIDENCE);
  const rank = (row) => order.indexOf(row.split(' | ')[0].slice(2));
  const sorted = [...table.values()].sort((a, b) => rank(a) - rank(b));
  writeFileSync(document, `${text.slice(0, from)}\n${[head, rule, ...sorted].join('\n')}\n${text.slice(to)}`);
}
