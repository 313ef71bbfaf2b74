import { describe, expect, it } from 'vitest';
import type { SendLimits } from '../../src/devices/sending/send-window.js';
import { days, minutes, seconds } from '../../src/kernel/duration.js';
import { at, ENVIRONMENT, granted, keyring, refused, USER, World, wrong } from './world.js';

const LIMITS: SendLimits = { unconfirmed: 2, hourly: 0, daily: 0, pause: 0, prefix: 0 };
const PHONE = '+15125550101';
const CONTACT = keyring.digests.contact(ENVIRONMENT, PHONE);
const pairing = { type: 'SMS', phone: PHONE, status: 'ACTIVATION_REQUIRED' } as const;
const kinds = (world: World): readonly string[] => world.writes.map(({ kind, entity }) => `${kind} ${entity}`);
const limited = (limits: Partial<SendLimits> = {}): World => new World({ sendLimits: { ...LIMITS, ...limits } });

describe('pairing codes under limits on sending (SEC-36, 10 §9.5)', () => {
  it('count for their contact, which an activation confirms', async () => {
    const world = limited();
    const device = await world.created(pairing);
    expect(kinds(world)).toEqual(['update factors', 'put device', 'update destination', 'append outbox']);
    expect(world.destinations.get(CONTACT)?.sends).toEqual({ at: [world.now], unconfirmed: 1 });
    expect(world.stored(device).activation).toMatchObject({ isCounted: true });
    granted(await world.activate(device, world.code(device)));
    expect(kinds(world)).toEqual(['update factors', 'put device', 'update destination']);
    expect(world.destinations.get(CONTACT)?.sends).toEqual({ at: [world.now], unconfirmed: 0 });
    expect(world.eventTypes()).toEqual(['DEVICE.CREATED', 'NOTIFICATION.CREATED', 'DEVICE.ACTIVATED']);
  });

  it('that are sent again count too; a refused one leaves the code before it alive', async () => {
    const world = limited();
    const device = await world.created(pairing);
    granted(await world.service.resendPairingCode(at(device)));
    expect(kinds(world)).toEqual(['update factors', 'put device', 'append outbox', 'update destination']);
    const { sends } = world.destinations.get(CONTACT) ?? {};
    expect(sends?.unconfirmed).toBe(2);
    expect(refused(await world.service.resendPairingCode(at(device)))).toEqual({
      kind: 'SendRefused',
      channel: 'SMS',
      expiresAt: world.now + minutes(10),
    });
    expect(world.writes).toEqual([]);
    expect(world.events.at(-1)).toMatchObject({
      type: 'NOTIFICATION.REJECTED',
      deviceId: device.id,
      detail: { channel: 'SMS', reason: 'SEND_LIMIT' },
    });
    expect(world.outbox).toHaveLength(2);
    granted(await world.activate(device, world.code(device)));
  });

  it('that may not be sent make no device', async () => {
    const world = limited({ unconfirmed: 1 });
    await world.created(pairing);
    const devices = world.devices.length;
    expect(refused(await world.create({ ...pairing, phone: PHONE }))).toMatchObject({ kind: 'SendRefused' });
    expect(world.devices).toHaveLength(devices);
    expect(world.outbox).toHaveLength(1);
  });

  it('of test devices do not count, nor do they confirm', async () => {
    const world = limited();
    const { device, once } = granted(await world.create({ ...pairing, testMode: true }));
    expect(world.stored(device).activation).not.toHaveProperty('isCounted');
    const { test } = once as { test: { otp: string } };
    granted(await world.activate(device, test.otp));
    expect(world.destinations.size).toBe(0);
  });

  it('that were sent before there was a limit are confirmed by whoever finds one, and written only where that changes something', async () => {
    const world = new World();
    const device = await world.created(pairing);
    const later = limited();
    Object.assign(later, { devices: world.devices, factors: world.factors, outbox: world.outbox, now: world.now });
    const destination = {
      environmentId: ENVIRONMENT,
      contactKey: CONTACT,
      version: 0,
      oneTimeFailures: 0,
      leftovers: {},
    };
    later.destinations.set(CONTACT, { ...destination, sends: { at: [1], unconfirmed: 1 } });
    granted(await later.activate(device, later.code(device)));
    expect(later.destinations.get(CONTACT)?.sends).toEqual({ at: [1], unconfirmed: 0 });

    const unsent = new World();
    const other = await unsent.created(pairing);
    const limitedNow = limited();
    Object.assign(limitedNow, { devices: unsent.devices, factors: unsent.factors, outbox: unsent.outbox });
    limitedNow.now = unsent.now;
    granted(await limitedNow.activate(other, limitedNow.code(other)));
    expect(kinds(limitedNow)).toEqual(['update factors', 'put device']);
  });

  it('of limits that count nothing cost no row', async () => {
    const world = limited({ unconfirmed: 0 });
    const device = await world.created(pairing);
    expect(kinds(world)).toEqual(['update factors', 'put device', 'append outbox']);
    granted(await world.activate(device, world.code(device)));
    expect(kinds(world)).toEqual(['update factors', 'put device']);
  });

  it('a block of numbers that fills stops, and is taken back from by an activation (SEC-38)', async () => {
    const world = limited({ unconfirmed: 0, prefix: 2 });
    const device = await world.created(pairing);
    expect([...world.counters.values()]).toEqual([expect.objectContaining({ value: 1 })]);
    granted(await world.activate(device, world.code(device)));
    expect([...world.counters.values()]).toEqual([expect.objectContaining({ value: 0 })]);
    await world.created({ ...pairing, phone: '+15125550102' });
    await world.created({ ...pairing, phone: '+15125550103' });
    expect(world.eventTypes().at(-1)).toBe('NOTIFICATION.PREFIX_STOPPED');
    expect(refused(await world.create({ ...pairing, phone: '+15125550104' }))).toMatchObject({ kind: 'SendRefused' });
  });
});

describe('pairing codes under a notification policy (30 §5.4)', () => {
  it('wait for its cool-downs, which the activation ends', async () => {
    const world = new World();
    world.sendRules = { SMS: { resends: { waits: [seconds(30)], limit: 3, perUser: false } } };
    const device = await world.created(pairing);
    expect(refused(await world.service.resendPairingCode(at(device)))).toEqual({
      kind: 'SendRefused',
      channel: 'SMS',
      expiresAt: world.now + seconds(30),
    });
    granted(await world.activate(device, world.code(device)));
    expect(world.destinations.get(CONTACT)).not.toHaveProperty('resends');
  });

  it('go to its countries alone (10 §9.6)', async () => {
    const world = new World();
    world.sendRules = { SMS: { countries: { type: 'DENIED', countries: new Set(['US']) } } };
    expect(refused(await world.create(pairing))).toEqual({ kind: 'CountryRefused' });
    expect(world.devices).toEqual([]);
    expect(world.events).toEqual([
      expect.objectContaining({ type: 'NOTIFICATION.REJECTED', detail: { channel: 'SMS', reason: 'COUNTRY' } }),
    ]);
    granted(await world.create({ ...pairing, phone: '+4915112345678' }));
  });

  it('stand unclaimed in its quota until they are used, on their day', async () => {
    const world = new World();
    const limit = { kind: 'parts', claimed: 5, unclaimed: 5 } as const;
    world.sendRules = { SMS: { quota: { scope: 'USER', methods: 'SMS', limit } } };
    const used = await world.created(pairing);
    const late = await world.created({ ...pairing, phone: '+15125550102' });
    expect(world.stored(used).activation?.claim).toEqual({ budget: `quota SMS ${USER}`, at: world.now });
    expect(world.stored(used).activation).not.toHaveProperty('isCounted');
    const values = () => Object.fromEntries([...world.counters].map(([name, { value }]) => [name, value]));
    expect(values()).toEqual({ [`quota SMS ${USER} unclaimed`]: 2 });
    granted(await world.activate(used, world.code(used)));
    expect(values()).toEqual({ [`quota SMS ${USER} unclaimed`]: 1, [`quota SMS ${USER} claimed`]: 1 });
    world.setRules({ lifeTime: days(2) });
    world.now = Math.ceil(world.now / days(1)) * days(1) - 1;
    granted(await world.service.resendPairingCode(at(late)));
    world.now += 1;
    const before = values();
    granted(await world.activate(late, world.code(late)));
    expect(values()).toEqual(before);
  });

  it('that are used up are refused without an end that could be told', async () => {
    const world = new World();
    world.sendRules = { SMS: { quota: { scope: 'USER', methods: 'SMS', limit: { kind: 'total', total: 1 } } } };
    const device = await world.created(pairing);
    expect(world.stored(device).activation).not.toHaveProperty('claim');
    expect(refused(await world.create({ ...pairing, phone: '+15125550102' }))).toEqual({
      kind: 'SendRefused',
      channel: 'SMS',
    });
  });
});

describe('what an activation remembers of its code (SEC-38)', () => {
  it('the country that it was sent to by phone, told when it comes back', async () => {
    const world = new World();
    const device = await world.created(pairing);
    granted(await world.activate(device, world.code(device)));
    expect(world.events.at(-1)).toMatchObject({ type: 'DEVICE.ACTIVATED', detail: { country: 'US' } });
    const mail = await world.created({ type: 'EMAIL', email: 'ada@example.org', status: 'ACTIVATION_REQUIRED' });
    granted(await world.activate(mail, world.code(mail)));
    expect(world.events.at(-1)?.detail).not.toHaveProperty('country');
    const test = granted(await world.create({ ...pairing, phone: '+15125550102', testMode: true }));
    granted(await world.activate(test.device, (test.once as { test: { otp: string } }).test.otp));
    expect(world.events.at(-1)?.detail).not.toHaveProperty('country');
  });
});

describe('many failures of a user (SEC-19)', () => {
  it('raise the alarm at activation as they do in an authentication', async () => {
    const world = new World({ failureAlarm: 2 });
    const device = await world.created(pairing);
    await world.activate(device, wrong(world.code(device)));
    expect(world.eventTypes()).not.toContain('USER.FAILURES_EXCEEDED');
    await world.activate(device, wrong(world.code(device)));
    expect(world.eventTypes().at(-1)).toBe('USER.FAILURES_EXCEEDED');
  });
});
