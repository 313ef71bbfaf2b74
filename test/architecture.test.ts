import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../src', import.meta.url));
const MAX_LINES = 300;

/** A part of the code: the files below its paths, unless a longer path of another part claims them. */
interface Part {
  readonly paths: readonly string[];
  readonly mayImport: readonly string[];
  /** Parts it may import types from, and nothing that runs. */
  readonly typesOf?: readonly string[];
  readonly because: string;
}

const MODELS = ['platform', 'policies', 'devices', 'accounts', 'senders', 'authentication'];
const LEFT = ['kernel', 'config', 'otp', 'webauthn', 'audit', 'message'];
const DOMAIN = [...LEFT, ...MODELS];

/** Who may import whom (docs/architecture.md). A part may always import itself. */
const PARTS: Readonly<Record<string, Part>> = {
  kernel: { paths: ['kernel/'], mayImport: [], because: 'it is what everything stands on' },
  config: { paths: ['config/'], mayImport: ['kernel'], because: 'settings are plain data, read before anything runs' },
  otp: { paths: ['otp/'], mayImport: ['kernel'], because: 'codes are pure arithmetic over keys and time' },
  webauthn: {
    paths: ['webauthn/'],
    mayImport: ['kernel'],
    because: 'ceremonies are pure functions from bytes and terms to a verdict',
  },
  message: {
    paths: [
      'delivery/message.ts',
      'delivery/content.ts',
      'delivery/templates/contents.ts',
      'delivery/templates/email-layout.ts',
      'delivery/templates/locale.ts',
      'delivery/own-contents.ts',
    ],
    mayImport: ['kernel'],
    because: 'decisions say what is to be sent, never how',
  },
  audit: {
    paths: ['audit/'],
    mayImport: ['kernel'],
    typesOf: ['storage port', 'events'],
    because: 'the trail holds ids and words, and knows nobody whom they name',
  },
  events: { paths: ['events.ts'], mayImport: ['kernel', 'audit'], because: 'events carry ids and words, no entities' },
  platform: {
    paths: ['platform/'],
    mayImport: LEFT,
    typesOf: ['storage port', 'events'],
    because: 'what stands left never reaches right',
  },
  policies: {
    paths: ['policies/'],
    mayImport: [...LEFT, 'platform'],
    typesOf: ['storage port', 'events'],
    because: 'a policy knows no device',
  },
  devices: {
    paths: ['devices/'],
    mayImport: [...LEFT, 'platform', 'policies'],
    typesOf: ['storage port', 'events'],
    because: 'a device knows no authentication: deleting one does not go and end its flows',
  },
  accounts: {
    paths: ['accounts/'],
    mayImport: [...LEFT, 'platform', 'policies', 'devices'],
    typesOf: ['storage port', 'events'],
    because: 'codes of users are sent as those of devices are, and know no authentication',
  },
  senders: {
    paths: ['senders/'],
    mayImport: [...LEFT, 'platform', 'policies', 'devices', 'accounts'],
    typesOf: ['storage port', 'events'],
    because: 'codes for addresses are sent as those of users are, and know no authentication',
  },
  authentication: {
    paths: ['authentication/'],
    mayImport: [...LEFT, 'platform', 'policies', 'devices'],
    typesOf: ['storage port', 'events'],
    because: 'it is the rightmost part of the domain',
  },
  'storage port': {
    paths: [
      'storage/port.ts',
      'storage/directory-port.ts',
      'storage/keys-port.ts',
      'storage/backup-port.ts',
      'storage/store-error.ts',
    ],
    mayImport: [],
    typesOf: [...DOMAIN, 'delivery port'],
    because: 'the contract is types only, so that whoever uses it runs no storage code',
  },
  'delivery port': {
    paths: ['delivery/port.ts'],
    mayImport: ['kernel', 'message'],
    typesOf: ['audit'],
    because: 'the dispatcher’s view of the store',
  },
  'inbox port': {
    paths: ['inbox/port.ts'],
    mayImport: ['kernel', 'message'],
    because: 'the inbox’s view of the store',
  },
  storage: {
    paths: ['storage/'],
    mayImport: [...DOMAIN, 'storage port', 'delivery port', 'inbox port', 'webhooks port'],
    because: 'it speaks domain types and decodes rows at the edge',
  },
  delivery: {
    paths: ['delivery/'],
    mayImport: ['kernel', 'config', 'message', 'delivery port'],
    typesOf: ['events', 'audit', 'inbox port'],
    because: 'the dispatcher sees messages, not devices or policies',
  },
  gateways: {
    paths: ['delivery/gateways/'],
    mayImport: [...DOMAIN, 'delivery', 'delivery port'],
    because: 'a gateway may know what an address is, and nothing of storage or HTTP routes',
  },
  'http contract': {
    paths: ['http/raw.ts'],
    mayImport: [],
    because: 'what a page outside the API answers, without the API’s machinery',
  },
  tls: {
    paths: ['tls/'],
    mayImport: ['kernel'],
    because: 'it knows files, keys and certificates, and nobody who serves with them',
  },
  http: {
    paths: ['http/'],
    mayImport: [...DOMAIN, 'http contract', 'storage port'],
    typesOf: ['events', 'tls'],
    because: 'statuses and links exist here and nowhere else',
  },
  inbox: {
    paths: ['inbox/'],
    mayImport: ['kernel', 'config', 'message', 'inbox port', 'delivery', 'http contract', 'http'],
    because: 'it is a client of its own store and answers in the API’s form, without a back door into the domain',
  },
  sdk: {
    paths: ['sdk/'],
    mayImport: ['http contract'],
    because: 'files for pages elsewhere, which know the API alone',
  },
  outbound: {
    paths: ['outbound/'],
    mayImport: ['kernel'],
    because: 'it sends where it may, whatever and for whom',
  },
  'webhooks port': {
    paths: ['webhooks/port.ts'],
    mayImport: ['kernel'],
    typesOf: ['platform'],
    because: 'the sender’s view of the store',
  },
  webhooks: {
    paths: ['webhooks/'],
    mayImport: ['kernel', 'audit', 'platform', 'webhooks port'],
    typesOf: ['outbound'],
    because: 'it reads the trail and posts what it is handed a form for; no request waits for it',
  },
  cli: {
    paths: ['cli/'],
    mayImport: [...DOMAIN],
    typesOf: ['storage port', 'events'],
    because: 'commands are thin; they are handed the app and never make one',
  },
  metrics: {
    paths: ['metrics/'],
    mayImport: ['kernel'],
    typesOf: ['events', 'storage port', 'delivery', 'message'],
    because: 'it counts what it is told and shows it; nothing asks it for anything',
  },
  traces: {
    paths: ['traces/'],
    mayImport: ['kernel'],
    typesOf: ['storage port', 'delivery', 'message', 'http'],
    because: 'it stands around ports and knows nothing behind them',
  },
  root: {
    paths: ['app.ts', 'app/', 'main.ts', 'docs.ts', 'docs/'],
    mayImport: [
      ...DOMAIN,
      'events',
      'storage port',
      'delivery port',
      'inbox port',
      'storage',
      'delivery',
      'gateways',
      'inbox',
      'sdk',
      'outbound',
      'webhooks port',
      'webhooks',
      'http',
      'http contract',
      'metrics',
      'traces',
      'tls',
      'cli',
    ],
    because: 'the composition root knows everything, and nothing else sees it',
  },
};

/** Packages and node modules, and the only files that may import them. */
const PACKAGES: Readonly<Record<string, RegExp>> = {
  fastify: /^http\/server\.ts$/,
  'libphonenumber-js': /^devices\/numbering\.ts$/,
  libsql: /^storage\/sql\/dialects\//,
  pg: /^storage\/sql\//,
  nodemailer: /^delivery\/gateways\//,
  jose: /^(platform|http)\//,
  // Draws the QR code of a key URI on the inbox page, when one is asked for; any encoder of ISO/IEC 18004 would take its place.
  uqr: /^inbox\/qr\.ts$/,
  yaml: /^cli\//,
  '@opentelemetry/api': /^traces\//,
  '@opentelemetry/exporter-trace-otlp-http': /^traces\//,
  '@opentelemetry/resources': /^traces\//,
  '@opentelemetry/sdk-trace-base': /^traces\//,
  pino: /^(app|app\/.*|main)\.ts$/,
  typebox: /^(?!kernel\/(?!(json|document)-schema\.ts))/,
};

const PURE =
  /^(otp|platform|policies|devices|authentication)\/|^delivery\/(message|content|port)\.ts$|^storage\/port\.ts$/;
/** What pure code may take from node: functions of their arguments; of `node:net` only `isIP` and `BlockList`. */
const PURE_NODE = /^node:(crypto|util|buffer|net|zlib)$/;

/** Things that only one place may do. Comments are not looked at. */
const WORDS: readonly { readonly what: string; readonly pattern: RegExp; readonly allowed: RegExp }[] = [
  { what: 'reads the environment', pattern: /\bprocess\.env\b/, allowed: /^config\/load\.ts$/ },
  {
    what: 'asks the time',
    pattern: /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b/,
    // Scripts for the browser, kept as text.
    allowed: /^kernel\/|^inbox\/page\//,
  },
  {
    what: 'draws chance',
    pattern: /\bMath\.random\b|\brandom(?:Bytes|UUID|Int|Fill|FillSync)\b|\bgetRandomValues\b/,
    allowed: /^kernel\//,
  },
  {
    what: 'writes SQL',
    pattern: /\bSELECT\s[^;]{0,200}\bFROM\b|\bINSERT INTO\b|\bUPDATE \w+ SET\b|\bDELETE FROM\b|\bCREATE TABLE\b/,
    allowed: /^storage\/sql\//,
  },
  {
    what: 'opens connections',
    pattern: /\b(?:createConnection|createServer|fetch)\(/,
    allowed: /^(?!otp\/|platform\/|policies\/|devices\/|authentication\/|kernel\/)/,
  },
  {
    what: 'touches the process',
    pattern: /\bprocess\.\w/,
    allowed: /^(?!otp\/|platform\/|policies\/|devices\/|authentication\/|kernel\/)/,
  },
];

const FOLDERS_WITHOUT_MEANING = /(^|\/)(utils?|helpers?|common|types|misc)\//;

interface Import {
  readonly target: string;
  readonly typeOnly: boolean;
}

function importsOf(text: string): readonly Import[] {
  const found: Import[] = [];
  const declaration = /^\s*(?:import|export)\s+(type\s+)?(?:[^'"();]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
  for (const [, type, target = ''] of text.matchAll(declaration)) found.push({ target, typeOnly: type !== undefined });
  for (const [, target = ''] of text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g))
    found.push({ target, typeOnly: false });
  return found;
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[\s;{}(),])\/\/[^\n]*/g, '$1');
}

function partOf(file: string): string | undefined {
  let best: { readonly name: string; readonly length: number } | undefined;
  for (const [name, { paths }] of Object.entries(PARTS))
    for (const path of paths)
      if ((path.endsWith('/') ? file.startsWith(path) : file === path) && path.length > (best?.length ?? 0))
        best = { name, length: path.length };
  return best?.name;
}

/** Every rule that one file breaks, each as a sentence. */
function violations(file: string, source: string): readonly string[] {
  const broken: string[] = [];
  const text = withoutComments(source);
  const part = partOf(file);
  const rules = part === undefined ? undefined : PARTS[part];
  if (part === undefined || !rules) return [`${file} belongs to no part: give it a place in the table`];
  for (const { target, typeOnly } of importsOf(text)) {
    if (target.startsWith('.')) {
      const path = join(dirname(file), target).replace(/\.js$/, '.ts');
      const other = partOf(path);
      const allowed =
        other === part ||
        (other !== undefined && rules.mayImport.includes(other)) ||
        (other !== undefined && typeOnly && (rules.typesOf ?? []).includes(other));
      if (!allowed)
        broken.push(
          `${file} imports ${typeOnly ? 'types of ' : ''}${path}: ${part} may not see ${other}, because ${rules.because}`,
        );
    } else if (target.startsWith('node:')) {
      if (PURE.test(file) && !typeOnly && !PURE_NODE.test(target))
        broken.push(`${file} imports ${target}: the domain does no I/O`);
    } else {
      const name = target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : (target.split('/')[0] ?? target);
      const where = PACKAGES[name];
      if (!where) broken.push(`${file} imports ${name}, which has no row in the table of packages`);
      else if (!where.test(file)) broken.push(`${file} imports ${name}, which belongs elsewhere`);
    }
  }
  for (const { what, pattern, allowed } of WORDS)
    if (pattern.test(text) && !allowed.test(file)) broken.push(`${file} ${what}`);
  const lines = source.split('\n').length - 1;
  if (lines > MAX_LINES) broken.push(`${file} has ${lines} lines: look for the second idea`);
  if (FOLDERS_WITHOUT_MEANING.test(file)) broken.push(`${file} is in a folder that means nothing`);
  if (!/^[a-z0-9/.-]+$/.test(file)) broken.push(`${file} is not in kebab-case`);
  return broken;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => relative(SRC, join(SRC, name)));

describe('the import directions and the places of things', () => {
  it.each(files)('%s keeps them', (file) => {
    expect(violations(file, readFileSync(join(SRC, file), 'utf8'))).toEqual([]);
  });
});

describe('docs/architecture.md', () => {
  it('has a row for every folder of the code', () => {
    const text = readFileSync(join(SRC, '..', 'docs', 'architecture.md'), 'utf8');
    const rows = text.split('\n').flatMap((line) => /^\| (`[^|]+`) \|/.exec(line)?.[1] ?? []);
    const folders = readdirSync(SRC, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.length).toBeGreaterThan(10);
    expect(folders.map(({ name }) => name).filter((name) => !rows.some((row) => row.includes(`\`${name}/\``)))).toEqual(
      [],
    );
  });
});

describe('a control: the rules see what they forbid', () => {
  it.each([
    ['devices/service.ts', `import { decide } from '../authentication/decide.js';`, 'may not see authentication'],
    ['devices/service.ts', `import type { Flow } from '../authentication/model.js';`, 'may not see authentication'],
    ['policies/service.ts', `import { openStore } from '../storage/sql/index.js';`, 'may not see storage'],
    ['platform/service.ts', `import { StoreError } from '../storage/port.js';`, 'may not see storage port'],
    ['cli/dev.ts', `import { createApp } from '../app.js';`, 'may not see root'],
    ['authentication/decide.ts', `import { wireError } from '../http/errors.js';`, 'may not see http'],
    ['authentication/decide.ts', `import { readFileSync } from 'node:fs';`, 'does no I/O'],
    ['http/dispatch.ts', `import fastify from 'fastify';`, 'belongs elsewhere'],
    ['http/dispatch.ts', `const lazy = await import('left-pad');`, 'no row'],
    ['http/dispatch.ts', `const now = Date.now();`, 'asks the time'],
    ['http/dispatch.ts', `const path = process.env['PATH'];`, 'reads the environment'],
    ['devices/rules.ts', `const id = randomUUID();`, 'draws chance'],
    ['http/routes/users.ts', 'const sql = `SELECT id FROM users`;', 'writes SQL'],
    ['authentication/decide.ts', `process.exit(1);`, 'touches the process'],
    ['devices/service.ts', `await fetch('https://example.org');`, 'opens connections'],
    ['utils/text.ts', '', 'belongs to no part'],
    ['http/utils/text.ts', '', 'means nothing'],
    ['http/big.ts', '\n'.repeat(301), 'look for the second idea'],
  ])('%s with %s', (file, source, complaint) => {
    expect(violations(file, source).join('\n')).toContain(complaint);
  });

  it('comments are not code', () => {
    expect(violations('http/dispatch.ts', '// never Date.now() here\n/* process.env */\n')).toEqual([]);
  });
});
