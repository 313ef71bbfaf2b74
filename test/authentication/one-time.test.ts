import { describe, expect, it } from 'vitest';
import type { SentType } from '../../src/devices/kinds/index.js';
import { minutes } from '../../src/kernel/duration.js';
import { granted, listed, refused } from './results.js';
import { openOneTime } from './scenes.js';
import { T0, World } from './world.js';

const withDevices = (count: number): World => {
  const world = new World();
  for (let n = 1; n <= count; n++) world.addDevice(n, n % 2 === 1 ? 'SMS' : 'EMAIL');
  return world;
};

describe('one-time contacts (10 §4.3)', () => {
  it.each<[SentType, string, string]>([
    ['SMS', '+1 (413) 555-0150', '+14135550150'],
    ['VOICE', '+14135550150', '+14135550150'],
    ['WHATSAPP', '14135550150', '+14135550150'],
    ['EMAIL', 'eve@Example.org', 'eve@example.org'],
  ])('%s goes straight to the code, and is the only entry', (type, text, to) => {
    const world = withDevices(2);
    const answer = granted(world.create({ selection: world.oneTime(type, text) }));
    expect(answer.flow.state).toMatchObject({ status: 'OTP_REQUIRED', selected: { kind: 'oneTime', type } });
    expect(listed(answer)).toEqual(['oneTime']);
    expect(world.message(answer.flow.id).to).toBe(to);
    expect(world.outbox[0]?.deviceId).toBeUndefined();
    expect(JSON.stringify(answer.flow)).not.toContain(to);
  });

  it('does not need MFA to be enabled, but an enabled and unlocked user', () => {
    const world = new World();
    world.factors = { ...world.factors, mfaEnabled: false };
    expect(granted(world.create({ selection: world.oneTime() })).flow.state.status).toBe('OTP_REQUIRED');
    world.factors = { ...world.factors, accountLock: { lockedAt: T0 } };
    const answer = granted(world.create({ selection: world.oneTime() }));
    expect(answer.flow.state).toMatchObject({ status: 'FAILED', error: { code: 'ACCOUNT_LOCKED_OUT' } });
    expect(listed(answer)).toEqual(['oneTime']);
    expect(world.outbox).toHaveLength(1);
  });

  it('a method that is switched off or has no gateway is refused', () => {
    const world = new World();
    world.setPolicy({}, { enabled: false }, 'sms');
    expect(refused(world.create({ selection: world.oneTime() }))).toEqual({ kind: 'OneTimeTypeRefused' });
    world.channels.delete('EMAIL');
    expect(refused(world.create({ selection: world.oneTime('EMAIL') }))).toEqual({ kind: 'OneTimeTypeRefused' });
    expect(world.flows.size).toBe(0);
  });

  it('test mode needs no gateway, but an environment that allows it', () => {
    const world = new World();
    world.channels.clear();
    const selection = { ...world.oneTime(), testMode: true };
    expect(granted(world.create({ selection })).testOtp).toMatch(/^\d{6}$/);
    world.testModeAllowed = false;
    expect(refused(world.create({ selection }))).toEqual({ kind: 'OneTimeTestModeRefused' });
  });

  it('a ceiling of the user or of the contact refuses it (SEC-13, SEC-14)', () => {
    const world = new World();
    world.factors = { ...world.factors, ceilings: { SMS: 100 } };
    expect(refused(world.create({ selection: world.oneTime() }))).toEqual({ kind: 'OneTimeCeiling' });
    const { destination } = world.snapshot({ oneTime: world.oneTime('EMAIL') });
    if (!destination) throw new Error('no destination');
    world.destinations.set(destination.contactKey, { ...destination, version: 1, oneTimeFailures: 100 });
    expect(refused(world.create({ selection: world.oneTime('EMAIL') }))).toEqual({ kind: 'OneTimeCeiling' });
    expect(world.flows.size).toBe(0);
  });

  it('is possible while a paired device of the user is locked', () => {
    const world = withDevices(1);
    world.changeDevice(1, { lock: { reason: 'OTP', expiresAt: T0 + minutes(5) } });
    expect(granted(world.create({ selection: world.oneTime() })).flow.state.status).toBe('OTP_REQUIRED');
  });
});

describe('a one-time contact, found out at a check', () => {
  it.each(['user', 'contact'] as const)('ceiling of the %s: the code dies, the flow waits', (whose) => {
    const world = withDevices(2);
    const flow = openOneTime(world);
    if (whose === 'user') world.factors = { ...world.factors, ceilings: { SMS: 100 } };
    const { destination } = world.snapshot({ flow });
    if (whose === 'contact' && destination)
      world.destinations.set(destination.contactKey, { ...destination, version: 1, oneTimeFailures: 100 });
    expect(refused(world.check(flow, world.code(flow)))).toEqual({ kind: 'OneTimeCeiling' });
    expect(world.flow(flow).state).toMatchObject({ status: 'OTP_REQUIRED', codeDead: true });
    expect(granted(world.read(flow)).flow.state.status).toBe('OTP_REQUIRED');

    world.factors = { ...world.factors, ceilings: {} };
    world.destinations.clear();
    expect(refused(world.check(flow, world.code(flow)))).toEqual({ kind: 'CodeDead', expired: false });
  });

  it('a ceiling ends no flow, also when the user has no device at all', () => {
    const world = withDevices(0);
    const flow = openOneTime(world);
    world.factors = { ...world.factors, ceilings: { SMS: 100 } };
    refused(world.check(flow, world.code(flow)));
    expect(world.flow(flow).state.status).toBe('OTP_REQUIRED');
    expect(granted(world.read(flow)).flow.state.status).toBe('OTP_REQUIRED');
  });

  it('its method switched off: refused, the flow waits while a paired device is eligible, else fails', () => {
    const world = withDevices(2);
    const flow = openOneTime(world);
    world.setPolicy({}, { enabled: false }, 'sms');
    expect(refused(world.check(flow, world.code(flow)))).toEqual({ kind: 'DeviceUnusable', selected: 'oneTime' });
    expect(world.flow(flow).state.status).toBe('OTP_REQUIRED');
    world.devices = [];
    refused(world.check(flow, world.code(flow)));
    expect(world.flow(flow).state).toMatchObject({ status: 'FAILED', error: { code: 'NO_USABLE_DEVICES' } });
  });
});
