import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../harness/cache.js';
import { run } from '../harness/programs.js';
import { importBlocks, unexpectedChanges } from './plan.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const CLIENT = 'terraform';
/** The provider tries again for ten minutes when it is refused; nothing here should wait that long. */
const STEP_SECONDS = 150;

/** One configuration: apply, a plan that is empty, import of everything into an empty state, change in place, destroy. */
export async function checkConfiguration(report, { terraform, name, env, needsInit }) {
  const main = folderOf(name, 'main');
  const command = (cwd, ...args) => run([terraform, ...args], { cwd, env, seconds: STEP_SECONDS });
  const check = (step, failure) => {
    report.check(CLIENT, name, step, failure);
    return failure === undefined;
  };
  const changed = ['-var', 'changed=true'];
  const apply = (...args) => command(main, 'apply', '-auto-approve', '-no-color', '-input=false', ...args);
  const isEmptyPlan = async (...args) => {
    const plan = await command(main, 'plan', '-detailed-exitcode', '-no-color', '-input=false', ...args);
    return plan.code === 0 ? undefined : problem(plan);
  };
  const destroy = () => command(main, 'destroy', '-auto-approve', '-no-color', '-input=false', ...changed);
  if (needsInit) await command(main, 'init', '-no-color', '-input=false');
  const applied = await apply();
  if (check('apply', applied.code === 0 ? undefined : problem(applied))) {
    check('plan is empty', await isEmptyPlan());
    check('import', await imported(name, { command, main, needsInit }));
    const update = await apply(...changed);
    if (check('change', update.code === 0 ? inPlace(update) : problem(update)))
      check('plan is empty again', await isEmptyPlan(...changed));
    const destroyed = await destroy();
    check('destroy', destroyed.code === 0 ? undefined : problem(destroyed));
  } else await destroy();
}

/** Plans the import of all that the state holds into an empty one: nothing may differ from the configuration. */
async function imported(name, { command, main, needsInit }) {
  const state = await command(main, 'show', '-json');
  const fresh = folderOf(name, 'import');
  writeFileSync(join(fresh, 'imports.tf'), importBlocks(JSON.parse(state.stdout)).join('\n'));
  if (needsInit) await command(fresh, 'init', '-no-color', '-input=false');
  const planned = await command(fresh, 'plan', '-out=plan', '-no-color', '-input=false');
  if (planned.code !== 0) return problem(planned);
  const plan = await command(fresh, 'show', '-json', 'plan');
  const changes = unexpectedChanges(JSON.parse(plan.stdout));
  return changes.length === 0 ? undefined : `differs after import: ${changes.join('; ')}`;
}

function inPlace({ stdout }) {
  const [, added, destroyed] = /(\d+) added, \d+ changed, (\d+) destroyed/.exec(stdout) ?? [];
  return added === '0' && destroyed === '0'
    ? undefined
    : `not changed in place: ${added} added, ${destroyed} destroyed`;
}

/** A folder with the configuration and nothing else. */
function folderOf(name, part) {
  const folder = join(cacheFolder('terraform'), name, part);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(here, 'provider.tf'), join(folder, 'provider.tf'));
  for (const file of readdirSync(join(here, name))) copyFileSync(join(here, name, file), join(folder, file));
  return folder;
}

/** What Terraform complains of, or what an unwanted plan would do. */
function problem({ code, stdout, stderr }) {
  const text = stderr.includes('Error') ? stderr : stdout;
  const lines = text.split('\n').filter((line) => !/^[\s│╷╵]*$/.test(line));
  const from = lines.findIndex((line) => /Error:|# pingone_/.test(line));
  return `exit ${code}: ${lines.slice(Math.max(from, 0)).join('\n    ').slice(0, 1500)}`;
}
