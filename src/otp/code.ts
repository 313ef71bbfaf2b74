import type { Instant } from '../kernel/clock.js';
import { type Digests, equalDigests } from '../kernel/keys.js';

export type CodePurpose = 'authentication' | 'pairing' | 'verification' | 'recovery';

/** Where a code is valid: nowhere else (SEC-04, SEC-06). */
export interface CodeBinding {
  readonly environmentId: string;
  /** The device authentication; for a pairing code the device itself, for one outside of both the user. */
  readonly subject: string;
  /** The device id, or the keyed hash of a one-time contact. */
  readonly device: string;
  readonly purpose: CodePurpose;
  /** Counts the codes issued to this subject; a new number makes every earlier code wrong. */
  readonly sendNumber: number;
}

/** A code that was issued: never the code itself (SEC-04). */
export interface IssuedCode {
  readonly digest: string;
  readonly length: number;
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
  readonly sendNumber: number;
  /** The device's `codeEpoch` when it was issued; a later epoch has killed it (`10` §9.4). */
  readonly epoch: number;
}

export interface CodeTerms {
  readonly length: number;
  readonly lifeTime: number;
  readonly epoch: number;
}

/** Digits drawn for any length a policy may ask for (`30` §1.3.1: 6–10). */
export const DRAWN_DIGITS = 10;

/** A code made of the first `terms.length` of ten uniform digits, so that deciding again gives the same code. */
export function issueCode(
  digits: string,
  binding: CodeBinding,
  terms: CodeTerms,
  now: Instant,
  digests: Digests,
): { readonly code: string; readonly issued: IssuedCode } {
  const code = digits.slice(0, terms.length);
  const issued: IssuedCode = {
    digest: digestCode(code, binding, digests),
    length: terms.length,
    issuedAt: now,
    expiresAt: now + terms.lifeTime,
    sendNumber: binding.sendNumber,
    epoch: terms.epoch,
  };
  return { code, issued };
}

/** With `like`, under the key of that digest; else under the newest. */
export function digestCode(code: string, binding: CodeBinding, digests: Digests, like?: string): string {
  const { environmentId, subject, device, purpose, sendNumber } = binding;
  return digests.code([environmentId, subject, device, purpose, String(sendNumber), code], like);
}

/** Constant-time comparison of the digest of what was submitted with the digest that was issued (SEC-05). */
export function matchesCode(submitted: string, binding: CodeBinding, issued: IssuedCode, digests: Digests): boolean {
  return equalDigests(digestCode(submitted, binding, digests, issued.digest), issued.digest);
}

/** An expired code is not compared (`10` §9.2). */
export function isExpired(issued: IssuedCode, now: Instant): boolean {
  return now > issued.expiresAt;
}
