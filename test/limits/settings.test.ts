import { describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.js';
import type { Config } from '../../src/config/config.js';
import { loadConfig } from '../../src/config/load.js';
import { describeProblems } from '../../src/config/problem.js';
import type { Mode } from '../../src/config/read.js';
import { minutes, seconds } from '../../src/kernel/duration.js';
import { silentLogger } from '../../src/kernel/log.js';
import { putDocument } from '../../src/platform/managed/decide.js';
import { factoryPolicy } from '../../src/policies/defaults.js';
import { deviceAuthenticationPolicies } from '../../src/policies/device-authentication/device-authentication-policies.js';
import { startPostern } from '../helpers/postern.js';
import { createWorld, ENVIRONMENT, policyId } from '../policies/world.js';

const KEY = Buffer.alloc(32, 7).toString('base64');
const load = (mode: Mode, env: Record<string, string> = {}) =>
  loadConfig(
    mode,
    { env: { POSTERN_MASTER_KEY: KEY, POSTERN_DATA: ':memory:', ...env }, flags: new Map(), readFile: () => '' },
    { options: [], check: () => [] },
  );
function config(mode: Mode, env: Record<string, string> = {}): Config {
  const loaded = load(mode, env);
  if (!loaded.ok) throw new Error(describeProblems('it', loaded.rejection));
  return loaded.value.config;
}

describe('the settings of limits', () => {
  it('are on in serve without being asked for (SEC-36 to SEC-38, SEC-50, SEC-85, SEC-87)', () => {
    expect(config('serve').limits).toEqual({
      send: { unconfirmed: 5, hourly: 10, daily: 30, pause: 0, prefix: 20 },
      refusedNumberTypes: ['premium', 'shared-cost', 'toll-free'],
      failureAlarm: 20,
      exactOrigins: false,
      requests: {
        clientRate: 1000,
        flowRate: 200,
        atOnce: 1024,
        tenantShare: 0.5,
        tokenFailures: 5,
        trustedProxies: [],
      },
    });
  });

  it('are off in dev unless asked for', () => {
    const { send, refusedNumberTypes, requests } = config('dev').limits;
    expect(send).toEqual({ unconfirmed: 0, hourly: 0, daily: 0, pause: 0, prefix: 0 });
    expect(refusedNumberTypes).toEqual([]);
    expect(requests).toMatchObject({ clientRate: 0, flowRate: 0, tenantShare: 1, tokenFailures: 0 });
    expect(config('dev', { POSTERN_SEND_LIMIT_HOURLY: '3' }).limits.send.hourly).toBe(3);
  });

  it('of the strict profile make a contact wait 30 seconds, unless told otherwise (SEC-36)', () => {
    expect(config('serve', { POSTERN_PROFILE: 'strict' }).limits).toMatchObject({
      longestLifeTime: minutes(10),
      widestPasscodeWindow: 1,
      send: { pause: seconds(30) },
    });
    expect(config('serve', { POSTERN_PROFILE: 'strict', POSTERN_SEND_PAUSE: '5' }).limits.send.pause).toBe(seconds(5));
  });

  it.each([
    ['POSTERN_REFUSED_NUMBER_TYPES', 'premium,landline'],
    ['POSTERN_REFUSED_NUMBER_TYPES', 'none,premium'],
    ['POSTERN_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['POSTERN_TRUSTED_PROXIES', 'proxy.example.org'],
  ])('%s=%s is refused with a remedy', (name, value) => {
    const loaded = load('serve', { [name]: value });
    expect(loaded.ok ? [] : loaded.rejection).toEqual([expect.objectContaining({ where: name })]);
  });
});

describe('a policy in the strict profile (SEC-08)', () => {
  const create = (lifeTime: object, longestLifeTime?: number) => {
    const { whatsApp: _, ...document } = factoryPolicy({ sentMethods: ['sms'] });
    const sms = { ...document.sms, otp: { ...document.sms.otp, lifeTime } } as typeof document.sms;
    const all = { ...document, name: 'strict', default: false };
    const fits = { duration: 10, timeUnit: 'MINUTES' } as const;
    const short = (section: typeof document.sms) => ({ ...section, otp: { ...section.otp, lifeTime: fits } });
    return putDocument(deviceAuthenticationPolicies(longestLifeTime), createWorld().snapshot(), {
      environmentId: ENVIRONMENT,
      id: policyId(9),
      document: { ...all, voice: short(all.voice), email: short(all.email), sms },
      as: 'create',
    }).outcome;
  };

  it('is refused when its codes live longer than ten minutes, and only then', () => {
    expect(create({ duration: 11, timeUnit: 'MINUTES' }, minutes(10))).toEqual({
      ok: false,
      rejection: {
        kind: 'InvalidDocument',
        problems: [{ problem: 'outOfRange', target: 'sms.otp.lifeTime.duration', minimum: 1, maximum: 10 }],
      },
    });
    expect(create({ duration: 10, timeUnit: 'MINUTES' }, minutes(10)).ok).toBe(true);
    expect(create({ duration: 120, timeUnit: 'SECONDS' }, minutes(10)).ok).toBe(true);
    expect(create({ duration: 120, timeUnit: 'MINUTES' }).ok).toBe(true);
  });
});

describe('the settings reach the server', () => {
  it('that serves: a number is sent to five times, a sixth is refused (SEC-36)', async () => {
    await using postern = await startPostern({ env: { POSTERN_SEND_LIMIT_UNCONFIRMED: '5' } });
    const users = await postern.send({
      method: 'GET',
      url: `${postern.apiPath}/environments/${postern.environmentId}/users`,
    });
    const [user] = (users.body as { _embedded: { users: { id: string }[] } })._embedded.users;
    const statuses: number[] = [];
    for (let n = 0; n < 6; n++) {
      const { status } = await postern.send({
        method: 'POST',
        url: `${postern.authPath}/${postern.environmentId}/deviceAuthentications`,
        contentType: 'application/json',
        body: JSON.stringify({
          user: { id: user?.id },
          selectedDevice: { oneTime: { type: 'SMS', phone: '+14135550177' } },
        }),
      });
      statuses.push(status);
    }
    expect(statuses).toEqual([201, 201, 201, 201, 201, 400]);
  });

  it('in the strict profile: a policy over its API is refused (SEC-08)', async () => {
    await using postern = await startPostern({ env: { POSTERN_PROFILE: 'strict' } });
    const url = `${postern.apiPath}/environments/${postern.environmentId}/deviceAuthenticationPolicies/${postern.deviceAuthPolicyId}`;
    const { body } = await postern.send({ method: 'GET', url });
    const { status, body: answer } = await postern.send({
      method: 'PUT',
      url,
      contentType: 'application/json',
      body: JSON.stringify(body),
    });
    // The demo's policy lives as long as the reference says: 30 minutes.
    expect(status).toBe(400);
    expect(JSON.stringify(answer)).toContain('otp.lifeTime.duration');
  });

  it('in the strict profile: the policy of a new environment fits, and can be put back as it is (SEC-08)', async () => {
    await using postern = await startPostern({ env: { POSTERN_PROFILE: 'strict' } });
    const made = await postern.send({
      method: 'POST',
      url: `${postern.apiPath}/environments`,
      contentType: 'application/json',
      body: JSON.stringify({ name: 'Strict', type: 'SANDBOX', region: 'NA' }),
    });
    expect(made.status).toBe(201);
    const list = `${postern.apiPath}/environments/${Object(made.body).id}/deviceAuthenticationPolicies`;
    const [policy] = Object(await postern.send({ method: 'GET', url: list })).body._embedded
      .deviceAuthenticationPolicies;
    expect(policy.sms.otp.lifeTime).toEqual({ duration: 10, timeUnit: 'MINUTES' });
    const put = { method: 'PUT', url: `${list}/${policy.id}`, contentType: 'application/json' };
    expect((await postern.send({ ...put, body: JSON.stringify(policy) })).status).toBe(200);
  });

  it('in serve, which is made from the same settings', async () => {
    await using app = await createApp(config('serve'), { logger: silentLogger });
    expect((await app.inject({ method: 'GET', url: '/livez' })).statusCode).toBe(200);
  });
});
