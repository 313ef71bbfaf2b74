import { describe, expect, it } from 'vitest';
import type { SendLimits } from '../../src/devices/sending/send-window.js';
import { hours, minutes, seconds } from '../../src/kernel/duration.js';
import { type Api, type ApiAnswer, startApi } from '../authentication/harness.js';

const LIMITS: SendLimits = { unconfirmed: 5, hourly: 10, daily: 30, pause: 0, prefix: 20 };
const PHONE = '+14135550150';

const start = (kind: 'sqlite' | 'postgres', change: Partial<SendLimits> = {}): Promise<Api> =>
  startApi({ kind, deployment: { sendLimits: { ...LIMITS, ...change } } });

function oneTime(api: Api, phone = PHONE, more: object = {}): Promise<ApiAnswer> {
  return api.send('POST', `/${api.environmentId}/deviceAuthentications`, {
    user: { id: api.userId },
    selectedDevice: { oneTime: { type: 'SMS', phone, ...more } },
  });
}

const paired = (api: Api, id: string): Promise<ApiAnswer> =>
  api.send('POST', `/${api.environmentId}/deviceAuthentications`, { user: { id: api.userId }, selectedDevice: { id } });
const check = (api: Api, flow: string, otp: string): Promise<ApiAnswer> =>
  api.send('POST', `/${api.environmentId}/deviceAuthentications/${flow}`, { otp }, 'otp.check');
const reselect = (api: Api, flow: string, device: string): Promise<ApiAnswer> =>
  api.send('POST', `/${api.environmentId}/deviceAuthentications/${flow}`, { device: { id: device } }, 'device.select');

/** The documented answer of a send that comes too early (`10` §9.5). */
const tooEarly = (expiresAt: number, channel = 'SMS') => ({
  status: 400,
  body: expect.objectContaining({
    code: 'REQUEST_FAILED',
    details: [
      {
        code: 'LIMIT_EXCEEDED',
        message: "A new notification can't be sent yet.",
        innerError: { deliveryMethod: channel, coolDownExpiresAt: expiresAt },
      },
    ],
  }),
});

async function repeat(times: number, send: () => Promise<ApiAnswer>): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (let n = 0; n < times; n++) statuses.push((await send()).status);
  return statuses;
}

describe.each(['sqlite', 'postgres'] as const)('sends on %s', (kind) => {
  it('64 requests at once send exactly the allowed number (SEC-35, SEC-36)', async () => {
    await using api = await start(kind);
    const answers = await Promise.all(Array.from({ length: 64 }, () => oneTime(api)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
    expect(api.sent()).toBe(5);
    // On a slow machine a unit that stood in line for too long is told so, and has sent nothing.
    for (const answer of answers.filter(({ status }) => status === 400))
      expect(answer).toEqual(tooEarly(api.clock.now() + minutes(10)));
    expect(new Set(answers.map(({ status }) => status)).has(500)).toBe(false);
  });

  it('to a paired device and to the same number written into a request count together (SEC-37, SEC-39)', async () => {
    await using api = await start(kind);
    const device = await api.addDevice('SMS', PHONE);
    const voice = await api.addDevice('VOICE', PHONE);
    expect((await paired(api, device)).status).toBe(201);
    expect((await oneTime(api, '(413) 555-0150'.replace('(', '+1 ('))).status).toBe(201);
    const flow = await paired(api, voice);
    expect(flow.status).toBe(201);
    const id = String(flow.body['id']);
    expect(await repeat(2, () => reselect(api, id, device))).toEqual([200, 200]);
    expect(await reselect(api, id, device)).toEqual(tooEarly(api.clock.now() + minutes(10)));
    expect(await paired(api, voice)).toEqual(tooEarly(api.clock.now() + minutes(10), 'VOICE'));
    expect(api.sent()).toBe(5);
    // The refused resend left the code before it alive (`10` §9.5).
    expect((await check(api, id, api.message(id).otp)).status).toBe(200);
  });

  it('stop for a block of numbers after 20 of them did not answer, for an hour, with an event (SEC-38)', async () => {
    await using api = await start(kind);
    const number = (n: number): string => `+1413555${1000 + n}`;
    expect(
      new Set(
        (await Promise.all(Array.from({ length: 19 }, (_, n) => oneTime(api, number(n))))).map(({ status }) => status),
      ),
    ).toEqual(new Set([201]));
    // One number counts once, and no more once it has answered.
    expect((await oneTime(api, number(3))).status).toBe(201);
    const answered = await oneTime(api, number(50));
    api.clock.advance(1);
    expect(api.events.map(({ type }) => type)).toContain('NOTIFICATION.PREFIX_STOPPED');
    expect(await oneTime(api, number(60))).toEqual(tooEarly(api.clock.now() - 1 + hours(1)));
    // Filled, it stands, whoever answers now; another block is another block.
    expect((await check(api, String(answered.body['id']), api.message(String(answered.body['id'])).otp)).status).toBe(
      200,
    );
    expect((await oneTime(api, number(60))).status).toBe(400);
    expect((await oneTime(api, '+14135561000')).status).toBe(201);
    api.clock.advance(hours(1));
    expect((await oneTime(api, number(60))).status).toBe(201);
  });

  it('to 64 numbers of a block at once go to exactly 20 of them (SEC-35, SEC-38)', async () => {
    await using api = await start(kind);
    const answers = await Promise.all(Array.from({ length: 64 }, (_, n) => oneTime(api, `+1413555${1000 + n}`)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
    expect(api.sent()).toBe(20);
  });
});

describe('sends', () => {
  it.each(['one-time', 'paired'])(
    'are confirmed by a completed check of a %s contact, up to ten in an hour',
    async (how) => {
      await using api = await start('sqlite');
      const device = await api.addDevice('SMS', PHONE);
      const send = () => (how === 'paired' ? paired(api, device) : oneTime(api));
      expect(await repeat(4, send)).toEqual([201, 201, 201, 201]);
      const last = await send();
      const id = String(last.body['id']);
      expect((await send()).status).toBe(400);
      expect((await check(api, id, api.message(id).otp)).status).toBe(200);
      expect(await repeat(5, send)).toEqual([201, 201, 201, 201, 201]);
      expect(await send()).toEqual(tooEarly(api.clock.now() + hours(1)));
      api.clock.advance(hours(1));
      expect((await send()).status).toBe(201);
    },
  );

  it('in test mode neither count nor touch the contact’s row (SEC-36)', async () => {
    await using api = await start('sqlite');
    const statuses = await repeat(12, () => oneTime(api, PHONE, { testMode: true }));
    expect(new Set(statuses)).toEqual(new Set([201]));
    expect(await repeat(6, () => oneTime(api))).toEqual([201, 201, 201, 201, 201, 400]);
  });

  it('wait for the pause of the strict profile, until a check is completed', async () => {
    await using api = await start('sqlite', { pause: seconds(30) });
    const first = await oneTime(api);
    expect(await oneTime(api)).toEqual(tooEarly(api.clock.now() + seconds(30)));
    api.clock.advance(seconds(30));
    expect((await oneTime(api)).status).toBe(201);
    expect((await check(api, String(first.body['id']), api.message(String(first.body['id'])).otp)).status).toBe(200);
    expect((await oneTime(api)).status).toBe(201);
  });

  it('that are answered leave a block of numbers open, however many there are (SEC-38)', async () => {
    await using api = await start('sqlite', { prefix: 3 });
    for (let n = 0; n < 8; n++) {
      const flow = await oneTime(api, `+1413555${1000 + n}`);
      expect(flow.status).toBe(201);
      const id = String(flow.body['id']);
      expect((await check(api, id, api.message(id).otp)).status).toBe(200);
    }
    expect(api.events.map(({ type }) => type)).not.toContain('NOTIFICATION.PREFIX_STOPPED');
  });

  it('are forgotten a day later, with the counters (SEC-87)', async () => {
    await using api = await start('sqlite');
    await oneTime(api);
    expect(await api.store.purge(100)).toBe(0);
    api.clock.advance(hours(24));
    // The flow, the contact and the counter.
    expect(await api.store.purge(100)).toBe(3);
  });
});
