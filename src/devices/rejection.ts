import type { Channel } from '../delivery/message.js';
import type { Instant } from '../kernel/clock.js';
import type { FieldProblem } from '../kernel/field-problem.js';
import type { EnvironmentId } from '../platform/model.js';
import type { DeviceId, DeviceStatus } from './model.js';

/** What closes a method to pairing (`20` §6.2; `10` §13A for the channel). */
export type Closed = 'METHOD_DISABLED' | 'PAIRING_DISABLED' | 'NOT_DELIVERABLE';

/** Why a command on devices was refused: values, committed together with what they change (`style.md` §7; wire: `20` §17). */
export type DeviceRejection =
  | { readonly kind: 'EnvironmentNotFound'; readonly environmentId: EnvironmentId }
  | { readonly kind: 'UserNotFound' }
  /** Unknown, another user's, or past the life of a pending device (`20` §3.1, §4.2). */
  | { readonly kind: 'DeviceNotFound' }
  /** The body fits the schema, but not the device it is for. */
  | { readonly kind: 'Invalid'; readonly problems: readonly FieldProblem[] }
  /** Not in this environment (SEC-43). */
  | { readonly kind: 'PolicyUnknown' }
  | { readonly kind: 'NotificationsPolicyUnknown' }
  /** The policy remembers no browsers (`20` §16). */
  | { readonly kind: 'NotRemembering' }
  /** This caller may not ask for it (`20` §3.2). */
  | { readonly kind: 'StatusNotAllowed'; readonly allowed: readonly DeviceStatus[] }
  /** The type cannot be paired now; `at` says whether it is asked for or already begun. */
  | { readonly kind: 'PairingClosed'; readonly reason: Closed; readonly at: 'creation' | 'activation' }
  /** Test mode is not allowed in this environment (`10` §4.4). */
  | { readonly kind: 'TestModeRefused' }
  /** `mfaSettings.phoneExtensions` is off (`20` §5). */
  | { readonly kind: 'ExtensionRefused' }
  /** Premium, shared-cost and the like (SEC-37; wire: `10` §9.6). */
  | { readonly kind: 'NumberRefused' }
  /** The notification policy does not send to the number's country (`10` §9.6). */
  | { readonly kind: 'CountryRefused' }
  /** An active device of the user has the same contact (`20` §5). */
  | { readonly kind: 'ContactTaken'; readonly field: string; readonly existingId: DeviceId }
  /** No content for channel and variant (`10` §13A). */
  | { readonly kind: 'NoContent' }
  /** Too many paired devices, or too many that wait for activation (`20` §3.1, §17.2). */
  | { readonly kind: 'TooManyDevices'; readonly of: DeviceStatus; readonly maximumAllowed: number }
  /** A lock or a limit forbids sending a code; without `expiresAt` it has no end that is told (`20` §6.4, SEC-13, SEC-35). */
  | { readonly kind: 'SendRefused'; readonly channel?: Channel; readonly expiresAt?: Instant }
  | { readonly kind: 'AlreadyActive' }
  /** User disabled or account locked since the pairing was begun (SEC-16). */
  | { readonly kind: 'AccountNotUsable' }
  | { readonly kind: 'DeviceBlocked' }
  /** Locked by failures: nothing is compared. Without `expiresAt` it has no end (`20` §17.3). */
  | { readonly kind: 'DeviceLocked'; readonly expiresAt?: Instant }
  /** Another device of the environment has this very credential (SEC-25). */
  | { readonly kind: 'CredentialTaken' }
  /** Expired, or killed by a lock or by exhaustion: nothing is compared (`20` §17.3). */
  | { readonly kind: 'CodeDead' }
  /** Compared, wrong and counted (`20` §17.3). */
  | { readonly kind: 'OtpMismatch'; readonly attemptsRemaining: number }
  /** The first of two codes of a resynchronisation: counted, and the next is asked for (`20` §9.4). */
  | { readonly kind: 'ResyncUnfinished' }
  /** Paired with somebody (`20` §9.3). */
  | { readonly kind: 'TokenTaken' }
  /** Empty, a duplicate, or not an active device of the user (`20` §12). */
  | { readonly kind: 'OrderInvalid' }
  /** Its pairing begins with nothing that could be sent again (`20` §6.4). */
  | { readonly kind: 'NothingToSend' }
  /** Only an app has logs (`20` §13.2). */
  | { readonly kind: 'NoLogs' };
