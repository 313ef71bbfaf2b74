import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/authentication/answer.js';
import { DeviceAuthenticationView, deviceAuthenticationView } from '../../src/http/hal/device-authentication.js';
import { createLinks } from '../../src/http/hal/links.js';
import { minutes } from '../../src/kernel/duration.js';
import { granted } from './results.js';
import { ENVIRONMENT, id, POLICY, T0, USER, World } from './world.js';

const links = createLinks('https://api.example.org/v1', 'https://auth.example.org');
const schema = Compile(DeviceAuthenticationView);

/** The representation as a client reads it; it must fit its own schema, which lists every member. */
function view(answer: Answer, compatibility?: 'FULL'): Record<string, unknown> {
  const body = JSON.parse(JSON.stringify(deviceAuthenticationView(answer, links, compatibility)));
  expect(schema.Check(body)).toBe(true);
  return body;
}

function paired(): World {
  const world = new World();
  world.addDevice(1, 'EMAIL', { details: { masked: 'j****@example.org' } });
  return world;
}

describe('the representation (10 §2, §5, §6)', () => {
  it('of a one-time flow: both links, the contact masked twice, no id, no status', () => {
    const world = new World();
    const answer = granted(world.create({ selection: world.oneTime() }));
    const self = { href: `https://auth.example.org/${ENVIRONMENT}/deviceAuthentications/${answer.flow.id}` };
    const body = view(answer);
    expect(body).toEqual({
      _links: { self, 'device.select': self, 'otp.check': self },
      _embedded: { devices: [{ type: 'SMS', phone: '*******50' }] },
      id: answer.flow.id,
      environment: { id: ENVIRONMENT },
      status: 'OTP_REQUIRED',
      policy: { id: POLICY },
      selectedDevice: { oneTime: { type: 'SMS', phone: '*******50' } },
      user: { id: USER },
      createdAt: '2031-05-04T10:20:30.000Z',
      updatedAt: '2031-05-04T10:20:30.000Z',
    });
    expect(Object.keys(body)).toEqual([
      '_links',
      '_embedded',
      'id',
      'environment',
      'status',
      'policy',
      'selectedDevice',
      'user',
      'createdAt',
      'updatedAt',
    ]);
  });

  it('of a paired device: id, type, status, nickname, masked contact, in this order', () => {
    const world = paired();
    world.changeDevice(1, { nickname: 'Work' });
    const body = view(granted(world.create()));
    expect(JSON.stringify(body['_embedded'])).toBe(
      JSON.stringify({
        devices: [{ id: id(1), type: 'EMAIL', status: 'ACTIVE', nickname: 'Work', email: 'j****@example.org' }],
      }),
    );
    expect(body['selectedDevice']).toEqual({ id: id(1) });
  });

  it('masks an extension', () => {
    const world = new World();
    world.addDevice(1, 'VOICE', { details: { masked: '*******01', extension: '12#' } });
    expect(view(granted(world.create()))['_embedded']).toMatchObject({
      devices: [{ phone: '*******01', extension: '***' }],
    });
  });

  it('echoes compatibility while the flow goes on, in the answer to the action that carried it', () => {
    const world = paired();
    const { flow } = granted(world.create());
    const body = view(granted(world.select(flow.id, 1)), 'FULL');
    expect(Object.keys(body).slice(-3)).toEqual(['compatibility', 'createdAt', 'updatedAt']);
    expect(view(granted(world.read(flow.id)))).not.toHaveProperty('compatibility');
    if (world.user) world.user = { ...world.user, enabled: false };
    expect(view(granted(world.create()), 'FULL')).not.toHaveProperty('compatibility');
  });

  it('of a completed flow: only self, and the authenticators', () => {
    const world = paired();
    const { flow } = granted(world.create());
    world.now += minutes(1);
    const body = view(granted(world.check(flow.id, world.code(flow.id))));
    expect(Object.keys(body['_links'] as object)).toEqual(['self']);
    expect(body).toMatchObject({
      status: 'COMPLETED',
      authenticators: ['mfa', 'email'],
      createdAt: '2031-05-04T10:20:30.000Z',
      updatedAt: '2031-05-04T10:21:30.000Z',
    });
    expect(Object.keys(body).slice(-4)).toEqual(['user', 'authenticators', 'createdAt', 'updatedAt']);
  });

  it('of a failed flow: the error, and no selected device that was never selected', () => {
    const world = paired();
    world.changeDevice(1, { lock: { reason: 'OTP', expiresAt: T0 + 1 } });
    const body = view(granted(world.create()));
    expect(body).toMatchObject({
      _embedded: { devices: [] },
      status: 'FAILED',
      error: {
        code: 'NO_USABLE_DEVICES',
        message: `Couldn't find authenticating device for user: ${USER}`,
        unavailableDevices: [{ id: id(1) }],
      },
    });
    expect(body).not.toHaveProperty('selectedDevice');
    expect(body).not.toHaveProperty('authenticators');
  });

  it('another error names no devices', () => {
    const world = paired();
    if (world.user) world.user = { ...world.user, enabled: false };
    expect(Object.keys(view(granted(world.create()))['error'] as object)).toEqual(['code', 'message']);
  });

  it('shows a test code in the answer that issued it', () => {
    const world = new World();
    const answer = granted(world.create({ selection: { ...world.oneTime(), testMode: true } }));
    expect(view(answer)['test']).toEqual({ otp: answer.testOtp });
    expect(view(granted(world.read(answer.flow.id)))).not.toHaveProperty('test');
  });

  it('keeps the selected device after a cancel', () => {
    const world = paired();
    const { flow } = granted(world.create());
    expect(view(granted(world.cancel(flow.id)))).toMatchObject({
      status: 'DEVICE_SELECTION_REQUIRED',
      selectedDevice: { id: id(1) },
    });
  });

  it('has neither code, digest, nor contact in clear, in any state (SEC-46)', () => {
    const world = new World();
    world.addDevice(1, 'SMS');
    const answers = [granted(world.create()), granted(world.create({ selection: world.oneTime('EMAIL') }))];
    for (const { flow } of answers) {
      const bodies = [view(granted(world.read(flow.id))), view(granted(world.check(flow.id, world.code(flow.id))))];
      const text = JSON.stringify([...answers.map((answer) => view(answer)), ...bodies]);
      expect(text).not.toContain(world.code(flow.id));
      expect(text).not.toContain('digest');
      expect(text).not.toContain('+15125551001');
      expect(text).not.toContain('eve@');
    }
  });
});
