import { describe, expect, it } from 'vitest';
import type { Caller } from '../../src/devices/kinds/pairing.js';
import { MAX_PENDING_DEVICES, PENDING_DEVICE_LIFE } from '../../src/devices/model.js';
import type { CreationRequest } from '../../src/devices/pairing/creation.js';
import { hours, minutes } from '../../src/kernel/duration.js';
import {
  at,
  ENVIRONMENT,
  granted,
  keyring,
  OTHER_POLICY,
  OWNER,
  POLICY,
  refused,
  USER,
  World,
  wrong,
} from './world.js';

const SMS: CreationRequest = { type: 'SMS', phone: '+1 (512) 555-0101' };
const EMAIL: CreationRequest = { type: 'EMAIL', email: 'mira.holt@example.test' };
const VOICE: CreationRequest = { type: 'VOICE', phone: '+442079460018' };
const WHATSAPP: CreationRequest = { type: 'WHATSAPP', phone: '+442079460018' };
const PENDING = { status: 'ACTIVATION_REQUIRED' } as const;

describe('status by caller (20 §3.2)', () => {
  const cases: readonly [Caller, CreationRequest['status'], string][] = [
    ['admin', undefined, 'ACTIVE'],
    ['admin', 'ACTIVE', 'ACTIVE'],
    ['admin', 'ACTIVATION_REQUIRED', 'ACTIVATION_REQUIRED'],
    ['self', undefined, 'ACTIVATION_REQUIRED'],
    ['self', 'ACTIVATION_REQUIRED', 'ACTIVATION_REQUIRED'],
    ['self', 'ACTIVE', 'refused'],
  ];
  for (const request of [EMAIL, SMS, VOICE, WHATSAPP])
    it.each(cases)(`${request.type}: %s asking for %s gets %s`, async (caller, status, expected) => {
      const world = new World();
      const outcome = await world.create({ ...request, ...(status ? { status } : {}) }, caller);
      if (expected === 'refused') {
        expect(refused(outcome)).toEqual({ kind: 'StatusNotAllowed', allowed: ['ACTIVATION_REQUIRED'] });
        expect(world.writes).toEqual([]);
        return;
      }
      const { device } = granted(outcome);
      expect(device.status).toBe(expected);
      expect(world.outbox).toHaveLength(expected === 'ACTIVE' ? 0 : 1);
      expect(world.factors.deviceOrder).toEqual(expected === 'ACTIVE' ? [device.id] : []);
      expect(world.eventTypes()).toEqual(
        expected === 'ACTIVE' ? ['DEVICE.CREATED', 'DEVICE.ACTIVATED'] : ['DEVICE.CREATED', 'NOTIFICATION.CREATED'],
      );
    });
});

describe('what is stored and sent', () => {
  it('an active device: canonical contact, its mask, its keyed hash, no code', async () => {
    const world = new World();
    const { device, members } = granted(await world.create({ ...SMS, nickname: 'Work' }));
    expect(members).toEqual({ phone: '+15125550101' });
    expect(world.stored(device)).toMatchObject({
      environmentId: ENVIRONMENT,
      userId: USER,
      nickname: 'Work',
      details: { masked: '*******01' },
      lookupKey: keyring.digests.contact(ENVIRONMENT, '+15125550101'),
      testMode: false,
      activatedAt: world.now,
      createdAt: world.now,
      updatedAt: world.now,
    });
    expect(world.stored(device).activation).toBeUndefined();
    expect(JSON.stringify(world.stored(device))).not.toContain('5550101');
  });

  it('a pending device: the code goes to the contact by template device_pairing and is kept as a digest (SEC-04)', async () => {
    const world = new World();
    world.settings = { ...world.settings, phoneExtensionsEnabled: true };
    const variables = { shop: 'Corner', otp: 'no' };
    const notification = { template: { locale: 'fr-CA', variables } };
    const device = await world.created({ ...VOICE, extension: '1,7#', notification, ...PENDING });
    const [row] = world.outbox;
    expect(row).toMatchObject({
      environmentId: ENVIRONMENT,
      channel: 'VOICE',
      userId: USER,
      deviceId: device.id,
      deadline: world.now + minutes(30),
    });
    expect(row).not.toHaveProperty('deviceAuthenticationId');
    const message = world.message(device);
    expect(message).toMatchObject({
      to: '+442079460018',
      extension: '1,7#',
      template: 'device_pairing',
      locales: ['fr-CA', 'de'],
      variables: { shop: 'Corner', 'user.username': 'ada', 'user.name.given': 'Ada' },
    });
    expect(message.otp).toMatch(/^\d{6}$/);
    expect(JSON.stringify(world.stored(device))).not.toContain(message.otp);
  });

  it('a WhatsApp message takes no variables of the request (20 §18.1)', async () => {
    const world = new World();
    const notification = { template: { variables: { shop: 'Corner' } } };
    const device = await world.created({ ...WHATSAPP, notification, ...PENDING });
    expect(Object.keys(world.message(device).variables)).not.toContain('shop');
  });

  it('the code has the length and the life of the method in the policy that was named (30 §1.7)', async () => {
    const world = new World();
    world.setRules({ otpLength: 10, lifeTime: minutes(2) }, 'sms', OTHER_POLICY);
    const device = await world.created({ ...SMS, policy: { id: OTHER_POLICY }, ...PENDING });
    expect(world.code(device)).toMatch(/^\d{10}$/);
    expect(world.outbox[0]?.deadline).toBe(world.now + minutes(2));
    expect(world.stored(device).activation).toMatchObject({ policyId: OTHER_POLICY });
  });

  it('an empty nickname is none (20 §2.2)', async () => {
    expect(await new World().created({ ...EMAIL, nickname: '' })).not.toHaveProperty('nickname');
  });

  it('mfaEnabled is not asked for (20 §14)', async () => {
    const world = new World();
    expect(world.factors.mfaEnabled).toBe(false);
    granted(await world.create(EMAIL));
  });
});

describe('what the policy says (20 §6.1, §6.2)', () => {
  it.each([
    ['the default without policy', {}, POLICY],
    ['the default by type', { policy: { type: 'DEFAULT' } }, POLICY],
    ['the one that is named', { policy: { id: OTHER_POLICY } }, OTHER_POLICY],
  ])('%s governs', async (_, more, policyId) => {
    const world = new World();
    world.setRules({}, undefined, OTHER_POLICY);
    const device = await world.created({ ...EMAIL, ...more, ...PENDING });
    expect(world.stored(device).activation?.policyId).toBe(policyId);
  });

  it('an unknown policy is refused', async () => {
    expect(refused(await new World().create({ ...EMAIL, policy: { id: OTHER_POLICY } }))).toEqual({
      kind: 'PolicyUnknown',
    });
  });

  it.each([
    [{ enabled: false }, 'METHOD_DISABLED'],
    [{ pairingDisabled: true }, 'PAIRING_DISABLED'],
    [{ enabled: false, pairingDisabled: true }, 'METHOD_DISABLED'],
  ])('%j closes the type to administrators too, pending or not', async (rules, reason) => {
    for (const more of [{}, PENDING]) {
      const world = new World();
      world.setRules(rules, 'sms');
      expect(refused(await world.create({ ...SMS, ...more }))).toEqual({
        kind: 'PairingClosed',
        reason,
        at: 'creation',
      });
      expect(world.writes).toEqual([]);
      granted(await world.create(EMAIL));
    }
  });

  it('a channel without a gateway closes its type (10 §13A), but not to a test device', async () => {
    const world = new World();
    world.channels.delete('SMS');
    for (const more of [{}, PENDING])
      expect(refused(await world.create({ ...SMS, ...more }))).toEqual({
        kind: 'PairingClosed',
        reason: 'NOT_DELIVERABLE',
        at: 'creation',
      });
    granted(await world.create({ ...SMS, testMode: true, ...PENDING }));
    expect(world.outbox).toEqual([]);
  });

  it('a variant that does not exist is refused where something would be sent (10 §13A)', async () => {
    const world = new World();
    const notification = { template: { variant: 'festive' } };
    for (const testMode of [false, true])
      expect(refused(await world.create({ ...SMS, testMode, notification, ...PENDING }))).toEqual({
        kind: 'NoContent',
      });
    expect(world.devices).toEqual([]);
    granted(await world.create({ ...SMS, notification }));
  });
});

describe('test devices (20 §6.5)', () => {
  it('show their code once, send nothing, and stay marked', async () => {
    const world = new World();
    const { device, once } = granted(await world.create({ ...SMS, testMode: true, ...PENDING }));
    expect(once).toEqual({ test: { otp: expect.stringMatching(/^\d{6}$/) } });
    expect(world.outbox).toEqual([]);
    expect(granted(await world.service.read(at(device)))).toMatchObject({ once: {}, device: { testMode: true } });
  });

  it('an active one shows none', async () => {
    expect(granted(await new World().create({ ...SMS, testMode: true })).once).toEqual({});
  });

  it('are refused where test mode is not allowed (10 §4.4)', async () => {
    const world = new World();
    world.testModeAllowed = false;
    for (const more of [{}, PENDING])
      expect(refused(await world.create({ ...SMS, testMode: true, ...more }))).toEqual({ kind: 'TestModeRefused' });
    granted(await world.create({ ...SMS, testMode: false }));
  });
});

describe('extensions (20 §5)', () => {
  it('need the setting', async () => {
    const world = new World();
    const request = { ...VOICE, extension: '77#' };
    expect(refused(await world.create(request))).toEqual({ kind: 'ExtensionRefused' });
    world.settings = { ...world.settings, phoneExtensionsEnabled: true };
    expect(granted(await world.create(request)).members).toEqual({ phone: '+442079460018', extension: '77#' });
  });
});

describe('duplicates (20 §5)', () => {
  it('an active device of the same type and contact is in the way, however the contact is written', async () => {
    const world = new World();
    const first = await world.created(SMS);
    for (const more of [{}, PENDING])
      expect(refused(await world.create({ type: 'SMS', phone: '1.512.555.0101', ...more }))).toEqual({
        kind: 'ContactTaken',
        field: 'phone',
        existingId: first.id,
      });
  });

  it('so is an address that differs in case only', async () => {
    const world = new World();
    const first = await world.created(EMAIL);
    expect(refused(await world.create({ type: 'EMAIL', email: 'Mira.Holt@EXAMPLE.test' }))).toEqual({
      kind: 'ContactTaken',
      field: 'email',
      existingId: first.id,
    });
  });

  it('another type, another extension, or a pending device is not', async () => {
    const world = new World();
    world.settings = { ...world.settings, phoneExtensionsEnabled: true, maxAllowedDevices: 15 };
    await world.created(VOICE);
    await world.created({ ...VOICE, extension: '1' });
    await world.created({ ...VOICE, extension: '2' });
    await world.created(WHATSAPP);
    await world.created({ ...EMAIL, ...PENDING });
    await world.created({ ...EMAIL, ...PENDING });
    await world.created(EMAIL);
    expect(refused(await world.create({ ...VOICE, extension: '2' }))).toMatchObject({ kind: 'ContactTaken' });
  });
});

describe('limits (20 §3.1, §17.2)', () => {
  it('paired devices, blocked ones included, count against the setting, whatever the new one is to be', async () => {
    const world = new World();
    world.settings = { ...world.settings, maxAllowedDevices: 2 };
    const first = await world.active(1);
    await world.active(2);
    granted(await world.service.block(at(first)));
    for (const more of [{}, PENDING])
      expect(refused(await world.create({ ...SMS, ...more }))).toEqual({
        kind: 'TooManyDevices',
        of: 'ACTIVE',
        maximumAllowed: 2,
      });
    expect(world.writes).toEqual([]);
    granted(await world.service.delete(at(first)));
    granted(await world.create(SMS));
  });

  it('lowering the setting removes nothing', async () => {
    const world = new World();
    await world.active(1);
    await world.active(2);
    world.settings = { ...world.settings, maxAllowedDevices: 1 };
    expect(granted(await world.service.list(OWNER)).devices).toHaveLength(2);
    expect(refused(await world.create(SMS))).toMatchObject({ kind: 'TooManyDevices', maximumAllowed: 1 });
  });

  it('pending devices do not count against it but have a limit of their own', async () => {
    const world = new World();
    world.settings = { ...world.settings, maxAllowedDevices: 1 };
    for (let n = 1; n <= MAX_PENDING_DEVICES; n++) await world.pending(n);
    expect(refused(await world.create({ ...EMAIL, ...PENDING }))).toEqual({
      kind: 'TooManyDevices',
      of: 'ACTIVATION_REQUIRED',
      maximumAllowed: 50,
    });
    granted(await world.create(EMAIL));
  });

  it('lapsed devices do not count, and the next creation removes them', async () => {
    const world = new World();
    for (let n = 1; n <= MAX_PENDING_DEVICES; n++) await world.pending(n);
    world.now += PENDING_DEVICE_LIFE;
    const device = await world.created({ ...EMAIL, ...PENDING });
    expect(world.devices).toEqual([world.stored(device)]);
    const swept = world.events.filter(({ type, detail }) => type === 'DEVICE.DELETED' && detail?.['lapsed'] === true);
    expect(swept).toHaveLength(MAX_PENDING_DEVICES);
  });
});

describe('whoever re-creates a device gets no attempt back (SEC-12)', () => {
  it('takes over the failures of the deleted one', async () => {
    const world = new World();
    const first = await world.created({ ...SMS, ...PENDING });
    await world.activate(first, wrong(world.code(first)));
    await world.activate(first, wrong(world.code(first)));
    granted(await world.service.delete(at(first)));
    const second = await world.created({ ...SMS, ...PENDING });
    expect(refused(await world.activate(second, wrong(world.code(second))))).toEqual({
      kind: 'OtpMismatch',
      attemptsRemaining: 0,
    });
  });

  it('takes over a lock that still runs; a pending one is not created during it, as no code may be sent', async () => {
    const world = new World();
    world.setRules({ failureCount: 1, coolDown: minutes(5) });
    const first = await world.created({ ...SMS, ...PENDING });
    await world.activate(first, wrong(world.code(first)));
    const expiresAt = world.now + minutes(5);
    granted(await world.service.delete(at(first)));
    const sent = world.outbox.length;
    expect(refused(await world.create({ ...SMS, ...PENDING }))).toEqual({
      kind: 'SendRefused',
      channel: 'SMS',
      expiresAt,
    });
    expect(world.outbox).toHaveLength(sent);
    const active = granted(await world.create(SMS));
    expect(active.lock).toEqual({ reason: 'OTP', expiresAt });
    expect(world.stored(active.device)).toMatchObject({ lock: { reason: 'OTP', expiresAt } });
  });

  it('the row of the contact is written only when there is something to leave, and emptied when it is taken over', async () => {
    const world = new World();
    const clean = await world.created(SMS);
    granted(await world.service.delete(at(clean)));
    expect(world.destinations.size).toBe(0);

    const first = await world.created({ ...SMS, ...PENDING });
    await world.activate(first, wrong(world.code(first)));
    granted(await world.service.delete(at(first)));
    const key = keyring.digests.contact(ENVIRONMENT, '+15125550101');
    expect(world.destinations.get(key)?.leftovers).toEqual({ [`${USER}:SMS`]: { failures: { count: 1, limit: 3 } } });
    await world.created(SMS);
    expect(world.destinations.get(key)?.leftovers).toEqual({});
  });

  it('another type of the same number starts anew', async () => {
    const world = new World();
    const voice = await world.created({ ...VOICE, ...PENDING });
    await world.activate(voice, wrong(world.code(voice)));
    granted(await world.service.delete(at(voice)));
    const whatsapp = await world.created({ ...WHATSAPP, ...PENDING });
    expect(world.stored(whatsapp).failures).toBeUndefined();
  });

  it('an extension makes no difference: adding a pause to it gives nothing back', async () => {
    const world = new World();
    world.settings = { ...world.settings, phoneExtensionsEnabled: true };
    const first = await world.created({ ...VOICE, extension: '1', ...PENDING });
    await world.activate(first, wrong(world.code(first)));
    granted(await world.service.delete(at(first)));
    const second = await world.created({ ...VOICE, extension: ',1', ...PENDING });
    expect(world.stored(second).failures).toEqual({ count: 1, limit: 3 });
  });

  it('of two deleted devices the worse run counts', async () => {
    const world = new World();
    world.setRules({ failureCount: 5 });
    const [a, b] = [await world.created({ ...SMS, ...PENDING }), await world.created({ ...SMS, ...PENDING })];
    await world.activate(a, wrong(world.code(a)));
    for (let n = 0; n < 3; n++) await world.activate(b, wrong(world.code(b)));
    granted(await world.service.delete(at(b)));
    granted(await world.service.delete(at(a)));
    const heir = await world.created({ ...SMS, ...PENDING });
    expect(world.stored(heir).failures).toEqual({ count: 3, limit: 5 });
  });

  it('a device that lapsed leaves its failures too, as long as its row is there', async () => {
    const world = new World();
    const first = await world.created({ ...SMS, ...PENDING });
    await world.activate(first, wrong(world.code(first)));
    world.now += hours(24);
    const second = await world.created({ ...SMS, ...PENDING });
    expect(world.stored(second).failures).toEqual({ count: 1, limit: 3 });
  });

  it('a device of another contact that lapsed with failures is left for the sweeper, which moves them (SEC-12)', async () => {
    const world = new World();
    const first = await world.created({ ...SMS, ...PENDING });
    await world.activate(first, wrong(world.code(first)));
    const quiet = await world.created({ ...SMS, ...PENDING, phone: '+14155550111' });
    world.now += hours(24);
    await world.created({ ...EMAIL, ...PENDING });
    expect(world.devices.map(({ id }) => id)).toContain(first.id);
    expect(world.devices.map(({ id }) => id)).not.toContain(quiet.id);
  });

  it('a lock that has ended is not taken over', async () => {
    const world = new World();
    world.setRules({ failureCount: 1, coolDown: minutes(5) });
    const first = await world.created({ ...SMS, ...PENDING });
    await world.activate(first, wrong(world.code(first)));
    granted(await world.service.delete(at(first)));
    world.now += minutes(5);
    const second = await world.created({ ...SMS, ...PENDING });
    expect(world.stored(second)).not.toHaveProperty('lock');
    granted(await world.activate(second, world.code(second)));
  });
});

describe('the path (00 §2.6, SEC-42)', () => {
  it('names the environment first, then the user', async () => {
    const world = new World();
    world.user = undefined;
    expect(refused(await world.create(EMAIL))).toEqual({ kind: 'UserNotFound' });
    const elsewhere = { environmentId: OTHER_POLICY, userId: USER };
    expect(refused(await world.service.list(elsewhere))).toEqual({
      kind: 'EnvironmentNotFound',
      environmentId: OTHER_POLICY,
    });
  });
});
