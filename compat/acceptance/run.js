import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { licence, signIn } from '../harness/api.js';
import { startDns } from '../harness/dns.js';
import { NAMES, startPostern } from '../harness/postern.js';
import { findProgram, run } from '../harness/programs.js';
import { withNames } from '../harness/tls.js';
import { seed } from '../harness/world.js';
import { keyFiles } from './key-files.js';
import { createResults } from './results.js';
import { acceptancePage } from './table.js';
import { furnishWorkforce } from './workforce.js';

/** The environments that the provider's tests look up by name, and what each has in its bill of materials. */
const ENVIRONMENTS = {
  'tf-testacc-dynamic-general-test': ['PING_ONE_BASE', 'PING_ONE_MFA', 'PING_ONE_DAVINCI', 'PING_ONE_RISK'],
  'tf-testacc-static-domainverified-test': ['PING_ONE_BASE', 'PING_ONE_MFA'],
  'tf-testacc-static-workforce-test': ['PING_ONE_BASE', 'PING_ONE_ID'],
  'tf-testacc-static-workforce-v2-test': ['PING_ONE_BASE', 'PING_ONE_ID'],
};
/** Of a domain that is its owner's, beside the environments. */
const DOMAIN = 'tf-testacc-static-domainverified-test';
const WORKFORCE = 'tf-testacc-static-workforce-v2-test';
const EMAIL_DOMAIN = 'verified.example.org';
/** In `CA` and `SG` the provider leaves out tests that a workforce environment is not the only subject of. */
const REGION = 'NA';
/** Tests compare the addresses of images with the vendor's own, and fetch none. */
const IMAGE_URL = 'https://uploads.pingone.com';
const HOURS = 3;
/** What tests send to no vendor, unless other values are given. */
const OPTIONAL = {
  PINGONE_GOOGLE_FIREBASE_CREDENTIALS: JSON.stringify({ type: 'service_account', project_id: 'compat' }),
  // Compared as a text that has its members in order.
  PINGONE_GOOGLE_JSON_KEY: JSON.stringify({ project_id: 'compat', type: 'service_account' }),
  PINGONE_KEY_PKCS8: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  }),
  PINGONE_TWILIO_TEST_SKIP: 'true',
  PINGONE_SYNIVERSE_TEST_SKIP: 'true',
};

/**
 * `acceptance [--in FOLDER] [--list FILE] [--page FILE] <command>`: starts Postern with the environments that the Terraform provider's public
 * acceptance tests look for, runs the command (one that prints what `go test -json` prints) in the folder with the variables
 * those tests read, and prints each test with its result, into the file too; `--page` writes a page of them. Resolves to the
 * exit code.
 */
export async function runAcceptance(args) {
  const option = (name) => (args[0] === name ? args.splice(0, 2)[1] : undefined);
  const folder = option('--in') ?? process.cwd();
  const list = option('--list');
  const page = option('--page');
  if (args.length === 0) {
    console.error(
      'usage: npm run compat -- acceptance [--in FOLDER] [--list FILE] [--page FILE] <command>, see compat/README.md',
    );
    return 1;
  }
  let exitCode = 0;
  const report = { skip: (_, reason) => console.log(`skipped: ${reason}`) };
  await withNames(report, 'acceptance', async () => {
    const names = Object.keys(ENVIRONMENTS);
    const records = {};
    const dns = await startDns(records);
    const options = ['--image-url', IMAGE_URL, '--dns-servers', dns.address];
    const postern = await startPostern({ seed: seed({ names, region: REGION }), tls: true, options });
    try {
      const env = { ...OPTIONAL, ...(await keyFiles()), ...process.env, ...(await variables(postern, records)) };
      const results = createResults(console.log);
      const { code, stderr } = await run(args, { cwd: folder, env, seconds: HOURS * 3600, onLine: results.line });
      const text = results.text();
      console.log(`\n${text}`);
      if (page) writeFileSync(page, acceptancePage(results.rows()));
      if (list) writeFileSync(list, `${text}\n`);
      if (results.size === 0) console.error(`postern: no test ran (exit ${code}): ${stderr.trim().slice(-2000)}`);
      exitCode = code === 0 ? 0 : 1;
    } finally {
      await postern.stop();
      await dns.stop();
    }
  });
  return exitCode;
}

async function variables(postern, records) {
  const api = await signIn(postern);
  await furnish(api, records);
  const { organizationId, licenseId } = await licence(api, postern.environmentId);
  const terraform = findProgram(['terraform', 'tofu']);
  return {
    TF_ACC: '1',
    ...(terraform ? { TF_ACC_TERRAFORM_PATH: terraform } : {}),
    CHECKPOINT_DISABLE: '1',
    SSL_CERT_FILE: trusting(postern.caFile),
    PINGONE_API_SERVICE_HOSTNAME: NAMES.api,
    PINGONE_AUTH_SERVICE_HOSTNAME: NAMES.auth,
    // Of the client by which some tests look whether what they made is gone.
    PINGONE_API_DOMAIN: NAMES.api,
    PINGONE_CUSTOM_DOMAIN: NAMES.auth,
    PINGONE_REGION_CODE: REGION,
    PINGONE_ENVIRONMENT_ID: postern.environmentId,
    PINGONE_CLIENT_ID: postern.clientId,
    PINGONE_CLIENT_SECRET: postern.clientSecret,
    PINGONE_ORGANIZATION_ID: organizationId,
    PINGONE_ORGANIZATION_NAME: 'Postern',
    PINGONE_LICENSE_ID: licenseId,
    PINGONE_VERIFIED_EMAIL_DOMAIN: EMAIL_DOMAIN,
  };
}

async function furnish({ call }, records) {
  const { _embedded: list } = await call('GET', '/environments?limit=100');
  for (const { id, name } of list.environments) {
    const products = ENVIRONMENTS[name]?.map((type) => ({ type }));
    if (products) await call('PUT', `/environments/${id}/billOfMaterials`, { products });
    if (name === DOMAIN) await furnishDomain({ call }, id, records);
    if (name === WORKFORCE) await furnishWorkforce({ call }, id);
  }
}

/** A domain whose owner publishes what it is to be proved by. */
async function furnishDomain({ call }, environmentId, records) {
  const domains = `/environments/${environmentId}/emailDomains`;
  const { id } = await call('POST', domains, { domainName: EMAIL_DOMAIN });
  const { regions } = await call('GET', `${domains}/${id}/ownership`);
  for (const { key, value } of regions) records[`${key}.${EMAIL_DOMAIN}`] = { TXT: [value] };
}

/** A file with our certificate and those that are trusted anyway: the command may have modules to fetch. */
function trusting(caFile) {
  const usual = [process.env.SSL_CERT_FILE, '/etc/ssl/certs/ca-certificates.crt'].find(
    (file) => file && existsSync(file),
  );
  const bundle = join(dirname(caFile), 'trusted.pem');
  writeFileSync(bundle, [usual, caFile].map((file) => (file ? readFileSync(file, 'utf8') : '')).join('\n'));
  return bundle;
}
