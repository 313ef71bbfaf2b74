import { describe, expect, it } from 'vitest';
import { totp } from '../../src/devices/kinds/totp.js';
import type { Device } from '../../src/devices/model.js';
import { createDeviceService } from '../../src/devices/service.js';
import { fits } from '../../src/kernel/document-schema.js';
import { minutes, seconds } from '../../src/kernel/duration.js';
import { Type } from '../../src/kernel/json-schema.js';
import { fromBase32 } from '../../src/otp/base32.js';
import { hotp, type PasscodeAlgorithm } from '../../src/otp/hotp.js';
import { stepAt } from '../../src/otp/totp.js';
import { DEVICE_METHODS } from '../helpers/rules.js';
import { at, granted, keyring, OWNER, POLICY, refused, seededRandom, T0, World } from './world.js';

const CREATE = { type: 'TOTP' } as const;

/** What an app makes of what it was shown. */
function passcode(uri: string, now: number, steps = 0): string {
  const query = new URL(uri).searchParams;
  const secret = fromBase32(query.get('secret') ?? '');
  if (!secret) throw new Error('the URI has no secret');
  const algorithm = (query.get('algorithm') ?? 'SHA1') as PasscodeAlgorithm;
  const digits = Number(query.get('digits') ?? 6);
  return hotp({ secret, algorithm, digits }, stepAt(now, Number(query.get('period') ?? 30)) + steps);
}

async function paired(world = new World()) {
  const opened = granted(await world.create(CREATE));
  const { keyUri } = opened.once;
  return { world, device: opened.device, opened, code: (steps = 0) => passcode(String(keyUri), world.now, steps) };
}

function withRules(rules: Partial<typeof DEVICE_METHODS.totp>): World {
  const world = new World();
  world.setRules({}, undefined, POLICY, false, { totp: { ...DEVICE_METHODS.totp, ...rules } });
  return world;
}

describe('a new authenticator app', () => {
  it('waits for its first passcode, and its answer alone shows the secret, twice (20 §7, §20)', async () => {
    const { world, opened } = await paired();
    const { secret, keyUri } = opened.once;
    expect(opened.device).toMatchObject({ type: 'TOTP', status: 'ACTIVATION_REQUIRED' });
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(keyUri).toBe(`otpauth://totp/ada?secret=${secret}`);
    expect(opened.once).toEqual({ secret, keyUri, properties: { secret, keyUri } });
    expect(world.stored(opened.device).activation).toEqual({ policyId: POLICY, accountEpoch: 0 });
    expect(world.outbox).toEqual([]);
    const read = granted(await world.service.read(at(opened.device)));
    expect([read.once, read.members]).toEqual([{}, {}]);
    expect(keyring.vault.open(world.stored(opened.device).secret as never)).toBe(secret);
    expect(JSON.stringify(world.records)).not.toContain(String(secret));
  });

  it('is answered and proved by what its kind announces, and by nothing less', async () => {
    const { opened } = await paired();
    const answers = fits(Type.Object(totp.pairing.onceMembers));
    const { properties, ...less } = opened.once;
    expect([opened.once, less, { ...less, properties: {} }].map(answers)).toEqual([true, false, false]);
    const proofs = fits(Type.Object(totp.pairing.proof));
    expect(['123456', '1234567890', '12345', '12345678901', 'x123456', '12 456'].map((otp) => proofs({ otp }))).toEqual(
      [true, true, ...Array.from({ length: 4 }, () => false)],
    );
    expect([proofs({}), properties]).toEqual([false, less]);
  });

  it('is held to the narrower of two windows, the policy’s and the operator’s (SEC-22)', () => {
    const details = { algorithm: 'SHA1', digits: 6, period: 30 };
    const device = { details } as Partial<Device> as Device;
    const methods = { totp: DEVICE_METHODS.totp } as Parameters<typeof totp.judgePasscode>[3]['methods'];
    const judge = (steps: number) => {
      const code = hotp({ secret: Buffer.alloc(5), algorithm: 'SHA1', digits: 6 }, stepAt(T0, 30) + steps);
      const context = { now: T0, methods, widestWindow: 1, open: keyring.vault.open };
      return totp.judgePasscode(device, code, () => 'AAAAAAAA', context).kind;
    };
    expect([judge(1), judge(2)]).toEqual(['right', 'wrong']);
  });

  it('has a secret of its own, 160 bits of it (SEC-21)', async () => {
    const world = new World();
    const secrets = [await paired(world), await paired(world)].map(({ opened }) => String(opened.once['secret']));
    expect(new Set(secrets).size).toBe(2);
    for (const secret of secrets) expect(fromBase32(secret)).toHaveLength(20);
  });

  it('carries the policy’s parameters, and is held to what they tell the app (20 §7)', async () => {
    const uriParameters = { issuer: 'Harbor Demo', algorithm: 'SHA256', digits: '8', period: '60' };
    const { world, device, opened, code } = await paired(withRules({ uriParameters }));
    expect(opened.once['keyUri']).toMatch(/&issuer=Harbor%20Demo&algorithm=SHA256&digits=8&period=60$/);
    world.setRules({}, undefined, POLICY, false, { totp: { ...DEVICE_METHODS.totp } });
    expect(refused(await world.activate(device, '123456'))).toMatchObject({
      kind: 'Invalid',
      problems: [{ problem: 'invalid', target: 'otp', message: 'must have 8 digits' }],
    });
    // Five windows of 30 seconds are two steps of 60 (30 §1.3.4).
    expect(refused(await world.activate(device, code(3)))).toMatchObject({ kind: 'OtpMismatch' });
    granted(await world.activate(device, code(-2)));
  });

  it.each(['admin', 'self'] as const)('is never active at once, for %s (20 §3.2)', async (caller) => {
    const world = new World();
    expect(refused(await world.create({ ...CREATE, status: 'ACTIVE' }, caller))).toEqual({
      kind: 'StatusNotAllowed',
      allowed: ['ACTIVATION_REQUIRED'],
    });
  });

  it('is refused when the policy’s totp section is off or closed to pairing (20 §6.2)', async () => {
    for (const [rules, reason] of [
      [{ enabled: false }, 'METHOD_DISABLED'],
      [{ pairingDisabled: true }, 'PAIRING_DISABLED'],
    ] as const)
      expect(refused(await withRules(rules).create(CREATE))).toMatchObject({ kind: 'PairingClosed', reason });
  });

  it('takes no test mode and no extension (20 §5, §6.5)', async () => {
    const world = new World();
    expect(refused(await world.create({ ...CREATE, testMode: true }))).toMatchObject({ kind: 'Invalid' });
    expect(refused(await world.create({ ...CREATE, extension: '1' }))).toMatchObject({ kind: 'Invalid' });
  });

  it('may stand beside others of the same user (20 §7)', async () => {
    const world = new World();
    for (let n = 0; n < 2; n++) {
      const { device, code } = await paired(world);
      granted(await world.activate(device, code()));
    }
    expect(world.devices.map(({ status }) => status)).toEqual(['ACTIVE', 'ACTIVE']);
  });
});

describe('the activation of an authenticator app', () => {
  it('makes it active and last in the order, and uses the passcode up (20 §7; SEC-22)', async () => {
    const { world, device, code } = await paired();
    const activated = granted(await world.activate(device, code()));
    expect(activated.device).toMatchObject({ status: 'ACTIVE', lastStep: stepAt(world.now, 30) });
    expect(activated.device.activation).toBeUndefined();
    expect(activated.once).toEqual({});
    expect(world.factors.deviceOrder).toEqual([device.id]);
    expect(world.eventTypes().at(-1)).toBe('DEVICE.ACTIVATED');
  });

  it.each([-5, -1, 0, 5])('takes the passcode %i steps from now (20 §7)', async (steps) => {
    const { world, device, code } = await paired();
    granted(await world.activate(device, code(steps)));
  });

  it.each([-6, 6])('refuses the one %i steps from now', async (steps) => {
    const { world, device, code } = await paired();
    expect(refused(await world.activate(device, code(steps)))).toEqual({ kind: 'OtpMismatch', attemptsRemaining: 2 });
  });

  it('counts wrong passcodes by the policy’s totp section, and locks for its cool-down (20 §6.4, §17.3)', async () => {
    const { world, device, code } = await paired();
    const left = [];
    for (let n = 0; n < 3; n++) left.push(refused(await world.activate(device, code(9))));
    expect(left.map((rejection) => rejection.kind === 'OtpMismatch' && rejection.attemptsRemaining)).toEqual([2, 1, 0]);
    expect(world.eventTypes()).toContain('DEVICE.ACTIVATION_OTP_FAILED');
    const expiresAt = world.now + minutes(2);
    expect(refused(await world.activate(device, code()))).toEqual({ kind: 'DeviceLocked', expiresAt });
    world.now = expiresAt;
    granted(await world.activate(device, code()));
  });

  it('ends 30 minutes after the creation: no comparison, no attempt (20 §7)', async () => {
    const { world, device, code } = await paired();
    world.now = device.createdAt + minutes(30);
    expect(refused(await world.activate(device, code(9)))).toMatchObject({ kind: 'OtpMismatch' });
    world.now += 1;
    expect(refused(await world.activate(device, code()))).toEqual({ kind: 'CodeDead' });
    expect(world.stored(device).failures?.count).toBe(1);
  });

  it('asks for a passcode that has its digits (SEC-09)', async () => {
    const { world, device } = await paired();
    expect(refused(await world.service.activate(at(device), {}))).toEqual({
      kind: 'Invalid',
      problems: [{ problem: 'required', target: 'otp' }],
    });
    expect(refused(await world.activate(device, '1234567'))).toMatchObject({ kind: 'Invalid' });
    expect(world.stored(device).failures).toBeUndefined();
  });

  it('has no code that could be sent again (20 §7)', async () => {
    const { world, device } = await paired();
    expect(refused(await world.service.resendPairingCode(at(device)))).toEqual({ kind: 'NothingToSend' });
  });

  it('in the strict profile takes one step on each side (SEC-22)', async () => {
    const { world, device, code } = await paired();
    const strict = createDeviceService({
      store: world.store,
      random: seededRandom(),
      clock: { now: () => world.now },
      digests: keyring.digests,
      vault: keyring.vault,
      deployment: { channels: new Set(), allowsTestMode: () => false, widestPasscodeWindow: 1 },
      events: { emit: () => {} },
    });
    expect(refused(await strict.activate(at(device), { otp: code(2) }))).toMatchObject({ kind: 'OtpMismatch' });
    granted(await strict.activate(at(device), { otp: code(1) }));
    expect(granted(await strict.list(OWNER)).devices).toHaveLength(1);
    world.now += seconds(1);
  });
});
