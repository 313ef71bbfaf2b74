/**
 * `npm run mutation`: changes the security core in one place at a time and asks whether a test notices (SEC-91). Prints the score
 * per file and part with the changes that no test noticed, and fails below the least score of a part (`targets.json`).
 *
 *   npm run mutation                        all of it, minutes on two cores
 *   npm run mutation -- --short             codes and counting by their own tests, seconds
 *   npm run mutation -- src/otp/code.ts     some files, by the tests of their part
 *   npm run mutation -- --write             all of it, and the scores into docs/mutation.md
 *
 * What makes the changes is no dependency of the project: it is installed on first use, by its own lock file, into the ignored
 * `.mutation/`. What runs the tests is the project's own vitest (`judge.ts`).
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { instrument } from './instrument.js';
import { percentage, scoreOf } from './score.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const json = (file) => JSON.parse(readFileSync(file, 'utf8'));
const folder = join(root, '.mutation');
/** Without a verdict for so long, a mutant does not end. */
const PATIENCE = 120_000;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { short: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
});
const { parts, short } = json(here('targets.json'));

install();
const judged = [];
for (const [index, part] of jobs().entries()) judged.push(...(await judgePart(part, join(folder, `${index}`))));
process.exitCode = tell(judged) ? 0 : 1;

/** By the lock file, without scripts; again only when the lock file changes. */
function install() {
  const lock = createHash('sha256')
    .update(readFileSync(here('tool/package-lock.json')))
    .digest('hex');
  const stamp = join(folder, '.installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  mkdirSync(folder, { recursive: true });
  cpSync(here('tool'), folder, { recursive: true });
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error('npm ci in .mutation/ failed');
  writeFileSync(stamp, lock);
}

/** What is changed, and the tests that are to notice: one job per part, so that no mutant waits for tests that never reach it. */
function jobs() {
  if (options.short) return [short];
  if (positionals.length === 0) return parts;
  const unknown = positionals.find((file) => !parts.some(({ files }) => files.includes(file)));
  if (unknown) throw new Error(`${unknown} is in no part of test/mutation/targets.json`);
  return parts
    .map(({ files, tests }) => ({ files: files.filter((file) => positionals.includes(file)), tests }))
    .filter(({ files }) => files.length > 0);
}

async function judgePart({ files, tests }, name) {
  const { code, mutants } = await instrument(folder, root, files);
  const ids = mutants.map(({ id }) => id);
  const job = { root, tests, code, path: `${name}.json`, verdicts: `${name}.jsonl` };
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const verdicts = await rounds(job, ids, [vitest, 'run', '--config', 'test/mutation/vitest.config.ts']);
  const loading = ids.filter((id) => verdicts.get(id) === 'static');
  for (const [id, verdict] of await rounds(job, loading, [here('static.js')])) verdicts.set(id, verdict);
  return mutants.map((mutant) => ({ ...mutant, verdict: verdicts.get(mutant.id) ?? 'survived' }));
}

/** Runs a judge until every mutant has its verdict: again when one left the tests unusable, and when one did not end. */
async function rounds(job, ids, command) {
  const verdicts = new Map();
  let left = ids;
  while (left.length > 0) {
    rmSync(job.verdicts, { force: true });
    writeFileSync(job.path, JSON.stringify({ ...job, mutants: left }));
    const { output, stuck } = await work(job, command);
    const said = existsSync(job.verdicts) ? readFileSync(job.verdicts, 'utf8').split('\n').filter(Boolean) : [];
    for (const { mutant, verdict } of said.map((line) => JSON.parse(line))) if (mutant) verdicts.set(mutant, verdict);
    for (const [mutant, verdict] of verdicts)
      if (verdict === 'begun') verdicts.set(mutant, stuck ? 'endless' : 'detected');
    const remaining = ids.filter((id) => !verdicts.has(id));
    if (remaining.length === left.length) throw new Error(`the tests did not run without a change:\n${output}`);
    left = remaining;
    console.log(`${verdicts.size} of ${ids.length} judged`);
  }
  return verdicts;
}

/** One process; ended when no verdict has come for a while. */
function work(job, command) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, command, {
      cwd: root,
      env: { ...process.env, POSTERN_MUTATION_JOB: job.path, NODE_NO_WARNINGS: '1', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    let [seen, since, stuck] = [-1, Date.now(), false];
    const watch = setInterval(() => {
      const size = existsSync(job.verdicts) ? readFileSync(job.verdicts).length : 0;
      if (size !== seen) [seen, since] = [size, Date.now()];
      else if (Date.now() - since > PATIENCE) stuck = child.kill('SIGKILL');
    }, 1_000);
    child.on('close', () => {
      clearInterval(watch);
      resolve({ output, stuck });
    });
  });
}

/** Prints what was found; whether every part reaches its least score and every listed mutant is one. */
function tell(mutants) {
  const score = scoreOf(mutants, json(here('equivalent.json')), parts);
  for (const { file, at, was, becomes, verdict } of score.undetected)
    console.log(`${verdict}  ${file}:${at}\n  - ${was}\n  + ${becomes}`);
  for (const { file, line, becomes } of score.stale)
    console.log(`no longer true in test/mutation/equivalent.json: ${file}: ${line} → ${becomes}`);

  const table = tableOf(score);
  console.log(`\n${table}\n`);
  if (options.write && !options.short && positionals.length === 0) write(table);
  const low = score.parts.filter((part) => percentage(part) < part.leastScore);
  for (const { name, leastScore } of low) console.log(`${name}: below ${leastScore} %`);
  console.log(`${score.parts.length - low.length} passed, ${low.length + score.stale.length} failed`);
  return low.length + score.stale.length === 0;
}

function tableOf({ files: scores, parts: ofParts, all, equivalent }) {
  const row = (name, { detected, total }, least = '') =>
    `| ${name} | ${total} | ${detected} | ${percentage({ detected, total }).toFixed(1)} % | ${least} |`;
  const rows = ofParts.flatMap((part) => [
    row(`**${part.name}**`, part, `${part.leastScore} %`),
    ...(parts.find(({ name }) => name === part.name)?.files ?? [])
      .filter((file) => scores.has(file))
      .map((file) => row(`\`${file}\``, scores.get(file))),
  ]);
  return [
    '| | mutants | detected | score | at least |',
    '|---|---:|---:|---:|---:|',
    ...rows,
    row('**all**', all),
    '',
    `Listed as equivalent and not counted: ${equivalent}.`,
  ].join('\n');
}

/** Puts the table between the two markers of the page. */
function write(table) {
  const page = join(root, 'docs', 'mutation.md');
  const [before, rest = ''] = readFileSync(page, 'utf8').split('<!-- scores -->\n');
  const [, after = ''] = rest.split('<!-- /scores -->');
  writeFileSync(page, `${before}<!-- scores -->\n${table}\n<!-- /scores -->${after}`);
}
