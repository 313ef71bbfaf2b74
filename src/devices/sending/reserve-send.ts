import type { Channel } from '../../delivery/message.js';
import type { BusinessEvent } from '../../events.js';
import type { Instant } from '../../kernel/clock.js';
import type { Digests } from '../../kernel/keys.js';
import { countryOfPhone } from '../../kernel/numbering-plan.js';
import type { EnvironmentId, UserId } from '../../platform/model.js';
import { admits, type ChannelRules } from '../../policies/notifications/send-rules.js';
import type { Counter, Snapshot, Undecided, Write } from '../../storage/port.js';
import type { Deployment } from '../eligibility.js';
import type { DestinationUse } from '../model.js';
import { canonicalContact } from './contact.js';
import { chargeQuota, type QuotaClaim, quotaCounters } from './quota.js';
import { resendRefusal, runOf, withoutRuns, withResend } from './resend-run.js';
import {
  confirmSends,
  countsSends,
  isCounted,
  PREFIX_WINDOW,
  type SendLimits,
  sendableAt,
  withSend,
} from './send-window.js';

/** A message on its way to a contact. */
export interface Sending {
  readonly environmentId: EnvironmentId;
  readonly userId: UserId;
  readonly channel: Channel;
  /** In clear. */
  readonly address: string;
  /** The keyed hash of the address in its canonical form, where the caller has it. */
  readonly contactKey?: string | undefined;
  readonly now: Instant;
  readonly deployment: Pick<Deployment, 'sendLimits'>;
  /** What the notification policy in force says of the channel (`30` §5.4). */
  readonly rules: ChannelRules | undefined;
  readonly digests: Pick<Digests, 'contact'>;
}

/** Why a message is not sent. */
export type SendObstacle = 'COUNTRY' | 'COOL_DOWN' | 'RESEND_LIMIT' | 'SEND_LIMIT' | 'PREFIX_STOPPED' | 'QUOTA';

/** What the operator's limits and the notification policy say of a send, and what it costs. */
export type Reservation =
  /** No limit is in force: nothing is read and nothing written. */
  | { readonly kind: 'unlimited' }
  /** The contact or counters must be loaded first. */
  | ({ readonly kind: 'needs' } & Undecided)
  /** `until`: when the same send would be granted, where waiting helps and the instant is told (`10` §9.5, §9.6). */
  | { readonly kind: 'refused'; readonly until?: Instant; readonly reason: SendObstacle }
  /** Charged: what it says is to be written, so that parallel sends are counted one after the other (SEC-35). */
  | {
      readonly kind: 'reserved';
      /** The contact's row with this send in it; absent: no limit counts by contact. */
      readonly use?: DestinationUse;
      readonly writes: readonly Write[];
      /** To be kept with the code, and claimed when it is used. */
      readonly claim?: QuotaClaim;
      /** This send has filled the counter of its prefix, which is named here without its last four digits. */
      readonly stops?: string;
    };

type Refused = Extract<Reservation, { readonly kind: 'refused' }>;

const UNLIMITED: Reservation = { kind: 'unlimited' };

/** The digits of a number that stand for a block of ten thousand (SEC-38). */
export const prefixOf = (phone: string): string => phone.slice(0, -4);

/** The name of a prefix's counter: keyed, so that beside a masked contact it does not give the number away. */
function prefixCounter({ environmentId, address, digests }: Pick<Sending, 'environmentId' | 'address' | 'digests'>) {
  return digests.contact(environmentId, `prefix ${prefixOf(address)}`);
}

/** What a plan may name beforehand when the contact is known: the counter of its prefix, where a breaker is in force. */
export function counterFor(
  sending: Pick<Sending, 'environmentId' | 'address' | 'digests' | 'channel' | 'deployment'>,
): { readonly counters?: readonly string[] } {
  return isWatched(sending) ? { counters: [prefixCounter(sending)] } : {};
}

const isWatched = ({ channel, deployment: { sendLimits } }: Pick<Sending, 'channel' | 'deployment'>): boolean =>
  sendLimits !== undefined && sendLimits.prefix > 0 && channel !== 'EMAIL';

/**
 * Charges a send to its contact, to its prefix and to the quota of its policy, or refuses it (SEC-35 to SEC-39, `30` §5.4). The
 * operator's windows hold for the contact whatever the user, flow or channel; a contact counts once in its prefix until it completes a check.
 */
export function reserveSend(sending: Sending, snapshot: Pick<Snapshot, 'destination' | 'counters'>): Reservation {
  const { environmentId, userId, channel, address, digests, now, rules } = sending;
  const { sendLimits } = sending.deployment;
  const limits = sendLimits && countsSends(sendLimits) ? sendLimits : undefined;
  if (!limits && !rules) return UNLIMITED;
  const { countries, resends, quota } = rules ?? {};
  if (countries && !admits(countries, countryOfPhone(address))) return { kind: 'refused', reason: 'COUNTRY' };
  if (!limits && !resends && !quota) return UNLIMITED;

  const contactKey = sending.contactKey ?? digests.contact(environmentId, canonicalContact(address));
  const prefix = isWatched(sending) ? prefixCounter(sending) : undefined;
  const wanted = [...(prefix === undefined ? [] : [prefix]), ...(quota ? quotaCounters(quota, userId) : [])];
  const { destination, counters = [] } = snapshot;
  const countsByContact = limits !== undefined || resends !== undefined;
  const isThere = (name: string): boolean => counters.some((counter) => counter.name === name);
  if ((countsByContact && destination?.contactKey !== contactKey) || !wanted.every(isThere))
    return {
      kind: 'needs',
      needs: {
        ...(countsByContact ? { destination: contactKey } : {}),
        ...(wanted.length > 0 ? { counters: wanted } : {}),
      },
    };

  let use = countsByContact ? destination : undefined;
  const writes: Write[] = [];
  let stops: string | undefined;
  const early = use && tooEarly(use, sending, limits);
  if (early) return early;
  if (use && resends) use = withResend(use, runOf(channel, userId, resends), now);
  if (use && limits) {
    const breaker = counters.find(({ name }) => name === prefix);
    const charged = chargeContact(use, breaker, limits, sending);
    if (charged.kind === 'refused') return charged;
    use = charged.use;
    writes.push(...charged.writes);
    stops = charged.stops;
  }
  const charge = quota && chargeQuota(quota, environmentId, userId, counters, now);
  if (charge?.kind === 'full') return { kind: 'refused', reason: 'QUOTA' };
  if (charge) writes.push(charge.write);
  return {
    kind: 'reserved',
    writes,
    ...(use ? { use } : {}),
    ...(charge?.claim ? { claim: charge.claim } : {}),
    ...(stops === undefined ? {} : { stops }),
  };
}

/** Of two limits that ask for patience, the more patient one: the instant that is told is one at which the send would be granted. */
function tooEarly(
  use: DestinationUse,
  { channel, userId, now, rules }: Sending,
  limits: SendLimits | undefined,
): Refused | undefined {
  const { resends } = rules ?? {};
  const run = resends && resendRefusal(use, runOf(channel, userId, resends), resends, now);
  const until = limits && sendableAt(use, limits, now);
  if (run && run.until >= (until ?? 0)) return { kind: 'refused', ...run };
  return until === undefined ? undefined : { kind: 'refused', until, reason: 'SEND_LIMIT' };
}

type Charged =
  | Refused
  | {
      readonly kind: 'charged';
      readonly use: DestinationUse;
      readonly writes: readonly Write[];
      readonly stops?: string;
    };

/** One more in the contact's windows and, unless it counts there already, in its prefix. */
function chargeContact(
  use: DestinationUse,
  counter: Counter | undefined,
  limits: SendLimits,
  { environmentId, address, now }: Sending,
): Charged {
  if (!counter) return { kind: 'charged', use: withSend(use, now, limits), writes: [] };
  const { name, value, endsAt } = counter;
  const stands = endsAt > now;
  if (stands && value >= limits.prefix) return { kind: 'refused', until: endsAt, reason: 'PREFIX_STOPPED' };
  if (isCounted(use, name, endsAt, now)) return { kind: 'charged', use: withSend(use, now, limits), writes: [] };
  const fills = (stands ? value : 0) + 1 >= limits.prefix;
  const terms = { environmentId, name, bound: limits.prefix, endsAt: now + PREFIX_WINDOW };
  return {
    kind: 'charged',
    use: withSend(use, now, limits, name),
    writes: [{ kind: 'add', entity: 'counter', value: terms }],
    ...(fills ? { stops: prefixOf(address) } : {}),
  };
}

/** What a completed check does to the contact it was sent to: its row, and the writes that give back its place in the prefix. */
export function confirmDestination(
  use: DestinationUse,
  { sendLimits }: Pick<Deployment, 'sendLimits'>,
  { channel, userId }: Pick<Sending, 'channel' | 'userId'>,
): { readonly use: DestinationUse; readonly writes: readonly Write[] } {
  const confirmed = withoutRuns(confirmSends(use), channel, userId);
  const { counted } = use.sends ?? {};
  if (!counted || !sendLimits || sendLimits.prefix === 0) return { use: confirmed, writes: [] };
  const { environmentId } = use;
  const value = {
    environmentId,
    name: counted.counter,
    since: counted.at,
    window: PREFIX_WINDOW,
    bound: sendLimits.prefix,
  };
  return { use: confirmed, writes: [{ kind: 'release', entity: 'counter', value }] };
}

/** All of it as writes; none where it changes nothing, for then nothing was counted either. */
export function confirmation(
  destination: DestinationUse,
  deployment: Pick<Deployment, 'sendLimits'>,
  sent: Pick<Sending, 'channel' | 'userId'>,
): readonly Write[] {
  const { use, writes } = confirmDestination(destination, deployment, sent);
  return use === destination ? [] : [{ kind: 'update', entity: 'destination', value: use }, ...writes];
}

/** Told once the refusal or the send is durable. Without the contact: of a number its prefix at most, and that only in the log (SEC-71). */
export function reservationEvents(
  reservation: Reservation,
  subject: Pick<BusinessEvent, 'environmentId' | 'userId' | 'deviceId' | 'deviceAuthenticationId'>,
  channel: Channel,
): readonly BusinessEvent[] {
  if (reservation.kind === 'refused')
    return [{ ...subject, type: 'NOTIFICATION.REJECTED', detail: { channel, reason: reservation.reason } }];
  if (reservation.kind !== 'reserved' || reservation.stops === undefined) return [];
  const { environmentId } = subject;
  const logOnly = { prefix: reservation.stops };
  return [{ type: 'NOTIFICATION.PREFIX_STOPPED', environmentId, detail: { channel }, logOnly }];
}
