import { composeContent, hasContent } from '../delivery/content.js';
import type { MessageContent } from '../delivery/message.js';
import { ownWords } from '../delivery/own-contents.js';
import { codeEpochOf } from '../devices/counting/counting.js';
import type { SentCodeKind } from '../devices/kinds/kind.js';
import type { Device } from '../devices/model.js';
import { type Reservation, reservationEvents, reserveSend } from '../devices/sending/reserve-send.js';
import { countryOfPhone } from '../kernel/numbering-plan.js';
import { type Protected, Redacted } from '../kernel/sealed.js';
import { type CodeBinding, issueCode } from '../otp/code.js';
import { accountLockEpoch } from '../platform/users/account.js';
import { sendRulesFor } from '../policies/notifications/send-rules.js';
import type { Snapshot, Write } from '../storage/port.js';
import type { Begun, NotBegun } from './begun.js';
import type { ChallengeFacts } from './command.js';
import type { DeviceAuthentication, ReplacedCode, SelectedDevice, SentCodeState } from './model.js';
import type { Circumstances } from './situation.js';

/** Whom a code is for. */
export interface Addressee {
  readonly selected: SelectedDevice;
  readonly kind: SentCodeKind;
  readonly contact: Protected;
  readonly extension?: string;
  readonly testMode: boolean;
  /** Absent for a one-time contact. */
  readonly device?: Device;
}

/** The part of a flow that a code depends on. */
export type Recipient = Pick<DeviceAuthentication, 'id' | 'environmentId' | 'notification' | 'sends'>;

/** Where a code is valid: this flow, this device or contact, this send, and nothing else (SEC-04, SEC-06). */
export function bindingOf(flow: Recipient, device: string, sendNumber: number): CodeBinding {
  return { environmentId: flow.environmentId, subject: flow.id, device, purpose: 'authentication', sendNumber };
}

/** The device part of a code's binding. */
export function bindingDevice(selected: SelectedDevice): string {
  return selected.kind === 'device' ? selected.id : selected.contactKey;
}

/** A paired device. One whose row has lost its contact is a fault of the store, not of the caller. */
export function pairedAddressee(device: Device, kind: SentCodeKind): Addressee {
  if (!device.secret) throw new TypeError(`device ${device.id} has no contact`);
  const { extension } = device.details;
  return {
    selected: { kind: 'device', id: device.id, type: device.type, contactKey: undefined },
    kind,
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
export function sendCode(
  flow: Recipient,
  circumstances: Circumstances,
  addressee: Addressee,
  replaced: ReplacedCode | undefined,
  facts: ChallengeFacts,
  loaded: Pick<Snapshot, 'destination' | 'counters'>,
): Begun | NotBegun {
  const { selected, kind, testMode, device } = addressee;
  const { factors, policy, now } = circumstances;
  const template = flow.notification?.template ?? 'strong_authentication';
  const { channel } = kind;
  const { variant, locale: requestedLocale } = flow.notification ?? {};
  const { user } = circumstances;
  const words = policy.contents && ownWords(policy.contents, { template, channel, variant, requestedLocale, user });
  if (!words && !hasContent(template, channel, variant)) return { kind: 'noContent' };

  const { environmentId } = flow;
  const userId = circumstances.user.id;
  // Before there is a code: where more must be loaded first, all of this is decided again.
  const sending = testMode ? undefined : reserveFor(flow, addressee, circumstances, facts, loaded);
  if (sending?.reservation.kind === 'needs') return sending.reservation;

  const { otpLength, lifeTime } = policy.methods[kind.method];
  const { code, issued } = issueCode(
    facts.digits,
    bindingOf(flow, bindingDevice(selected), flow.sends),
    { length: otpLength, lifeTime, epoch: codeEpochOf(factors, selected.type, device) },
    now,
    facts.digests,
  );
  const state: SentCodeState = {
    status: 'OTP_REQUIRED',
    selected,
    code: issued,
    accountEpoch: accountLockEpoch(factors),
    country: undefined,
    claim: undefined,
    replaced,
  };
  const sends = flow.sends + 1;
  if (!sending) return { kind: 'begun', state, sends, writes: [], messages: 0, events: [], testOtp: code };

  const { to, reservation } = sending;
  const who = { environmentId, userId, deviceAuthenticationId: flow.id, ...(device ? { deviceId: device.id } : {}) };
  const events = reservationEvents(reservation, who, channel);
  if (reservation.kind === 'refused') return { ...reservation, channel, selected: selected.kind, events };

  const content: MessageContent = composeContent({
    to,
    extension: addressee.extension,
    template,
    requestedLocale,
    user,
    words,
    otp: code,
    variables: flow.notification?.variables,
  });
  const message: Write = {
    kind: 'append',
    entity: 'outbox',
    value: {
      id: facts.messageId,
      environmentId,
      channel,
      userId,
      deviceAuthenticationId: flow.id,
      ...(device ? { deviceId: device.id } : {}),
      content: new Redacted(JSON.stringify(content)),
      deadline: issued.expiresAt,
      createdAt: now,
    },
  };
  const sent = channel === 'EMAIL' ? state : { ...state, country: countryOfPhone(to) };
  if (reservation.kind === 'unlimited')
    return { kind: 'begun', state: sent, sends, writes: [message], messages: 1, events };
  const { use, writes, claim } = reservation;
  const counted = use && selected.kind === 'device' ? { ...selected, contactKey: use.contactKey } : selected;
  const contact = use ? [{ kind: 'update', entity: 'destination', value: use } as const] : [];
  return {
    kind: 'begun',
    state: { ...sent, selected: counted, claim },
    sends,
    writes: [message, ...contact, ...writes],
    messages: 1,
    events,
  };
}

/** Where the code is to go, in clear, and what limits say of it. Of a one-time contact the key is known: its destination has it. */
function reserveFor(
  { environmentId, notification }: Recipient,
  { selected, contact, kind: { channel } }: Addressee,
  { now, configuration, policy, user }: Circumstances,
  { deployment, digests, open }: ChallengeFacts,
  loaded: Pick<Snapshot, 'destination' | 'counters'>,
): { readonly to: string; readonly reservation: Reservation } {
  const to = open(contact);
  const contactKey = selected.kind === 'oneTime' ? selected.contactKey : undefined;
  const rules = sendRulesFor(configuration, policy, notification?.policyId)?.[channel];
  const { id: userId } = user;
  return {
    to,
    reservation: reserveSend(
      { environmentId, userId, channel, address: to, contactKey, now, deployment, rules, digests },
      loaded,
    ),
  };
}
