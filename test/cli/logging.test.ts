import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../bin/build.js';
import { type PosternProcess, spawnPostern } from '../helpers/process.js';

const USER = '788d4931-6936-43f2-82ff-178f5762298a';

interface Flow {
  readonly token: string;
  readonly id: string;
  readonly otp: string;
}

async function json(url: string, init: RequestInit = {}): Promise<Record<string, unknown>> {
  const answer = await fetch(url, init);
  return JSON.parse(await answer.text());
}

/** A whole MFA, with a wrong code on the way. */
async function authenticate({
  authPath,
  environmentId,
  clientId,
  clientSecret,
  inboxUrl,
}: PosternProcess['ready']): Promise<Flow> {
  const { access_token: token } = await json(`${authPath}/${environmentId}/as/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }),
  });
  const send = (path: string, type: string, body: object) =>
    json(`${authPath}/${environmentId}/deviceAuthentications${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${String(token)}`, 'content-type': type },
      body: JSON.stringify(body),
    });
  const { id } = await send('', 'application/json', { user: { id: USER } });
  const { messages } = await json(`${inboxUrl}/messages?deviceAuthentication=${String(id)}&wait=10`);
  const otp = String((messages as readonly { otp: string }[])[0]?.otp);
  const check = (code: string) => send(`/${String(id)}`, 'application/vnd.pingidentity.otp.check+json', { otp: code });
  await check(otp === '000000' ? '000001' : '000000');
  expect(await check(otp)).toMatchObject({ status: 'COMPLETED' });
  return { token: String(token), id: String(id), otp };
}

describe('the log', () => {
  it('at its most talkative has no code, no token, no secret and no address (SEC-71)', async () => {
    await using postern = await spawnPostern(['--port', '0', '--data', ':memory:', '--log-level', 'debug']);
    const { token, id, otp } = await authenticate(postern.ready);
    expect(await postern.kill('SIGTERM')).toBe(0);
    const lines = postern
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'));
    const log = lines.join('\n');
    // A control: this authentication is in it.
    expect(log).toContain(id);
    expect(log).toContain('OTP.CHECK_SUCCESS');
    for (const secret of [token, postern.ready.clientSecret, 'jo.miller']) expect(log).not.toContain(secret);
    expect(log).not.toMatch(new RegExp(`\\b${otp}\\b`));
    for (const line of lines)
      expect(JSON.parse(line)).toMatchObject({ level: expect.any(String), msg: expect.any(String) });
  });

  it('does not hold requests up when nobody reads it (SEC-82)', async () => {
    ensureBuilt();
    const folder = mkdtempSync(join(tmpdir(), 'postern-log-'));
    const file = join(folder, 'ready.json');
    const postern = fileURLToPath(new URL('../../bin/postern.js', import.meta.url));
    const args = ['dev', '--port', '0', '--data', ':memory:', '--log-level', 'debug', '--ready-file', file];
    // Standard error is a pipe that is never read from.
    const child = spawn(process.execPath, [postern, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    try {
      while (!existsSync(file)) await delay(20);
      const { apiPath } = JSON.parse(readFileSync(file, 'utf8'));
      for (let batch = 0; batch < 40; batch++) {
        const answers = await Promise.all(
          Array.from({ length: 50 }, () => fetch(`${apiPath}/environments`, { signal: AbortSignal.timeout(10_000) })),
        );
        for (const answer of answers) {
          expect(answer.status).toBe(401);
          await answer.text();
        }
      }
    } finally {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
