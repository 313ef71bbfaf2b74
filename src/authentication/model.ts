import type { SentType } from '../devices/kinds/index.js';
import type { DeviceId, DeviceType, FailureRun } from '../devices/model.js';
import type { CeremonyRequest } from '../devices/pairing/ceremony.js';
import type { QuotaClaim } from '../devices/sending/quota.js';
import type { Instant } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { IssuedCode } from '../otp/code.js';
import type { ApplicationId, EnvironmentId, UserId } from '../platform/model.js';
import type { PolicyId } from '../policies/model.js';

export type DeviceAuthenticationId = Uuid;

/** What was chosen to authenticate with. */
export type SelectedDevice =
  | {
      readonly kind: 'device';
      readonly id: DeviceId;
      readonly type: DeviceType;
      /** The contact to which a limit has counted the send: a completed check confirms it (SEC-36). */
      readonly contactKey?: string | undefined;
    }
  | {
      readonly kind: 'oneTime';
      readonly type: SentType;
      readonly contactKey: string;
      readonly maskedContact: string;
      readonly testMode: boolean;
    };

export interface FlowError {
  readonly code:
    | 'NO_USABLE_DEVICES'
    | 'ACCOUNT_LOCKED_OUT'
    | 'USER_DISABLED'
    | 'VERIFICATION_REQUIRED'
    | 'MFA_DISABLED'
    | 'OTP_ATTEMPTS_LIMIT'
    | 'ASSERTION_ATTEMPTS_LIMIT'
    | 'REMEMBERED_DEVICE_NOT_FOUND'
    | 'AUTHENTICATION_CANCELED';
  readonly message: string;
  /** With `NO_USABLE_DEVICES` only, and then always (`10` §4.2). */
  readonly unavailableDevices?: readonly DeviceId[];
}

/** A dead code and the device part of its binding. */
export interface ReplacedCode {
  readonly code: IssuedCode;
  readonly device: string;
}

/** What every state has in which something is to be proved; `epoch` and `accountEpoch` tell whether it still may be (SEC-16). */
interface OpenChallenge {
  readonly selected: SelectedDevice;
  /** `accountLockEpoch` when the challenge began: a later lock of the account has killed it, unless the policy ignores locks. */
  readonly accountEpoch: number;
  /** A check found the device unusable: this challenge is dead for good, only a new one helps (`10` §9.8). */
  readonly codeDead?: true;
  /** One-time flows count in the flow (`10` §9.3); a paired device counts in itself. */
  readonly failures?: FailureRun;
}

/** Waits for a code that was sent. Its `challenge` is the one that goes without saying. */
export interface SentCodeState extends OpenChallenge {
  readonly status: 'OTP_REQUIRED';
  readonly challenge?: never;
  readonly code: IssuedCode;
  /** Where the code was sent by phone (ISO 3166): whether codes come back is watched by country (SEC-38). */
  readonly country?: string | undefined;
  /** Where the send stands unclaimed in a quota. */
  readonly claim?: QuotaClaim | undefined;
  /** The code that this one replaced, kept to tell a replay from a mistyped code in the records (SEC-18). */
  readonly replaced?: ReplacedCode | undefined;
}

/** Waits for a passcode that the selected device makes: there is none to be kept. */
export interface PasscodeState extends OpenChallenge {
  readonly status: 'OTP_REQUIRED';
  readonly challenge: 'passcode';
  /** `codeEpochOf` the device when the challenge began. */
  readonly epoch: number;
}

/** What the browser was asked for (`10` §11.1): frozen with the challenge. */
export interface AssertionAsked extends CeremonyRequest {
  readonly userVerification: 'required' | 'preferred' | 'discouraged';
  readonly hints: readonly string[];
}

/** Waits for an assertion by one of the user's credentials. */
export interface AssertionState extends OpenChallenge {
  readonly status: 'ASSERTION_REQUIRED';
  readonly asked: AssertionAsked;
  /** `codeEpochOf` the device when the challenge began. */
  readonly epoch: number;
}

/** Waits for an assertion that will say who the user is (`10` §11.5). */
export interface DiscoveryState {
  readonly status: 'ASSERTION_REQUIRED';
  readonly selected?: never;
  readonly asked: AssertionAsked;
  /** Counted here: there is no device to count in. */
  readonly failures?: FailureRun;
}

/**
 * Complete without a device: the browser was recognised, and as nothing was proved there are no `authenticators` (`10` §7.6, §14), or a
 * recovery code was right (decision 16).
 */
export interface DevicelessState {
  readonly status: 'COMPLETED';
  readonly selected?: never;
  readonly authenticators?: readonly string[];
}

/** Impossible states do not type-check: only `OTP_REQUIRED` has a code, only `FAILED` an error (`style.md` §4). */
export type DeviceAuthenticationState =
  | { readonly status: 'DEVICE_SELECTION_REQUIRED'; readonly selected?: SelectedDevice }
  | SentCodeState
  | PasscodeState
  | AssertionState
  | DiscoveryState
  | { readonly status: 'COMPLETED'; readonly selected: SelectedDevice; readonly authenticators: readonly string[] }
  | DevicelessState
  | { readonly status: 'FAILED'; readonly selected?: SelectedDevice; readonly error: FlowError };

/** The states that wait for a proof of what is selected; a new challenge adds its own. */
export type ChallengeState = SentCodeState | PasscodeState | AssertionState;
export type Status = DeviceAuthenticationState['status'];
export type StateOf<S extends Status> = Extract<DeviceAuthenticationState, { readonly status: S }>;

/** Dynamic notification data of the create request, kept for resends (`10` §3.1, §13A). */
export interface NotificationRequest {
  readonly template?: 'strong_authentication' | 'transaction';
  readonly variant?: string;
  readonly locale?: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** The notification policy that the request names; absent: that of the MFA policy. */
  readonly policyId?: PolicyId;
}

/** A flow with every member there, though some are `undefined`: of one shape wherever it comes from. */
export type CompleteFlow = { [K in keyof Required<DeviceAuthentication>]: DeviceAuthentication[K] };

/** One attempt to authenticate (wire: `10` §2). */
export interface DeviceAuthentication {
  readonly id: DeviceAuthenticationId;
  readonly environmentId: EnvironmentId;
  readonly version: number;
  /** Absent until an assertion says who the user is (`10` §11.5). */
  readonly userId?: UserId | undefined;
  /** It was an assertion that said who the user is. */
  readonly isDiscovered?: true | undefined;
  /** Frozen at creation; its content is read live (`10` §4.1). */
  readonly policyId: PolicyId;
  readonly state: DeviceAuthenticationState;
  readonly notification?: NotificationRequest | undefined;
  /** The native application that the create request named (`10` §2). */
  readonly applicationId?: ApplicationId | undefined;
  /** What the create request said of assertions: the relying party, the challenge (`10` §3.1). */
  readonly assertion?: { readonly rpId?: string; readonly challenge?: string } | undefined;
  /** Codes issued so far in this flow: the send number of the next one. */
  readonly sends: number;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  /** Past it the flow is treated as missing (`10` §17). */
  readonly expiresAt: Instant;
}
