import { composeContent, hasContent } from '../delivery/content.js';
import type { MessageContent } from '../delivery/message.js';
import { codeEpochOf } from '../devices/counting.js';
import { KINDS } from '../devices/kinds/index.js';
import type { Device } from '../devices/model.js';
import { type Protected, Redacted } from '../kernel/sealed.js';
import { type CodeBinding, issueCode } from '../otp/code.js';
import { accountLockEpoch } from '../platform/account.js';
import type { Write } from '../storage/port.js';
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
  readonly state: StateOf<'OTP_REQUIRED'>;
  readonly sends: number;
  readonly writes: readonly Write[];
  readonly testOtp?: string;
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
 * of the policy now and stay the code's own (`10` §4.1). `undefined`: there is no content for it, also in test mode, so that a test
 * sees what a send would (`10` §13A).
 */
export function challengeByOtp(
  flow: Recipient,
  circumstances: Circumstances,
  addressee: Addressee,
  replaced: ReplacedCode | undefined,
  facts: SendFacts,
): Challenge | undefined {
  const { selected, testMode, device } = addressee;
  const { factors, policy, now } = circumstances;
  const kind = KINDS[selected.type];
  const template = flow.notification?.template ?? 'strong_authentication';
  if (!hasContent(template, kind.channel, flow.notification?.variant)) return undefined;

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
  if (testMode) return { state, sends, writes: [], testOtp: code };

  const content: MessageContent = composeContent({
    to: facts.open(addressee.contact),
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
  return { state, sends, writes: [message] };
}
