import type { AuditEvent } from '../audit/record.js';
import { reservationEvents, reserveSend, type Sending } from '../devices/sending/reserve-send.js';
import type { EnvironmentId, UserId } from '../platform/model.js';
import type { Snapshot, Undecided, Write } from '../storage/port.js';
import { CHANNEL } from './code.js';
import type { AccountRejection } from './rejection.js';

/** What limits on sending leave of a mail with a code; `events` are told beside the mail, or in its place. */
export type MailReservation =
  | ({ readonly kind: 'needs' } & Undecided)
  | {
      readonly kind: 'refused';
      readonly rejection: Extract<AccountRejection, { readonly kind: 'SendRefused' }>;
      readonly events: readonly AuditEvent[];
    }
  | { readonly kind: 'granted'; readonly writes: readonly Write[]; readonly events: readonly AuditEvent[] };

/** Charges a mail with a code to its address and to the limits in force (SEC-36). `subject`: whom events about it concern. */
export function reserveMail(
  sending: Omit<Sending, 'channel'>,
  snapshot: Snapshot,
  subject: { readonly environmentId: EnvironmentId; readonly userId?: UserId },
): MailReservation {
  const reservation = reserveSend({ ...sending, channel: CHANNEL }, snapshot);
  if (reservation.kind === 'needs') return reservation;
  const events = reservationEvents(reservation, subject, CHANNEL);
  if (reservation.kind === 'refused') {
    const { until } = reservation;
    const expiresAt = until === undefined ? {} : { expiresAt: until };
    return { kind: 'refused', rejection: { kind: 'SendRefused', channel: CHANNEL, ...expiresAt }, events };
  }
  const { writes = [], use } = reservation.kind === 'reserved' ? reservation : {};
  return {
    kind: 'granted',
    writes: [...writes, ...(use ? [{ kind: 'update', entity: 'destination', value: use } as const] : [])],
    events,
  };
}
