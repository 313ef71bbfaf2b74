import type { Instant } from '../../kernel/clock.js';
import { type CounterRange, judgeCounter, matchedCounter, type PasscodeKey } from '../../otp/hotp.js';
import { stepAt } from '../../otp/totp.js';
import type { OathToken } from './token.js';

/** Counts that a token may be ahead of the next one, and time steps on each side (`10` §10.3, `20` §9.4; SEC-23). */
const LOOK_AHEAD = 10;
const TIME_WINDOW = 1;
/** The same for the first code of a resynchronisation. */
const RESYNC_LOOK_AHEAD = 100;
const RESYNC_TIME_WINDOW = 20;

/** What became of a code. `token`: with what it has taught; to be stored, or where there is none, to be expected unchanged. */
export type TokenVerdict =
  | { readonly kind: 'right'; readonly token: OathToken }
  | { readonly kind: 'wrong'; readonly replayed: boolean }
  /** Plausible in the wide window only: the next code of the token decides (`20` §9.4). */
  | { readonly kind: 'unfinished'; readonly token: OathToken };

/** Holds a code against the counts ahead, or the time steps around the token's own clock. */
export function judgeToken(token: OathToken, code: string, secret: string, now: Instant): TokenVerdict {
  const { clock, lastStep } = token;
  // Counts that are over are looked at too, to tell a replay from a mistyped code in the records (SEC-18).
  const range = clock.kind === 'HOTP' ? ahead(lastStep, -LOOK_AHEAD, LOOK_AHEAD) : around(clock, now, TIME_WINDOW);
  const match = judgeCounter(keyOf(token, secret), code, range, lastStep);
  return match.kind === 'right' ? { kind: 'right', token: synchronised(token, match.counter, now) } : match;
}

/**
 * The same with a wide window, where two consecutive codes are asked for: both at once, or one by one. No count that is over is
 * taken, so nothing can be replayed (SEC-23).
 */
export function resynchronise(
  token: OathToken,
  [first = '', second]: readonly string[],
  secret: string,
  now: Instant,
): TokenVerdict {
  const key = keyOf(token, secret);
  const { clock, lastStep, resyncAt } = token;
  const isAt = (counter: number, code: string): boolean =>
    counter > lastStep && matchedCounter(key, code, { first: counter, last: counter }) !== undefined;
  if (second === undefined && resyncAt !== undefined && isAt(resyncAt + 1, first))
    return { kind: 'right', token: synchronised(token, resyncAt + 1, now) };
  const range = clock.kind === 'HOTP' ? ahead(lastStep, 1, RESYNC_LOOK_AHEAD) : around(clock, now, RESYNC_TIME_WINDOW);
  const found = matchedCounter(key, first, range);
  if (found === undefined || found <= lastStep) return { kind: 'wrong', replayed: found !== undefined };
  if (second === undefined) return { kind: 'unfinished', token: { ...token, resyncAt: found } };
  return isAt(found + 1, second)
    ? { kind: 'right', token: synchronised(token, found + 1, now) }
    : { kind: 'wrong', replayed: false };
}

function keyOf({ algorithm, otpLength }: OathToken, secret: string): PasscodeKey {
  return { secret: Buffer.from(secret, 'hex'), algorithm, digits: otpLength };
}

const ahead = (lastStep: number, from: number, counts: number): CounterRange => ({
  first: lastStep + from,
  last: lastStep + 1 + counts,
});

type TimedClock = Extract<OathToken['clock'], { readonly kind: 'TOTP' }>;

function around({ timeStep, drift }: TimedClock, now: Instant, window: number): CounterRange {
  const step = stepAt(now, timeStep) + drift;
  return { first: step - window, last: step + window };
}

/** The token after a code at this count: nothing at or before it is good any more, and its clock is known. */
function synchronised(token: OathToken, lastStep: number, now: Instant): OathToken {
  const { resyncAt: _, clock, ...rest } = token;
  return {
    ...rest,
    clock: clock.kind === 'HOTP' ? clock : { ...clock, drift: lastStep - stepAt(now, clock.timeStep) },
    lastStep,
    updatedAt: now,
  };
}
