import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { days, hours } from '../kernel/duration.js';
import { parseUuid, type Uuid } from '../kernel/ids.js';
import { MASTER_KEY_BYTES } from '../kernel/keys.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import { Redacted } from '../kernel/sealed.js';
import { baseUrls, domainEnvironmentOf, readBaseUrl } from './base-urls.js';
import type { Config, DatabaseConfig, MasterKey } from './config.js';
import { limitsOf } from './limits.js';
import { type Option, type OptionValues, variableName } from './option.js';
import { CORE_OPTIONS } from './options.js';
import { outboundOf } from './outbound.js';
import { notificationsOf } from './phone-accounts.js';
import type { Problem } from './problem.js';
import { type Mode, readSettings, type Setting, type Sources } from './read.js';
import { tlsOf } from './tls.js';

/** A configuration that stands, with what the operator should know of it. */
export interface Loaded {
  readonly config: Config;
  /** Every setting with its origin, for `postern config`. */
  readonly settings: readonly Setting[];
  readonly warnings: readonly string[];
  /** What only somebody who serves with it should know. */
  readonly servingWarnings: readonly string[];
}

type CoreValues = OptionValues<typeof CORE_OPTIONS>;

const MASTER_KEY_FILE = 'master.key';
const DATABASE_FILE = 'postern.db';
/** Variables that belong to the project's own tests. */
const TEST_VARIABLES = /^POSTERN_TEST_/;

/** What the gateways bring: their rows, and what does not go together in their values. */
export interface GatewayTable {
  readonly options: readonly Option[];
  readonly check: (values: Config['gateways']) => readonly Problem[];
}

/**
 * Settings → `Config`, or every problem at once. Pure but for `sources.readFile`, which reads the files that hold secrets.
 * Without `needsKey` a master key may be missing in production: for commands that open no secret.
 */
export function loadConfig(
  mode: Mode,
  sources: Sources,
  gatewayTable: GatewayTable,
  needsKey = true,
): Outcome<Loaded, readonly Problem[]> {
  const core: readonly Option[] = CORE_OPTIONS;
  const { settings, problems: found } = readSettings([...core, ...gatewayTable.options], mode, sources);
  const problems = [...found];
  const values = Object.fromEntries(settings.map(({ option, value }) => [option.name, value]));
  // `readSettings` made each value by the kind that its row states; the table's type says the same.
  const set = values as unknown as CoreValues;
  const complain = (name: keyof CoreValues, what: string, remedy: string): void => {
    const origin = settings.find(({ option }) => option.name === name)?.origin;
    problems.push({ where: origin === undefined || origin === 'not set' ? variable(name) : origin, what, remedy });
  };
  const database = databaseOf(set, complain);
  const urls = baseUrls(set['api-url'], set['auth-url'], complain);
  const imageUrl = readBaseUrl('image-url', set['image-url'], complain);
  const domainEnvironment = domainEnvironmentOf(set['domain-environment'], complain);
  const tls = tlsOf(set, complain);
  const masterKey = masterKeyOf(set, mode === 'serve' && needsKey, mode, database, complain);
  const testModeEnvironments = testModeOf(set['test-mode-environments'], complain);
  const corsOrigins = originsOf(set['cors-origins'], complain);
  const limits = limitsOf(set, complain);
  const notifications = notificationsOf(set, complain);
  const fidoMetadata = fidoMetadataOf(set, complain);
  const outbound = outboundOf(set, complain);
  const traceUrl = traceUrlOf(set['trace-endpoint'], sources, complain);
  const gateways = Object.fromEntries(gatewayTable.options.map(({ name }) => [name, values[name]]));
  problems.push(...gatewayTable.check(gateways));
  if (problems.length > 0 || !database || !masterKey) return reject(problems);
  const config: Config = {
    mode,
    listen: { host: set.host, port: set.port },
    urls,
    imageUrl,
    domainEnvironment,
    tls,
    fidoMetadata,
    database,
    masterKey,
    testModeEnvironments,
    corsOrigins,
    logLevel: set['log-level'],
    metrics: set['metrics-port'] === 0 ? undefined : { host: set['metrics-host'], port: set['metrics-port'] },
    traceUrl,
    readyFile: set['ready-file'],
    seedFile: set.seed,
    outbound,
    auditRetention: days(set['audit-retention']),
    bootstrapSecretLife: hours(set['bootstrap-secret-life']),
    shutdownGrace: set['shutdown-grace'] * 1000,
    reusesAssertions: set['reuse-assertions'] ?? set.profile !== 'strict',
    recoveryCodes: set['recovery-codes'],
    limits,
    notifications,
    gateways,
  };
  return accept({
    config,
    settings,
    warnings: warningsOf(settings, sources),
    servingWarnings: servingWarningsOf(config, settings),
  });
}

/** The real sources of this process; the only reader of its environment. */
export function processSources(flags: ReadonlyMap<string, string>): Sources {
  return { env: process.env, flags, readFile: (path) => readFileSync(path, 'utf8') };
}

type Complain = (name: keyof CoreValues, what: string, remedy: string) => void;

const variable = (name: string): string => variableName({ name });

function fidoMetadataOf(set: CoreValues, complain: Complain): Config['fidoMetadata'] {
  const source = set['fido-metadata'];
  const root = set['fido-metadata-root'];
  if (source === undefined) {
    if (root !== undefined) complain('fido-metadata-root', 'is set, but `fido-metadata` is not.', 'Name the BLOB too.');
    return undefined;
  }
  if (source.startsWith('http://'))
    complain(
      'fido-metadata',
      'must be a file or an https URL.',
      'Write https, or download the BLOB and name its file.',
    );
  return { source, ...(root === undefined ? {} : { root }) };
}

function databaseOf(set: CoreValues, complain: Complain): DatabaseConfig | undefined {
  const url = set['database-url'];
  if (!url) {
    const directory = set.data;
    return directory === ':memory:'
      ? { kind: 'sqlite', file: ':memory:' }
      : { kind: 'sqlite', directory, file: join(directory, DATABASE_FILE) };
  }
  if (!/^postgres(?:ql)?:\/\/[^\s]+$/.test(url.reveal())) {
    complain(
      'database-url',
      'must be a PostgreSQL URL.',
      'Write postgres://user:password@host:5432/name, with special characters of the password percent-encoded.',
    );
    return undefined;
  }
  return { kind: 'postgres', url, poolSize: set['database-pool-size'] };
}

function masterKeyOf(
  set: CoreValues,
  isRequired: boolean,
  mode: Mode,
  database: DatabaseConfig | undefined,
  complain: Complain,
): MasterKey | undefined {
  const text = set['master-key'];
  const command = set['master-key-command'];
  if (text && command !== undefined) {
    complain('master-key-command', 'is set beside the master key.', 'Unset one of the two.');
    return undefined;
  }
  if (text) {
    const keys = decodeKeys(text.reveal());
    if (keys) return { kind: 'given', keys };
    complain(
      'master-key',
      `must be at least ${MASTER_KEY_BYTES} random bytes in base64 or hexadecimal.`,
      'Make one with `openssl rand -base64 32`; keep the one you have if the database holds data already.',
    );
    return undefined;
  }
  if (command !== undefined) {
    const words = commandWords(command);
    if (words) return { kind: 'command', command: words };
    complain(
      'master-key-command',
      'must be a path and arguments separated by blanks, or a JSON array of them.',
      'Write /usr/local/bin/fetch-key production, or ["/usr/local/bin/fetch key", "production"].',
    );
    return undefined;
  }
  if (isRequired) {
    complain(
      'master-key',
      'is missing: `serve` seals secrets with it and does not start without one.',
      `Make one with \`openssl rand -base64 32 > master.key\`, keep a copy, and set ${variable('master-key')}_FILE to its path; or set ${variable('master-key-command')}.`,
    );
    return undefined;
  }
  if (mode === 'serve') return { kind: 'missing' };
  if (!database) return undefined;
  if (database.kind === 'postgres') return { kind: 'published' };
  return database.directory === undefined
    ? { kind: 'forgotten' }
    : { kind: 'keptInFile', file: join(database.directory, MASTER_KEY_FILE) };
}

/** The words of a command; `undefined` when there are none, or the JSON is of another form. */
function commandWords(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) {
    const words = text.split(/\s+/).filter((word) => word !== '');
    return words.length > 0 ? words : undefined;
  }
  try {
    const parsed: unknown = JSON.parse(text);
    const isCommand = Array.isArray(parsed) && parsed.length > 0 && parsed.every((word) => typeof word === 'string');
    return isCommand ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** One master key or several, separated by white space; `undefined` when one of them is none. */
export function decodeKeys(text: string): readonly Redacted<Buffer>[] | undefined {
  const keys = text
    .split(/\s+/)
    .filter((word) => word !== '')
    .map(decodeKey);
  const valid = keys.filter((key) => key !== undefined);
  return valid.length === keys.length && valid.length > 0 ? valid.map((key) => new Redacted(key)) : undefined;
}

/** Base64, base64url or hexadecimal; `undefined` when it is none of them or too short. */
export function decodeKey(text: string): Buffer | undefined {
  const key = /^(?:[0-9a-f]{2})+$/i.test(text)
    ? Buffer.from(text, 'hex')
    : /^[A-Za-z0-9+/_-]+={0,2}$/.test(text)
      ? Buffer.from(text, 'base64')
      : undefined;
  return key && key.length >= MASTER_KEY_BYTES ? key : undefined;
}

function testModeOf(list: readonly string[] | undefined, complain: Complain): 'all' | readonly Uuid[] {
  if (list === undefined) return [];
  if (list.length === 1 && list[0] === '*') return 'all';
  const ids = list.map(parseUuid);
  const valid = ids.filter((id) => id !== undefined);
  if (valid.length !== ids.length)
    complain(
      'test-mode-environments',
      'must be `*` or a list of environment ids in lower case.',
      'Name the environments by their ids, separated by commas.',
    );
  return valid;
}

function originsOf(list: readonly string[] | undefined, complain: Complain): Config['corsOrigins'] {
  if (list?.length === 1 && list[0] === 'loopback') return 'loopback';
  const wrong = (list ?? []).filter((origin) => !isOrigin(origin));
  if (wrong.length > 0)
    complain(
      'cors-origins',
      `has members that are not origins: ${wrong.map((origin) => JSON.stringify(origin)).join(', ')}.`,
      'Write scheme, host and port only, as in https://admin.example.org, or `loopback` alone.',
    );
  return list ?? [];
}

/** The variable that OpenTelemetry's own tools read counts where ours is not set. */
function traceUrlOf(own: string | undefined, { env }: Sources, complain: Complain): string | undefined {
  const endpoint = own ?? env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (endpoint === undefined || endpoint === '') return undefined;
  if (/^https?:\/\//.test(endpoint) && URL.canParse(endpoint)) return `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  complain(
    'trace-endpoint',
    'must be an http or https URL.',
    `Write http://host:4318, or unset ${variable('trace-endpoint')} and OTEL_EXPORTER_OTLP_ENDPOINT for no traces.`,
  );
  return undefined;
}

function isOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function warningsOf(settings: readonly Setting[], sources: Sources): readonly string[] {
  const warnings: string[] = [];
  const names = new Set(settings.flatMap(({ option }) => [variableName(option), `${variableName(option)}_FILE`]));
  for (const name of Object.keys(sources.env))
    if (name.startsWith('POSTERN_') && !names.has(name) && !TEST_VARIABLES.test(name))
      warnings.push(`${name} is set, but there is no such setting: see \`postern config\`.`);
  return warnings;
}

function servingWarningsOf({ mode, urls }: Config, settings: readonly Setting[]): readonly string[] {
  if (mode !== 'serve' || urls) return [];
  return settings.flatMap(({ option }) => option.productionWarning ?? []);
}
