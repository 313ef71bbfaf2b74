import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { composition, OPTION_GROUPS } from './app/composition.js';
import { createApp } from './app.js';
import { configurationMarkdown } from './config/docs.js';
import { loadConfig } from './config/load.js';
import { type Answered, compatMarkdown } from './docs/compat.js';
import { errorsMarkdown } from './docs/errors.js';
import { rolesPage } from './docs/roles.js';
import { seedFileMarkdown } from './docs/seed-file.js';
import { openApi } from './http/openapi.js';
import type { Route } from './http/route.js';
import { silentLogger } from './kernel/log.js';
import { metricsMarkdown } from './metrics/catalogue.js';

/** `npm run docs` writes the generated documents; with `--check` it writes none and fails when one is stale. */
const FOLDER = fileURLToPath(new URL('../docs/', import.meta.url));

/** Base URLs of the description; a deployment has its own. */
const EXAMPLE_URLS = { apiPath: 'https://mfa.example.org/v1', authPath: 'https://mfa.example.org' };

function documents(routes: readonly Route[]): Readonly<Record<string, string>> {
  return {
    'compat.md': compatMarkdown(routes, answered()),
    'configuration.md': configurationMarkdown(OPTION_GROUPS),
    'errors.md': errorsMarkdown(routes),
    'metrics.md': metricsMarkdown(),
    'openapi.json': `${JSON.stringify(openApi(routes, { version: composition.version, ...EXAMPLE_URLS }), undefined, 1)}\n`,
    'roles.md': rolesPage(routes),
    'seed-file.md': seedFileMarkdown(),
  };
}

/** Written by `npm run compat -- --record`. */
function answered(): Answered {
  return JSON.parse(readFileSync(fileURLToPath(new URL('../compat/answered.json', import.meta.url)), 'utf8'));
}

/** The routes of a real server: one that is put together and never listens. */
async function routes(): Promise<readonly Route[]> {
  const sources = { env: {}, flags: new Map([['data', ':memory:']]), readFile: () => '' };
  const loaded = loadConfig('dev', sources, composition.gatewayTable);
  if (!loaded.ok) throw new Error('the default configuration does not stand');
  await using app = await createApp(loaded.value.config, { logger: silentLogger });
  return app.routes;
}

function isCurrent(name: string, content: string): boolean {
  try {
    return readFileSync(FOLDER + name, 'utf8') === content;
  } catch {
    return false;
  }
}

const stale = Object.entries(documents(await routes())).filter(([name, content]) => !isCurrent(name, content));
if (process.argv.includes('--check')) {
  for (const [name] of stale) console.error(`docs/${name} is stale: run \`npm run docs\` and commit it.`);
  if (stale.length > 0) process.exitCode = 1;
} else {
  for (const [name, content] of stale) {
    writeFileSync(FOLDER + name, content);
    console.info(`docs/${name} written`);
  }
}
