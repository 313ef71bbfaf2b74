import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { minutes } from '../../src/kernel/duration.js';
import { lockAccount } from '../../src/platform/users/account.js';
import { type Api, type ApiAnswer, POLICY, startApi } from './harness.js';

let api: Api;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api[Symbol.asyncDispose]());

const collection = (environmentId = api.environmentId): string => `/${environmentId}/deviceAuthentications`;
const create = (body: object, environmentId = api.environmentId): Promise<ApiAnswer> =>
  api.send('POST', collection(environmentId), { user: { id: api.userId }, ...body });
const at = (flow: ApiAnswer): string => `${collection()}/${flow.body['id']}`;
const read = (flow: ApiAnswer): Promise<ApiAnswer> => api.send('GET', at(flow));
const act = (flow: ApiAnswer, action: string, body: object): Promise<ApiAnswer> =>
  api.send('POST', at(flow), body, action);
const check = (flow: ApiAnswer, otp: string): Promise<ApiAnswer> => act(flow, 'otp.check', { otp });
const codeOf = (flow: ApiAnswer): string => api.message(String(flow.body['id'])).otp;
const wrongFor = (flow: ApiAnswer): string => codeOf(flow).replace(/.$/, (last) => String((Number(last) + 1) % 10));

describe('one full MFA', () => {
  it('with a paired device: create, select, check, read', async () => {
    const device = await api.addDevice('EMAIL', 'ada@example.org');
    const flow = await create({});
    expect(flow.status).toBe(201);
    expect(flow.body).toMatchObject({ status: 'OTP_REQUIRED', policy: { id: POLICY }, selectedDevice: { id: device } });
    expect(api.message(String(flow.body['id'])).to).toBe('ada@example.org');

    const selected = await act(flow, 'device.select', { device: { id: device }, compatibility: 'FULL' });
    expect(selected).toMatchObject({ status: 200, body: { status: 'OTP_REQUIRED', compatibility: 'FULL' } });

    const completed = await check(flow, codeOf(flow));
    expect(completed).toMatchObject({ status: 200, body: { status: 'COMPLETED', authenticators: ['mfa', 'email'] } });
    expect(await read(flow)).toEqual(completed);
    expect(api.events.map(({ type }) => type)).toEqual([
      'AUTHENTICATION.CREATED',
      'NOTIFICATION.CREATED',
      'AUTHENTICATION.UPDATED',
      'NOTIFICATION.CREATED',
      'OTP.CHECK_SUCCESS',
      'AUTHENTICATION.UPDATED',
    ]);
  });

  it('with a one-time phone, whose number is nowhere in the answers', async () => {
    const flow = await create({ selectedDevice: { oneTime: { type: 'SMS', phone: '+1 (413) 555-0150' } } });
    expect(flow).toMatchObject({
      status: 201,
      body: { _embedded: { devices: [{ type: 'SMS', phone: '*******50' }] } },
    });
    expect(api.message(String(flow.body['id'])).to).toBe('+14135550150');
    const completed = await check(flow, codeOf(flow));
    expect(completed).toMatchObject({ status: 200, body: { status: 'COMPLETED', authenticators: ['mfa', 'sms'] } });
    expect(JSON.stringify([flow, completed, await read(flow)])).not.toContain('4135550150');
  });

  it('with a test contact, whose code is in the answer and in no outbox', async () => {
    const oneTime = { type: 'EMAIL', email: 'eve@example.org', testMode: true };
    const flow = await create({ selectedDevice: { oneTime } });
    const { otp } = flow.body['test'] as { otp: string };
    expect(api.sent()).toBe(0);
    expect((await read(flow)).body).not.toHaveProperty('test');
    expect(await check(flow, otp)).toMatchObject({ status: 200, body: { status: 'COMPLETED' } });
  });
});

describe('wrong codes', () => {
  it('count 2, 1, 0, then the wrong state', async () => {
    await api.addDevice('SMS', '+14135550150');
    const flow = await create({});
    for (const attemptsRemaining of [2, 1, 0]) {
      const answer = await check(flow, wrongFor(flow));
      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'INVALID_DATA', details: [{ code: 'INVALID_OTP', innerError: { attemptsRemaining } }] },
      });
    }
    expect(await check(flow, codeOf(flow))).toMatchObject({
      status: 400,
      body: { code: 'INVALID_REQUEST', details: [{ code: 'CONSTRAINT_VIOLATION', target: 'status' }] },
    });
    expect((await read(flow)).body).toMatchObject({ status: 'FAILED', error: { code: 'OTP_ATTEMPTS_LIMIT' } });
  });

  it('that arrive together are each counted, and never more than three are answered as compared (SEC-10, SEC-11)', async () => {
    await api.addDevice('SMS', '+14135550150');
    const flow = await create({});
    const answers = await Promise.all(Array.from({ length: 40 }, () => check(flow, wrongFor(flow))));
    const attempts = answers.flatMap(({ body }) => {
      const [detail] = body['details'] as { code: string; innerError?: { attemptsRemaining: number } }[];
      return detail?.code === 'INVALID_OTP' ? [detail.innerError?.attemptsRemaining] : [];
    });
    expect(attempts.sort()).toEqual([0, 1, 2]);
  });

  it('right ones that arrive together: one completes the flow, the others find it ended (SEC-07)', async () => {
    await api.addDevice('SMS', '+14135550150');
    const flow = await create({});
    const answers = await Promise.all(Array.from({ length: 40 }, () => check(flow, codeOf(flow))));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body['code'] === 'INVALID_REQUEST')).toHaveLength(39);
  });

  it('over many flows of one device, one of them right: at most three comparisons, whoever is among them (SEC-11, SEC-12)', async () => {
    await api.addDevice('SMS', '+14135550150');
    const flows = await Promise.all(Array.from({ length: 20 }, () => create({})));
    const answers = await Promise.all(flows.map((flow, n) => check(flow, n === 10 ? codeOf(flow) : wrongFor(flow))));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(0);
    const details = answers.map(({ body }) => (body['details'] as { innerError?: object }[])[0]);
    expect(details.filter((detail) => detail?.innerError !== undefined)).toHaveLength(3);
  });

  it('are forgotten by nothing but success: a new flow goes on counting (SEC-12)', async () => {
    await api.addDevice('SMS', '+14135550150');
    const first = await create({});
    await check(first, wrongFor(first));
    const second = await create({});
    expect((await check(second, wrongFor(second))).body).toMatchObject({
      details: [{ innerError: { attemptsRemaining: 1 } }],
    });
  });
});

describe('what a caller cannot see (SEC-42, SEC-43)', () => {
  it('a flow of another environment answers as one that does not exist', async () => {
    await api.addDevice('SMS', '+14135550150');
    const flow = await create({});
    const unknown = await api.send('GET', `${collection()}/${api.userId}`);
    const foreign = await api.send('GET', `${collection(api.otherEnvironmentId)}/${flow.body['id']}`);
    for (const answer of [unknown, foreign]) expect(answer).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    const actions: readonly [string, object][] = [
      ['otp.check', { otp: codeOf(flow) }],
      ['device.select', { device: { id: api.userId } }],
      ['cancel.push.authentication', { reason: 'CHANGE_DEVICE' }],
    ];
    for (const [action, body] of actions) {
      const path = `${collection(api.otherEnvironmentId)}/${flow.body['id']}`;
      expect((await api.send('POST', path, body, action)).status).toBe(404);
    }
    expect((await read(flow)).body['status']).toBe('OTP_REQUIRED');
  });

  it('a user of another environment answers as one that does not exist', async () => {
    const body = (id: string) => ({
      user: { id },
      selectedDevice: { oneTime: { type: 'SMS', phone: '+14135550150' } },
    });
    const strip = ({ status, body: { id: _, ...rest } }: ApiAnswer) => ({ status, rest });
    const foreign = await api.send('POST', collection(), body(api.otherUserId));
    const unknown = await api.send('POST', collection(), body(POLICY));
    const malformed = await api.send('POST', collection(), body('nobody'));
    expect(strip(foreign)).toEqual(strip(unknown));
    expect(strip(malformed)).toEqual(strip(unknown));
    expect(foreign.status).toBe(404);
    expect(api.sent()).toBe(0);
  });

  it('a device of another user is refused as one that does not exist', async () => {
    await api.addDevice('SMS', '+14135550150');
    const answer = await create({ selectedDevice: { id: api.otherUserId } });
    expect(answer).toMatchObject({
      status: 400,
      body: { details: [{ code: 'INVALID_VALUE', target: 'selectedDevice.id' }] },
    });
  });

  it('an application of another environment is refused', async () => {
    await api.addDevice('SMS', '+14135550150');
    expect(await create({ application: { id: api.otherEnvironmentId } })).toMatchObject({
      status: 400,
      body: { details: [{ code: 'INVALID_VALUE', target: 'application.id' }] },
    });
  });
});

describe('the request', () => {
  it('of another media type is 415, of another method 405, malformed 400', async () => {
    const flow = await create({ selectedDevice: { oneTime: { type: 'SMS', phone: '+14135550150' } } });
    expect((await api.send('POST', at(flow), { otp: '123456' })).status).toBe(415);
    for (const later of ['push.check', 'payload.check'])
      expect((await api.send('POST', at(flow), {}, later)).status).toBe(415);
    expect((await api.send('DELETE', at(flow))).status).toBe(405);
    expect((await api.send('GET', collection())).status).toBe(405);
    expect(await api.send('POST', at(flow), '{', 'otp.check')).toMatchObject({
      status: 400,
      body: { code: 'INVALID_REQUEST' },
    });
    expect((await api.send('POST', collection(), {}, 'push.check')).status).toBe(415);
  });

  it('with a bad body stores and sends nothing', async () => {
    await api.addDevice('SMS', '+14135550150');
    const answer = await create({ policy: { id: 'x' }, compatibility: 'SOME' });
    expect(answer).toMatchObject({
      status: 400,
      body: { details: [{ target: 'policy.id' }, { target: 'compatibility' }] },
    });
    expect(api.sent()).toBe(0);
  });

  it('of another length than the code is no attempt', async () => {
    await api.addDevice('SMS', '+14135550150');
    const flow = await create({});
    expect(await check(flow, '1234567')).toMatchObject({
      status: 400,
      body: { details: [{ code: 'INVALID_VALUE', target: 'otp' }] },
    });
    expect((await check(flow, wrongFor(flow))).body).toMatchObject({
      details: [{ innerError: { attemptsRemaining: 2 } }],
    });
  });
});

describe('what changes meanwhile', () => {
  it('a locked account ends the flow at the next step; a read shows it before', async () => {
    await api.addDevice('SMS', '+14135550150');
    const flow = await create({});
    await api.change(({ factors, now }) =>
      factors ? [{ kind: 'update', entity: 'factors', value: lockAccount(factors, now) }] : [],
    );
    expect((await read(flow)).body).toMatchObject({ status: 'FAILED', error: { code: 'ACCOUNT_LOCKED_OUT' } });
    expect(await check(flow, codeOf(flow))).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_FAILED', details: [{ code: 'ACCOUNT_NOT_USABLE' }] },
    });
    expect((await check(flow, codeOf(flow))).body).toMatchObject({ code: 'INVALID_REQUEST' });
  });

  it('a deleted user takes the flow along', async () => {
    await api.addDevice('SMS', '+14135550150');
    const flow = await create({});
    await api.change(({ user }) => (user ? [{ kind: 'delete', entity: 'user', value: user }] : []));
    expect((await read(flow)).status).toBe(404);
    expect((await check(flow, codeOf(flow))).status).toBe(404);
  });

  it('time: the code expires, then the flow', async () => {
    await api.addDevice('SMS', '+14135550150');
    const flow = await create({});
    api.clock.advance(minutes(30) + 1);
    expect((await check(flow, codeOf(flow))).body).toMatchObject({
      details: [{ code: 'INVALID_OTP', message: 'The OTP has expired. Request a new one.' }],
    });
    api.clock.advance(minutes(5));
    expect((await check(flow, codeOf(flow))).status).toBe(404);
  });

  it('a cancelled flow keeps its selection and goes on with another device', async () => {
    await api.addDevice('SMS', '+14135550150');
    const email = await api.addDevice('EMAIL', 'ada@example.org');
    const flow = await create({});
    expect(flow.body['status']).toBe('DEVICE_SELECTION_REQUIRED');
    await act(flow, 'device.select', { device: { id: email } });
    const cancelled = await act(flow, 'cancel.push.authentication', { reason: 'CHANGE_DEVICE' });
    expect(cancelled).toMatchObject({
      status: 200,
      body: { status: 'DEVICE_SELECTION_REQUIRED', selectedDevice: { id: email } },
    });
    await act(flow, 'device.select', { device: { id: email } });
    expect((await check(flow, codeOf(flow))).body['status']).toBe('COMPLETED');
  });
});
