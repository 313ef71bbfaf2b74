import { composeContent, hasContent } from '../delivery/content.js';
import type { Channel, MessageContent } from '../delivery/message.js';
import { codeEpochOf } from '../devices/counting.js';
import { KINDS } from '../devices/kinds/index.js';
import type { Device } from '../devices/model.js';
import { type Reservation, reservationEvents, reserveSend } from '../devices/reserve-send.js';
import type { BusinessEvent } from '../events.js';
import { countryOfPhone } from '../kernel/numbering-plan.js';
import { unreachable } from '../kernel/outcome.js';
import { type Protected, Redacted } from '../kernel/sealed.js';
import { type CodeBinding, issueCode } from '../otp/code.js';
import { accountLockEpoch } from '../platform/account.js';
import type { Decision, Snapshot, Write } from '../storage/port.js';
import { refuse, type Verdict } from './answer.js';
import type { SendFacts } from './command.js';
import type { DeviceAuthentication, ReplacedCode, SelectedDevice, StateOf } from './model.js';
import type { Circumstances } from './situation.js';

/** Whom a code is for. */
export interface Addressee {
  readonly selected: SelectedDevice;
  readonly contact: Protected;
  readonly extension?: string;
  readonly testMode: boolean;
  /** Absent for a one-time contact. */
  readonly device?: Device;
}

/** A code on its way: the state that waits for it, and the row that sends it, unless it is a test code. */
export interface Challenge {
  readonly kind: 'challenge';
  readonly state: StateOf<'OTP_REQUIRED'>;
  readonly sends: number;
  readonly writes: readonly Write[];
  /** Messages among the writes. */
  readonly messages: 0 | 1;
  /** What else is to be told. */
  readonly events: readonly BusinessEvent[];
  readonly testOtp?: string;
}

/** Why no code is sent, or what must be loaded before that can be said. */
export type Unsent =
  | { readonly kind: 'noContent' }
  | (Extract<Reservation, { readonly kind: 'refused' }> & {
      readonly channel: Channel;
      readonly events: readonly BusinessEvent[];
    })
  | Extract<Reservation, { readonly kind: 'needs' }>;

/** The decision of whoever could not send; the state is as it was, and so is the code before (`10` §9.5). */
export function unsent(reason: Unsent): Decision<Verdict> {
  switch (reason.kind) {
    case 'noContent':
      return refuse({ kind: 'NoContent' });
    case 'refused':
      return refuse({ kind: 'SendRefused', channel: reason.channel, expiresAt: reason.until }, [], reason.events);
    case 'needs':
      // Never seen: the store loads what is needed and decides again.
      return { ...refuse({ kind: 'NoContent' }), needs: reason.needs };
    default:
      return unreachable(reason);
  }
}

/** The part of a flow that a code depends on. */
export type Recipient = Pick<DeviceAuthentication, 'id' | 'environmentId' | 'userId' | 'notification' | 'sends'>;

/** Where a code is valid: this flow, this device or contact, this send, and nothing else (SEC-04, SEC-06). */
export function bindingOf(flow: Recipient, device: string, sendNumber: number): CodeBinding {
  return { environmentId: flow.environmentId, subject: flow.id, device, purpose: 'authentication', sendNumber };
}

/** The device part of a code's binding. */
export function bindingDevice(selected: SelectedDevice): string {
  return selected.kind === 'device' ? selected.id : selected.contactKey;
}

/** A paired device. One whose row has lost its contact is a fault of the store, not of the caller. */
export function pairedAddressee(device: Device): Addressee {
  if (!device.secret) throw new TypeError(`device ${device.id} has no contact`);
  const { extension } = device.details;
  return {
    selected: { kind: 'device', id: device.id, type: device.type },
    contact: device.secret,
    ...(typeof extension === 'string' ? { extension } : {}),
    testMode: device.testMode,
    device,
  };
}

/**
 * Issues a code and appends its message to the outbox; the send itself follows the commit (SEC-80). Length and lifetime are those
 * of the policy now and stay the code's own (`10` §4.1). That there is content for it is asked in test mode too, so that a test sees
 * what a send would (`10` §13A); limits on sending are not, because nothing is sent (SEC-36).
 */
export function challengeByOtp(
  flow: Recipient,
  circumstances: Circumstances,
  addressee: Addressee,
  replaced: ReplacedCode | undefined,
  facts: SendFacts,
  loaded: Pick<Snapshot, 'destination' | 'counter'>,
): Challenge | Unsent {
  const { selected, testMode, device } = addressee;
  const { factors, policy, now } = circumstances;
  const kind = KINDS[selected.type];
  const template = flow.notification?.template ?? 'strong_authentication';
  if (!hasContent(template, kind.channel, flow.notification?.variant)) return { kind: 'noContent' };

  const { otpLength, lifeTime } = policy.methods[kind.method];
  const { code, issued } = issueCode(
    facts.digits,
    bindingOf(flow, bindingDevice(selected), flow.sends),
    { length: otpLength, lifeTime, epoch: codeEpochOf(factors, selected.type, device) },
    now,
    facts.digests,
  );
  const state: StateOf<'OTP_REQUIRED'> = {
    status: 'OTP_REQUIRED',
    selected,
    code: issued,
    accountEpoch: accountLockEpoch(factors),
    ...(replaced ? { replaced } : {}),
  };
  const sends = flow.sends + 1;
  if (testMode) return { kind: 'challenge', state, sends, writes: [], messages: 0, events: [], testOtp: code };

  const to = facts.open(addressee.contact);
  const { environmentId, userId } = flow;
  const reservation = reserveSend({ environmentId, channel: kind.channel, address: to, now, ...facts }, loaded);
  if (reservation.kind === 'needs') return reservation;
  const who = { environmentId, userId, deviceAuthenticationId: flow.id, ...(device ? { deviceId: device.id } : {}) };
  const events = reservationEvents(reservation, who, kind.channel);
  if (reservation.kind === 'refused') return { ...reservation, channel: kind.channel, events };

  const content: MessageContent = composeContent({
    to,
    extension: addressee.extension,
    template,
    requestedLocale: flow.notification?.locale,
    user: circumstances.user,
    otp: code,
    variables: flow.notification?.variables,
  });
  const message: Write = {
    kind: 'append',
    entity: 'outbox',
    value: {
      id: facts.messageId,
      environmentId: flow.environmentId,
      channel: kind.channel,
      userId: flow.userId,
      deviceAuthenticationId: flow.id,
      ...(device ? { deviceId: device.id } : {}),
      content: new Redacted(JSON.stringify(content)),
      deadline: issued.expiresAt,
      createdAt: now,
    },
  };
  const sent = kind.channel === 'EMAIL' ? state : { ...state, country: countryOfPhone(to) };
  if (reservation.kind === 'unlimited')
    return { kind: 'challenge', state: sent, sends, writes: [message], messages: 1, events };
  const { use, writes } = reservation;
  return {
    kind: 'challenge',
    state: selected.kind === 'device' ? { ...sent, selected: { ...selected, contactKey: use.contactKey } } : sent,
    sends,
    writes: [message, { kind: 'update', entity: 'destination', value: use }, ...writes],
    messages: 1,
    events,
  };
}
