import type { Instant } from '../../kernel/clock.js';
import { minutes } from '../../kernel/duration.js';
import type { Uuid } from '../../kernel/ids.js';
import { type Digests, equalDigests } from '../../kernel/keys.js';
import { toBase32 } from '../../otp/base32.js';
import type { EnvironmentId, UserFactors, UserId } from '../../platform/model.js';
import { chargeRun, type FailureTerms, isAtCeiling, RECOVERY } from '../counting/counting.js';
import type { FailureRun } from '../model.js';

/**
 * A user's recovery codes: an extension that the reference does not know (decision 16). One row per user, so that its version guards
 * each code's single use and the count of wrong ones.
 */
export interface RecoveryCodes {
  readonly environmentId: EnvironmentId;
  readonly userId: UserId;
  /** 0: there is no row yet. */
  readonly version: number;
  /** Of one generation: a code of an older set is a wrong one. */
  readonly setId: Uuid;
  /** Of the codes that are left, never the codes themselves. */
  readonly digests: readonly string[];
  readonly failures?: FailureRun;
  readonly lockedUntil?: Instant;
  readonly createdAt: Instant;
}

/** Codes of a set. */
export const RECOVERY_CODES = 10;
/** Base32 characters of a code: 50 random bits. */
const CODE_LENGTH = 10;
/** Bytes drawn for each: more than a code takes. */
export const BYTES_PER_CODE = 7;
/** As for devices whose policy is silent (`30` §1.3.4): three wrong codes, then two minutes. */
const TERMS: FailureTerms = { failureCount: 3, coolDown: minutes(2) };

/** A set of codes as people get to see it, `ABCDE-FGHIJ`, from `RECOVERY_CODES` times `BYTES_PER_CODE` bytes of chance. */
export function recoveryCodesFrom(bytes: Uint8Array): readonly string[] {
  return Array.from({ length: RECOVERY_CODES }, (_, n) => {
    const code = toBase32(bytes.subarray(n * BYTES_PER_CODE, (n + 1) * BYTES_PER_CODE)).slice(0, CODE_LENGTH);
    return `${code.slice(0, CODE_LENGTH / 2)}-${code.slice(CODE_LENGTH / 2)}`;
  });
}

/** What digits that are in no code were meant to be. */
const MEANT: Readonly<Record<string, string>> = { 0: 'O', 1: 'I', 8: 'B' };

/** A code as it was made, however it was typed; absent: it cannot be one, which is no attempt (SEC-09). */
export function parseRecoveryCode(text: string): string | undefined {
  const code = text
    .toUpperCase()
    .replace(/[\s-]/g, '')
    .replace(/[018]/g, (digit) => MEANT[digit] ?? digit);
  return /^[A-Z2-7]{10}$/.test(code) ? code : undefined;
}

type Place = Pick<RecoveryCodes, 'environmentId' | 'userId' | 'setId'>;

/** Keyed digest of a code in its place; with `like`, under the key of that digest (SEC-04). */
export function digestRecoveryCode(
  { environmentId, userId, setId }: Place,
  code: string,
  digests: Digests,
  like?: string,
): string {
  return digests.code([environmentId, userId, setId, 'recovery', '', code], like);
}

/** The set without the code; absent when it is none of them. All are compared, each in constant time (SEC-05). */
export function withoutCode(codes: RecoveryCodes, code: string, digests: Digests): RecoveryCodes | undefined {
  const submitted = digestRecoveryCode(codes, code, digests, codes.digests[0]);
  const left = codes.digests.filter((digest) => !equalDigests(submitted, digest));
  if (left.length === codes.digests.length) return undefined;
  const { failures: _, lockedUntil: __, ...rest } = codes;
  return { ...rest, digests: left };
}

/** One more wrong code: the last of a run locks the set for a while (SEC-11). */
export function chargeRecovery(
  codes: RecoveryCodes,
  now: Instant,
): { readonly codes: RecoveryCodes; readonly attemptsRemaining: number } {
  const { failures, lockedUntil: _, ...rest } = codes;
  const { next, attemptsRemaining } = chargeRun(failures, TERMS);
  return {
    codes: { ...rest, ...(next ? { failures: next } : { lockedUntil: now + TERMS.coolDown }) },
    attemptsRemaining,
  };
}

/** The lock that keeps the codes from being compared now; without `expiresAt` it is the ceiling's, which has no end (SEC-13). */
export function recoveryLock(
  { lockedUntil }: RecoveryCodes,
  factors: UserFactors,
  now: Instant,
): { readonly expiresAt?: Instant } | undefined {
  if (isAtCeiling(factors, RECOVERY)) return {};
  return lockedUntil !== undefined && now < lockedUntil ? { expiresAt: lockedUntil } : undefined;
}
