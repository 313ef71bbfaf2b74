import { createHmac, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuthenticationRejection } from '../../src/authentication/rejection.js';
import { FAILURE_CEILING } from '../../src/devices/model.js';
import {
  BYTES_PER_CODE,
  digestRecoveryCode,
  parseRecoveryCode,
  RECOVERY_CODES,
  recoveryCodesFrom,
  withoutCode,
} from '../../src/devices/recovery/codes.js';
import { minutes } from '../../src/kernel/duration.js';
import type { Uuid } from '../../src/kernel/ids.js';
import { createKeyring } from '../../src/kernel/keys.js';
import { Redacted } from '../../src/kernel/sealed.js';
import { lockAccount } from '../../src/platform/users/account.js';
import { granted, refused } from './results.js';
import { kinds, open, types } from './scenes.js';
import { ENVIRONMENT, id, keyring, T0, USER, World } from './world.js';

const [A, B, NONE] = ['AAAAABBBBB', 'CCCCCDDDDD', 'ZZZZZZZZZZ'];

/** A flow that waits for the code of a device, and a user with two recovery codes. */
function scene(): { readonly world: World; readonly flow: Uuid } {
  const world = new World();
  world.addDevice(1, 'SMS');
  world.addDevice(2, 'EMAIL');
  world.addRecoveryCodes(A, B);
  return { world, flow: open(world) };
}

const use = (world: World, flow: Uuid, code: string) => world.run('recoveryCode.check', flow, { code });
const guess = (world: World, flow: Uuid): AuthenticationRejection => refused(use(world, flow, NONE));

describe('a recovery code (decision 16)', () => {
  it('completes the flow without any device, once (SEC-07)', () => {
    const { world, flow } = scene();
    world.now += minutes(1);
    const answer = granted(use(world, flow, A));
    expect(answer.flow).toMatchObject({
      state: { status: 'COMPLETED', authenticators: ['mfa', 'recovery'] },
      updatedAt: T0 + minutes(1),
    });
    expect(answer.flow.state.selected).toBeUndefined();
    expect(kinds(world)).toEqual(['update deviceAuthentication', 'update recoveryCodes', 'expect factors']);
    expect(world.events).toEqual([
      expect.objectContaining({ type: 'RECOVERY_CODE.CHECK_SUCCESS', detail: { remaining: 1 } }),
      expect.objectContaining({ type: 'AUTHENTICATION.UPDATED', detail: { status: 'COMPLETED' } }),
    ]);
    expect(refused(use(world, open(world), A))).toEqual({ kind: 'RecoveryMismatch', attemptsRemaining: 2 });
    granted(use(world, open(world), B));
    expect(refused(use(world, open(world), B))).toEqual({ kind: 'NoRecoveryCodes' });
    expect(world.writes).toEqual([]);
  });

  it('that is wrong leaves the flow open for its device, whose own count it does not touch', () => {
    const { world, flow } = scene();
    const before = world.flow(flow);
    expect(guess(world, flow)).toEqual({ kind: 'RecoveryMismatch', attemptsRemaining: 2 });
    expect(kinds(world)).toEqual(['update recoveryCodes', 'update factors']);
    expect(world.events).toEqual([
      expect.objectContaining({
        type: 'RECOVERY_CODE.CHECK_FAILED',
        detail: { deviceType: 'SMS', attemptsRemaining: 2 },
      }),
    ]);
    expect(world.flow(flow)).toEqual(before);
    expect(world.device(1).failures).toBeUndefined();
    expect(world.factors.ceilings).toEqual({ RECOVERY_CODE: 1 });
    granted(world.check(flow, world.code(flow)));
  });

  it('three wrong ones, over all flows, lock them for two minutes, right ones too (SEC-11, SEC-15)', () => {
    const { world, flow } = scene();
    guess(world, flow);
    expect(guess(world, open(world))).toEqual({ kind: 'RecoveryMismatch', attemptsRemaining: 1 });
    expect(guess(world, flow)).toEqual({ kind: 'RecoveryMismatch', attemptsRemaining: 0 });
    const expiresAt = T0 + minutes(2);
    world.now = expiresAt - 1;
    expect(refused(use(world, flow, A))).toEqual({ kind: 'RecoveryLocked', expiresAt });
    expect(world.writes).toEqual([]);
    world.now = expiresAt;
    expect(guess(world, flow)).toEqual({ kind: 'RecoveryMismatch', attemptsRemaining: 2 });
    expect(world.recoveryCodes).not.toHaveProperty('lockedUntil');
    granted(use(world, flow, A));
  });

  it('that is right ends the run of wrong ones, and the user’s count for the type', () => {
    const { world, flow } = scene();
    guess(world, flow);
    guess(world, flow);
    granted(use(world, flow, A));
    expect(kinds(world)).toContain('update factors');
    expect(world.recoveryCodes).not.toHaveProperty('failures');
    expect(world.factors.ceilings).toEqual({});
    expect(guess(world, open(world))).toEqual({ kind: 'RecoveryMismatch', attemptsRemaining: 2 });
  });

  it('at the ceiling none is compared, without an end to wait for (SEC-13)', () => {
    const { world, flow } = scene();
    world.factors = { ...world.factors, ceilings: { RECOVERY_CODE: FAILURE_CEILING } };
    expect(refused(use(world, flow, A))).toEqual({ kind: 'RecoveryLocked' });
  });

  it('a wrong one that locks the account ends the flow, unless the policy ignores locks (10 §9.4)', () => {
    for (const ignoreUserLock of [false, true]) {
      const { world, flow } = scene();
      world.setPolicy({ ignoreUserLock });
      world.settings = { ...world.settings, lockout: { failureCount: 1, duration: 0 } };
      expect(guess(world, flow)).toEqual({ kind: 'RecoveryMismatch', attemptsRemaining: 2 });
      expect(world.flow(flow).state.status).toBe(ignoreUserLock ? 'OTP_REQUIRED' : 'FAILED');
      if (!ignoreUserLock)
        expect(world.flow(flow).state).toMatchObject({
          selected: { id: id(1) },
          error: { code: 'ACCOUNT_LOCKED_OUT' },
        });
      expect(types(world)).toEqual([
        'RECOVERY_CODE.CHECK_FAILED',
        'USER.LOCKED',
        ...(ignoreUserLock ? [] : ['AUTHENTICATION.UPDATED']),
      ]);
      if (!ignoreUserLock) expect(world.events.at(-1)).toMatchObject({ detail: { status: 'FAILED' } });
    }
  });

  it('of an account that is locked already does not lock it again', () => {
    const { world, flow } = scene();
    world.setPolicy({ ignoreUserLock: true });
    world.settings = { ...world.settings, lockout: { failureCount: 1, duration: 0 } };
    world.factors = lockAccount(world.factors, T0);
    guess(world, flow);
    expect(types(world)).toEqual(['RECOVERY_CODE.CHECK_FAILED']);
    expect(world.flow(flow).state.status).toBe('OTP_REQUIRED');
  });

  it('raises the alarm of many failures like any other (SEC-19)', () => {
    const { world, flow } = scene();
    world.deployment = { failureAlarm: 2 };
    guess(world, flow);
    expect(types(world)).not.toContain('USER.FAILURES_EXCEEDED');
    guess(world, flow);
    expect(types(world)).toContain('USER.FAILURES_EXCEEDED');
  });

  it('is asked for before it is judged: without the user’s set nothing is decided', () => {
    const { world, flow } = scene();
    world.recoveryCodes = undefined;
    expect(() => use(world, flow, A)).toThrow(`{"recoveryCodes":"${USER}"}`);
  });
});

describe('a set of recovery codes', () => {
  const bytes = (fill: (at: number) => number): Uint8Array =>
    Uint8Array.from({ length: RECOVERY_CODES * BYTES_PER_CODE }, (_, at) => fill(at));

  it('is ten codes of two groups of five letters and digits, each from bytes of its own', () => {
    const codes = recoveryCodesFrom(bytes((at) => Math.floor(at / BYTES_PER_CODE) * 17));
    expect(codes).toHaveLength(10);
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^[A-Z2-7]{5}-[A-Z2-7]{5}$/);
    expect(codes[0]).toBe('AAAAA-AAAAA');
    expect(recoveryCodesFrom(bytes(() => 0xff))[9]).toBe('77777-77777');
    // Each of its 50 bits counts.
    const [low] = recoveryCodesFrom(bytes((at) => (at % BYTES_PER_CODE === 6 ? 0b0100_0000 : 0)));
    expect(low).toBe('AAAAA-AAAAB');
  });

  it('is read however it is typed, and as what it must have been', () => {
    expect(parseRecoveryCode('abcde-fghij')).toBe('ABCDEFGHIJ');
    expect(parseRecoveryCode(' ab cde - fg\thij ')).toBe('ABCDEFGHIJ');
    expect(parseRecoveryCode('01801-80180')).toBe('OIBOIBOIBO');
    expect(parseRecoveryCode('23456-7AAAA')).toBe('234567AAAA');
    for (const text of ['', 'ABCDE-FGHI', 'ABCDE-FGHIJK', 'ABCDE-FGHI9', 'ABCDE_FGHIJ', '*ABCDEFGHIJ'])
      expect(parseRecoveryCode(text)).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 70, maxLength: 70 }), (chance) => {
        for (const code of recoveryCodesFrom(chance))
          expect(parseRecoveryCode(code.toLowerCase())).toBe(code.replace('-', ''));
      }),
      { numRuns: 50 },
    );
  });

  it('is kept in the form that databases hold, whose digests stay good (SEC-04)', () => {
    const place = { environmentId: ENVIRONMENT, userId: USER, setId: id(77) };
    const key = Buffer.from(hkdfSync('sha256', Buffer.alloc(32, 7), Buffer.alloc(0), 'postern:v1:code-pepper', 32));
    const parts = ['1', ENVIRONMENT, USER, id(77), 'recovery', '', A];
    const text = parts.map((part) => `${part.length}:${part}`).join('');
    const digest = createHmac('sha256', key).update(text).digest('base64url');
    expect(digestRecoveryCode(place, A, keyring.digests)).toBe(digest);
  });

  it('takes none of another user, environment or set (SEC-06)', () => {
    const place = { environmentId: ENVIRONMENT, userId: USER, setId: id(77) };
    const { digests } = keyring;
    const set = { ...place, version: 1, createdAt: T0, digests: [digestRecoveryCode(place, A, digests)] };
    expect(withoutCode(set, A, digests)).toEqual({ ...set, digests: [] });
    for (const other of [{ environmentId: id(1) }, { userId: id(1) }, { setId: id(1) }])
      expect(withoutCode({ ...set, ...other }, A, digests)).toBeUndefined();
  });

  it('is compared under the key that it was made with, whichever is the newest now', () => {
    const place = { environmentId: ENVIRONMENT, userId: USER, setId: id(77) };
    const { digests, vault } = createKeyring(new Redacted(Buffer.alloc(32, 8)));
    const first = vault.keys.mint(ENVIRONMENT, 1).row;
    vault.keys.install(ENVIRONMENT, [first]);
    const set = { ...place, version: 1, createdAt: T0, digests: [digestRecoveryCode(place, A, digests)] };
    vault.keys.install(ENVIRONMENT, [first, vault.keys.mint(ENVIRONMENT, 2).row]);
    expect(digestRecoveryCode(place, A, digests)).not.toBe(set.digests[0]);
    expect(withoutCode(set, A, digests)?.digests).toEqual([]);
  });
});
