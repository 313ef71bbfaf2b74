import { readFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import type { Composition } from '../cli/composition.js';
import { resolveMasterKey } from '../cli/master-key.js';
import { CommandError } from '../cli/terminal.js';
import { localUrls } from '../config/base-urls.js';
import type { Config } from '../config/config.js';
import type { OptionGroup } from '../config/docs.js';
import { processSources } from '../config/load.js';
import { CORE_OPTIONS } from '../config/options.js';
import { GATEWAY_OPTIONS, GATEWAYS, gatewayProblems } from '../delivery/gateways/index.js';
import { LEASE_MILLIS } from '../delivery/message.js';
import { createEventSink } from '../events.js';
import { createKeyring, KeyError, type Keyring } from '../kernel/keys.js';
import { createSystemRandom, type Random } from '../kernel/random.js';
import type { KeyAdmin } from '../storage/keys-port.js';
import { MigrationError, migrate, openStore, type SqlStore } from '../storage/sql/index.js';
import { StoreError } from '../storage/store-error.js';
import { CertificateError } from '../tls/pair.js';
import { connectControl } from './control-client.js';
import { CONTROL_SOCKET } from './control-words.js';
import { databaseOf } from './database.js';
import { localOrigin } from './free-port.js';
import { createLogger } from './logger.js';
import { persistently } from './persistently.js';
import { reportRefused } from './refused.js';
import { processSignals } from './signals.js';

/** Every setting there is, in the order of the documentation. */
export const OPTION_GROUPS: readonly OptionGroup[] = [
  { title: 'Server', options: CORE_OPTIONS },
  ...GATEWAYS.filter(({ options }) => options.length > 0).map(({ name, options }) => ({
    title: `Gateway \`${name}\``,
    options,
  })),
];

const version = packageVersion();

/** The real parts, for the commands. */
export const composition: Composition = {
  version,
  optionGroups: OPTION_GROUPS,
  gatewayTable: { options: GATEWAY_OPTIONS, check: gatewayProblems },
  async createServer(config, populate) {
    // Only now: what serves is most of what there is to load, and no other command needs it.
    const { createApp } = await import('../app.js');
    return told(createApp(config, { version, ...(populate ? { populate } : {}) }));
  },
  async openStore(config) {
    const { store, ...parts } = await told(openDatabase(config));
    const urls = config.urls ?? localUrls(localOrigin(config.listen.host, config.listen.port));
    return { store, ...parts, urls, persistently, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
  },
  async openKeys(config) {
    const { database } = config;
    const directory = database.kind === 'sqlite' ? database.directory : undefined;
    const served = directory === undefined ? undefined : await connectControl(join(directory, CONTROL_SOCKET));
    if (served) return { keys: telling(served.keys), async [Symbol.asyncDispose]() {} };
    const { store } = await told(openDatabase(config));
    return { keys: telling(store.keys), [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
  },
  async backUp(config, target) {
    // Only now: no other command copies files.
    const { backUp } = await import('./backup.js');
    // Whoever serves goes first.
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
    return told(backUp(config, target));
  },
  migrate: (config) => told(migrate(databaseOf(config), createLogger(config.logLevel))),
  sources: processSources,
  terminal: {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
  },
  signals: processSignals,
};

/** The database alone. Commands append no messages. */
async function openDatabase(
  config: Config,
): Promise<{ store: SqlStore; random: Random } & Pick<Keyring, 'digests' | 'audit' | 'webhooks'>> {
  const random = createSystemRandom();
  const logger = createLogger(config.logLevel);
  const { digests, vault, audit, webhooks } = createKeyring(
    resolveMasterKey(config.masterKey, random).keys,
    reportRefused(logger, createEventSink(logger)),
  );
  const store = await openStore({
    database: databaseOf(config),
    vault,
    audit,
    random,
    logger,
    processId: random.uuid(),
    lease: LEASE_MILLIS,
    onAppended: () => {},
  });
  return { store, random, digests, audit, webhooks };
}

const telling = ({ status, rotate, rotateMaster }: KeyAdmin): KeyAdmin => ({
  status: () => told(status()),
  rotate: (options) => told(rotate(options)),
  rotateMaster: () => told(rotateMaster()),
});

/** Faults whose message is meant for the operator, who needs no stack to act on it. */
async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (
      error instanceof StoreError ||
      error instanceof MigrationError ||
      error instanceof KeyError ||
      error instanceof CertificateError
    )
      throw new CommandError(error.message);
    throw error;
  }
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isManifest ? String(manifest.version) : 'unknown';
}
