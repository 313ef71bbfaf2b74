import type { PresentedBrowser } from '../devices/browsers/browser.js';
import type { Deployment } from '../devices/eligibility.js';
import type { SentType } from '../devices/kinds/index.js';
import type { Contact } from '../devices/kinds/kind.js';
import type { DeviceId } from '../devices/model.js';
import type { Uuid } from '../kernel/ids.js';
import type { Digests } from '../kernel/keys.js';
import type { Protected } from '../kernel/sealed.js';
import type { ApplicationId, UserId } from '../platform/model.js';
import type { PolicyId } from '../policies/model.js';
import type { DeviceAuthentication, DeviceAuthenticationId, NotificationRequest } from './model.js';
import type { Compatibility } from './situation.js';
import type { VerifiedAssertion } from './verify-assertion.js';

/** A contact to be used once, parsed by its kind (`10` §4.3). */
export interface OneTimeContact {
  readonly kind: 'oneTime';
  readonly type: SentType;
  readonly contact: Contact;
  readonly testMode: boolean;
}

/** Starts a device authentication (`10` §3.1). */
export interface CreateCommand {
  /** Absent: whoever the assertion turns out to be by (`10` §11.5). */
  readonly userId?: UserId | undefined;
  /** Absent: the environment's default policy. */
  readonly policyId?: PolicyId | undefined;
  /** Absent: the policy's selection method decides. */
  readonly selection?: { readonly kind: 'device'; readonly id: DeviceId } | OneTimeContact | undefined;
  /** A passcode that the user has typed already, made by one of the devices: 6 to 10 ASCII digits (`10` §10.4, SEC-09). */
  readonly otp?: string | undefined;
  readonly applicationId?: ApplicationId | undefined;
  readonly notification?: NotificationRequest | undefined;
  readonly assertion?: DeviceAuthentication['assertion'] | undefined;
  /** What the browser can do (`10` §11.2). */
  readonly compatibility?: Compatibility | undefined;
}

/** Asks whether a browser is remembered (`10` §14). */
export interface CheckBrowserCommand {
  readonly userId: UserId;
  readonly policyId: PolicyId;
  /** Absent: nothing was presented. */
  readonly browser?: PresentedBrowser;
  /** `deviceSession.id`. */
  readonly sessionId?: string;
}

export interface CheckBrowserFacts extends Pick<Facts, 'digests' | 'deployment'> {
  readonly id: DeviceAuthenticationId;
}

export interface SelectCommand {
  readonly deviceId: DeviceId;
  readonly compatibility?: Compatibility;
}

export interface CheckOtpCommand {
  /** 6 to 10 ASCII digits (SEC-09). */
  readonly otp: string;
}

export interface CheckAssertionCommand {
  /** The page that ran the ceremony, as the relying party names it. */
  readonly origin: string;
  /** JSON text of the credential. */
  readonly assertion: string;
}

/** `10` §7.5. */
export type CancelReason = 'CHANGE_DEVICE' | 'ADD_DEVICE' | 'SIGNOUT' | 'DEFAULT';
const CANCEL_REASONS: readonly CancelReason[] = ['CHANGE_DEVICE', 'ADD_DEVICE', 'SIGNOUT', 'DEFAULT'];

/** Unknown text counts as `DEFAULT` (`10` §7.5). */
export function parseCancelReason(text: string): CancelReason {
  return CANCEL_REASONS.find((reason) => reason === text) ?? 'DEFAULT';
}

/** A recovery code as `parseRecoveryCode` reads it. */
export interface CheckRecoveryCodeCommand {
  readonly code: string;
}

export interface CancelCommand {
  readonly reason: CancelReason;
}

/** What every decision is given beside the snapshot: the operator's configuration and pure functions over keys. */
export interface Facts {
  readonly digests: Digests;
  readonly deployment: Deployment;
  /** Opens what a device keeps sealed: its contact, its seed. */
  readonly open: (value: Protected) => string;
}

/** For a decision that may put a device to its proof: drawn beforehand, so that deciding again gives the same (`design.md` §2). */
export interface ChallengeFacts extends Facts {
  readonly messageId: Uuid;
  /** `DRAWN_DIGITS` uniform digits, of which the policy takes as many as it asks for. */
  readonly digits: string;
  /** 32 random bytes, the same each time: drawn only where an assertion is asked for. */
  readonly challenge: () => Uint8Array;
}

export interface AssertionFacts extends Facts {
  /** Absent: there was nothing that it could have been verified against. */
  readonly verified?: VerifiedAssertion | 'malformed';
}

export interface CreateFacts extends ChallengeFacts {
  readonly id: DeviceAuthenticationId;
  /** The one-time number is of a type that is not sent to (SEC-37). */
  readonly isNumberRefused?: boolean;
}

/** The commands on an existing device authentication, by the name that is also their link and media type. */
export interface Commands {
  'device.select': { readonly command: SelectCommand; readonly facts: ChallengeFacts };
  'otp.check': { readonly command: CheckOtpCommand; readonly facts: Facts };
  'assertion.check': { readonly command: CheckAssertionCommand; readonly facts: AssertionFacts };
  'cancel.push.authentication': { readonly command: CancelCommand; readonly facts: Facts };
  'recoveryCode.check': { readonly command: CheckRecoveryCodeCommand; readonly facts: Facts };
}

export type CommandName = keyof Commands;
