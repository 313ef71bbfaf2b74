import type { Channel } from '../delivery/message.js';
import type { BusinessEvent } from '../events.js';
import type { Instant } from '../kernel/clock.js';
import type { Digests } from '../kernel/keys.js';
import type { EnvironmentId } from '../platform/model.js';
import type { Snapshot, Undecided, Write } from '../storage/port.js';
import { canonicalContact } from './contact.js';
import type { Deployment } from './eligibility.js';
import type { DestinationUse } from './model.js';
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
  readonly channel: Channel;
  /** In clear. */
  readonly address: string;
  /** The keyed hash of the address in its canonical form, where the caller has it. */
  readonly contactKey?: string | undefined;
  readonly now: Instant;
  readonly deployment: Pick<Deployment, 'sendLimits'>;
  readonly digests: Pick<Digests, 'contact'>;
}

/** What limits say of a send. */
export type Reservation =
  /** No limit is in force: nothing is read and nothing written. */
  | { readonly kind: 'unlimited' }
  /** The contact or the counter of its prefix must be loaded first. */
  | ({ readonly kind: 'needs' } & Undecided)
  | { readonly kind: 'refused'; readonly until: Instant; readonly reason: 'SEND_LIMIT' | 'PREFIX_STOPPED' }
  /** Charged: `use` is to be written, which guards it, so that parallel sends are counted one after the other (SEC-35). */
  | {
      readonly kind: 'reserved';
      readonly use: DestinationUse;
      readonly writes: readonly Write[];
      /** This send has filled the counter of its prefix, which is named here without its last four digits. */
      readonly stops?: string;
    };

const UNLIMITED: Reservation = { kind: 'unlimited' };

/** The digits of a number that stand for a block of ten thousand (SEC-38). */
export const prefixOf = (phone: string): string => phone.slice(0, -4);

/** The name of a prefix's counter: keyed, so that beside a masked contact it does not give the number away. */
function counterOf({ environmentId, address, digests }: Sending): string {
  return digests.contact(environmentId, `prefix ${prefixOf(address)}`);
}

/** What a plan may name beforehand when the contact is known: the counter of its prefix, where a breaker is in force. */
export function counterFor(sending: Pick<Sending, 'environmentId' | 'address' | 'digests' | 'channel' | 'deployment'>) {
  const { sendLimits } = sending.deployment;
  return sendLimits && sendLimits.prefix > 0 && sending.channel !== 'EMAIL'
    ? { counter: counterOf({ ...sending, now: 0 }) }
    : {};
}

/**
 * Charges a send to its contact and, for a number, to its prefix, or refuses it (SEC-35 to SEC-39). The windows hold for the
 * contact whatever the user, flow or channel; a contact counts once in its prefix until it completes a check.
 */
export function reserveSend(sending: Sending, snapshot: Pick<Snapshot, 'destination' | 'counter'>): Reservation {
  const { sendLimits: limits } = sending.deployment;
  if (!limits || !countsSends(limits)) return UNLIMITED;
  const { environmentId, address, digests, now } = sending;
  const contactKey = sending.contactKey ?? digests.contact(environmentId, canonicalContact(address));
  const wanted = { destination: contactKey, ...counterFor(sending) };
  const { destination, counter } = snapshot;
  if (destination?.contactKey !== contactKey || counter?.name !== wanted.counter)
    return { kind: 'needs', needs: wanted };
  const until = sendableAt(destination, limits, now);
  if (until !== undefined) return { kind: 'refused', until, reason: 'SEND_LIMIT' };
  if (!counter) return { kind: 'reserved', use: withSend(destination, now, limits), writes: [] };

  const stands = counter.endsAt > now;
  if (stands && counter.value >= limits.prefix)
    return { kind: 'refused', until: counter.endsAt, reason: 'PREFIX_STOPPED' };
  if (isCounted(destination, counter.name, counter.endsAt, now))
    return { kind: 'reserved', use: withSend(destination, now, limits), writes: [] };
  const fills = (stands ? counter.value : 0) + 1 >= limits.prefix;
  return {
    kind: 'reserved',
    use: withSend(destination, now, limits, counter.name),
    writes: [{ kind: 'add', entity: 'counter', value: boundedBy(limits, environmentId, counter.name) }],
    ...(fills ? { stops: prefixOf(address) } : {}),
  };
}

/** What a completed check does to the contact it was sent to: its row, and the writes that give back its place in the prefix. */
export function confirmDestination(
  use: DestinationUse,
  { sendLimits }: Pick<Deployment, 'sendLimits'>,
): { readonly use: DestinationUse; readonly writes: readonly Write[] } {
  const confirmed = confirmSends(use);
  const { counted } = use.sends ?? {};
  if (!counted || !sendLimits || sendLimits.prefix === 0) return { use: confirmed, writes: [] };
  const value = { ...boundedBy(sendLimits, use.environmentId, counted.counter), since: counted.at };
  return { use: confirmed, writes: [{ kind: 'release', entity: 'counter', value }] };
}

const boundedBy = (limits: SendLimits, environmentId: EnvironmentId, name: string) => ({
  environmentId,
  name,
  bound: limits.prefix,
  window: PREFIX_WINDOW,
});

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
