import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { licence, signIn } from '../harness/api.js';
import { cacheFolder } from '../harness/cache.js';
import { NAMES, startPostern } from '../harness/postern.js';
import { findProgram, run } from '../harness/programs.js';
import { withNames } from '../harness/tls.js';
import { seed } from '../harness/world.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const CLIENT = 'go';
const UNKNOWN = '00000000-0000-4000-8000-000000000000';

/** The programs over the Go SDK: the two generated modules over plain HTTP, the high-level client over TLS. */
export async function runClient(report) {
  const go = findProgram(['go']);
  if (!go)
    return report.skip(
      CLIENT,
      'there is no `go` on the path: install Go 1.21 or newer, it fetches the version it needs',
    );
  for (const program of [management, mfa, pingone]) {
    const binary = await build(go, program.name, report);
    if (!binary) continue;
    try {
      await program(binary, report);
    } catch (error) {
      report.check(CLIENT, program.name, 'what it starts from', error.message);
    }
  }
}

async function management(binary, report) {
  const postern = await startPostern();
  try {
    const api = await signIn(postern);
    const { organizationId = UNKNOWN, licenseId = UNKNOWN } = await needed(report, 'management', () =>
      licence(api, postern.environmentId),
    );
    await runProgram(report, 'management', binary, {
      ...lowLevel(postern, api),
      COMPAT_ORGANIZATION: organizationId,
      COMPAT_LICENSE: licenseId,
      COMPAT_REGION: 'NA',
      COMPAT_ENVIRONMENT: postern.environmentId,
      COMPAT_POPULATION: postern.populationId,
    });
  } finally {
    await postern.stop();
  }
}

async function mfa(binary, report) {
  const postern = await startPostern({ seed: seed() });
  try {
    const api = await signIn(postern);
    const environment = `/environments/${postern.environmentId}`;
    const make = (kind, body) => needed(report, 'mfa', () => api.call('POST', `${environment}/${kind}`, body));
    const { id: user = UNKNOWN } = await make('users', { username: 'ada', email: 'ada@example.org' });
    const { id: application = UNKNOWN } = await make('applications', {
      name: 'Pocket',
      enabled: true,
      protocol: 'OPENID_CONNECT',
      type: 'NATIVE_APP',
      grantTypes: ['AUTHORIZATION_CODE'],
      responseTypes: ['CODE'],
      redirectUris: ['org.example.pocket://callback'],
      tokenEndpointAuthMethod: 'NONE',
      pkceEnforcement: 'S256_REQUIRED',
      mobile: { bundleId: 'org.example.pocket', packageName: 'org.example.pocket' },
    });
    await runProgram(report, 'mfa', binary, {
      ...lowLevel(postern, api),
      COMPAT_ENVIRONMENT: postern.environmentId,
      COMPAT_USER: user,
      COMPAT_APPLICATION: application,
    });
  } finally {
    await postern.stop();
  }
}

/** What a program starts from. Without it the program still shows what does not need it. */
async function needed(report, program, get) {
  try {
    return await get();
  } catch (error) {
    report.check(CLIENT, program, 'what it starts from', error.message);
    return {};
  }
}

/** Few requests a second, so that the client is told to wait. */
async function pingone(binary, report) {
  const world = seed();
  await withNames(report, `${CLIENT}, pingone`, async () => {
    const postern = await startPostern({ seed: world, tls: true, options: ['--client-rate', '20'] });
    try {
      const [, form] = world.environments[0].clients;
      await runProgram(report, 'pingone', binary, {
        SSL_CERT_FILE: postern.caFile,
        PINGONE_API_SERVICE_HOSTNAME: NAMES.api,
        PINGONE_AUTH_SERVICE_HOSTNAME: NAMES.auth,
        PINGONE_REGION_CODE: 'NA',
        PINGONE_ENVIRONMENT_ID: postern.environmentId,
        PINGONE_CLIENT_ID: postern.clientId,
        PINGONE_CLIENT_SECRET: postern.clientSecret,
        COMPAT_POST_CLIENT_ID: form.id,
        COMPAT_POST_CLIENT_SECRET: form.secret,
      });
    } finally {
      await postern.stop();
    }
  });
}

function lowLevel({ apiPath }, { token }) {
  return { COMPAT_API_HOST: new URL(apiPath).host, COMPAT_TOKEN: token };
}

/**
 * Builds a program in a copy of its sources, since the Go command may want to write beside them. Undefined, and skipped, when
 * its modules are not to be had; a program that does not compile is a failure.
 */
async function build(go, program, report) {
  const sources = cacheFolder('go');
  cpSync(here, sources, { recursive: true, filter: (path) => !path.endsWith('.js') });
  const cwd = join(sources, program);
  const name = `${CLIENT}, ${program}`;
  const modules = await run([go, 'mod', 'download'], { cwd });
  if (modules.code !== 0) {
    const line = modules.stderr.split('\n').find((text) => text.trim() !== '') ?? `exit ${modules.code}`;
    report.skip(name, `its modules cannot be fetched; look at GOPROXY, and try again: ${line}`);
    return undefined;
  }
  const binary = join(cacheFolder('bin'), program);
  report.say(`building ${program} …`);
  const built = await run([go, 'build', '-p', '2', '-o', binary, '.'], { cwd, seconds: 1200 });
  if (built.code === 0) return binary;
  report.check(CLIENT, program, 'build', built.stderr.trim());
  return undefined;
}

/** Every line that the program prints is a step of its. */
async function runProgram(report, program, binary, env) {
  const { code, stderr } = await run([binary], {
    env,
    onLine: (line) => {
      const { step, ok, reason, absent } = JSON.parse(line);
      if (absent === undefined) report.check(CLIENT, program, step, ok ? undefined : (reason ?? 'failed'));
      else report.absent(CLIENT, program, step, absent);
    },
  });
  if (code !== 0 && code !== 1)
    report.check(CLIENT, program, 'run to the end', `exit ${code}: ${stderr.trim().slice(-2000)}`);
}
