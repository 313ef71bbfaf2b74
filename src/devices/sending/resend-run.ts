import type { Channel } from '../../delivery/message.js';
import type { Instant } from '../../kernel/clock.js';
import { minutes } from '../../kernel/duration.js';
import type { UserId } from '../../platform/model.js';
import type { ResendRules } from '../../policies/notifications/send-rules.js';
import type { DestinationUse } from '../model.js';

/** Messages to one contact by one channel, one after another without a completed check between them (`10` §9.5). */
export interface ResendRun {
  readonly sends: number;
  readonly last: Instant;
}

/** How long a contact is left alone once its resends are used up, and after how long of quiet a run is forgotten. */
const QUIET = minutes(30);

/** Where the resends to a contact are counted, beside those of other channels and, under some policies, other users. */
export function runOf(channel: Channel, userId: UserId, { perUser }: Pick<ResendRules, 'perUser'>): string {
  return perUser ? `${channel}:${userId}` : channel;
}

/** Why a contact cannot be sent to yet, and until when; `undefined`: it can. */
export function resendRefusal(
  { resends }: Pick<DestinationUse, 'resends'>,
  run: string,
  rules: ResendRules,
  now: Instant,
): { readonly reason: 'COOL_DOWN' | 'RESEND_LIMIT'; readonly until: Instant } | undefined {
  const { sends, last } = standing(resends?.[run], now) ?? { sends: 0, last: 0 };
  if (sends === 0) return undefined;
  if (sends > rules.limit) return { reason: 'RESEND_LIMIT', until: last + QUIET };
  const until = last + (rules.waits[Math.min(sends, rules.waits.length) - 1] ?? 0);
  return until > now ? { reason: 'COOL_DOWN', until } : undefined;
}

/** One more send in a run; runs that are over are forgotten, so that a contact of many users keeps its row small. */
export function withResend(use: DestinationUse, run: string, now: Instant): DestinationUse {
  const others = Object.entries(use.resends ?? {}).filter(([, other]) => standing(other, now));
  const { sends } = standing(use.resends?.[run], now) ?? { sends: 0 };
  return { ...use, resends: { ...Object.fromEntries(others), [run]: { sends: sends + 1, last: now } } };
}

/** A completed check: the runs of this channel that it ends. Returns its argument when there is none. */
export function withoutRuns(use: DestinationUse, channel: Channel, userId: UserId): DestinationUse {
  const { resends = {}, ...rest } = use;
  const kept = Object.entries(resends).filter(([run]) => run !== channel && run !== `${channel}:${userId}`);
  if (kept.length === Object.keys(resends).length) return use;
  return kept.length === 0 ? rest : { ...rest, resends: Object.fromEntries(kept) };
}

/** From when on no run of the contact stands. */
export function runsEnd({ resends = {} }: Pick<DestinationUse, 'resends'>): Instant {
  return Math.max(0, ...Object.values(resends).map(({ last }) => last + QUIET));
}

function standing(run: ResendRun | undefined, now: Instant): ResendRun | undefined {
  return run && run.last + QUIET > now ? run : undefined;
}
