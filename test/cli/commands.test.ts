import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../helpers/postgres.js';
import { type PosternProcess, runPostern, spawnPostern } from '../helpers/process.js';

const KEY = Buffer.alloc(32, 7).toString('base64');
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

let folder = '';
let serial = 0;
const fresh = (): string => join(folder, `data-${serial++}`);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function bash(script: string): Promise<string> {
  return new Promise((resolve, fail) => {
    const shell = spawn('bash', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    shell.stdout.on('data', (chunk) => {
      out += chunk;
    });
    shell.once('error', fail);
    shell.once('close', () => resolve(out));
  });
}

/** The session that the banner invites to paste, as it stands there. */
async function session(postern: PosternProcess): Promise<string> {
  for (;;) {
    const found = /^AUTH=.*?; echo$/ms.exec(postern.output())?.[0];
    if (found) return found;
    await delay(10);
  }
}

async function tokenFor(postern: PosternProcess['ready'], id: string, secret: string): Promise<number> {
  const answer = await fetch(`${postern.authPath}/as/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  await answer.text();
  return answer.status;
}

describe('postern dev', () => {
  it('tells scripts where it is while it serves, and takes that back when it ends', async () => {
    const data = fresh();
    const postern = await spawnPostern(['--port', '0', '--data', data]);
    const { ready, readyFile } = postern;
    expect(Object.keys(ready)).toEqual([
      'apiPath',
      'authPath',
      'inboxUrl',
      'environmentId',
      'organizationId',
      'licenseId',
      'populationId',
      'clientId',
      'clientSecret',
      'deviceAuthPolicyId',
      'users',
      'pid',
    ]);
    expect(ready.authPath).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    expect(ready.apiPath).toBe(`${ready.authPath}/v1`);
    expect(ready.inboxUrl).toBe(`${ready.authPath}/inbox`);
    expect(ready.environmentId).toBe('abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6');
    expect(ready.deviceAuthPolicyId).toBe('5a0a0950-8a81-4739-b12a-f4d6a11c7a82');
    expect(ready.populationId).toMatch(UUID);
    expect(ready.pid).toBe(postern.pid);
    expect(ready.users.map(({ id, devices }) => [id, devices])).toEqual([
      ['991776fd-145b-499e-8237-2c62aef35b2c', []],
      ['788d4931-6936-43f2-82ff-178f5762298a', [{ id: 'ea055ca3-2b5b-4766-9628-95fc03f4ec9b', type: 'EMAIL' }]],
      ['8cc45fa5-214e-429b-b91c-e900075c3e43', []],
    ]);
    expect(statSync(readyFile).mode & 0o777).toBe(0o600);
    expect(statSync(join(data, 'master.key')).mode & 0o777).toBe(0o600);
    expect((await fetch(`${ready.authPath}/readyz`)).status).toBe(200);
    const seen = postern.output();
    for (const text of [ready.apiPath, ready.inboxUrl, ready.environmentId, ready.clientId, ready.clientSecret])
      expect(seen).toContain(text);
    expect(await postern.kill('SIGTERM')).toBe(0);
    expect(postern.leftReadyFile()).toBe(false);
  });

  it('prints a session that ends in COMPLETED when it is pasted', async () => {
    await using postern = await spawnPostern(['--port', '0', '--data', ':memory:']);
    expect(await bash(await session(postern))).toContain('"status":"COMPLETED"');
  });

  it.each(['SIGINT', 'SIGHUP'] as const)('takes its ready file away on %s too', async (signal) => {
    const postern = await spawnPostern(['--port', '0', '--data', ':memory:']);
    expect(await postern.kill(signal)).toBe(0);
    expect(postern.leftReadyFile()).toBe(false);
  });

  it('a control: nobody takes it away when the process is killed', async () => {
    const postern = await spawnPostern(['--port', '0', '--data', ':memory:']);
    expect(await postern.kill('SIGKILL')).toBe(null);
    expect(postern.leftReadyFile()).toBe(true);
  });

  it('keeps its data and its key, and is not seeded again', async () => {
    const data = fresh();
    const first = await spawnPostern(['--port', '0', '--data', data]);
    const { ready } = first;
    const key = readFileSync(join(data, 'master.key'), 'utf8');
    expect(await first.kill('SIGINT')).toBe(0);
    await using second = await spawnPostern(['--port', '0', '--data', data]);
    expect(second.ready.users).toEqual(ready.users);
    expect(readFileSync(join(data, 'master.key'), 'utf8')).toBe(key);
    expect(await tokenFor(second.ready, ready.clientId, ready.clientSecret)).toBe(200);
  });

  it('names the public addresses it is told', async () => {
    const urls = ['--api-url', 'https://mfa.example.org/api/', '--auth-url', 'https://auth.example.org'];
    await using postern = await spawnPostern(['--port', '0', '--data', ':memory:', ...urls]);
    expect(postern.ready).toMatchObject({
      apiPath: 'https://mfa.example.org/api/v1',
      authPath: 'https://auth.example.org',
      inboxUrl: 'https://auth.example.org/inbox',
    });
  });

  it('says so when the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    const address = await new Promise<number>((resolve) => {
      other.once('listening', () => {
        const at = other.address();
        resolve(typeof at === 'object' && at ? at.port : 0);
      });
    });
    const { code, err, out } = await runPostern(['dev', '--port', String(address), '--data', ':memory:']);
    other.close();
    expect(code).toBe(1);
    expect(err).toBe(
      `postern dev: port ${address} of 127.0.0.1 is in use: stop what listens there, or choose another with --port (0 takes any that is free).\n`,
    );
    expect(out).toBe('');
  });

  it('refuses a database that another process serves (SEC-77)', { timeout: 60_000 }, async () => {
    const data = fresh();
    await using _first = await spawnPostern(['--port', '0', '--data', data]);
    const { code, err } = await runPostern(['dev', '--port', '0', '--data', data]);
    expect(code).toBe(1);
    expect(err).toMatch(/^postern dev: .*postern\.db is in use by another process.*\n$/);
  });
});

describe('postern dev on PostgreSQL', () => {
  it('two servers that start at once make one demo environment, and take each other’s tokens and codes', async () => {
    await using database = await createTestDatabase();
    const at = ['--port', '0', '--database-url', database.url];
    const [one, other] = await Promise.all([spawnPostern(at), spawnPostern(at)]);
    try {
      expect(other.ready.users).toEqual(one.ready.users);
      expect(one.output()).toContain('published development key');
      const [begin, end] = (await session(one)).split('# 3.');
      const there = `AUTH=${other.ready.authPath}/${other.ready.environmentId}`;
      expect(await bash(`${begin}\n${there}\n# 3.${end}`)).toMatch(
        new RegExp(`^\\{"_links":\\{"self":\\{"href":"${other.ready.authPath}/.*"status":"COMPLETED"`),
      );
    } finally {
      await Promise.all([one.kill('SIGTERM'), other.kill('SIGTERM')]);
    }
  });

  it('says so when the database cannot be reached, without repeating its URL', async () => {
    const { code, err } = await runPostern(['dev', '--database-url', 'postgres://u:hunter2@127.0.0.1:1/x']);
    expect(code).toBe(1);
    expect(err).toMatch(/^postern dev: .*cannot be reached.*\n$/);
    expect(err).not.toContain('hunter2');
  });
});

describe('postern dev --seed', () => {
  it('serves what the file describes, in place of the demo', async () => {
    const file = join(folder, 'seed.yaml');
    writeFileSync(
      file,
      [
        'environments:',
        '  - name: Shop',
        '    users:',
        '      - username: ann',
        '        email: ann@example.org',
        '        devices: [{ type: SMS, phone: "+15125550101" }, { type: EMAIL, email: ann@example.org }]',
        '      - username: bob',
        '        email: bob@example.org',
        '    clients: [{ name: Backend, secret: backend-secret }]',
      ].join('\n'),
    );
    await using postern = await spawnPostern(['--port', '0', '--data', fresh(), '--seed', file]);
    expect(postern.ready.users.map(({ username, devices }) => [username, devices.map(({ type }) => type)])).toEqual([
      ['ann', ['SMS', 'EMAIL']],
      ['bob', []],
    ]);
    expect(postern.ready.clientSecret).toBe('backend-secret');
    expect(postern.output()).not.toContain('abfba8f6');
    // The factory policy has SMS off: the session takes the device that can be used.
    expect(await bash(await session(postern))).toContain('"authenticators":["mfa","email"]');
  });

  it('names the line of each mistake, and creates nothing', async () => {
    const file = join(folder, 'wrong.yaml');
    const data = fresh();
    writeFileSync(file, 'environments:\n  - name: Shop\n    users:\n      - username: ann\n      - emial: x\n');
    const { code, err } = await runPostern(['dev', '--port', '0', '--data', data, '--seed', file]);
    expect(code).toBe(1);
    expect(err).toContain('line 4, environments[0].users[0].email: is missing.');
    expect(err).toContain('line 5, environments[0].users[1].emial:');
    expect(existsSync(data)).toBe(false);
  });
});

describe('postern serve', () => {
  it('refuses to start without a master key (SEC-68)', async () => {
    const { code, err } = await runPostern(['serve', '--port', '0', '--data', fresh()]);
    expect(code).toBe(2);
    expect(err).toContain('POSTERN_MASTER_KEY: is missing');
    expect(err).toContain('openssl rand -base64 32');
  });

  it('has no demo data, no inbox and no known credentials; bootstrap prints a way in, once (SEC-51)', async () => {
    const env = { POSTERN_MASTER_KEY: KEY };
    const at = ['--data', fresh(), '--port', '0'];
    const made = await runPostern(['bootstrap', ...at], env);
    expect(made.code).toBe(0);
    const field = (label: string): string => new RegExp(`${label} +(\\S+)`).exec(made.out)?.[1] ?? '';
    const [environmentId, clientId, secret] = [field('Environment id'), field('Client id'), field('Client secret')];
    expect(environmentId).toMatch(UUID);
    expect(Buffer.from(secret, 'base64url').length).toBeGreaterThanOrEqual(32);

    const again = await runPostern(['bootstrap', ...at], env);
    expect(again).toMatchObject({ code: 1, out: '', err: expect.stringContaining('"Default" already') });

    await using postern = await spawnPostern(['serve', ...at], env);
    expect(Object.keys(postern.ready)).toEqual(['apiPath', 'authPath', 'pid']);
    expect(postern.output()).not.toContain(secret);
    expect(postern.output()).toContain('no gateway sends SMS, VOICE, EMAIL, WHATSAPP');
    expect(await tokenFor(postern.ready, clientId, secret)).toBe(200);
    expect(
      await tokenFor(postern.ready, 'de300c11-e470-4dde-8000-00000000c11e', 'demo-secret-never-use-in-production'),
    ).toBe(401);
    expect((await fetch(`${postern.ready.authPath}/inbox`)).status).toBe(404);
    expect((await fetch(`${postern.ready.authPath}/inbox/messages`)).status).toBe(404);
    expect(await postern.kill('SIGTERM')).toBe(0);
  });
});

describe('other commands', () => {
  it('migrate needs no key, and may be repeated', async () => {
    const at = ['--data', fresh()];
    expect(await runPostern(['migrate', ...at])).toMatchObject({ code: 0 });
    expect(await runPostern(['migrate', ...at])).toMatchObject({ code: 0, out: expect.stringContaining('up to date') });
  });

  it('config prints what is in force and no secret', async () => {
    const env = { POSTERN_MASTER_KEY: KEY, POSTERN_PORT: '9999' };
    const { code, out } = await runPostern(['config', '--host', '::1'], env);
    expect(code).toBe(0);
    expect(out).toMatch(/^port +9999 {2}\(POSTERN_PORT\)$/m);
    expect(out).toMatch(/^host +::1 {2}\(--host\)$/m);
    expect(out).not.toContain(KEY);
  });

  it('tokens turns a seed file into bodies of requests, and says what is wrong with one', async () => {
    const file = fresh();
    writeFileSync(file, 'serialNumber,secret,type,timeStep\nA1,31323334353637383930313233343536,TOTP,60\n');
    const { code, out } = await runPostern(['tokens', file]);
    expect([code, JSON.parse(out)]).toEqual([
      0,
      {
        serialNumber: 'A1',
        secret: '31323334353637383930313233343536',
        type: 'TOTP',
        otpLength: 6,
        hashAlgorithm: 'HmacSHA1',
        totp: { timeStep: 60 },
        rowNumber: 2,
      },
    ]);
    const jobs = await runPostern(['tokens', file, '--jobs']);
    expect(JSON.parse(jobs.out)).toEqual({ type: 'CREATE_OATH_TOKENS', tokens: [JSON.parse(out)] });
    writeFileSync(file, '<!DOCTYPE x><KeyContainer/>');
    const refused = await runPostern(['tokens', file]);
    expect([refused.code, refused.out]).toEqual([1, '']);
    expect(refused.err).toContain(`${file}: not the XML of a seed file`);
  });

  it('all mistakes of a command line are told at once', async () => {
    const { code, err } = await runPostern(['dev', '--prot', '1', '--log-level', 'loud', 'stray', '--seed']);
    expect(code).toBe(2);
    for (const where of ['--prot:', '--log-level:', '"stray":', '--seed:']) expect(err).toContain(`  ${where}`);
  });

  it.each([[[]], [['--help']], [['dev', '--help']]])('%j explains', async (args) => {
    expect(await runPostern(args)).toMatchObject({ code: 0, out: expect.stringContaining('Usage: postern') });
  });

  it('an unknown command is told', async () => {
    expect(await runPostern(['sever'])).toMatchObject({ code: 2, err: expect.stringContaining('no command "sever"') });
  });
});

describe('npm start', () => {
  it('serves for development, passing its arguments on', async () => {
    const root = fileURLToPath(new URL('../..', import.meta.url));
    const file = join(folder, 'npm-start.json');
    const npm = spawn('npm', ['start', '--', '--port', '0', '--data', fresh(), '--ready-file', file], {
      cwd: root,
      stdio: 'ignore',
      detached: true,
    });
    const ended = new Promise<number | null>((resolve) => {
      npm.once('close', resolve);
    });
    const early = await Promise.race([ended.then(() => true), waitFor(file).then(() => false)]);
    expect(early).toBe(false);
    const { authPath, pid } = JSON.parse(readFileSync(file, 'utf8'));
    expect((await fetch(`${authPath}/readyz`)).status).toBe(200);
    process.kill(pid, 'SIGTERM');
    await ended;
    expect(existsSync(file)).toBe(false);
  });
});

async function waitFor(file: string): Promise<void> {
  while (!existsSync(file)) await delay(20);
}
