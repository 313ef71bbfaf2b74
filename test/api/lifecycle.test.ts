import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refusalOf } from './refusal.js';
import { contactOf, Scene, TYPES, type Type, wrongFor } from './scene.js';
import { type Answer, HERE, startWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const AUTHENTICATORS: Readonly<Record<Type, readonly string[]>> = {
  SMS: ['mfa', 'sms'],
  VOICE: ['mfa', 'tel'],
  EMAIL: ['mfa', 'email'],
  WHATSAPP: ['mfa', 'whatsapp'],
};
const links = ({ body }: Answer): readonly string[] => Object.keys(body['_links'] as object);

describe.each(TYPES)('the main job by %s', (type) => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await Scene.open(world);
  });
  const contact = contactOf(type);
  const [address = ''] = Object.values(contact).map(String);
  const masked = type === 'EMAIL' ? { email: 's****@example.org' } : { phone: `*******${address.slice(-2)}` };

  it('with a paired device: created, sent, checked, completed (10 §2, §5, §7.6)', async () => {
    const device = await scene.device(type, contact);
    const flow = await scene.create();
    expect(flow.status).toBe(201);
    expect(flow.body).toMatchObject({
      status: 'OTP_REQUIRED',
      selectedDevice: { id: device },
      user: { id: scene.user },
      policy: { id: scene.policy },
      _embedded: { devices: [{ id: device, type, status: 'ACTIVE', ...masked }] },
    });
    expect(links(flow)).toEqual(['self', 'device.select', 'otp.check']);

    const completed = await scene.check(flow, await scene.code(flow));
    expect(completed.status).toBe(200);
    expect(completed.body).toMatchObject({ status: 'COMPLETED', authenticators: AUTHENTICATORS[type] });
    expect(links(completed)).toEqual(['self']);
    expect((await scene.read(flow)).body).toEqual(completed.body);
    expect(flow.text + completed.text).not.toContain(address);
  });

  it('with a one-time contact, which is no device afterwards (10 §4.3)', async () => {
    const flow = await scene.create({ selectedDevice: { oneTime: { type, ...contact } } });
    expect(flow.status).toBe(201);
    expect(flow.body).toMatchObject({ status: 'OTP_REQUIRED', selectedDevice: { oneTime: { type, ...masked } } });
    expect(flow.body['_embedded']).toEqual({ devices: [{ type, ...masked }] });
    expect(links(flow)).toEqual(['self', 'device.select', 'otp.check']);
    const completed = await scene.check(flow, await scene.code(flow));
    expect(completed).toMatchObject({
      status: 200,
      body: { status: 'COMPLETED', authenticators: AUTHENTICATORS[type] },
    });
    expect(completed.body['_embedded']).toEqual({ devices: [{ type, ...masked }] });
    expect([flow.text, completed.text].join()).not.toContain(address);
    expect((await scene.create()).body).toMatchObject({ status: 'FAILED', error: { code: 'NO_USABLE_DEVICES' } });
  });

  it('a paired device is selected by id, and again: a resend that kills the old code (10 §7.2; SEC-06)', async () => {
    const device = await scene.device(type, contact);
    const flow = await scene.create({ selectedDevice: { id: device } });
    const first = await scene.code(flow);
    const again = await scene.act(flow, 'device.select', { device: { id: device }, compatibility: 'FULL' });
    expect(again).toMatchObject({ status: 200, body: { status: 'OTP_REQUIRED', compatibility: 'FULL' } });
    expect((await scene.read(flow)).body).not.toHaveProperty('compatibility');
    const second = await scene.code(flow);
    if (first !== second) {
      const old = await scene.check(flow, first);
      expect(old.body['details']).toMatchObject([{ code: 'INVALID_OTP', innerError: { attemptsRemaining: 2 } }]);
    }
    expect((await scene.check(flow, second)).body['status']).toBe('COMPLETED');
  });

  it('is paired by a code, resent or not, before it can be used (20 §3, §6.4)', async () => {
    const device = await scene.device(type, contact, { status: 'ACTIVATION_REQUIRED' });
    const code = () => world.postern.lastCode({ device });
    const first = await code();
    expect((await scene.create()).body).toMatchObject({
      status: 'FAILED',
      error: { code: 'NO_USABLE_DEVICES', unavailableDevices: [] },
    });
    const resent = await scene.onDevice(device, 'device.sendActivationCode');
    expect(resent).toMatchObject({ status: 200, body: { status: 'ACTIVATION_REQUIRED' } });
    const second = await code();
    if (first !== second)
      expect((await scene.onDevice(device, 'device.activate', { otp: first })).body['details']).toMatchObject([
        { code: 'INVALID_OTP', innerError: { attemptsRemaining: 2 } },
      ]);
    const active = await scene.onDevice(device, 'device.activate', { otp: second });
    expect(active).toMatchObject({ status: 200, body: { status: 'ACTIVE' } });
    expect(links(active)).toEqual(['self', 'environment', 'user']);
    const flow = await scene.create();
    expect((await scene.check(flow, await scene.code(flow))).body['status']).toBe('COMPLETED');
  });

  it(
    type === 'WHATSAPP'
      ? 'has no test mode (10 §4.4)'
      : 'in test mode: the code is in the answer, and nothing is sent (10 §4.4)',
    async () => {
      const oneTime = { type, ...contact, testMode: true };
      const inbox = async () =>
        (await world.postern.send({ method: 'GET', url: `${world.postern.inboxUrl}/messages`, token: null })).text;
      await world.postern.drain();
      const before = await inbox();
      const flow = await scene.create({ selectedDevice: { oneTime } });
      if (type === 'WHATSAPP') {
        expect(refusalOf(flow).details).toEqual(['INVALID_VALUE selectedDevice.oneTime.testMode']);
        return;
      }
      const { otp } = flow.body['test'] as { otp: string };
      expect(otp).toMatch(/^\d{6}$/);
      expect((await scene.read(flow)).body).not.toHaveProperty('test');
      expect((await scene.check(flow, otp)).body).toMatchObject({ status: 'COMPLETED' });

      const device = await scene.device(type, contact, { testMode: true });
      const paired = await scene.create();
      const selected = await scene.select(paired, device);
      expect([paired.body['test'], selected.body['test']]).toEqual([
        { otp: expect.any(String) },
        { otp: expect.any(String) },
      ]);
      const completed = await scene.check(paired, (selected.body['test'] as { otp: string }).otp);
      expect(completed.body['status']).toBe('COMPLETED');
      expect(completed.body).not.toHaveProperty('test');
      await world.postern.drain();
      expect(await inbox()).toBe(before);
    },
  );
});

describe('the choice of a device (10 §4.2)', () => {
  const METHODS = ['DEFAULT_TO_FIRST', 'PROMPT_TO_SELECT', 'ALWAYS_DISPLAY_DEVICES'] as const;
  const EXPECTED: Readonly<Record<(typeof METHODS)[number], readonly string[]>> = {
    DEFAULT_TO_FIRST: ['FAILED', 'OTP_REQUIRED', 'OTP_REQUIRED'],
    PROMPT_TO_SELECT: ['FAILED', 'OTP_REQUIRED', 'DEVICE_SELECTION_REQUIRED'],
    ALWAYS_DISPLAY_DEVICES: ['FAILED', 'DEVICE_SELECTION_REQUIRED', 'DEVICE_SELECTION_REQUIRED'],
  };

  it.each(METHODS.flatMap((selection) => [0, 1, 2].map((count) => [selection, count] as const)))(
    '%s with %i devices',
    async (selection, count) => {
      const scene = await Scene.open(world, { selection });
      const devices: string[] = [];
      for (const type of (['EMAIL', 'SMS'] as const).slice(0, count)) devices.push(await scene.device(type));
      await scene.world.ask({
        path: `/environments/${HERE}/users/${scene.user}/devices`,
        type: 'devices.reorder',
        body: { order: devices.map((id) => ({ id })) },
      });
      const flow = await scene.create();
      const status = EXPECTED[selection][count];
      expect([flow.status, flow.body['status']]).toEqual([201, status]);
      expect(flow.body['_embedded']).toMatchObject({ devices: devices.map((id) => ({ id })) });
      if (status === 'OTP_REQUIRED') expect(flow.body['selectedDevice']).toEqual({ id: devices[0] });
      else expect(flow.body).not.toHaveProperty('selectedDevice');
      if (status === 'DEVICE_SELECTION_REQUIRED') {
        expect(links(flow)).toEqual(['self', 'device.select']);
        const selected = await scene.select(flow, devices.at(-1) ?? '');
        expect(selected.body).toMatchObject({ status: 'OTP_REQUIRED', selectedDevice: { id: devices.at(-1) } });
        expect((await scene.check(flow, await scene.code(flow))).body['status']).toBe('COMPLETED');
      }
      if (status === 'FAILED')
        expect(flow.body['error']).toEqual({
          code: 'NO_USABLE_DEVICES',
          message: `Couldn't find authenticating device for user: ${scene.user}`,
          unavailableDevices: [],
        });
    },
  );

  it('by default the first device to become active is the default device, without anybody setting an order (20 §12)', async () => {
    const scene = await Scene.open(world);
    const email = await scene.device('EMAIL');
    const sms = await scene.device('SMS');
    const path = `/environments/${HERE}/users/${scene.user}/devices?expand=order`;
    expect((await world.ask({ path })).body['order']).toEqual([{ id: email }, { id: sms }]);
    expect((await scene.create()).body).toMatchObject({ status: 'OTP_REQUIRED', selectedDevice: { id: email } });
    await scene.deleteDevice(email);
    const voice = await scene.device('VOICE');
    expect((await world.ask({ path })).body['order']).toEqual([{ id: sms }, { id: voice }]);
  });

  it('of a user who has removed the order: two devices must be chosen from, one need not (20 §12)', async () => {
    const scene = await Scene.open(world);
    await scene.device('EMAIL');
    const sms = await scene.device('SMS');
    const path = `/environments/${HERE}/users/${scene.user}/devices`;
    expect((await world.ask({ path, type: 'devices.order.remove', body: {} })).status).toBe(204);
    expect((await scene.create()).body['status']).toBe('DEVICE_SELECTION_REQUIRED');
    await scene.deleteDevice(sms);
    expect((await scene.create()).body['status']).toBe('OTP_REQUIRED');
  });

  it('a blocked default is passed over; a blocked only device is not even unavailable (20 §11; 10 §4.2)', async () => {
    const scene = await Scene.open(world);
    const email = await scene.device('EMAIL');
    const sms = await scene.device('SMS');
    await scene.onDevice(email, 'device.block');
    const flow = await scene.create();
    expect(flow.body).toMatchObject({ selectedDevice: { id: sms }, _embedded: { devices: [{ id: sms }] } });
    await scene.onDevice(sms, 'device.block');
    expect((await scene.create()).body['error']).toMatchObject({ code: 'NO_USABLE_DEVICES', unavailableDevices: [] });
    await scene.onDevice(email, 'device.unblock');
    expect((await scene.create()).body['selectedDevice']).toEqual({ id: email });
  });

  it('a device whose method the policy switches off is not offered, nor selected by id (30 §1.7)', async () => {
    const scene = await Scene.open(world, { off: ['EMAIL'] });
    const sms = await scene.device('SMS');
    const email = await scene.device('EMAIL');
    expect((await scene.create()).body).toMatchObject({ _embedded: { devices: [{ id: sms }] } });
    expect(refusalOf(await scene.create({ selectedDevice: { id: email } })).details).toEqual([
      'INVALID_VALUE selectedDevice.id',
    ]);
    const oneTime = { type: 'EMAIL', email: 'x@example.org' };
    expect(refusalOf(await scene.create({ selectedDevice: { oneTime } })).details).toEqual([
      'INVALID_VALUE selectedDevice.oneTime.type',
    ]);
  });
});

describe('cancel (10 §7.5)', () => {
  it.each([
    ['CHANGE_DEVICE', 'DEVICE_SELECTION_REQUIRED'],
    ['ADD_DEVICE', 'DEVICE_SELECTION_REQUIRED'],
    ['whatever', 'DEVICE_SELECTION_REQUIRED'],
    ['SIGNOUT', 'FAILED'],
  ])('%s leads to %s', async (reason, status) => {
    const scene = await Scene.open(world);
    const device = await scene.device('EMAIL');
    const flow = await scene.create();
    const code = await scene.code(flow);
    const cancelled = await scene.act(flow, 'cancel.push.authentication', { reason });
    expect(cancelled).toMatchObject({ status: 200, body: { status, selectedDevice: { id: device } } });
    if (status === 'FAILED') expect(cancelled.body).toMatchObject({ error: { code: 'AUTHENTICATION_CANCELED' } });
    // The code went with the state that waited for it.
    expect(refusalOf(await scene.check(flow, code))).toMatchObject({
      code: 'INVALID_REQUEST',
      details: ['CONSTRAINT_VIOLATION status'],
    });
  });

  it('a one-time flow has nothing to go back to (10 §7.1)', async () => {
    const scene = await Scene.open(world);
    const flow = await scene.create({ selectedDevice: { oneTime: { type: 'SMS', ...contactOf('SMS') } } });
    expect(refusalOf(await scene.act(flow, 'cancel.push.authentication', { reason: 'CHANGE_DEVICE' })).code).toBe(
      'INVALID_REQUEST',
    );
    expect((await scene.check(flow, await scene.code(flow))).body['status']).toBe('COMPLETED');
  });

  it('a one-time flow goes on with a paired device (10 §7.2)', async () => {
    const scene = await Scene.open(world);
    const device = await scene.device('EMAIL');
    const flow = await scene.create({ selectedDevice: { oneTime: { type: 'SMS', ...contactOf('SMS') } } });
    const code = await scene.code(flow);
    const selected = await scene.select(flow, device);
    expect(selected.body).toMatchObject({ selectedDevice: { id: device }, _embedded: { devices: [{ id: device }] } });
    if (code !== (await scene.code(flow))) expect((await scene.check(flow, code)).status).toBe(400);
    expect((await scene.check(flow, await scene.code(flow))).body['authenticators']).toEqual(['mfa', 'email']);
  });
});

describe('a terminal flow', () => {
  it.each(['COMPLETED', 'FAILED'])('%s takes no command any more, and tells so (10 §15.4)', async (end) => {
    const scene = await Scene.open(world, { failures: 1 });
    const device = await scene.device('EMAIL');
    const flow = await scene.create();
    const code = await scene.code(flow);
    await scene.check(flow, end === 'COMPLETED' ? code : wrongFor(code));
    expect((await scene.read(flow)).body['status']).toBe(end);
    const before = (await scene.read(flow)).text;
    const commands: readonly [string, object][] = [
      ['otp.check', { otp: code }],
      ['device.select', { device: { id: device } }],
      ['cancel.push.authentication', { reason: 'CHANGE_DEVICE' }],
    ];
    for (const [type, body] of commands) {
      const answer = await scene.act(flow, type, { ...body });
      expect(refusalOf(answer)).toEqual({
        status: 400,
        code: 'INVALID_REQUEST',
        details: ['CONSTRAINT_VIOLATION status'],
      });
      expect(answer.body['message']).toBe(
        "The request could not be completed. The requested action isn't allowed in the current status.",
      );
      expect(answer.body['details']).toMatchObject([{ message: `${type} isn't allowed when status is ${end}.` }]);
    }
    expect((await scene.read(flow)).text).toBe(before);
  });
});
