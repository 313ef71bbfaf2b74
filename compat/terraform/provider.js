import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../harness/cache.js';
import { run } from '../harness/programs.js';

const SOURCE = 'pingidentity/pingone';

/**
 * How Terraform gets the provider: from the binary that COMPAT_PROVIDER names, else as it gets any, into a cache. Returns the
 * environment for it and whether a folder needs `init`, or why it is `missing`.
 */
export async function findProvider(terraform) {
  const binary = process.env.COMPAT_PROVIDER;
  return binary ? overridden(binary) : fetched(terraform);
}

function overridden(binary) {
  const folder = cacheFolder('provider');
  const file = join(folder, 'terraform-provider-pingone');
  const configuration = join(folder, 'terraform.tfrc');
  try {
    rmSync(file, { force: true });
    copyFileSync(binary, file);
  } catch (error) {
    return { missing: `COMPAT_PROVIDER names no provider that can be read: ${error.message}` };
  }
  writeFileSync(
    configuration,
    `provider_installation {\n  dev_overrides { "${SOURCE}" = ${JSON.stringify(folder)} }\n  direct {}\n}\n`,
  );
  return { env: { TF_CLI_CONFIG_FILE: configuration }, needsInit: false };
}

async function fetched(terraform) {
  const env = { TF_PLUGIN_CACHE_DIR: cacheFolder('plugins') };
  const folder = mkdtempSync(join(cacheFolder('terraform'), 'probe-'));
  copyFileSync(fileURLToPath(new URL('./provider.tf', import.meta.url)), join(folder, 'provider.tf'));
  const { code, stderr } = await run([terraform, 'init', '-no-color', '-input=false'], {
    cwd: folder,
    env,
    seconds: 180,
  });
  rmSync(folder, { recursive: true, force: true });
  if (code === 0) return { env, needsInit: true };
  const [line = `init ended with ${code}`] = stderr.split('\n').filter((text) => /error|could not/i.test(text));
  return {
    missing: `the provider ${SOURCE} cannot be fetched (${line.replace(/^[^\w]*/, '')}); name the binary of one in COMPAT_PROVIDER`,
  };
}
