import type { Instant } from '../../kernel/clock.js';
import { days } from '../../kernel/duration.js';
import type { EnvironmentId, UserId } from '../../platform/model.js';
import type { Quota } from '../../policies/notifications/send-rules.js';
import type { Counter, Write } from '../../storage/port.js';

/** A message that stands as unclaimed in a quota until its code is used (`30` §5.4). */
export interface QuotaClaim {
  /** The name of the budget that it was charged to. */
  readonly budget: string;
  readonly at: Instant;
}

/** What a quota says of one more message. */
export type QuotaVerdict =
  | { readonly kind: 'full' }
  | { readonly kind: 'charged'; readonly write: Write; readonly claim?: QuotaClaim };

const DAY = days(1);

/** Counters begin anew at midnight UTC (`30` §5.4). */
const endOfDay = (now: Instant): Instant => (Math.floor(now / DAY) + 1) * DAY;

/** The counters that a quota reads, by name. */
export function quotaCounters(quota: Quota, userId: UserId): readonly string[] {
  const budget = budgetOf(quota, userId);
  return quota.limit.kind === 'total' ? [totalOf(budget)] : [unclaimedOf(budget), claimedOf(budget)];
}

/**
 * Charges one message. What is charged is added up to its bound, so that parallel sends never pass it (SEC-35). Policies with a quota for the
 * same methods and scope share what they count, each under its own number: whoever chooses between them gains nothing.
 */
export function chargeQuota(
  quota: Quota,
  environmentId: EnvironmentId,
  userId: UserId,
  counters: readonly Counter[],
  now: Instant,
): QuotaVerdict {
  const budget = budgetOf(quota, userId);
  const { limit } = quota;
  const isFull = (name: string, bound: number): boolean => {
    const counter = counters.find((one) => one.name === name);
    return (counter && counter.endsAt > now ? counter.value : 0) >= bound;
  };
  const charge = (name: string, bound: number): Write => ({
    kind: 'add',
    entity: 'counter',
    value: { environmentId, name, bound, endsAt: endOfDay(now) },
  });
  if (limit.kind === 'total')
    return isFull(totalOf(budget), limit.total)
      ? { kind: 'full' }
      : { kind: 'charged', write: charge(totalOf(budget), limit.total) };
  if (isFull(unclaimedOf(budget), limit.unclaimed) || isFull(claimedOf(budget), limit.claimed)) return { kind: 'full' };
  return { kind: 'charged', write: charge(unclaimedOf(budget), limit.unclaimed), claim: { budget, at: now } };
}

/** The code of the message was used: it moves from the unclaimed to the claimed of its day, whatever these hold by now. */
export function claimQuota(
  claim: QuotaClaim | undefined,
  environmentId: EnvironmentId,
  now: Instant,
): readonly Write[] {
  if (!claim || now >= endOfDay(claim.at)) return [];
  const { budget, at } = claim;
  return [
    {
      kind: 'release',
      entity: 'counter',
      value: { environmentId, name: unclaimedOf(budget), since: at, window: DAY },
    },
    {
      kind: 'add',
      entity: 'counter',
      value: { environmentId, name: claimedOf(budget), endsAt: endOfDay(now) },
    },
  ];
}

function budgetOf({ scope, methods }: Quota, userId: UserId): string {
  return scope === 'USER' ? `quota ${methods} ${userId}` : `quota ${methods}`;
}
const totalOf = (budget: string): string => `${budget} total`;
const unclaimedOf = (budget: string): string => `${budget} unclaimed`;
const claimedOf = (budget: string): string => `${budget} claimed`;
