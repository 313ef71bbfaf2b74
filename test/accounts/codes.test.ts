import { describe, expect, it } from 'vitest';
import { codesOf } from '../../src/accounts/code.js';
import { minutes, seconds } from '../../src/kernel/duration.js';
import { lockAccount, unlockAccount } from '../../src/platform/users/account.js';
import { ADA, ENVIRONMENT, T0, USER } from '../authentication/fixtures.js';
import { Account, LIMITS, MAIL, sent } from './account.js';

/** Eight digits that no draw of a test makes. */
const WRONG = '99999999';

describe('the code that verifies an account (00 §8.1, §8.3)', () => {
  it('goes to the user’s address, in words of its own use, and lives ten minutes (SEC-08)', () => {
    const account = sent();
    expect(account.message()).toMatchObject({
      to: MAIL,
      template: 'verification_code_template',
      otp: expect.stringMatching(/^\d{8}$/),
      variables: { 'user.username': 'ada' },
    });
    expect(account.message()).not.toHaveProperty('words');
    expect(account.outbox).toEqual([
      expect.objectContaining({
        environmentId: ENVIRONMENT,
        channel: 'EMAIL',
        userId: USER,
        deadline: T0 + minutes(10),
        createdAt: T0,
      }),
    ]);
    expect(account.writes).toEqual(['update user', 'put userCode', 'append outbox']);
    expect(account.events).toEqual([
      { type: 'NOTIFICATION.CREATED', environmentId: ENVIRONMENT, userId: USER, detail: { channel: 'EMAIL' } },
    ]);
    expect(JSON.stringify(account.codes)).not.toContain(account.code());
  });

  it('is said in the environment’s own words where it has any', () => {
    const account = new Account();
    const words = { text: 'Hallo', isHtml: false };
    const content = { template: 'verification_code_template', channel: 'EMAIL', locale: 'en', words } as const;
    account.contents = { defaultLocale: 'en', all: [content] };
    account.send();
    expect(account.message()).toMatchObject({ words });
    account.change({ unverified: true });
    account.contents = { defaultLocale: 'en', all: [{ ...content, channel: 'SMS' }] };
    account.send();
    expect(account.message()).not.toHaveProperty('words');
  });

  it('verifies the account and its address, once', () => {
    const account = sent();
    account.now += minutes(10);
    expect(account.verify(account.code())).toBeUndefined();
    expect(account.user).toEqual({
      ...ADA,
      profile: { email: MAIL },
      emailVerified: true,
      updatedAt: T0 + minutes(10),
    });
    expect(account.kept()).toEqual({
      userId: USER,
      environmentId: ENVIRONMENT,
      use: 'verification',
      sends: 1,
      failures: 0,
    });
    expect(account.writes).toEqual(['update user', 'put userCode']);
    expect(account.events).toEqual([
      { type: 'OTP.CHECK_SUCCESS', environmentId: ENVIRONMENT, userId: USER, detail: { use: 'verification' } },
      { type: 'USER.UPDATED', environmentId: ENVIRONMENT, userId: USER },
    ]);
    expect(account.verify(account.code())).toEqual({ kind: 'AlreadyVerified' });
    expect(account.send()).toEqual({ kind: 'AlreadyVerified' });
    expect(account.writes).toEqual([]);
  });

  it('is dead a millisecond after its time, and with a lock of the account (SEC-08, SEC-16)', () => {
    const late = sent();
    late.now += minutes(10) + 1;
    expect(late.verify(late.code())).toEqual({ kind: 'CodeDead' });
    expect(late.writes).toEqual([]);
    const locked = sent();
    locked.factors = lockAccount(locked.factors, T0);
    expect(locked.verify(locked.code())).toEqual({ kind: 'AccountNotUsable' });
    locked.factors = unlockAccount(locked.factors);
    expect(locked.verify(locked.code())).toEqual({ kind: 'CodeDead' });
    expect(locked.send()).toBeUndefined();
    expect(locked.verify(locked.code())).toBeUndefined();
  });

  it('is its user’s, for its use, at its address, and no other (SEC-06)', () => {
    const account = sent();
    account.change({ profile: { email: 'other@example.org' } });
    expect(account.verify(account.code())).toMatchObject({ kind: 'CodeWrong' });
    account.change({ profile: {} });
    expect(account.verify(account.code())).toEqual({ kind: 'CodeDead' });
    // The same mailbox, written otherwise.
    account.change({ profile: { email: 'ADA@example.org' } });
    expect(account.verify(account.code())).toBeUndefined();
  });

  it('a newer one has replaced is wrong, and on record as a replay (SEC-06, SEC-18)', () => {
    const account = sent();
    const old = account.code();
    account.send();
    expect(account.code()).not.toBe(old);
    expect(account.verify(old)).toEqual({ kind: 'CodeWrong', attemptsLeft: 4 });
    expect(account.events).toEqual([
      expect.objectContaining({ type: 'OTP.CHECK_INVALID', detail: { use: 'verification', replayed: true } }),
    ]);
    expect(account.verify(WRONG)).toEqual({ kind: 'CodeWrong', attemptsLeft: 3 });
    expect(account.events).toEqual([expect.objectContaining({ detail: { use: 'verification' } })]);
    expect(account.verify(account.code())).toBeUndefined();
  });

  it('nobody has been sent, or of another length, is no attempt (SEC-09)', () => {
    const account = new Account();
    expect(codesOf({ user: ADA }, 'recovery')).toEqual({
      userId: USER,
      environmentId: ENVIRONMENT,
      use: 'recovery',
      sends: 0,
      failures: 0,
    });
    expect(account.verify(WRONG)).toEqual({ kind: 'CodeDead' });
    account.send();
    for (const text of ['9999999', '999999999'])
      expect(account.verify(text)).toEqual({ kind: 'CodeMalformed', length: 8 });
    expect(account.writes).toEqual([]);
    expect(account.kept()?.failures).toBe(0);
  });
});

describe('whom a code is for', () => {
  it('a user who is there, enabled and not locked, with an address that mail can be sent to', () => {
    const account = new Account();
    account.change({ enabled: false });
    expect(account.send()).toEqual({ kind: 'AccountNotUsable' });
    account.change({ enabled: true, profile: {} });
    expect(account.send()).toEqual({ kind: 'Undeliverable' });
    account.change({ profile: { email: 'no address' } });
    expect(account.send()).toEqual({ kind: 'Undeliverable' });
    account.change({ profile: { email: 7 } });
    expect(account.send()).toEqual({ kind: 'Undeliverable' });
    account.change({ profile: { email: MAIL } });
    account.channels = new Set(['SMS']);
    expect(account.send()).toEqual({ kind: 'Undeliverable' });
    account.user = undefined;
    expect(account.send()).toEqual({ kind: 'UserNotFound' });
    expect(account.verify(WRONG)).toEqual({ kind: 'UserNotFound' });
    expect(account.recover(WRONG)).toEqual({ kind: 'UserNotFound' });
    expect(account.outbox).toEqual([]);
  });

  it('a password is recovered by who has one and is verified (00 §8.7)', () => {
    const account = new Account();
    expect(account.send('recovery')).toEqual({ kind: 'AccountNotUsable' });
    if (account.user) account.user = { ...ADA, profile: { email: MAIL } };
    account.password = undefined;
    expect(account.send('recovery')).toEqual({ kind: 'NoPassword' });
    expect(account.recover(WRONG)).toEqual({ kind: 'NoPassword' });
  });
});

describe('the recovery of a password (00 §8.7)', () => {
  function recovering(): Account {
    const account = new Account();
    account.user = { ...ADA, profile: { email: MAIL } };
    expect(account.send('recovery')).toBeUndefined();
    return account;
  }

  it('gives the user the new one, without count and lock, by a code of its own', () => {
    const account = recovering();
    expect(account.message().template).toBe('recovery_code_template');
    account.now += seconds(5);
    expect(account.recover(account.code())).toBeUndefined();
    expect(account.password).toEqual({
      userId: USER,
      environmentId: ENVIRONMENT,
      hash: 'new',
      forceChange: false,
      setAt: T0 + seconds(5),
      failures: 0,
    });
    expect(account.writes).toEqual(['update user', 'put password', 'put userCode']);
    expect(account.events).toEqual([
      expect.objectContaining({ type: 'OTP.CHECK_SUCCESS', detail: { use: 'recovery' } }),
      { type: 'PASSWORD.RECOVERY', environmentId: ENVIRONMENT, userId: USER },
    ]);
    expect(account.recover(account.code())).toEqual({ kind: 'CodeDead' });
  });

  it('is no attempt where the password that is to be is none, whatever the code', () => {
    const account = recovering();
    for (const code of [account.code(), WRONG])
      expect(account.recover(code, { value: 'short' })).toMatchObject({
        kind: 'PasswordUnacceptable',
        target: 'newPassword',
      });
    expect(account.writes).toEqual([]);
    expect(account.kept('recovery')?.failures).toBe(0);
  });

  it('leaves a right code as good as it was where it cannot be done, guarded by the user all the same (SEC-10)', () => {
    const account = recovering();
    const uncompared = { compared: new Map<string, boolean>() };
    expect(account.recover(account.code(), uncompared)).toEqual({ kind: 'PasswordMoved' });
    expect(account.writes).toEqual(['update user']);
    expect(account.password?.hash).toBe('old');
    expect(account.recover(WRONG, uncompared)).toEqual({ kind: 'CodeWrong', attemptsLeft: 4 });
    expect(account.recover(account.code())).toBeUndefined();
  });

  it('takes no code for the verification, and counts apart from it (SEC-06)', () => {
    const account = recovering();
    const recovery = account.code();
    account.change({ unverified: true });
    account.send();
    expect(account.verify(recovery)).toEqual({ kind: 'CodeWrong', attemptsLeft: 4 });
    expect([account.kept('verification')?.failures, account.kept('recovery')?.failures]).toEqual([1, 0]);
  });

  it('wrong codes change nothing of the password', () => {
    const account = recovering();
    const before = account.password;
    expect(account.recover(WRONG)).toEqual({ kind: 'CodeWrong', attemptsLeft: 4 });
    expect(account.writes).toEqual(['update user', 'put userCode']);
    expect(account.password).toBe(before);
  });
});

describe('wrong codes (SEC-10 to SEC-16)', () => {
  it('count down over all codes that are sent; the fifth kills the code and stops everything for a quarter of an hour', () => {
    const account = sent();
    for (const attemptsLeft of [4, 3, 2]) expect(account.verify(WRONG)).toEqual({ kind: 'CodeWrong', attemptsLeft });
    account.send();
    expect(account.verify(WRONG)).toEqual({ kind: 'CodeWrong', attemptsLeft: 1 });
    expect(account.events).toEqual([expect.objectContaining({ type: 'OTP.CHECK_INVALID' })]);
    const right = account.code();
    expect(account.verify(WRONG)).toEqual({ kind: 'CodeWrong', attemptsLeft: 0 });
    expect(account.events).toEqual([expect.objectContaining({ type: 'OTP.CHECK_FAILED' })]);
    const expiresAt = T0 + minutes(15);
    expect(account.verify(right)).toEqual({ kind: 'CodesLocked', expiresAt });
    expect(account.send()).toEqual({ kind: 'CodesLocked', expiresAt });
    account.now = expiresAt - 1;
    expect(account.send()).toEqual({ kind: 'CodesLocked', expiresAt });
    account.now = expiresAt;
    expect(account.verify(right)).toEqual({ kind: 'CodeDead' });
    account.send();
    expect(account.verify(WRONG)).toEqual({ kind: 'CodeWrong', attemptsLeft: 4 });
    expect(account.kept()).not.toHaveProperty('lockedUntil');
  });

  it('that are replays of a code before the lock are told from nothing after it', () => {
    const account = sent();
    for (let n = 0; n < 5; n++) account.verify(WRONG);
    expect(account.kept()).not.toHaveProperty('code');
    expect(account.kept()).not.toHaveProperty('replaced');
  });

  it('end with a right one, which begins the count anew', () => {
    const account = sent();
    for (let n = 0; n < 4; n++) account.verify(WRONG);
    expect(account.verify(account.code())).toBeUndefined();
    expect(account.kept()?.failures).toBe(0);
    account.change({ unverified: true });
    account.send();
    expect(account.verify(WRONG)).toEqual({ kind: 'CodeWrong', attemptsLeft: 4 });
  });

  it('a hundred without a right one stop everything until an administrator unlocks the account (SEC-13)', () => {
    const account = sent();
    let compared = 0;
    while (account.verify(WRONG)?.kind === 'CodeWrong') {
      compared += 1;
      if (compared % 5 > 0) continue;
      account.now += minutes(15);
      account.send();
    }
    expect(compared).toBe(100);
    account.now += minutes(1_000);
    expect(account.send()).toEqual({ kind: 'CodesLocked' });
    account.unlock();
    expect(account.send()).toBeUndefined();
    expect(account.verify(account.code())).toBeUndefined();
  });
});

describe('limits on sending (SEC-36, 30 §5.4)', () => {
  it('hold for codes of users, and a completed check ends them', () => {
    const account = sent();
    account.sendLimits = LIMITS;
    expect(account.send()).toBeUndefined();
    expect(account.writes).toContain('update destination');
    expect(account.send()).toBeUndefined();
    const code = account.code();
    expect(account.send()).toEqual({ kind: 'SendRefused', channel: 'EMAIL', expiresAt: T0 + minutes(10) });
    expect(account.events).toEqual([
      expect.objectContaining({ type: 'NOTIFICATION.REJECTED', detail: { channel: 'EMAIL', reason: 'SEND_LIMIT' } }),
    ]);
    expect(account.writes).toEqual([]);
    expect(account.verify(code)).toBeUndefined();
    expect(account.destination().sends).toEqual({ at: [T0, T0], unconfirmed: 0 });
    account.change({ unverified: true });
    expect(account.send()).toBeUndefined();
  });

  it('of the default notification policy hold too: a quota, which tells no end, and cool-downs', () => {
    const account = new Account();
    account.rules = { EMAIL: { quota: { scope: 'USER', methods: 'Email', limit: { kind: 'total', total: 1 } } } };
    expect(account.send()).toBeUndefined();
    expect(account.send()).toEqual({ kind: 'SendRefused', channel: 'EMAIL' });
    account.rules = { EMAIL: { resends: { waits: [seconds(30)], limit: 3, perUser: false } } };
    expect(account.send()).toBeUndefined();
    expect(account.send()).toEqual({ kind: 'SendRefused', channel: 'EMAIL', expiresAt: T0 + seconds(30) });
    expect(account.verify(account.code())).toBeUndefined();
    expect(account.writes).toContain('update destination');
    account.change({ unverified: true });
    expect(account.send()).toBeUndefined();
  });

  it('that count nothing for mail leave the contact’s row alone', () => {
    const account = new Account();
    account.sendLimits = { ...LIMITS, unconfirmed: 0 };
    account.rules = { SMS: { resends: { waits: [], limit: 1, perUser: false } } };
    account.send();
    expect(account.verify(account.code())).toBeUndefined();
    expect(account.destinations.size).toBe(0);
    // Counted, and nothing to end.
    account.change({ unverified: true });
    account.send();
    account.sendLimits = LIMITS;
    expect(account.verify(account.code())).toBeUndefined();
    expect(account.writes).toEqual(['update user', 'put userCode']);
  });
});
