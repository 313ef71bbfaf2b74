import { describe, expect, it } from 'vitest';
import { DEVICE_TYPES } from '../../src/devices/kinds/index.js';
import type { Device } from '../../src/devices/model.js';
import { createDispatcher } from '../../src/http/dispatch.js';
import { createLinks } from '../../src/http/hal/links.js';
import { devicesRoutes } from '../../src/http/routes/devices.js';
import { minutes } from '../../src/kernel/duration.js';
import { uuidOf } from '../../src/kernel/ids.js';
import { silentLogger } from '../../src/kernel/log.js';
import type { Actor, RoleName } from '../../src/platform/model.js';
import { at, ENVIRONMENT, granted, OTHER_POLICY, USER, World, wrong } from './world.js';

const API = 'https://api.example.test/v1';
const DEVICES = `/environments/${ENVIRONMENT}/users/${USER}/devices`;
const NOBODY = '99999999-9999-4999-8999-999999999999';
const CORRELATION = uuidOf('00000000-0000-4000-8000-0000000000cc');
const vnd = (action: string): string => `application/vnd.pingidentity.${action}+json`;

interface Sent {
  readonly type?: string;
  readonly body?: unknown;
  readonly raw?: string;
}

/** Requests in, answers out: routes, schemas, view checks and the error catalogue, over a world in memory. */
class Wire {
  readonly world = new World();
  role: RoleName = 'Identity Data Admin';

  async send(method: string, path: string, { type, body, raw }: Sent = {}) {
    const text = raw ?? (body === undefined ? '' : JSON.stringify(body));
    const headers: Record<string, string | undefined> = {
      authorization: 'Bearer t',
      'content-type': type ?? (body === undefined && raw === undefined ? undefined : 'application/json'),
    };
    const incoming = {
      method,
      url: `/v1${path}`,
      header: (name: string) => headers[name],
      correlationId: CORRELATION,
      source: '127.0.0.1',
      signal: () => new AbortController().signal,
    };
    const dispatcher = this.#dispatcher();
    const admission = await dispatcher.admit(incoming);
    const answer =
      admission.kind === 'answered' ? admission.answer : await dispatcher.perform(admission, Buffer.from(text));
    return { status: answer.status, body: answer.body === undefined ? undefined : JSON.parse(String(answer.body)) };
  }

  create(body: unknown) {
    return this.send('POST', DEVICES, { body });
  }

  act(device: Pick<Device, 'id'>, action: string, body?: unknown, method = 'POST') {
    return this.send(method, `${DEVICES}/${device.id}`, { type: vnd(action), ...(body === undefined ? {} : { body }) });
  }

  #dispatcher() {
    const actor: Actor = {
      kind: 'worker',
      applicationId: USER,
      environmentId: ENVIRONMENT,
      roles: [{ role: this.role, scope: { type: 'ENVIRONMENT', id: ENVIRONMENT } }],
    };
    return createDispatcher({
      routes: devicesRoutes(this.world.service, this.world.browsers),
      tokens: { authenticate: async () => actor },
      environments: { organizationOf: async () => undefined, environmentOf: () => undefined },
      links: createLinks(API, 'https://auth.example.test'),
      apiPath: API,
      authPath: 'https://auth.example.test',
      logger: silentLogger,
      development: true,
    });
  }
}

const detail = (answer: { readonly body: { readonly details?: readonly unknown[] } }) => answer.body.details?.[0];
const SMS = { type: 'SMS', phone: '+15125550101' };

describe('the device (20 §2)', () => {
  it('an authenticator app is answered with its secret once, at the top and below properties (20 §7)', async () => {
    const wire = new Wire();
    const { status, body } = await wire.create({ type: 'TOTP', nickname: 'App', policy: { type: 'DEFAULT' } });
    expect(status).toBe(201);
    const { secret, keyUri } = body;
    expect(keyUri).toBe(`otpauth://totp/ada?secret=${secret}`);
    expect(Object.keys(body)).toEqual([
      ...['_links', 'id', 'environment', 'user', 'type', 'status', 'nickname', 'createdAt', 'updatedAt'],
      ...['secret', 'keyUri', 'properties'],
    ]);
    expect(body).toMatchObject({ type: 'TOTP', status: 'ACTIVATION_REQUIRED', properties: { secret, keyUri } });
    const read = await wire.send('GET', `${DEVICES}/${body.id}`);
    expect(Object.keys(read.body)).toEqual([
      ...['_links', 'id', 'environment', 'user', 'type', 'status', 'nickname', 'createdAt', 'updatedAt'],
      ...['lock', 'block'],
    ]);
    expect(detail(await wire.act(body, 'device.activate', {}))).toMatchObject({
      code: 'REQUIRED_VALUE',
      target: 'otp',
    });
  });

  it('creation answers as the published example: members, order, links, no lock, no block', async () => {
    const wire = new Wire();
    const { status, body } = await wire.create({ ...SMS, policy: { type: 'DEFAULT' } });
    expect(status).toBe(201);
    const self = `${API}${DEVICES}/${body.id}`;
    expect(JSON.stringify(body)).toBe(
      JSON.stringify({
        _links: {
          self: { href: self },
          environment: { href: `${API}/environments/${ENVIRONMENT}` },
          user: { href: `${API}/environments/${ENVIRONMENT}/users/${USER}` },
        },
        id: body.id,
        environment: { id: ENVIRONMENT },
        user: { id: USER },
        type: 'SMS',
        status: 'ACTIVE',
        createdAt: '2031-05-04T10:20:30.000Z',
        updatedAt: '2031-05-04T10:20:30.000Z',
        phone: '+15125550101',
      }),
    );
  });

  it('a pending one has the activation link under both names, everything else in its place', async () => {
    const wire = new Wire();
    wire.world.settings = { ...wire.world.settings, phoneExtensionsEnabled: true };
    const request = { type: 'VOICE', phone: '+44 20 7946 0018', extension: '77#', nickname: 'Desk phone' };
    const { body } = await wire.create({ ...request, status: 'ACTIVATION_REQUIRED' });
    expect(Object.keys(body)).toEqual(
      '_links id environment user type status nickname createdAt updatedAt phone extension'.split(' '),
    );
    expect(Object.keys(body._links)).toEqual(['self', 'environment', 'user', 'activate', 'device.activate']);
    expect(body._links.activate).toEqual(body._links.self);
    expect(body._links['device.activate']).toEqual(body._links.self);
    expect(body).toMatchObject({ status: 'ACTIVATION_REQUIRED', phone: '+442079460018', extension: '77#' });
  });

  it('lock and block are on every other answer', async () => {
    const wire = new Wire();
    wire.world.setRules({ failureCount: 1, coolDown: minutes(5) });
    const device = await wire.world.pending();
    await wire.act(device, 'device.activate', { otp: wrong(wire.world.code(device)) });
    const { body } = await wire.act(device, 'device.block');
    expect(body.lock).toEqual({ status: 'LOCKED', expiresAt: '2031-05-04T10:25:30.001Z', reason: 'OTP' });
    expect(body.block).toEqual({ status: 'BLOCKED', blockedAt: '2031-05-04T10:20:30.001Z' });
    await wire.act(device, 'device.unlock');
    const { body: free } = await wire.act(device, 'device.unblock');
    expect([free.lock, free.block]).toEqual([{ status: 'UNLOCKED' }, { status: 'UNBLOCKED' }]);
    expect(Object.keys((await wire.send('GET', `${DEVICES}/${device.id}`)).body).slice(-2)).toEqual(['lock', 'block']);
  });

  it('policy, notification and codes are never shown; a test code is, once', async () => {
    const wire = new Wire();
    const { body } = await wire.create({
      ...SMS,
      status: 'ACTIVATION_REQUIRED',
      testMode: true,
      notification: { template: { locale: 'en' } },
    });
    expect(body).toMatchObject({ testMode: true, test: { otp: expect.stringMatching(/^\d{6}$/) } });
    const read = await wire.send('GET', `${DEVICES}/${body.id}`);
    expect(read.body).toMatchObject({ testMode: true });
    expect(read.body).not.toHaveProperty('test');
    expect(JSON.stringify(read.body)).not.toMatch(/policy|notification|digest|otp"|epoch|failures|lookup/i);
  });
});

describe('activation', () => {
  it.each(['POST', 'PUT'])(
    'by %s answers with the active device, without activation links (20 §1, §6.4)',
    async (method) => {
      const wire = new Wire();
      const device = await wire.world.pending();
      const { status, body } = await wire.act(device, 'device.activate', { otp: wire.world.code(device) }, method);
      expect(status).toBe(200);
      expect(body).toMatchObject({ id: device.id, status: 'ACTIVE', lock: { status: 'UNLOCKED' } });
      expect(Object.keys(body._links)).toEqual(['self', 'environment', 'user']);
    },
  );

  it('errors are those of 20 §17.3', async () => {
    const wire = new Wire();
    wire.world.setRules({ failureCount: 2, coolDown: minutes(5) });
    const device = await wire.world.pending();
    const code = wire.world.code(device);
    const check = (otp?: unknown) => wire.act(device, 'device.activate', otp === undefined ? {} : { otp });

    expect(detail(await check())).toMatchObject({ code: 'REQUIRED_VALUE', target: 'otp' });
    expect(detail(await check(''))).toMatchObject({ code: 'EMPTY_VALUE', target: 'otp' });
    for (const otp of [Number(code), '12345', '1234567', '12345678901', ' 23456', '12345a', '１２３４５６', null])
      expect(await check(otp)).toMatchObject({
        status: 400,
        body: {
          code: 'INVALID_DATA',
          details: [{ code: otp === null ? 'REQUIRED_VALUE' : 'INVALID_VALUE', target: 'otp' }],
        },
      });
    expect(wire.world.stored(device).failures).toBeUndefined();

    for (const attemptsRemaining of [1, 0])
      expect(await check(wrong(code))).toEqual({
        status: 400,
        body: {
          id: CORRELATION,
          code: 'INVALID_DATA',
          message: 'The request could not be completed. One or more validation errors were in the request.',
          details: [
            { code: 'INVALID_OTP', target: 'otp', message: 'Invalid OTP provided.', innerError: { attemptsRemaining } },
          ],
        },
      });
    const coolDownExpiresAt = wire.world.now + minutes(5);
    expect(await check(code)).toMatchObject({
      status: 400,
      body: {
        code: 'REQUEST_FAILED',
        message: 'The request could not be completed. There was an issue processing the request.',
        details: [
          {
            code: 'LIMIT_EXCEEDED',
            target: 'otp',
            message: 'Maximum number of OTP attempts has been reached.',
            innerError: { coolDownExpiresAt },
          },
        ],
      },
    });
    expect(await wire.act(device, 'device.sendActivationCode')).toMatchObject({
      status: 400,
      body: {
        code: 'REQUEST_FAILED',
        details: [{ code: 'LIMIT_EXCEEDED', innerError: { deliveryMethod: 'SMS', coolDownExpiresAt } }],
      },
    });
    wire.world.now += minutes(5);
    expect((await check(code)).body.details).toEqual([
      { code: 'INVALID_OTP', target: 'otp', message: 'Invalid OTP provided. Request a new one.' },
    ]);
    expect((await wire.act(device, 'device.sendActivationCode')).status).toBe(200);
    expect((await check(wire.world.code(device))).status).toBe(200);
    expect(await check(code)).toMatchObject({
      status: 400,
      body: {
        code: 'REQUEST_FAILED',
        details: [{ code: 'CONSTRAINT_VIOLATION', target: 'status', message: 'Device is already active' }],
      },
    });
  });

  it('a blocked device, an unusable account and a closed type fail the request', async () => {
    const wire = new Wire();
    const device = await wire.world.pending();
    const check = () => wire.act(device, 'device.activate', { otp: wire.world.code(device) });
    granted(await wire.world.service.block(at(device)));
    expect((await check()).body).toMatchObject({ code: 'REQUEST_FAILED', details: [{ code: 'CONSTRAINT_VIOLATION' }] });
    granted(await wire.world.service.unblock(at(device)));
    wire.world.factors = { ...wire.world.factors, accountLock: { lockedAt: wire.world.now } };
    expect((await check()).body).toMatchObject({ code: 'REQUEST_FAILED', details: [{ code: 'ACCOUNT_NOT_USABLE' }] });
    wire.world.factors = { ...wire.world.factors, accountLock: { lockedAt: 0, unlockAt: 1 } };
    wire.world.setRules({ enabled: false });
    expect((await check()).body).toMatchObject({
      code: 'REQUEST_FAILED',
      details: [{ code: 'CONSTRAINT_VIOLATION', target: 'type' }],
    });
  });
});

describe('bad create requests (20 §6.1): the field is named, nothing is stored, nothing is sent', () => {
  it.each([
    [{}, 'REQUIRED_VALUE', 'type'],
    [{ type: null }, 'REQUIRED_VALUE', 'type'],
    [{ type: '' }, 'EMPTY_VALUE', 'type'],
    [{ type: 5 }, 'INVALID_VALUE', 'type'],
    [{ type: 'sms', phone: '+15125550101' }, 'INVALID_VALUE', 'type'],
    [{ type: 'SMS' }, 'REQUIRED_VALUE', 'phone'],
    [{ type: 'SMS', phone: null }, 'REQUIRED_VALUE', 'phone'],
    [{ type: 'SMS', phone: '' }, 'EMPTY_VALUE', 'phone'],
    [{ type: 'SMS', phone: 15125550101 }, 'INVALID_VALUE', 'phone'],
    [{ type: 'SMS', phone: 'five' }, 'INVALID_VALUE', 'phone'],
    [{ type: 'EMAIL' }, 'REQUIRED_VALUE', 'email'],
    [{ type: 'EMAIL', email: '' }, 'EMPTY_VALUE', 'email'],
    [{ type: 'EMAIL', email: 'a@b' }, 'INVALID_VALUE', 'email'],
    [{ type: 'EMAIL', email: ['a@example.org'] }, 'INVALID_VALUE', 'email'],
    [{ ...SMS, extension: '1' }, 'INVALID_VALUE', 'extension'],
    [{ type: 'VOICE', phone: '+15125550101', extension: '1' }, 'INVALID_VALUE', 'extension'],
    [{ type: 'VOICE', phone: '+15125550101', extension: 'x' }, 'INVALID_VALUE', 'extension'],
    [{ type: 'VOICE', phone: '+15125550101', extension: '' }, 'EMPTY_VALUE', 'extension'],
    [{ ...SMS, status: 'PENDING' }, 'INVALID_VALUE', 'status'],
    [{ ...SMS, status: true }, 'INVALID_VALUE', 'status'],
    [{ ...SMS, nickname: 'x'.repeat(101) }, 'SIZE_LIMIT_EXCEEDED', 'nickname'],
    [{ ...SMS, nickname: {} }, 'INVALID_VALUE', 'nickname'],
    [{ ...SMS, policy: 'DEFAULT' }, 'INVALID_VALUE', 'policy'],
    [{ ...SMS, policy: {} }, 'INVALID_VALUE', 'policy'],
    [{ ...SMS, policy: { id: OTHER_POLICY, type: 'DEFAULT' } }, 'INVALID_VALUE', 'policy'],
    [{ ...SMS, policy: { type: 'OTHER' } }, 'INVALID_VALUE', 'policy.type'],
    [{ ...SMS, policy: { id: 'x' } }, 'INVALID_VALUE', 'policy.id'],
    [{ ...SMS, policy: { id: OTHER_POLICY.toUpperCase() } }, 'INVALID_VALUE', 'policy.id'],
    [{ ...SMS, policy: { id: OTHER_POLICY } }, 'INVALID_VALUE', 'policy.id'],
    [{ ...SMS, testMode: 'true' }, 'INVALID_VALUE', 'testMode'],
    [{ type: 'WHATSAPP', phone: '+15125550101', testMode: true }, 'INVALID_VALUE', 'testMode'],
    [{ ...SMS, notification: [] }, 'INVALID_VALUE', 'notification'],
    [
      { ...SMS, notification: { template: { locale: 'english please' } } },
      'INVALID_VALUE',
      'notification.template.locale',
    ],
    [
      { ...SMS, notification: { template: { variant: 'x'.repeat(101) } } },
      'SIZE_LIMIT_EXCEEDED',
      'notification.template.variant',
    ],
    [
      { ...SMS, notification: { template: { variables: { a: 1 } } } },
      'INVALID_VALUE',
      'notification.template.variables.a',
    ],
    [{ ...SMS, notification: { policy: { id: 'x' } } }, 'INVALID_VALUE', 'notification.policy.id'],
  ])('%j: %s at %s', async (body, code, target) => {
    const wire = new Wire();
    const answer = await wire.create(body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_DATA', details: [{ code, target }] } });
    expect(wire.world.devices).toEqual([]);
    expect(wire.world.outbox).toEqual([]);
  });

  it.each(['MOBILE', 'PINGID_DESKTOP_GEN2', 'PASSWORD'])('type %s is not offered (20 §2.1)', async (type) => {
    expect(detail(await new Wire().create({ type, phone: '+15125550101' }))).toMatchObject({
      code: 'INVALID_VALUE',
      target: 'type',
      innerError: { allowedValues: [...DEVICE_TYPES, 'BROWSER'] },
    });
  });

  it.each(['', '{', '[]', '"x"', 'null', '{"type":"SMS"'])('%j is no object', async (raw) => {
    expect(await new Wire().send('POST', DEVICES, { type: 'application/json', raw })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_REQUEST' },
    });
  });

  it('server-owned and unknown members have no effect (SEC-45)', async () => {
    const wire = new Wire();
    const sneaky = {
      id: NOBODY,
      name: 'x',
      createdAt: 'x',
      codeEpoch: 9,
      activatedAt: 1,
      _links: {},
      user: { id: NOBODY },
    };
    const { status, body } = await wire.create({
      ...SMS,
      ...sneaky,
      lock: { status: 'LOCKED' },
      block: { status: 'BLOCKED' },
    });
    expect(status).toBe(201);
    expect(body.id).not.toBe(NOBODY);
    const [device] = wire.world.devices;
    expect(device).toMatchObject({ userId: USER, codeEpoch: 0 });
    expect(device).not.toHaveProperty('lock');
    expect(device).not.toHaveProperty('blockedAt');
    expect(device).not.toHaveProperty('name');
  });

  it('limits and duplicates answer as documented (20 §17.2, §5)', async () => {
    const wire = new Wire();
    const first = await wire.create(SMS);
    expect(detail(await wire.create(SMS))).toEqual({
      code: 'UNIQUENESS_VIOLATION',
      target: 'phone',
      message: 'is already in use',
      innerError: { existingId: first.body.id },
    });
    wire.world.settings = { ...wire.world.settings, maxAllowedDevices: 1 };
    expect(await wire.create({ type: 'EMAIL', email: 'a@example.org' })).toEqual({
      status: 400,
      body: {
        id: CORRELATION,
        code: 'REQUEST_FAILED',
        message: 'The request could not be completed. There was an issue processing the request.',
        details: [
          {
            code: 'LIMIT_EXCEEDED',
            message: 'Maximum allowed devices has been reached',
            innerError: { maximumAllowed: 1 },
          },
        ],
      },
    });
  });

  it('a closed type, a missing gateway, a forbidden test mode and a missing content name what is wrong', async () => {
    const wire = new Wire();
    wire.world.channels.delete('WHATSAPP');
    expect(detail(await wire.create({ type: 'WHATSAPP', phone: '+15125550101' }))).toMatchObject({
      code: 'INVALID_VALUE',
      target: 'type',
    });
    wire.world.testModeAllowed = false;
    expect(detail(await wire.create({ ...SMS, testMode: true }))).toMatchObject({ target: 'testMode' });
    const notification = { template: { variant: 'festive' } };
    expect(detail(await wire.create({ ...SMS, status: 'ACTIVATION_REQUIRED', notification }))).toEqual({
      code: 'INVALID_VALUE',
      message: 'Could not find suitable content.',
    });
    wire.world.setRules({ pairingDisabled: true });
    expect(detail(await wire.create(SMS))).toMatchObject({ code: 'INVALID_VALUE', target: 'type' });
  });
});

describe('the list (20 §4.1)', () => {
  it('has links, devices in order, size and count; an empty one too', async () => {
    const wire = new Wire();
    const href = `${API}${DEVICES}`;
    expect(await wire.send('GET', DEVICES)).toEqual({
      status: 200,
      body: {
        _links: { self: { href }, 'devices.reorder': { href } },
        _embedded: { devices: [] },
        size: 0,
        count: 0,
      },
    });
    const [pending, active] = [await wire.world.pending(1), await wire.world.active(2)];
    const { body } = await wire.send('GET', `${DEVICES}?limit=x&expand=order,unknown`);
    expect(Object.keys(body)).toEqual(['_links', '_embedded', 'order', 'size', 'count']);
    expect(body._links['devices.order.remove']).toEqual({ href });
    expect(body._embedded.devices.map(({ id }: { id: string }) => id)).toEqual([active.id, pending.id]);
    expect(body._embedded.devices[0]).toMatchObject({ lock: { status: 'UNLOCKED' }, _links: { self: {} } });
    expect(body).toMatchObject({ order: [{ id: active.id }], size: 2, count: 2 });
    expect((await wire.send('GET', DEVICES)).body).not.toHaveProperty('order');
  });

  it('without an order: the array is empty and there is nothing to remove', async () => {
    const wire = new Wire();
    await wire.world.active();
    expect((await wire.send('DELETE', DEVICES, { type: vnd('devices.order.remove') })).status).toBe(204);
    const { body } = await wire.send('GET', `${DEVICES}?expand=order`);
    expect(body.order).toEqual([]);
    expect(body._links).not.toHaveProperty('devices.order.remove');
  });

  it('shows names of types when asked', async () => {
    const wire = new Wire();
    await wire.world.active();
    const { body } = await wire.send('GET', `${DEVICES}?expand=typeDisplayNames`);
    expect(body._embedded.devices[0]).toMatchObject({ type: 'EMAIL', typeDisplayName: 'Email' });
  });

  it.each([
    ['status eq "ACTIVE"', ['EMAIL', 'SMS']],
    ['(status eq "ACTIVE")', ['EMAIL', 'SMS']],
    ['(STATUS eq "ACTIVE")', undefined],
    ['status EQ "ACTIVATION_REQUIRED"', ['SMS']],
    ['type eq "SMS" and (status eq "ACTIVE")', ['SMS']],
    ['type eq "BROWSER"', []],
    ['status eq "ACTIVE" and status eq "ACTIVATION_REQUIRED"', []],
    ['status ne "ACTIVE"', undefined],
    ['status eq "ACTIVE" or type eq "SMS"', undefined],
    ['nickname eq "x"', undefined],
    ['', undefined],
  ])('filter %s', async (filter, expected) => {
    const wire = new Wire();
    await wire.world.active(1);
    await wire.world.created({ type: 'SMS', phone: '+15125550999' });
    await wire.world.pending(2);
    const { status, body } = await wire.send('GET', `${DEVICES}?filter=${encodeURIComponent(filter)}`);
    if (expected === undefined) {
      expect(status).toBe(400);
      expect(body).toMatchObject({ code: 'INVALID_DATA', details: [{ code: 'INVALID_FILTER', target: 'filter' }] });
      const { supportedAttributes, supportedOperators } = body.details[0].innerError;
      expect(supportedAttributes ?? supportedOperators).toBeDefined();
      return;
    }
    expect(body._embedded.devices.map(({ type }: { type: string }) => type)).toEqual(expected);
    expect([body.size, body.count]).toEqual([expected.length, expected.length]);
  });
});

describe('the order (20 §12)', () => {
  it('is set by the reorder media type and answers as the expanded list', async () => {
    const wire = new Wire();
    const [a, b] = [await wire.world.active(1), await wire.world.active(2)];
    const type = vnd('devices.reorder');
    const answer = await wire.send('POST', DEVICES, { type, body: { order: [{ id: b.id }] } });
    expect(answer).toMatchObject({ status: 200, body: { order: [{ id: b.id }, { id: a.id }], size: 2 } });
    expect(answer.body).toEqual((await wire.send('GET', `${DEVICES}?expand=order`)).body);
    for (const order of [[], [{ id: a.id }, { id: a.id }], [{ id: NOBODY }], [{ id: 'x' }]])
      expect(detail(await wire.send('POST', DEVICES, { type, body: { order } }))).toMatchObject({
        code: 'INVALID_VALUE',
        target: 'order',
      });
    expect(detail(await wire.send('POST', DEVICES, { type, body: { devices: [] } }))).toMatchObject({
      code: 'REQUIRED_VALUE',
      target: 'order',
    });
  });

  it.each(['POST', 'DELETE'])('is removed by %s with the media type and any empty body', async (method) => {
    for (const sent of [{}, { raw: '' }, { raw: '{}' }]) {
      const wire = new Wire();
      await wire.world.active();
      const answer = await wire.send(method, DEVICES, { type: vnd('devices.order.remove'), ...sent });
      expect(answer).toEqual({ status: 204, body: undefined });
      expect(wire.world.factors.deviceOrder).toBeNull();
      expect(wire.world.devices).toHaveLength(1);
    }
  });

  it('a bare DELETE of the collection is refused and deletes nothing', async () => {
    const wire = new Wire();
    await wire.world.active();
    for (const sent of [{}, { type: 'application/json', raw: '{}' }])
      expect(await wire.send('DELETE', DEVICES, sent)).toMatchObject({
        status: 415,
        body: { code: 'INVALID_REQUEST' },
      });
    expect(wire.world.devices).toHaveLength(1);
    expect(wire.world.factors.deviceOrder).toHaveLength(1);
  });
});

describe('nickname, logs, delete (20 §13)', () => {
  it('the nickname is a resource of its own', async () => {
    const wire = new Wire();
    const device = await wire.world.active();
    const path = `${DEVICES}/${device.id}`;
    const _links = { self: { href: `${API}${path}/nickname` }, device: { href: `${API}${path}` } };
    const put = (body: unknown) => wire.send('PUT', `${path}/nickname`, { body });
    expect(await put({ nickname: 'Blue key' })).toEqual({ status: 200, body: { _links, nickname: 'Blue key' } });
    expect((await wire.send('GET', path)).body.nickname).toBe('Blue key');
    expect(await put({ nickname: '' })).toEqual({ status: 200, body: { _links } });
    expect(detail(await put({}))).toMatchObject({ code: 'REQUIRED_VALUE', target: 'nickname' });
    expect(detail(await put({ nickname: 1 }))).toMatchObject({ code: 'INVALID_VALUE', target: 'nickname' });
    expect(detail(await put({ nickname: 'x'.repeat(101) }))).toMatchObject({
      code: 'SIZE_LIMIT_EXCEEDED',
      target: 'nickname',
      innerError: { maximumValue: 100 },
    });
    expect((await put({ nickname: '😀'.repeat(100) })).status).toBe(200);
  });

  it('logs are refused by type, after body and path', async () => {
    const wire = new Wire();
    const device = await wire.world.active();
    const put = (id: string, body: unknown) => wire.send('PUT', `${DEVICES}/${id}/logs`, { body });
    expect(await put(device.id, { status: 'PENDING' })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_DATA', details: [{ code: 'INVALID_VALUE', target: 'type' }] },
    });
    expect(detail(await put(device.id, {}))).toMatchObject({ code: 'REQUIRED_VALUE', target: 'status' });
    expect((await put(NOBODY, { status: 'PENDING' })).status).toBe(404);
  });

  it('delete answers 204, then 404', async () => {
    const wire = new Wire();
    const device = await wire.world.active();
    expect(await wire.send('DELETE', `${DEVICES}/${device.id}`)).toEqual({ status: 204, body: undefined });
    expect(await wire.send('DELETE', `${DEVICES}/${device.id}`)).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND' },
    });
  });
});

describe('path, method, media type, role', () => {
  it.each(['device.block', 'device.unblock', 'device.unlock', 'device.sendActivationCode'])(
    '%s takes no body, an empty one, or {}, whatever is in it',
    async (action) => {
      for (const raw of [undefined, '', '{}', '{"otp":1}']) {
        const wire = new Wire();
        const device = await wire.world.pending();
        const path = `${DEVICES}/${device.id}`;
        const answer = await wire.send('POST', path, { type: vnd(action), ...(raw === undefined ? {} : { raw }) });
        expect(answer).toMatchObject({ status: 200, body: { id: device.id, status: 'ACTIVATION_REQUIRED' } });
      }
    },
  );

  it.each([
    ['POST', `${DEVICES}`, 'text/plain'],
    ['POST', `${DEVICES}`, vnd('device.activate')],
    ['POST', `${DEVICES}/${NOBODY}`, 'application/json'],
    ['POST', `${DEVICES}/${NOBODY}`, vnd('device.lock')],
    ['POST', `${DEVICES}/${NOBODY}`, `${vnd('device.block')}x`],
    ['PUT', `${DEVICES}/${NOBODY}`, 'application/json'],
    ['PUT', `${DEVICES}/${NOBODY}/nickname`, 'text/plain'],
  ])('%s %s with %s is 415', async (method, path, type) => {
    expect(await new Wire().send(method, path, { type, raw: '{}' })).toMatchObject({
      status: 415,
      body: { code: 'INVALID_REQUEST' },
    });
  });

  it('media types are compared without parameters and case', async () => {
    const wire = new Wire();
    const device = await wire.world.active();
    const type = 'Application/VND.pingidentity.device.BLOCK+json; charset=UTF-8';
    expect((await wire.send('POST', `${DEVICES}/${device.id}`, { type })).status).toBe(200);
  });

  it.each([
    ['PATCH', DEVICES],
    ['PATCH', `${DEVICES}/${NOBODY}`],
    ['POST', `${DEVICES}/${NOBODY}/nickname`],
    ['GET', `${DEVICES}/${NOBODY}/logs`],
  ])('%s %s is 405', async (method, path) => {
    expect(await new Wire().send(method, path)).toMatchObject({ status: 405, body: { code: 'INVALID_REQUEST' } });
  });

  it.each(['x', NOBODY.toUpperCase().replace('9', 'A'), `${NOBODY}0`])('an id like %s is 404', async (id) => {
    expect(await new Wire().send('GET', `${DEVICES}/${id}`)).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND' },
    });
  });

  it('an unknown user, device, or a body for them: schema first, then the path (00 §2.6)', async () => {
    const wire = new Wire();
    const stranger = `/environments/${ENVIRONMENT}/users/${NOBODY}/devices`;
    expect((await wire.send('GET', stranger)).status).toBe(404);
    expect((await wire.send('POST', stranger, { body: SMS })).status).toBe(404);
    expect((await wire.send('POST', stranger, { body: { type: 'SMS' } })).status).toBe(400);
    expect((await wire.act({ id: uuidOf(NOBODY) }, 'device.activate', { otp: '123456' })).status).toBe(404);
    // What a proof is made of is for the device's kind to say.
    expect((await wire.act({ id: uuidOf(NOBODY) }, 'device.activate', { otp: 1 })).status).toBe(400);
    expect((await wire.act({ id: uuidOf(NOBODY) }, 'device.activate', {})).status).toBe(404);
  });

  it('reading needs a reading role, everything else the administrator of identities (SEC-44)', async () => {
    const wire = new Wire();
    const device = await wire.world.active();
    wire.role = 'Identity Data Read Only';
    expect((await wire.send('GET', DEVICES)).status).toBe(200);
    expect((await wire.create(SMS)).status).toBe(403);
    expect((await wire.act(device, 'device.unlock')).status).toBe(403);
    expect((await wire.send('DELETE', `${DEVICES}/${device.id}`)).status).toBe(403);
    wire.role = 'Environment Admin';
    expect((await wire.send('GET', `${DEVICES}/${device.id}`)).status).toBe(403);
  });
});
