import { describe, expect, it } from 'vitest';
import { freePort } from '../../src/app/free-port.js';
import { METRICS, PROCESS_METRICS } from '../../src/metrics/catalogue.js';
import { type PosternProcess, spawnPostern } from '../helpers/process.js';
import { type Line, parseScrape, total } from './scrape.js';

const USER = '991776fd-145b-499e-8237-2c62aef35b2c';
const PHONE = '+14135550150';
const EMAIL = 'canary.person@example.org';
const CHECK = 'application/vnd.pingidentity.otp.check+json';

async function json(url: string, init: RequestInit = {}): Promise<Record<string, unknown>> {
  return JSON.parse(await (await fetch(url, init)).text());
}

/** A token, and one whole authentication with a mistake on the way for each contact; what must be seen nowhere afterwards. */
async function secretsOfUse({ authPath, environmentId, clientId, clientSecret, inboxUrl }: PosternProcess['ready']) {
  const { access_token: token } = await json(`${authPath}/${environmentId}/as/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }),
  });
  const send = (path: string, type: string, body: string) =>
    json(`${authPath}/${environmentId}/deviceAuthentications${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${String(token)}`, 'content-type': type },
      body,
    });
  const codes: string[] = [];
  for (const oneTime of [
    { type: 'SMS', phone: PHONE },
    { type: 'EMAIL', email: EMAIL },
  ]) {
    const body = JSON.stringify({ user: { id: USER }, selectedDevice: { oneTime } });
    const { id } = await send('', 'application/json', body);
    const { messages } = await json(`${inboxUrl}/messages?deviceAuthentication=${String(id)}&wait=10`);
    const otp = String((messages as readonly { otp: string }[])[0]?.otp);
    await send(`/${String(id)}`, CHECK, JSON.stringify({ otp: otp === '000000' ? '000001' : '000000' }));
    expect(await send(`/${String(id)}`, CHECK, JSON.stringify({ otp }))).toMatchObject({ status: 'COMPLETED' });
    codes.push(otp);
  }
  // Malformed requests tell of themselves too.
  await send('', 'application/json', `{"user":{"id":"${EMAIL}"},"phone":"${PHONE}"`);
  return { token: String(token), codes };
}

const sum = (lines: readonly Line[], name: string, labels?: Record<string, string>): number =>
  total(lines, name, labels);

describe('a server as an operator runs it', () => {
  it('shows itself on the metrics port, and neither there nor in the most talkative log any secret (SEC-71)', async () => {
    const port = await freePort('127.0.0.1');
    const settings = ['--port', '0', '--data', ':memory:', '--log-level', 'debug', '--metrics-port', String(port)];
    await using postern = await spawnPostern(settings);
    const { token, codes } = await secretsOfUse(postern.ready);
    const scrape = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const text = await scrape();
    const lines = parseScrape(text);
    for (const { name } of Object.values({ ...METRICS, ...PROCESS_METRICS })) expect(text).toContain(`# TYPE ${name} `);
    expect(sum(lines, 'postern_codes_checked_total', { result: 'right' })).toBe(2);
    expect(sum(lines, 'postern_codes_checked_total', { result: 'wrong' })).toBe(2);
    expect(sum(lines, 'process_resident_memory_bytes')).toBeGreaterThan(1e7);
    expect(sum(lines, 'process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(sum(lines, 'process_open_fds')).toBeGreaterThan(3);
    expect(sum(lines, 'process_start_time_seconds')).toBeGreaterThan(1.7e9);
    // Looked at every 20 ms, of which each delay has its share.
    expect(sum(lines, 'nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0.01);
    expect(sum(lines, 'nodejs_gc_duration_seconds_count')).toBeGreaterThan(0);
    expect(sum(lines, 'postern_http_connections')).toBeGreaterThan(0);

    expect(await postern.kill('SIGTERM')).toBe(0);
    const entries = postern
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'));
    const log = entries.join('\n');
    // Controls: the authentications are in both.
    expect(log).toContain('OTP.CHECK_INVALID');
    expect(log).toContain('"route":"deviceAuthentication.otp.check"');
    for (const place of [log, text]) {
      for (const canary of [token, postern.ready.clientSecret, PHONE.slice(1), EMAIL, 'canary'])
        expect(place).not.toContain(canary);
      for (const code of codes) expect(place).not.toMatch(new RegExp(`(?<![\\w.-])${code}(?![\\w-])`));
    }
  }, 120_000);
});
