import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { localOrigin } from '../../src/app/free-port.js';
import { Lifetime } from '../../src/app/lifetime.js';
import { startSweeper } from '../../src/app/sweeper.js';
import { banner, curlSession } from '../../src/cli/banner.js';
import { resolveMasterKey } from '../../src/cli/master-key.js';
import { type FullReadyFile, writeReadyFile } from '../../src/cli/ready-file.js';
import { CommandError } from '../../src/cli/terminal.js';
import type { Trial } from '../../src/cli/world-facts.js';
import { silentLogger } from '../../src/kernel/log.js';
import { createSystemRandom } from '../../src/kernel/random.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-parts-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const READY: FullReadyFile = {
  apiPath: 'http://127.0.0.1:1/v1',
  authPath: 'http://127.0.0.1:1',
  inboxUrl: 'http://127.0.0.1:1/inbox',
  environmentId: 'e',
  populationId: 'p',
  organizationId: 'o',
  licenseId: 'l',
  clientId: 'c',
  clientSecret: 's',
  deviceAuthPolicyId: 'd',
  users: [],
  pid: 1,
};

describe('the ready file', () => {
  it('is there whole or not at all, and is its owner’s alone', () => {
    const path = join(folder, 'ready.json');
    const written = writeReadyFile(path, READY);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(READY);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => name.startsWith('ready.json'))).toEqual(['ready.json']);
    written.remove();
    expect(existsSync(path)).toBe(false);
  });

  it('of another process is not removed', () => {
    const path = join(folder, 'shared.json');
    const first = writeReadyFile(path, READY);
    writeReadyFile(path, { ...READY, pid: 2 });
    first.remove();
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: 2 });
  });
});

describe('the development master key', () => {
  const random = createSystemRandom();
  const bytes = (file: string): string | undefined =>
    resolveMasterKey({ kind: 'keptInFile', file }, random).keys[0]?.reveal().toString('hex');

  it('is made once and kept, readable by its owner only', () => {
    const file = join(folder, 'made', 'master.key');
    const first = bytes(file);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(bytes(file)).toBe(first);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'made'))).toEqual(['master.key']);
  });

  it('that is damaged is not replaced: what it sealed would be lost', () => {
    const file = join(folder, 'damaged.key');
    writeFileSync(file, 'nonsense');
    expect(() => bytes(file)).toThrow(/holds no master key/);
  });

  it('is the same for every process on PostgreSQL, and that is said', () => {
    const one = resolveMasterKey({ kind: 'published' }, random);
    expect(resolveMasterKey({ kind: 'published' }, random).keys[0]?.reveal()).toEqual(one.keys[0]?.reveal());
    expect(one.notice).toContain('published development key');
  });
});

describe('the master key from a program', () => {
  const random = createSystemRandom();
  const KEYS = ['ab'.repeat(32), 'cd'.repeat(40)];
  const from = (script: string) =>
    resolveMasterKey({ kind: 'command', command: [process.execPath, '-e', script] }, random).keys.map((key) =>
      key.reveal().toString('hex'),
    );

  it('is what it prints, the first of several first (SEC-68)', () => {
    expect(from(`console.log('${KEYS[0]}')`)).toEqual([KEYS[0]]);
    expect(from(`console.log('${Buffer.from(KEYS[1] ?? '', 'hex').toString('base64')} ${KEYS[0]}')`)).toEqual([
      KEYS[1],
      KEYS[0],
    ]);
  });

  it('gets no shell: what would be expanded or piped is an argument', () => {
    const command = [process.execPath, '-p', '"ab".repeat(32)', '$(touch /nowhere) | cat; exit 1'];
    expect(resolveMasterKey({ kind: 'command', command }, random).keys[0]?.reveal()).toEqual(Buffer.alloc(32, 0xab));
  });

  it.each([
    ['fails', 'process.exit(3)', /ended with 3/],
    ['prints nothing', '', /must print at least 32 random bytes/],
    ['prints a short key', `console.log('abcd')`, /must print at least 32 random bytes/],
    ['prints a key and something else', `console.log('${KEYS[0]} hunter2')`, /must print at least 32 random bytes/],
    ['prints without end', `for (;;) require('fs').writeSync(1, 'x'.repeat(1e5))`, /printed too much/],
    ['is killed', `process.kill(process.pid, 'SIGKILL')`, /was killed/],
  ])('that %s is refused, in words that hold nothing of it (SEC-68)', (_what, script, reason) => {
    expect(() => from(script)).toThrow(CommandError);
    expect(() => from(script)).toThrow(reason);
    expect(() => from(script)).not.toThrow(/hunter2|abcd/);
  });

  it('that is not there is refused by name', () => {
    const command = ['/nowhere/fetch-key'];
    expect(() => resolveMasterKey({ kind: 'command', command }, random)).toThrow(/could not be started.*fetch-key/);
  });
});

describe('the banner', () => {
  const trial: Trial = { userId: 'u', clientMethod: 'CLIENT_SECRET_BASIC', selectedDevice: { id: 'd' } };

  it('invites to paste nothing when there is nobody to authenticate', () => {
    const facts = { environmentName: 'E', database: 'SQLite', version: '1', notices: ['Careful.'] };
    expect(banner({ ...facts, ready: READY, trial: undefined })).not.toContain('curl');
    expect(banner({ ...facts, ready: READY, trial })).toContain('curl');
    expect(banner({ ...facts, ready: READY, trial })).toContain('! Careful.');
  });

  it('shows the client’s secret by the client’s own method, whatever characters it has', () => {
    const ready = { ...READY, clientSecret: `it's $HOME` };
    expect(curlSession(ready, trial)).toContain(`-u 'c:it'\\''s $HOME'`);
    expect(curlSession(ready, { ...trial, clientMethod: 'CLIENT_SECRET_POST' })).toContain(
      `-d client_id=c --data-urlencode 'client_secret=it'\\''s $HOME'`,
    );
  });
});

describe('what the server owns', () => {
  it('ends in the reverse order of its beginning, whatever fails', async () => {
    const ended: string[] = [];
    const lifetime = new Lifetime();
    for (const name of ['store', 'dispatcher', 'http'])
      lifetime.own({
        async [Symbol.asyncDispose]() {
          ended.push(name);
          if (name === 'dispatcher') throw new Error('stuck');
        },
      });
    await expect(lifetime[Symbol.asyncDispose]()).rejects.toThrow('stuck');
    expect(ended).toEqual(['http', 'dispatcher', 'store']);
    await lifetime[Symbol.asyncDispose]();
    expect(ended).toHaveLength(3);
  });

  it('the sweeper deletes in steps until nothing is left, and outlives a database that is away (SEC-87)', async () => {
    const left = [500, 500, 20, 0];
    const purge = vi.fn(async () => {
      if (purge.mock.calls.length === 1) throw new Error('away');
      return left.shift() ?? 0;
    });
    const sweeper = startSweeper({ purge }, silentLogger, 5);
    await vi.waitFor(() => expect(left).toEqual([]));
    await sweeper[Symbol.asyncDispose]();
    const calls = purge.mock.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(purge.mock.calls.length).toBe(calls);
  });
});

describe('the address of a server that is told no public one', () => {
  it.each([
    ['127.0.0.1', 'http://127.0.0.1:8080'],
    ['0.0.0.0', 'http://127.0.0.1:8080'],
    ['::', 'http://[::1]:8080'],
    ['::1', 'http://[::1]:8080'],
    ['localhost', 'http://localhost:8080'],
  ])('%s', (host, origin) => {
    expect(localOrigin(host, 8080)).toBe(origin);
  });

  it('has no port where the scheme says it', () => {
    expect(localOrigin('::', 443, 'https')).toBe('https://[::1]');
    expect(localOrigin('127.0.0.1', 80)).toBe('http://127.0.0.1');
    expect(localOrigin('127.0.0.1', 80, 'https')).toBe('https://127.0.0.1:80');
  });
});
