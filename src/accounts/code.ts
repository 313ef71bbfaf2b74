import { canonicalContact, type EmailAddress, parseEmail } from '../devices/sending/contact.js';
import type { Instant, Millis } from '../kernel/clock.js';
import { minutes } from '../kernel/duration.js';
import type { Digests } from '../kernel/keys.js';
import { type CodeBinding, type IssuedCode, isExpired, matchesCode } from '../otp/code.js';
import type { UserState } from '../platform/rules.js';
import { accountLockEpoch } from '../platform/users/account.js';
import type { CodeCount, CodeUse, UserCode } from '../platform/users/user-code.js';
import type { AccountRejection } from './rejection.js';

/** By which a code goes. */
export const CHANNEL = 'EMAIL';
/** Digits of a code: two more than one that is typed beside a first factor, for it stands alone. */
export const CODE_LENGTH = 8;
/** SEC-08. */
export const CODE_LIFE: Millis = minutes(10);
/** Wrong codes in a row that kill the one that is alive and stop the next, and for how long (SEC-11). */
const MOST_FAILURES = 5;
const LOCKED_FOR: Millis = minutes(15);
/** Wrong codes without a right one, after which only an administrator goes on (SEC-13). */
const CEILING = 100;

/** The address that codes are sent to, in the form in which it is sent to; `undefined`: it cannot be. */
export function addressOf({ user }: Pick<UserState, 'user'>): EmailAddress | undefined {
  const { email } = user.profile;
  return typeof email === 'string' ? parseEmail(email) : undefined;
}

/** What is known of a user's codes for a use; nothing yet: that none was sent. */
export function codesOf({ user }: Pick<UserState, 'user'>, use: CodeUse, known: readonly UserCode[] = []): UserCode {
  const { id: userId, environmentId } = user;
  return known.find((code) => code.use === use) ?? { userId, environmentId, use, sends: 0, failures: 0 };
}

/** The code is its user's, for one use, at one address: no other takes it (SEC-06). */
export function bindingOf(
  { userId, environmentId, use }: UserCode,
  address: EmailAddress,
  sendNumber: number,
  digests: Pick<Digests, 'contact'>,
): CodeBinding {
  const device = digests.contact(environmentId, canonicalContact(address));
  return { environmentId, subject: userId, device, purpose: use, sendNumber };
}

/** Why no code is sent or compared now (SEC-15). */
export function lockOf(
  { failures, lockedUntil }: CodeCount,
  now: Instant,
): Extract<AccountRejection, { readonly kind: 'CodesLocked' }> | undefined {
  if (failures >= CEILING) return { kind: 'CodesLocked' };
  return lockedUntil !== undefined && now < lockedUntil ? { kind: 'CodesLocked', expiresAt: lockedUntil } : undefined;
}

/** What a submitted code is worth. `replayed`: right before a newer one was sent, and wrong now (SEC-18). */
export type Judgement =
  | { readonly kind: 'right' }
  | { readonly kind: 'wrong'; readonly isReplay: boolean }
  | {
      readonly kind: 'refused';
      readonly rejection: Extract<AccountRejection, { readonly kind: 'CodesLocked' | 'CodeDead' | 'CodeMalformed' }>;
    };

/**
 * Compares a code with the one that was sent, unless it is dead: expired, or followed by a lock of the account (SEC-16). One that was
 * sent to another address than the user has now is wrong, as its binding says.
 */
export function judgeCode(
  { factors, now, user }: UserState,
  codes: UserCode,
  submitted: string,
  digests: Digests,
): Judgement {
  const address = addressOf({ user });
  const bindingAt = address && ((sendNumber: number) => bindingOf(codes, address, sendNumber, digests));
  return judge(codes, submitted, { bindingAt, epoch: accountLockEpoch(factors), now, digests });
}

/** What a code is held against. */
export interface JudgeTerms {
  /** Of a code by its send number; absent: there is nobody whose code it could be. */
  readonly bindingAt: ((sendNumber: number) => CodeBinding) | undefined;
  /** Of today: a code of another one is dead. */
  readonly epoch: number;
  readonly now: Instant;
  readonly digests: Digests;
}

/** The same for whomever codes are sent to. */
export function judge(codes: CodeCount, submitted: string, { bindingAt, epoch, now, digests }: JudgeTerms): Judgement {
  const lock = lockOf(codes, now);
  if (lock) return { kind: 'refused', rejection: lock };
  const { code, replaced } = codes;
  if (!code || !bindingAt || isExpired(code, now) || code.epoch !== epoch)
    return { kind: 'refused', rejection: { kind: 'CodeDead' } };
  if (submitted.length !== code.length)
    return { kind: 'refused', rejection: { kind: 'CodeMalformed', length: code.length } };
  const matches = (issued: IssuedCode): boolean =>
    matchesCode(submitted, bindingAt(issued.sendNumber), issued, digests);
  if (matches(code)) return { kind: 'right' };
  return { kind: 'wrong', isReplay: replaced !== undefined && matches(replaced) };
}

/** One more wrong code. At the limit the code that is alive is dead, and for a while none is sent or compared. */
export function charged(codes: CodeCount, now: Instant): { readonly codes: CodeCount; readonly attemptsLeft: number } {
  const { lockedUntil: _, ...rest } = codes;
  const failures = codes.failures + 1;
  const run = failures % MOST_FAILURES;
  if (run !== 0) return { codes: { ...rest, failures }, attemptsLeft: MOST_FAILURES - run };
  const { code: _code, replaced: _replaced, ...spent } = rest;
  return { codes: { ...spent, failures, lockedUntil: now + LOCKED_FOR }, attemptsLeft: 0 };
}

/** A right code is spent, and ends the count. */
export function spent(codes: CodeCount): CodeCount {
  const { code: _, replaced: _replaced, lockedUntil: _lock, ...rest } = codes;
  return { ...rest, failures: 0 };
}
