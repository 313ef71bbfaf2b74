import { generateKeyPairSync } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { licence, signIn } from '../harness/api.js';
import { NAMES, startPostern } from '../harness/postern.js';
import { findProgram } from '../harness/programs.js';
import { withNames } from '../harness/tls.js';
import { seed } from '../harness/world.js';
import { checkConfiguration } from './configuration.js';
import { findProvider } from './provider.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const CLIENT = 'terraform';

/** Every configuration of this folder, through its whole life, by the public Terraform provider. */
export async function runClient(report) {
  const terraform = findProgram(['terraform', 'tofu']);
  if (!terraform)
    return report.skip(CLIENT, 'there is neither `terraform` nor `tofu` on the path: install one, 1.5 or newer');
  const provider = await findProvider(terraform);
  if (provider.missing) return report.skip(CLIENT, provider.missing);
  const names = configurations();
  await withNames(report, CLIENT, async () => {
    const postern = await startPostern({ seed: seed({ names }), tls: true });
    try {
      const world = await surroundings(postern);
      for (const name of names)
        await checkConfiguration(report, {
          terraform,
          name,
          env: { ...provider.env, ...world.env, TF_VAR_environment_id: world.environments.get(name) ?? '' },
          needsInit: provider.needsInit,
        });
    } finally {
      await postern.stop();
    }
  });
}

/** The folders here that hold a configuration, or those that COMPAT_ONLY names. */
function configurations() {
  const only = process.env.COMPAT_ONLY?.split(',');
  return readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && (only?.includes(entry.name) ?? true))
    .map(({ name }) => name)
    .toSorted();
}

/** What all configurations share: how to reach the server, a licence, and an environment for each by its name. */
async function surroundings(postern) {
  const api = await signIn(postern);
  const { _embedded: list } = await api.call('GET', '/environments?limit=100');
  const { licenseId = '' } = await licence(api, postern.environmentId);
  return {
    environments: new Map(list.environments.map(({ name, id }) => [name, id])),
    env: {
      SSL_CERT_FILE: postern.caFile,
      PINGONE_API_SERVICE_HOSTNAME: NAMES.api,
      PINGONE_AUTH_SERVICE_HOSTNAME: NAMES.auth,
      PINGONE_REGION_CODE: 'NA',
      PINGONE_ENVIRONMENT_ID: postern.environmentId,
      PINGONE_CLIENT_ID: postern.clientId,
      PINGONE_CLIENT_SECRET: postern.clientSecret,
      TF_VAR_license_id: licenseId,
      TF_VAR_signing_key: signingKey(),
      TF_IN_AUTOMATION: '1',
      CHECKPOINT_DISABLE: '1',
    },
  };
}

function signingKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' });
}
