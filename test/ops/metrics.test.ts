import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../src/app/free-port.js';
import type { Outgoing } from '../../src/delivery/gateway.js';
import { watchedGateway } from '../../src/delivery/watched-gateway.js';
import { silentLogger } from '../../src/kernel/log.js';
import { METRICS, metricsMarkdown, PROCESS_METRICS } from '../../src/metrics/catalogue.js';
import { DeliveryMeter } from '../../src/metrics/deliveries.js';
import { exposition } from '../../src/metrics/exposition.js';
import { RequestMeter } from '../../src/metrics/requests.js';
import { Counters, type Family } from '../../src/metrics/series.js';
import { createMetricsServer } from '../../src/metrics/server.js';
import { storeSource } from '../../src/metrics/store.js';
import { type Postern, type PosternAnswer, startPostern } from '../helpers/postern.js';
import { type Line, parseScrape, total } from './scrape.js';

const USER = '991776fd-145b-499e-8237-2c62aef35b2c';
const PHONE = '+14135550150';
const CHECK = 'application/vnd.pingidentity.otp.check+json';

const scrape = async (postern: Postern): Promise<readonly Line[]> => parseScrape(await postern.app.metrics());

function start(postern: Postern, selectedDevice: object): Promise<PosternAnswer> {
  return postern.send({
    method: 'POST',
    url: `${postern.authPath}/${postern.environmentId}/deviceAuthentications`,
    contentType: 'application/json',
    body: JSON.stringify({ user: { id: USER }, selectedDevice }),
  });
}

function check(postern: Postern, id: string, otp: string): Promise<PosternAnswer> {
  return postern.send({
    method: 'POST',
    url: `${postern.authPath}/${postern.environmentId}/deviceAuthentications/${id}`,
    contentType: CHECK,
    body: JSON.stringify({ otp }),
  });
}

const idOf = ({ body }: PosternAnswer): string => (body as { id: string }).id;
const wrong = (otp: string): string => (otp === '000000' ? '000001' : '000000');

/** Starts one, reads its code, submits a wrong one first if asked, then the right one. */
async function authenticate(postern: Postern, oneTime: object, mistakes = 0): Promise<{ id: string; otp: string }> {
  const started = await start(postern, { oneTime });
  const id = idOf(started);
  const otp = await postern.lastCode({ deviceAuthentication: id });
  for (let n = 0; n < mistakes; n++) expect((await check(postern, id, wrong(otp))).status).toBe(400);
  expect((await check(postern, id, otp)).status).toBe(200);
  await postern.drain();
  return { id, otp };
}

describe('a scrape after some authentications', () => {
  it('shows each number once, by operation, outcome, factor, channel and country', async () => {
    await using postern = await startPostern();
    await authenticate(postern, { type: 'SMS', phone: PHONE }, 1);
    await authenticate(postern, { type: 'SMS', phone: '+447700900123' });
    await authenticate(postern, { type: 'EMAIL', email: 'jo@example.org' });
    const lines = await scrape(postern);
    const count = (name: string, labels?: Record<string, string>): number => total(lines, name, labels);

    const create = { operation: 'deviceAuthentication.create' };
    const checks = { operation: 'deviceAuthentication.otp.check' };
    expect(count('postern_http_requests_total', create)).toBe(3);
    expect(count('postern_http_requests_total', { ...create, status: '201' })).toBe(3);
    expect(count('postern_http_requests_total', { ...checks, status: '200' })).toBe(3);
    expect(count('postern_http_requests_total', { ...checks, status: '400' })).toBe(1);
    expect(count('postern_http_request_duration_seconds_count', checks)).toBe(4);
    expect(count('postern_http_request_duration_seconds_bucket', { ...checks, le: '+Inf' })).toBe(4);
    expect(count('postern_http_requests_in_flight')).toBe(0);

    expect(count('postern_device_authentications_total', { outcome: 'started', factor: 'SMS' })).toBe(2);
    expect(count('postern_device_authentications_total', { outcome: 'completed', factor: 'SMS' })).toBe(2);
    expect(count('postern_device_authentications_total', { outcome: 'completed', factor: 'EMAIL' })).toBe(1);
    expect(count('postern_device_authentications_total', { outcome: 'failed' })).toBe(0);
    expect(count('postern_codes_checked_total', { result: 'right' })).toBe(3);
    expect(count('postern_codes_checked_total', { result: 'wrong', factor: 'SMS' })).toBe(1);

    // SEC-38: what went where, and what came back.
    for (const [channel, country] of [
      ['SMS', 'US'],
      ['SMS', 'GB'],
      ['EMAIL', 'none'],
    ] as const) {
      const place = { purpose: 'authentication', channel, country };
      expect([place, count('postern_codes_sent_total', place)]).toEqual([place, 1]);
      expect([place, count('postern_codes_confirmed_total', place)]).toEqual([place, 1]);
    }
    expect(count('postern_deliveries_total', { gateway: 'inbox', channel: 'SMS', result: 'accepted' })).toBe(2);
    expect(count('postern_delivery_duration_seconds_count', { gateway: 'inbox' })).toBe(3);
    expect(count('postern_deliveries_in_flight')).toBe(0);
    expect(count('postern_messages_settled_total', { result: 'accepted' })).toBe(3);
    expect(count('postern_dispatcher_messages')).toBe(0);
    expect(count('postern_outbox_messages')).toBe(0);

    expect(count('postern_store_reachable')).toBe(1);
    expect(count('postern_store_units_total')).toBeGreaterThanOrEqual(7);
    expect(count('postern_store_failures_total')).toBe(0);
    expect(count('postern_token_cache_total', { result: 'miss' })).toBe(1);
    expect(count('postern_token_cache_total', { result: 'hit' })).toBe(6);
    expect(count('postern_draining')).toBe(0);
  });

  it('tells a code that has expired, one that was replaced, and a lock', async () => {
    await using postern = await startPostern();
    const oneTime = { type: 'SMS', phone: PHONE };
    const late = idOf(await start(postern, { oneTime }));
    const otp = await postern.lastCode({ deviceAuthentication: late });
    postern.advance(31 * 60_000);
    expect((await check(postern, late, otp)).status).toBe(400);

    const locked = idOf(await start(postern, { oneTime }));
    const next = await postern.lastCode({ deviceAuthentication: locked });
    for (let n = 0; n < 3; n++) await check(postern, locked, wrong(next));
    const lines = await scrape(postern);
    expect(total(lines, 'postern_codes_checked_total', { result: 'expired' })).toBe(1);
    expect(total(lines, 'postern_codes_checked_total', { result: 'wrong' })).toBe(3);
    expect(total(lines, 'postern_codes_confirmed_total')).toBe(0);
    expect(total(lines, 'postern_device_authentications_total', { outcome: 'failed', factor: 'SMS' })).toBe(1);
  });

  it('counts pairings apart, with their own conversion', async () => {
    await using postern = await startPostern();
    const devices = `${postern.apiPath}/environments/${postern.environmentId}/users/${USER}/devices`;
    const created = await postern.send({
      method: 'POST',
      url: devices,
      contentType: 'application/json',
      body: JSON.stringify({ type: 'SMS', phone: PHONE, status: 'ACTIVATION_REQUIRED' }),
    });
    const otp = await postern.lastCode({ device: idOf(created) });
    const activate = (code: string) =>
      postern.send({
        method: 'POST',
        url: `${devices}/${idOf(created)}`,
        contentType: 'application/vnd.pingidentity.device.activate+json',
        body: JSON.stringify({ otp: code }),
      });
    expect((await activate(wrong(otp))).status).toBe(400);
    expect((await activate(otp)).status).toBe(200);
    const lines = await scrape(postern);
    const place = { purpose: 'pairing', channel: 'SMS', country: 'US' };
    expect(total(lines, 'postern_codes_sent_total', place)).toBe(1);
    expect(total(lines, 'postern_codes_confirmed_total', place)).toBe(1);
    expect(total(lines, 'postern_codes_checked_total', { purpose: 'pairing', result: 'wrong' })).toBe(1);
    expect(total(lines, 'postern_codes_checked_total', { purpose: 'authentication' })).toBe(0);
  });
});

describe('what clients send', () => {
  it('makes no label: paths, methods, types, tokens and headers of any kind add nothing but a few fixed series', async () => {
    await using postern = await startPostern();
    const hostile = async (n: number): Promise<void> => {
      const odd = `x${n}-"\\n`;
      const urls = [
        `${postern.authPath}/${encodeURIComponent(odd)}/${n}`,
        `${postern.authPath}/${postern.environmentId}/deviceAuthentications/${n}`,
        `${postern.apiPath}/environments/${n}/users?limit=${n}`,
      ];
      for (const url of urls) {
        await postern.send({ method: 'POST', url, contentType: `application/x-${n}`, body: `{"a${n}":${n}}` });
        await postern.send({
          method: 'GET',
          url,
          token: `token-${n}`,
          headers: { 'user-agent': odd.slice(0, -1), 'x-n': `${n}` },
        });
        await postern.send({ method: 'POST', url, headers: { 'x-http-method-override': `M${n}` } });
      }
    };
    await hostile(0);
    const before = (await scrape(postern)).length;
    for (let n = 1; n < 40; n++) await hostile(n);
    const lines = await scrape(postern);
    expect(total(lines, 'postern_http_requests_total')).toBeGreaterThan(300);
    expect(lines.length).toBe(before);
    const known = new Set([...postern.app.routes.map(({ id }) => id), 'none', 'health']);
    for (const { labels } of lines) if (labels['operation']) expect(known).toContain(labels['operation']);
  });

  it('cannot grow a meter even if a label were theirs: a net under the fixed tables', () => {
    const counters = new Counters(METRICS.locks);
    for (let n = 0; n < 10_000; n++) counters.add(`kind-${n}`);
    const measured = counters.measured();
    const samples = 'samples' in measured ? measured.samples : [];
    expect(samples.length).toBe(2_001);
    expect(samples.reduce((sum, { value }) => sum + value, 0)).toBe(10_000);

    const meter = new RequestMeter();
    for (let n = 0; n < 10_000; n++) meter.answered(`operation-${n}`, 200, 1);
    const lines = parseScrape(exposition(meter.measure()));
    expect(total(lines, 'postern_http_requests_total')).toBe(10_000);
    expect(lines.length).toBeLessThan(6_000);
  });

  it('is not in the metrics: no code, no token, no secret, no number, no address (SEC-71)', async () => {
    await using postern = await startPostern();
    const { otp } = await authenticate(postern, { type: 'SMS', phone: PHONE }, 1);
    await authenticate(postern, { type: 'EMAIL', email: 'canary@example.org' });
    const text = await postern.app.metrics();
    for (const canary of [
      postern.token,
      postern.clientSecret,
      PHONE.slice(1),
      '4135550150',
      'canary',
      'example.org',
      USER,
    ])
      expect(text).not.toContain(canary);
    expect(text).not.toMatch(new RegExp(`(?<!\\d)${otp}(?!\\d)`));
  });
});

describe('a gateway under watch', () => {
  const message = { channel: 'SMS', to: '+50212345678', deviceAuthenticationId: 'id' } as unknown as Outgoing;
  const gatewayThat = (send: () => Promise<never>) =>
    ({ name: 'test', channels: ['SMS'], concurrency: 1, send, close() {} }) as const;

  it('that never answers is counted when it is given up, and once', async () => {
    const meter = new DeliveryMeter();
    const controller = new AbortController();
    const silent = gatewayThat(() => new Promise(() => {}));
    void watchedGateway(silent, [meter.watch('test')]).send(message, controller.signal);
    const open = parseScrape(exposition(meter.measure()));
    expect(total(open, 'postern_deliveries_in_flight', { gateway: 'test' })).toBe(1);
    controller.abort();
    const lines = parseScrape(exposition(meter.measure()));
    expect(total(lines, 'postern_deliveries_in_flight', { gateway: 'test' })).toBe(0);
    expect(total(lines, 'postern_deliveries_total', { result: 'timeout' })).toBe(1);
    expect(total(lines, 'postern_codes_sent_total')).toBe(0);
  });

  it('that throws is a fault', async () => {
    const meter = new DeliveryMeter();
    const broken = gatewayThat(() => Promise.reject(new Error('broken')));
    const sending = watchedGateway(broken, [meter.watch('test')]).send(message, new AbortController().signal);
    await expect(sending).rejects.toThrow('broken');
    expect(total(parseScrape(exposition(meter.measure())), 'postern_deliveries_total', { result: 'fault' })).toBe(1);
  });
});

describe('a database that hangs', () => {
  it('does not hold a scrape up: the rest is shown, and that it did not answer', async () => {
    const stats = {
      database: 'postgres',
      waiting: 3,
      batches: 1,
      units: 2,
      batchSizes: [[Number.POSITIVE_INFINITY, 1]],
      conflicts: 0,
      repeats: 0,
      failures: { busy: 1, unavailable: 0, unknownCommit: 0, fault: 0 },
      connections: { open: 10, idle: 0 },
    } as const;
    let looks = 0;
    const backlog = (): Promise<never> => {
      looks += 1;
      return new Promise(() => {});
    };
    const source = storeSource({ stats: () => stats, backlog }, 5);
    for (let n = 0; n < 3; n++) {
      const lines = parseScrape(exposition(await source.measure()));
      expect(total(lines, 'postern_store_reachable')).toBe(0);
      expect(total(lines, 'postern_store_waiting_units')).toBe(3);
      expect(total(lines, 'postern_store_connections', { state: 'open' })).toBe(10);
      expect(lines.some(({ name }) => name === 'postern_outbox_messages')).toBe(false);
    }
    expect(looks).toBe(1);
  });
});

describe('the port for metrics', () => {
  const text = async (): Promise<string> => '# TYPE a counter\na 1\n';

  it('answers GET /metrics and nothing else, without a token', async () => {
    const port = await freePort('127.0.0.1');
    await using server = createMetricsServer({ host: '127.0.0.1', port, text, logger: silentLogger });
    server.listen();
    const at = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init);
    const answer = await at('/metrics');
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(await answer.text()).toBe('# TYPE a counter\na 1\n');
    expect((await at('/metrics', { method: 'HEAD' })).status).toBe(200);
    for (const path of ['/', '/metrics/', '/v1/environments', '/livez']) expect((await at(path)).status).toBe(404);
    expect((await at('/metrics', { method: 'POST', body: 'x' })).status).toBe(404);
  });

  it('that is taken is complained of once and tried again; the server goes on', async () => {
    const port = await freePort('127.0.0.1');
    const other = createServer().listen(port, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const told: string[] = [];
    let complained = (): void => {};
    const complaint = new Promise<void>((resolve) => {
      complained = resolve;
    });
    const error = (_: object, line: string): void => {
      told.push(line);
      complained();
    };
    await using server = createMetricsServer({
      host: '127.0.0.1',
      port,
      text,
      logger: { ...silentLogger, error },
      tryAgainAfter: 20,
    });
    server.listen();
    await complaint;
    await new Promise((resolve) => setTimeout(resolve, 100));
    await new Promise((resolve) => other.close(resolve));
    const answer = async (): Promise<number> => {
      try {
        return (await fetch(`http://127.0.0.1:${port}/metrics`)).status;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return answer();
      }
    };
    expect(await answer()).toBe(200);
    expect(told).toEqual([expect.stringMatching(/free the port/)]);
  });
});

describe('the table of metrics', () => {
  it('has a name, a meaning and labels for each, in the conventions of Prometheus', () => {
    const families: readonly Family[] = Object.values({ ...METRICS, ...PROCESS_METRICS });
    for (const { name, type, help, labels } of families) {
      expect(name).toMatch(/^(?:postern|process|nodejs)_[a-z0-9_]+$/);
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
      expect(help).toMatch(/^(?:[A-Z]|1 ).*\.$/);
      for (const label of labels) expect(label).toMatch(/^[a-z]+$/);
      expect(metricsMarkdown()).toContain(`\`${name}\``);
    }
    expect(new Set(families.map(({ name }) => name)).size).toBe(families.length);
  });

  it('has every metric that the alerts of docs/operations.md ask for, with the labels they name', () => {
    const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
    const asked = [
      ...page.matchAll(/\b((?:postern|process|nodejs)_[a-z0-9_]+?)(?:_bucket)?(?:\{([^}]*)\})?(?=[^a-z0-9_{])/g),
    ];
    expect(asked.length).toBeGreaterThan(15);
    for (const [text, name, selector = ''] of asked) {
      const family = Object.values<Family>({ ...METRICS, ...PROCESS_METRICS }).find((one) => one.name === name);
      expect([text, family?.name]).toEqual([text, name]);
      for (const [, label] of selector.matchAll(/([a-z]+)(?==)/g))
        expect([text, family?.labels]).toEqual([text, expect.arrayContaining([label])]);
    }
  });

  it('is what a scrape has: nothing is shown that the table lacks', async () => {
    await using postern = await startPostern();
    const names = new Set((await postern.app.metrics()).match(/(?<=# TYPE )\S+/g));
    const absent = Object.values(METRICS).filter(({ name }) => !names.has(name));
    expect(absent.map(({ name }) => name)).toEqual([]);
    expect(names.size).toBe(Object.values(METRICS).length);
  });
});
