import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../src/config/argv.js';
import { namedUrls } from '../../src/config/base-urls.js';
import type { Config } from '../../src/config/config.js';
import { configurationMarkdown, optionsHelp, settingsText } from '../../src/config/docs.js';
import { type GatewayTable, loadConfig } from '../../src/config/load.js';
import { hasFlag, type Option, variableName } from '../../src/config/option.js';
import { CORE_OPTIONS } from '../../src/config/options.js';
import { describeProblems, type Problem } from '../../src/config/problem.js';
import type { Mode } from '../../src/config/read.js';

const NO_GATEWAYS: GatewayTable = { options: [], check: () => [] };
const KEY = Buffer.alloc(32, 7).toString('base64');
const options: readonly Option[] = CORE_OPTIONS;

function load(
  mode: Mode,
  env: Record<string, string>,
  flags: Record<string, string> = {},
  files: Record<string, string> = {},
  gateways = NO_GATEWAYS,
) {
  return loadConfig(
    mode,
    {
      env,
      flags: new Map(Object.entries(flags)),
      readFile(path) {
        const content = files[path];
        if (content === undefined) throw new Error('ENOENT');
        return content;
      },
    },
    gateways,
  );
}

function config(...args: Parameters<typeof load>): Config {
  const loaded = load(...args);
  if (!loaded.ok) throw new Error(describeProblems('it', loaded.rejection));
  return loaded.value.config;
}

function problems(...args: Parameters<typeof load>): readonly Problem[] {
  const loaded = load(...args);
  return loaded.ok ? [] : loaded.rejection;
}

describe('development', () => {
  it('needs no setting', () => {
    expect(config('dev', {})).toMatchObject({
      mode: 'dev',
      listen: { host: '127.0.0.1', port: 8080 },
      urls: undefined,
      database: { kind: 'sqlite', directory: './data', file: 'data/postern.db' },
      masterKey: { kind: 'keptInFile', file: 'data/master.key' },
      testModeEnvironments: 'all',
      corsOrigins: 'loopback',
    });
  });

  it('forgets its key with its data', () => {
    expect(config('dev', {}, { data: ':memory:' }).masterKey).toEqual({ kind: 'forgotten' });
  });

  it('has a published key on PostgreSQL, so that two processes share their codes', () => {
    expect(config('dev', {}, { 'database-url': 'postgres://localhost/x' }).masterKey).toEqual({ kind: 'published' });
  });
});

describe('production', () => {
  it('does not start without a master key (SEC-68)', () => {
    expect(problems('serve', {})).toEqual([
      {
        where: 'POSTERN_MASTER_KEY',
        what: expect.stringContaining('is missing'),
        remedy: expect.stringContaining('openssl rand -base64 32'),
      },
    ]);
  });

  it.each([
    ['base64', KEY],
    ['base64url', Buffer.alloc(33, 255).toString('base64url')],
    ['hexadecimal', 'ab'.repeat(32)],
  ])('takes a key in %s', (_form, key) => {
    expect(config('serve', { POSTERN_MASTER_KEY: key }).masterKey.kind).toBe('given');
  });

  it('takes several keys while one is replaced, the first first (SEC-68)', () => {
    const other = 'ab'.repeat(32);
    const { masterKey } = config('serve', { POSTERN_MASTER_KEY: `${other}\n${KEY}` });
    expect(masterKey.kind === 'given' && masterKey.keys.map((key) => key.reveal())).toEqual([
      Buffer.alloc(32, 0xab),
      Buffer.alloc(32, 7),
    ]);
  });

  it.each([
    ['/bin/fetch  key', ['/bin/fetch', 'key']],
    ['["/bin/fetch key", "a b"]', ['/bin/fetch key', 'a b']],
  ])('takes the program %s that prints the key, and does not run it', (text, command) => {
    expect(config('serve', { POSTERN_MASTER_KEY_COMMAND: text }).masterKey).toEqual({ kind: 'command', command });
  });

  it.each(['[', '[]', '[1]'])('refuses %s as a program', (text) => {
    expect(problems('serve', { POSTERN_MASTER_KEY_COMMAND: text })).toMatchObject([
      { where: 'POSTERN_MASTER_KEY_COMMAND', what: expect.stringContaining('JSON array') },
    ]);
  });

  it('refuses a key beside a program that prints one', () => {
    expect(problems('serve', { POSTERN_MASTER_KEY: KEY, POSTERN_MASTER_KEY_COMMAND: '/bin/fetch' })).toMatchObject([
      { where: 'POSTERN_MASTER_KEY_COMMAND', what: expect.stringContaining('beside') },
    ]);
  });

  it('takes the key from a file, whatever the line end', () => {
    const loaded = config('serve', { POSTERN_MASTER_KEY_FILE: '/run/key' }, {}, { '/run/key': `${KEY}\r\n` });
    expect(loaded.masterKey.kind === 'given' && loaded.masterKey.keys.map((key) => key.reveal())).toEqual([
      Buffer.alloc(32, 7),
    ]);
  });

  it.each([
    ['short', Buffer.alloc(31, 7).toString('base64')],
    ['a passphrase', 'correct horse battery staple correct horse'],
  ])('refuses a key that is %s, without repeating it', (_what, key) => {
    const found = problems('serve', { POSTERN_MASTER_KEY: key });
    expect(found).toMatchObject([{ where: 'POSTERN_MASTER_KEY', what: expect.stringContaining('at least 32') }]);
    expect(JSON.stringify(found)).not.toContain(key);
  });

  it('allows no test codes, no origins and no seed unless told (SEC-51)', () => {
    const loaded = config('serve', { POSTERN_MASTER_KEY: KEY });
    expect(loaded).toMatchObject({ testModeEnvironments: [], corsOrigins: [], seedFile: undefined });
    expect(problems('serve', { POSTERN_MASTER_KEY: KEY, POSTERN_SEED: 'x.yaml' })).toMatchObject([
      { where: 'POSTERN_SEED', what: expect.stringContaining('`postern dev` only') },
    ]);
  });
});

describe('all problems are reported together, each with its remedy', () => {
  const env = {
    POSTERN_PORT: '80000',
    POSTERN_LOG_LEVEL: 'loud',
    POSTERN_API_URL: 'mfa.example.org',
    POSTERN_DOMAIN_ENVIRONMENT: 'demo',
    POSTERN_DATABASE_URL: 'mysql://root:hunter2@db/x',
    POSTERN_TEST_MODE_ENVIRONMENTS: 'demo',
    POSTERN_CORS_ORIGINS: 'https://a.example/path',
    POSTERN_MASTER_KEY: 'hunter3',
    POSTERN_MASTER_KEY_FILE: '/nowhere',
    POSTERN_GATEWAY_X: 'no',
  };
  const gateways: GatewayTable = {
    options: [{ name: 'gateway-x', kind: 'boolean', doc: 'X' }],
    check: () => [{ where: 'POSTERN_GATEWAY_Y', what: 'is missing.', remedy: 'Set it.' }],
  };
  const found = problems('serve', env, {}, {}, gateways);

  it('names the variable of each', () => {
    expect(found.map(({ where }) => where).sort()).toEqual([
      'POSTERN_API_URL',
      'POSTERN_CORS_ORIGINS',
      'POSTERN_DATABASE_URL',
      'POSTERN_DOMAIN_ENVIRONMENT',
      'POSTERN_GATEWAY_X',
      'POSTERN_GATEWAY_Y',
      'POSTERN_LOG_LEVEL',
      'POSTERN_MASTER_KEY',
      'POSTERN_MASTER_KEY_FILE',
      'POSTERN_MASTER_KEY_FILE',
      'POSTERN_PORT',
      'POSTERN_TEST_MODE_ENVIRONMENTS',
    ]);
  });

  it('says what is expected, what stands there, and what to do', () => {
    const text = describeProblems('it', found);
    expect(text).toContain('it has 12 problems:');
    expect(text).toContain('POSTERN_PORT: must be a whole number from 0 to 65535, but is "80000".');
    expect(text).toContain('→ Set POSTERN_PORT or --port to a whole number from 0 to 65535, or leave it out for 8080.');
    expect(text).toContain('POSTERN_LOG_LEVEL: must be one of `debug`');
  });

  it('repeats no secret (SEC-71)', () => {
    expect(JSON.stringify(found)).not.toMatch(/hunter/);
  });
});

describe('where a value comes from', () => {
  it('a flag wins over a variable, a variable over the default; an empty variable is unset', () => {
    expect(config('dev', { POSTERN_PORT: '1' }, { port: '2' }).listen.port).toBe(2);
    expect(config('dev', { POSTERN_PORT: '1' }).listen.port).toBe(1);
    expect(config('dev', { POSTERN_PORT: '' }).listen.port).toBe(8080);
  });

  it('what only somebody who serves should know stands apart: links without a public URL', () => {
    const env = { POSTERN_MASTER_KEY: Buffer.alloc(32, 7).toString('base64') };
    expect(load('serve', env)).toMatchObject({
      value: {
        warnings: [],
        servingWarnings: [expect.stringMatching(/public URL/), expect.stringMatching(/public URL/)],
      },
    });
    expect(load('serve', { ...env, POSTERN_API_URL: 'https://mfa.example.org' })).toMatchObject({
      value: { servingWarnings: [] },
    });
  });

  it('a variable that no setting has is told, not refused', () => {
    const loaded = load('dev', { POSTERN_PROT: '1', POSTERN_TEST_DATABASE_URL: 'x', PATH: '/' });
    expect(loaded).toMatchObject({ ok: true, value: { warnings: [expect.stringContaining('POSTERN_PROT is set')] } });
  });

  it('the effective configuration shows origins and no secret', () => {
    const loaded = load(
      'serve',
      { POSTERN_MASTER_KEY: KEY, POSTERN_DATABASE_URL: 'postgres://u:hunter2@db/x' },
      { port: '9' },
    );
    const text = loaded.ok ? settingsText(loaded.value.settings) : '';
    expect(text).toMatch(/^port +9 {2}\(--port\)$/m);
    expect(text).toMatch(/^master-key +\[redacted\] {2}\(POSTERN_MASTER_KEY\)$/m);
    expect(text).toMatch(/^host +127\.0\.0\.1 {2}\(default\)$/m);
    expect(text).toMatch(/^ready-file +\(not set\)$/m);
    expect(text + JSON.stringify(loaded)).not.toMatch(/hunter2/);
    expect(text).not.toContain(KEY);
  });
});

describe('public base URLs', () => {
  it.each([
    [{ 'api-url': 'https://mfa.example.org/v1' }, 'https://mfa.example.org/v1', 'https://mfa.example.org'],
    [{ 'api-url': 'https://mfa.example.org/' }, 'https://mfa.example.org/v1', 'https://mfa.example.org'],
    [{ 'auth-url': 'https://mfa.example.org//' }, 'https://mfa.example.org/v1', 'https://mfa.example.org'],
    [{ 'api-url': 'https://h.example/api/v1/' }, 'https://h.example/api/v1', 'https://h.example/api'],
    [
      { 'api-url': 'https://api.example.org/v1', 'auth-url': 'https://auth.example.org/' },
      'https://api.example.org/v1',
      'https://auth.example.org',
    ],
  ])('%j', (flags, apiPath, authPath) => {
    expect(config('dev', {}, flags).urls).toEqual({ apiPath, authPath });
  });

  it.each([
    'mfa.example.org',
    'ftp://x.example',
    'https://u:p@x.example',
    'https://x.example/?a',
    'https://x.example#a',
    'https://',
  ])('refuses %s', (url) => {
    expect(problems('dev', {}, { 'auth-url': url })).toMatchObject([{ where: '--auth-url' }]);
  });
});

describe('TLS', () => {
  it('is off unless it is asked for', () => {
    expect(config('dev', {}).tls).toBeUndefined();
    expect(config('dev', { POSTERN_TLS: 'false' }).tls).toBeUndefined();
  });

  it('with a certificate of its own is kept below the data directory, or nowhere', () => {
    const names = { tls: 'true', 'tls-name': 'API.postern.test,auth.postern.test,api.postern.test,10.1.2.3,0:0::7' };
    expect(config('dev', {}, names).tls).toEqual({
      kind: 'made',
      names: ['api.postern.test', 'auth.postern.test', '10.1.2.3', '::7'],
      directory: 'data/tls',
    });
    expect(config('dev', {}, { tls: 'true', data: ':memory:' }).tls).toEqual({ kind: 'made', names: [] });
  });

  it('with a certificate of the operator’s takes its two files', () => {
    const env = { POSTERN_MASTER_KEY: KEY, POSTERN_TLS_CERT: 'c.pem', POSTERN_TLS_KEY: 'k.pem' };
    expect(config('serve', env).tls).toEqual({ kind: 'given', certificate: 'c.pem', key: 'k.pem' });
  });

  it.each<[Mode, Record<string, string>, readonly string[]]>([
    ['dev', { 'tls-name': 'api.postern.test' }, ['--tls-name']],
    ['dev', { tls: 'true', 'tls-cert': 'c.pem', 'tls-key': 'k.pem' }, ['--tls-cert']],
    ['dev', { tls: 'true', 'tls-key': 'k.pem' }, ['--tls-key']],
    ['dev', { 'tls-cert': 'c.pem' }, ['POSTERN_TLS_KEY']],
    ['dev', { 'tls-key': 'k.pem' }, ['POSTERN_TLS_CERT']],
    ['dev', { tls: 'true', 'tls-name': '*.postern.test' }, ['--tls-name']],
    ['dev', { tls: 'true', 'tls-name': 'https://postern.test' }, ['--tls-name']],
    ['dev', { tls: 'true', 'tls-name': 'a..b' }, ['--tls-name']],
    ['serve', { tls: 'true' }, ['--tls']],
  ])('%s with %j is refused', (mode, flags, where) => {
    const found = problems(mode, { POSTERN_MASTER_KEY: KEY }, flags);
    expect(found.map((problem) => problem.where)).toEqual(where);
  });

  it.each([
    [['api.x.test', 'auth.x.test'], 443, 'https://api.x.test/v1', 'https://auth.x.test'],
    [['auth.x.test', 'api.x.test'], 8443, 'https://api.x.test:8443/v1', 'https://auth.x.test:8443'],
    [['mfa.x.test', 'auth.x.test'], 443, 'https://mfa.x.test/v1', 'https://auth.x.test'],
    [['mfa.x.test', 'apis.x.test'], 443, 'https://mfa.x.test/v1', 'https://mfa.x.test'],
    [['::7'], 443, 'https://[::7]/v1', 'https://[::7]'],
  ])('names %j on port %i give the public URLs', (names, port, apiPath, authPath) => {
    expect(namedUrls(names, port)).toEqual({ apiPath, authPath });
  });

  it('without names gives none', () => {
    expect(namedUrls([], 443)).toBeUndefined();
  });
});

describe('the command line', () => {
  const parse = (...args: string[]) => parseArguments(args, options);

  it('takes values behind a space or an equals sign', () => {
    expect(parse('--port', '0', '--data=:memory:').flags).toEqual(
      new Map([
        ['port', '0'],
        ['data', ':memory:'],
      ]),
    );
  });

  it('adds up a list that is given more than once', () => {
    expect(parse('--tls-name', 'a.test', '--tls-name=b.test,c.test')).toMatchObject({
      flags: new Map([['tls-name', 'a.test,b.test,c.test']]),
      problems: [],
    });
  });

  it('reports everything it does not understand, at once', () => {
    expect(parse('--prot', '1', '--port', '--data', 'a', '--data', 'b').problems.map(({ where }) => where)).toEqual([
      '--prot',
      '--port',
      '--data',
    ]);
    expect(parse('--log', 'x').problems[0]?.remedy).toBe('Did you mean --log-level?');
  });

  it('takes no secret, and does not repeat one (SEC-68)', () => {
    const { problems: found, positionals } = parse('--master-key', 'hunter2');
    expect(found).toMatchObject([
      { where: '--master-key', remedy: expect.stringContaining('POSTERN_MASTER_KEY_FILE') },
    ]);
    expect(JSON.stringify(found) + positionals).not.toContain('hunter2');
  });
});

describe('metrics and traces', () => {
  it('metrics are served on loopback in production and nowhere in development, unless told otherwise', () => {
    const production = { POSTERN_MASTER_KEY: KEY };
    expect(config('serve', production).metrics).toEqual({ host: '127.0.0.1', port: 9464 });
    expect(config('serve', { ...production, POSTERN_METRICS_PORT: '0' }).metrics).toBeUndefined();
    expect(config('dev', {}).metrics).toBeUndefined();
    expect(config('dev', {}, { 'metrics-port': '9000', 'metrics-host': '0.0.0.0' }).metrics).toEqual({
      host: '0.0.0.0',
      port: 9000,
    });
  });

  it('assertions may be sent again, as the reference has it, unless that is off or the profile is strict (00 §5.1)', () => {
    expect(config('dev', {}).reusesAssertions).toBe(true);
    expect(config('dev', { POSTERN_REUSE_ASSERTIONS: 'false' }).reusesAssertions).toBe(false);
    expect(config('dev', { POSTERN_PROFILE: 'strict' }).reusesAssertions).toBe(false);
    expect(config('dev', { POSTERN_PROFILE: 'strict' }, { 'reuse-assertions': 'true' }).reusesAssertions).toBe(true);
  });

  it('traces go to our own setting or to the variable that OpenTelemetry tools share, and nowhere without either', () => {
    const shared = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' };
    expect(config('dev', {}).traceUrl).toBeUndefined();
    expect(config('dev', shared).traceUrl).toBe('http://collector:4318/v1/traces');
    expect(config('dev', shared, { 'trace-endpoint': 'https://mine' }).traceUrl).toBe('https://mine/v1/traces');
    const wrong = load('dev', { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' });
    expect(wrong.ok ? [] : wrong.rejection).toEqual([
      expect.objectContaining({ what: 'must be an http or https URL.' }),
    ]);
  });
});

describe('the table', () => {
  it.each(options.map((option) => [option.name, option] as const))('%s is documented', (_name, option) => {
    expect(option.doc).toMatch(/^[A-Z].{20,}\.$/s);
    const page = configurationMarkdown([{ title: 'All', options }]);
    expect(page).toContain(`### \`${option.name}\``);
    expect(page).toContain(`\`${variableName(option)}\``);
    expect(page.includes(`\`--${option.name}\``)).toBe(hasFlag(option));
    if (hasFlag(option) && option.only !== 'serve')
      expect(optionsHelp([{ title: 'All', options }], 'dev')).toContain(`--${option.name} `);
  });

  it('has no name twice', () => {
    expect(new Set(options.map(({ name }) => name)).size).toBe(options.length);
  });
});
