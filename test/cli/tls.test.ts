import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../src/app/free-port.js';
import { createSystemRandom } from '../../src/kernel/random.js';
import { keepCertificate } from '../../src/tls/kept.js';
import { type PosternProcess, runPostern, spawnPostern } from '../helpers/process.js';
import { testClock } from '../helpers/store.js';
import { trustingFetch } from '../helpers/trusting-fetch.js';
import { handshake } from '../tls/handshake.js';

const KEY = Buffer.alloc(32, 7).toString('base64');
const NAMES = ['--tls-name', 'api.x.test', '--tls-name', 'auth.x.test'];

let folder = '';
let serial = 0;
const fresh = (): string => join(folder, `data-${serial++}`);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-cli-tls-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Ready = PosternProcess['ready'] & { readonly caFile: string };

/** What its ready file says, once clients trust it. */
function readyOf(postern: PosternProcess): Ready & { readonly ca: string } {
  const ready = postern.ready as Ready;
  return { ...ready, ca: readFileSync(ready.caFile, 'utf8') };
}

async function tokenOf({ authPath, clientId, clientSecret, ca }: ReturnType<typeof readyOf>): Promise<string> {
  const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
  const answer = await trustingFetch(`${authPath}/as/token`, ca, {
    method: 'POST',
    headers: { authorization: basic, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  });
  expect(answer.status).toBe(200);
  return JSON.parse(answer.text).access_token;
}

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

describe('postern dev --tls', () => {
  it('serves its names by a certificate that the next start uses again, and says how to trust it', async () => {
    const data = fresh();
    const args = ['--tls', ...NAMES, '--port', '0', '--data', data];
    const first = await spawnPostern(args);
    const ready = readyOf(first);
    const { port } = new URL(ready.authPath);
    expect(ready).toMatchObject({
      apiPath: `https://api.x.test:${port}/v1`,
      authPath: `https://auth.x.test:${port}`,
      inboxUrl: `https://auth.x.test:${port}/inbox`,
      caFile: join(data, 'tls', 'ca.pem'),
    });
    for (const text of [
      `SSL_CERT_FILE=${ready.caFile}`,
      `NODE_EXTRA_CA_CERTS=${ready.caFile}`,
      '\n127.0.0.1 api.x.test auth.x.test\n',
    ])
      expect(first.output()).toContain(text);
    expect(first.output()).not.toContain('plain HTTP');

    const token = await tokenOf(ready);
    const { environmentId, ca } = ready;
    expect(claimsOf(token)).toMatchObject({
      iss: `${ready.authPath}/${environmentId}/as`,
      aud: [`https://api.x.test:${port}`],
    });
    const users = await trustingFetch(`${ready.apiPath}/environments/${environmentId}/users?limit=1`, ca, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { _links: links } = JSON.parse(users.text);
    expect(links.next.href).toMatch(new RegExp(`^${ready.apiPath}/environments/${environmentId}/users\\?`));
    const next = await trustingFetch(links.next.href, ca, { headers: { authorization: `Bearer ${token}` } });
    expect(next.status).toBe(200);
    expect(await first.kill('SIGTERM')).toBe(0);

    await using second = await spawnPostern(args);
    expect(readyOf(second).ca).toBe(ca);
    expect((await trustingFetch(`${readyOf(second).authPath}/readyz`, ca)).status).toBe(200);
  });

  it('below a path, names it in links, issuer and audience (00 §1.3)', async () => {
    const port = await freePort('127.0.0.1');
    const origin = `https://mfa.x.test:${port}`;
    const at = ['--port', String(port), '--data', fresh(), '--api-url', `${origin}/api/v1`];
    await using postern = await spawnPostern(['--tls', ...at]);
    const ready = readyOf(postern);
    expect(ready).toMatchObject({ apiPath: `${origin}/api/v1`, authPath: `${origin}/api` });
    const token = await tokenOf(ready);
    expect(claimsOf(token)).toMatchObject({ iss: `${origin}/api/${ready.environmentId}/as`, aud: [`${origin}/api`] });
    const { text } = await trustingFetch(`${ready.apiPath}/environments/${ready.environmentId}`, ready.ca, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(JSON.parse(text)._links.self.href).toBe(`${ready.apiPath}/environments/${ready.environmentId}`);
    expect((await trustingFetch(`${origin}/v1/environments`, ready.ca)).status).toBe(404);
  });

  it('in memory leaves no certificate behind', async () => {
    const postern = await spawnPostern(['--tls', '--port', '0', '--data', ':memory:']);
    const ready = readyOf(postern);
    expect(ready.authPath).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    await tokenOf(ready);
    expect(await postern.kill('SIGTERM')).toBe(0);
    expect(existsSync(ready.caFile)).toBe(false);
  });
});

describe('postern serve --tls-cert', () => {
  const pair = () => {
    const parts = { random: createSystemRandom(), clock: testClock(Date.now()) };
    using kept = keepCertificate(['mfa.x.test'], undefined, parts);
    return { ...kept.pair, ca: readFileSync(kept.authorityFile, 'utf8') };
  };
  const env = { POSTERN_MASTER_KEY: KEY, POSTERN_AUTH_URL: 'https://mfa.x.test' };

  it('shows another certificate after SIGHUP, and ends on SIGTERM', async () => {
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const put = (next: ReturnType<typeof pair>) => {
      writeFileSync(cert, next.certificates);
      writeFileSync(key, next.key.reveal());
      return next;
    };
    const first = put(pair());
    const port = await freePort('127.0.0.1');
    const at = ['serve', '--port', String(port), '--data', fresh(), '--tls-cert', cert, '--tls-key', key];
    const postern = await spawnPostern([...at, '--metrics-port', '0'], env);
    const seen = async (ca: string) => {
      const answer = await handshake(port, ca, 'mfa.x.test');
      return answer instanceof X509Certificate ? answer.serialNumber : answer;
    };
    const serialOf = ({ certificates }: { certificates: string }) => new X509Certificate(certificates).serialNumber;
    expect(await seen(first.ca)).toBe(serialOf(first));

    writeFileSync(cert, pair().certificates);
    process.kill(postern.pid, 'SIGHUP');
    await vi.waitFor(() => expect(postern.output()).toContain('is not the key of the first certificate'), 5_000);
    expect(await seen(first.ca)).toBe(serialOf(first));

    const second = put(pair());
    process.kill(postern.pid, 'SIGHUP');
    await vi.waitFor(async () => expect(await seen(second.ca)).toBe(serialOf(second)), 5_000);
    expect(postern.output()).not.toContain('PRIVATE');
    expect(await postern.kill('SIGTERM')).toBe(0);
  });

  it('does not start with a key of another certificate, or without one', async () => {
    const [cert, key] = [join(folder, 'this.pem'), join(folder, 'other.pem')];
    writeFileSync(cert, pair().certificates);
    writeFileSync(key, pair().key.reveal());
    const serve = (keyFile: string) =>
      runPostern(['serve', '--port', '0', '--data', fresh(), '--tls-cert', cert, '--tls-key', keyFile], env);
    expect(await serve(key)).toMatchObject({
      code: 1,
      err: expect.stringContaining(`postern serve: ${key} is not the key of the first certificate`),
    });
    expect(await serve(join(folder, 'nowhere.pem'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('nowhere.pem cannot be read (ENOENT)'),
    });
  });
});
