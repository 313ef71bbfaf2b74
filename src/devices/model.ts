import type { Instant } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import type { Protected } from '../kernel/sealed.js';
import type { IssuedCode } from '../otp/code.js';
import type { EnvironmentId, UserId } from '../platform/model.js';
import type { PolicyId } from '../policies/model.js';
import type { KINDS } from './kinds/index.js';
import type { CeremonyRequest } from './pairing/ceremony.js';
import type { QuotaClaim } from './sending/quota.js';
import type { ResendRun } from './sending/resend-run.js';
import type { SendWindow } from './sending/send-window.js';

export type DeviceId = Uuid;

/** The types this server offers; the others of `20` §2.1 are refused by name. */
export type DeviceType = keyof typeof KINDS;

/** A run of failures: how many, and the limit in force when it began (`10` §9.3: an edited policy gives no attempt back). */
export interface FailureRun {
  readonly count: number;
  readonly limit: number;
}

/** An automatic lock (`20` §11). */
export interface DeviceLock {
  readonly reason: 'OTP';
  readonly expiresAt: Instant;
}

/** Only an `ACTIVE` device authenticates (`20` §3). */
export type DeviceStatus = 'ACTIVE' | 'ACTIVATION_REQUIRED';

/** Dynamic notification data of the create request, kept so that a resend says the same (`20` §6.3, §6.4). */
export interface PairingNotification {
  readonly locale?: string;
  readonly variant?: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** The notification policy that the request names. */
  readonly policyId?: PolicyId;
}

/** What a pending device waits for (`20` §6.4). */
export interface Activation {
  /** Frozen at creation; its content is read live, that of the default policy once it is gone (`10` §4.1). */
  readonly policyId: PolicyId;
  /** `accountLockEpoch` when the pairing was begun: a later lock of the account has killed it, unless the policy ignores locks. */
  readonly accountEpoch: number;
  readonly notification?: PairingNotification;
  /** The code that was sent, for kinds that are activated by one. */
  readonly code?: IssuedCode;
  /** The ceremony that was asked for, for kinds that are activated by an attestation; gone once it was tried (`20` §8.3). */
  readonly ceremony?: CeremonyRequest;
  /** Where it was sent by phone (ISO 3166): whether codes come back is watched by country (SEC-38). */
  readonly country?: string;
  /** A limit has counted the send by its contact, which a completed activation confirms. */
  readonly isCounted?: true;
  /** Where the send stands unclaimed. */
  readonly claim?: QuotaClaim;
  /** The code that this one replaced, kept to tell a replay from a mistyped code in the records (SEC-18). */
  readonly replaced?: IssuedCode;
}

/** A device (wire: `20` §2). */
export interface Device {
  readonly id: DeviceId;
  readonly environmentId: EnvironmentId;
  readonly userId: UserId;
  readonly type: DeviceType;
  readonly status: DeviceStatus;
  readonly nickname?: string;
  /** What must not be read from the database: the contact, or the seed of passcodes. Its kind knows its form. */
  readonly secret?: Protected;
  /** Keyed hash by which the kind finds or compares it: `Digests.contact` for a contact. */
  readonly lookupKey?: string;
  /** What the kind keeps in clear: masked contact, extension. */
  readonly details: JsonObject;
  readonly testMode: boolean;
  /** Failures since the last success, lock's end or unlock; they span flows (`10` §9.3). */
  readonly failures?: FailureRun;
  readonly lock?: DeviceLock;
  readonly blockedAt?: Instant;
  /** The time step or count of the last passcode that was accepted: only a greater one is taken (SEC-22, SEC-23). */
  readonly lastStep?: number;
  /** Codes issued under an earlier epoch are dead (`10` §9.4). */
  readonly codeEpoch: number;
  readonly activation?: Activation;
  readonly activatedAt?: Instant;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** What a deleted device leaves for whoever re-creates it (SEC-12). */
export interface Leftover {
  readonly failures?: FailureRun;
  readonly lock?: DeviceLock;
}

/** State of a contact inside an environment, beyond any one device or flow (`design.md` §3). */
export interface DestinationUse {
  readonly environmentId: EnvironmentId;
  /** The keyed hash of the contact. */
  readonly contactKey: string;
  readonly version: number;
  /** Consecutive failures of one-time authentications to this contact (SEC-14). */
  readonly oneTimeFailures: number;
  /** By `<user id>:<device type>`. */
  readonly leftovers: Readonly<Record<string, Leftover>>;
  /** Absent: nothing was sent while a limit was in force. */
  readonly sends?: SendWindow;
  /** By `runOf`; absent: nothing was sent under a notification policy with a cool-down. */
  readonly resends?: Readonly<Record<string, ResendRun>>;
}

/** Consecutive failures per factor type, or per one-time destination, that end in a lock without end (SEC-13, SEC-14). */
export const FAILURE_CEILING = 100;
/** Devices of one user in `ACTIVATION_REQUIRED` (`20` §3.1). */
export const MAX_PENDING_DEVICES = 50;
/** Life of an un-activated device, in milliseconds (`20` §3.1: 24 hours). */
export const PENDING_DEVICE_LIFE = 86_400_000;
