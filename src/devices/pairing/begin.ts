import type { Channel } from '../../delivery/message.js';
import type { BusinessEvent } from '../../events.js';
import type { JsonObject } from '../../kernel/json.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import { sendRulesFor } from '../../policies/notifications/send-rules.js';
import type { Snapshot, Write } from '../../storage/port.js';
import { type DeviceDecision, eventOf, refuse } from '../answer.js';
import { type Deployment, lockOf } from '../eligibility.js';
import { KINDS } from '../kinds/index.js';
import type { DeviceKind } from '../kinds/kind.js';
import type { PairingContext, PairingDraws, PairingTerms } from '../kinds/pairing.js';
import type { DestinationUse, Device } from '../model.js';
import type { DeviceRejection } from '../rejection.js';
import { type Reservation, reservationEvents, reserveSend } from '../sending/reserve-send.js';

/** A pairing on its way: the device that waits, what is sent, what is shown once. */
export interface Beginning {
  readonly device: Device;
  readonly writes: readonly Write[];
  /** The contact's row with this send in it, where a limit counts it; to be written by the caller, once. */
  readonly destination?: DestinationUse;
  readonly events: readonly BusinessEvent[];
  readonly once: JsonObject;
}

/** What limits read (SEC-36). */
export interface SendTerms extends Pick<Snapshot, 'destination' | 'counters'> {
  readonly deployment: Pick<Deployment, 'sendLimits'>;
}

/** Why a pairing does not begin, or what must be loaded before that can be said. */
export type NotBegun =
  | { readonly kind: 'rejection'; readonly rejection: DeviceRejection; readonly events: readonly BusinessEvent[] }
  | Extract<Reservation, { readonly kind: 'needs' }>;

/**
 * Begins a pairing, or begins it again. A locked device is refused: a code that cannot be used is not sent, so a new device that
 * takes over a running lock is not created either (`20` §6.4, `10` §9.5, SEC-16).
 */
export function beginPairing(
  device: Device,
  terms: PairingTerms,
  context: PairingContext,
  draws: PairingDraws,
  limits: SendTerms,
): Outcome<Beginning, NotBegun> {
  const { channel, pairing }: DeviceKind = KINDS[device.type];
  const lock = lockOf(device, context.factors, context.now);
  if (lock)
    return notBegun({
      kind: 'SendRefused',
      ...(channel ? { channel } : {}),
      ...(lock.expiresAt === undefined ? {} : { expiresAt: lock.expiresAt }),
    });
  const begun = pairing.begin(device, terms, context, draws);
  if (!begun.ok) return notBegun({ kind: begun.rejection });
  const { device: pending, message, once } = begun.value;
  if (!message || !device.secret) return accept({ device: pending, writes: [], events: [], once });
  const { environmentId, userId, id: deviceId } = device;
  const { now, digests } = context;
  const reservation = reserveSend(
    {
      environmentId,
      userId,
      channel: message.channel,
      address: context.open(device.secret),
      now,
      digests,
      deployment: limits.deployment,
      rules: sendRulesFor(context.configuration, context.policy, terms.notification?.policyId)?.[message.channel],
    },
    limits,
  );
  if (reservation.kind === 'needs') return reject(reservation);
  const told = reservationEvents(reservation, { environmentId, userId, deviceId }, message.channel);
  if (reservation.kind === 'refused') return notBegun(refusalOf(reservation, message.channel), told);
  const reserved = reservation.kind === 'reserved' ? reservation : undefined;
  return accept({
    device: reserved ? charged(pending, reserved) : pending,
    writes: [{ kind: 'append', entity: 'outbox', value: message }, ...(reserved?.writes ?? [])],
    ...(reserved?.use ? { destination: reserved.use } : {}),
    events: [eventOf(pending, 'NOTIFICATION.CREATED', { channel: message.channel }), ...told],
    once,
  });
}

/** `10` §9.5, §9.6. */
function refusalOf(
  { reason, until }: Extract<Reservation, { readonly kind: 'refused' }>,
  channel: Channel,
): DeviceRejection {
  if (reason === 'COUNTRY') return { kind: 'CountryRefused' };
  return { kind: 'SendRefused', channel, ...(until === undefined ? {} : { expiresAt: until }) };
}

/** The device with what its send has cost, for the activation to settle. */
function charged(device: Device, { use, claim }: Extract<Reservation, { readonly kind: 'reserved' }>): Device {
  const { activation } = device;
  if (!activation || (!use && !claim)) return device;
  return {
    ...device,
    activation: { ...activation, ...(use ? { isCounted: true } : {}), ...(claim ? { claim } : {}) },
  };
}

function notBegun(rejection: DeviceRejection, events: readonly BusinessEvent[] = []): Outcome<never, NotBegun> {
  return reject({ kind: 'rejection', rejection, events });
}

/** The decision of whoever could not begin: a refusal, or nothing until more is loaded. */
export function unbegun(reason: NotBegun): DeviceDecision<never> {
  return reason.kind === 'rejection' ? refuse(reason.rejection, [], reason.events) : { needs: reason.needs };
}
