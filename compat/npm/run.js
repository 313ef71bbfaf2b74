import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { signIn } from '../harness/api.js';
import { cacheFolder } from '../harness/cache.js';
import { startPostern } from '../harness/postern.js';
import { findProgram, run } from '../harness/programs.js';
import { seed } from '../harness/world.js';

const here = fileURLToPath(new URL('./module/', import.meta.url));
const CLIENT = 'npm';
const MODULE = 'plugin-catalog-backend-module-pingidentity';
const USERS = 250;
/** By group, how many of the users it has; the module reads the members of one by a filter, in one page. */
const GROUPS = { designers: 90, testers: 3, nobody: 0 };

/** The Backstage module reads 250 users and their groups in pages, with its own handling of tokens. */
export async function runClient(report) {
  const folder = cacheFolder('npm');
  const problem = await install(folder);
  if (problem) return report.skip(CLIENT, `the module could not be installed: ${problem}`);
  const postern = await startPostern({ seed: seed() });
  try {
    await populate(postern);
    const config = {
      apiPath: postern.apiPath,
      authPath: postern.authPath,
      envId: postern.environmentId,
      clientId: postern.clientId,
      clientSecret: postern.clientSecret,
      userQuerySize: 40,
      groupQuerySize: 40,
    };
    const { code, stdout, stderr } = await run([process.execPath, 'read.cjs'], {
      cwd: folder,
      env: { COMPAT_CONFIG: JSON.stringify(config) },
    });
    if (code !== 0) return report.check(CLIENT, MODULE, 'read', stderr.trim().slice(0, 2000));
    expectFound(report, JSON.parse(stdout));
  } catch (error) {
    report.check(CLIENT, MODULE, 'what it starts from', error.message);
  } finally {
    await postern.stop();
  }
}

function expectFound(report, found) {
  const same = (step, value, expected) => {
    const [is, wanted] = [JSON.stringify(value), JSON.stringify(expected)];
    report.check(CLIENT, MODULE, step, is === wanted ? undefined : `${is}, expected ${wanted}`);
  };
  same('users in pages of 40', [found.users, found.names], [USERS, USERS]);
  same('names', found.displayName, 'Given 0 Family 0');
  same('groups', found.groups.toSorted(), Object.keys(GROUPS).toSorted());
  same('members by filter', found.members, Object.fromEntries(Object.entries(GROUPS).filter(([, size]) => size > 0)));
  same('a new token for one refused', found.usersAfterRefresh, USERS);
}

async function populate(postern) {
  const { call } = await signIn(postern);
  const environment = `/environments/${postern.environmentId}`;
  const users = [];
  for (let number = 0; number < USERS; number += 1) {
    const { id } = await call('POST', `${environment}/users`, {
      username: `user-${String(number).padStart(3, '0')}`,
      email: `user-${number}@example.org`,
      name: { given: `Given ${number}`, family: `Family ${number}` },
    });
    users.push(id);
  }
  for (const [name, size] of Object.entries(GROUPS)) {
    const { id } = await call('POST', `${environment}/groups`, { name });
    for (const user of users.slice(0, size)) await call('POST', `${environment}/users/${user}/memberOfGroups`, { id });
  }
}

/** Exactly what the lock file says, into a folder that is neither ours nor in Git. Returns what went wrong. */
async function install(folder) {
  for (const file of ['package.json', 'package-lock.json', 'read.cjs'])
    copyFileSync(join(here, file), join(folder, file));
  const lock = readFileSync(join(here, 'package-lock.json'), 'utf8');
  const stamp = join(folder, '.installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return undefined;
  const npm = findProgram(['npm']);
  if (!npm) return 'there is no `npm` on the path';
  rmSync(stamp, { force: true });
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--legacy-peer-deps'];
  const { code, stderr } = await run([npm, 'ci', ...flags], { cwd: folder });
  if (code !== 0) return stderr.split('\n').find((line) => /npm (error|ERR!)/.test(line)) ?? `npm ended with ${code}`;
  writeFileSync(stamp, lock);
  return undefined;
}
