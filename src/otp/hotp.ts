import { createHmac } from 'node:crypto';
import { equalDigests } from '../kernel/keys.js';

/** Hash functions of passcodes (RFC 4226 §5.2, RFC 6238 §1.2). */
export const PASSCODE_ALGORITHMS = ['SHA1', 'SHA256', 'SHA512'] as const;
export type PasscodeAlgorithm = (typeof PASSCODE_ALGORITHMS)[number];

/** What a device and the server share. */
export interface PasscodeKey {
  readonly secret: Uint8Array;
  readonly algorithm: PasscodeAlgorithm;
  /** 6 to 8 (RFC 4226 §5.3). */
  readonly digits: number;
}

/** The passcode for a count or time step, which is below 2^53 and at least 0; leading zeros kept (RFC 4226 §5.3). */
export function hotp({ secret, algorithm, digits }: PasscodeKey, counter: number): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const digest = createHmac(algorithm.toLowerCase(), secret).update(message).digest();
  const offset = (digest.at(-1) ?? 0) & 0x0f;
  const truncated = digest.readUInt32BE(offset) & 0x7fffffff;
  return String(truncated % 10 ** digits).padStart(digits, '0');
}

/** Counts that a passcode is compared with, both ends included. */
export interface CounterRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The greatest count in the range whose passcode this is: should one passcode stand at several, none of them can be used again.
 * All are compared, in constant time each, whatever is found (SEC-05).
 */
export function matchedCounter(key: PasscodeKey, passcode: string, { first, last }: CounterRange): number | undefined {
  let matched: number | undefined;
  for (let counter = Math.max(0, first); counter <= last; counter++)
    if (equalDigests(hotp(key, counter), passcode)) matched = counter;
  return matched;
}

/** What became of a comparison. `replayed`: it would have been right once (SEC-18). */
export type Match =
  | { readonly kind: 'right'; readonly counter: number }
  | { readonly kind: 'wrong'; readonly replayed: boolean };

/** Only counts above the last accepted one are taken, whatever the range says (SEC-22, SEC-23). */
export function judgeCounter(key: PasscodeKey, passcode: string, range: CounterRange, lastAccepted: number): Match {
  const matched = matchedCounter(key, passcode, range);
  if (matched === undefined) return { kind: 'wrong', replayed: false };
  return matched > lastAccepted ? { kind: 'right', counter: matched } : { kind: 'wrong', replayed: true };
}
