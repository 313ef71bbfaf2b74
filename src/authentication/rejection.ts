import type { Channel } from '../delivery/message.js';
import type { Instant } from '../kernel/clock.js';
import type { CommandName } from './command.js';
import type { Status } from './model.js';

/** Why a command was refused: values, committed together with what they change (`style.md` §7; wire: `10` §15). */
export type AuthenticationRejection =
  /** No such device authentication or user here, or past its time (`10` §8, §17). */
  | { readonly kind: 'NotFound' }
  /** Not in this environment (SEC-43). */
  | { readonly kind: 'PolicyUnknown' }
  | { readonly kind: 'NotificationsPolicyUnknown' }
  /** The policy remembers no browsers (`10` §14). */
  | { readonly kind: 'NotRemembering' }
  | { readonly kind: 'ApplicationUnknown' }
  /** Whatever the reason: unknown, another user's, pending, blocked, locked, switched off (`10` §4.2, §7.2). */
  | { readonly kind: 'DeviceNotEligible'; readonly during: 'create' | 'device.select' }
  /** The method is switched off, or has no gateway (`10` §4.3, §13A). */
  | { readonly kind: 'OneTimeTypeRefused' }
  /** Test mode is not allowed in this environment (`10` §4.4). */
  | { readonly kind: 'OneTimeTestModeRefused' }
  /** Premium, shared-cost and the like (SEC-37; wire: `10` §9.6). */
  | { readonly kind: 'NumberRefused' }
  /** The notification policy does not send to the number's country (`10` §9.6). */
  | { readonly kind: 'CountryRefused'; readonly selected: 'device' | 'oneTime' }
  /** No content for template, channel and variant (`10` §13A). */
  | { readonly kind: 'NoContent' }
  /** A passcode came with the create request, and no device that could be used makes such passcodes: not compared (`10` §10.4). */
  | { readonly kind: 'NoPasscodeDevice' }
  /**
   * The contact was sent too much lately, or its number prefix is stopped (SEC-36, SEC-38; wire: `10` §9.5); without `expiresAt`, a
   * quota is used up (`10` §9.6).
   */
  | { readonly kind: 'SendRefused'; readonly channel: Channel; readonly expiresAt?: Instant }
  /** ERR-STATE (`10` §15.4). */
  | { readonly kind: 'WrongState'; readonly command: CommandName; readonly status: Status }
  /** User disabled, account locked or MFA disabled since the flow was opened (`10` §9.8). */
  | { readonly kind: 'AccountNotUsable' }
  /** `expiresAt` is absent for the ceiling of the type, which has no end (`10` §9.3, §9.8). */
  | { readonly kind: 'DeviceLocked'; readonly expiresAt?: Instant }
  /** Deleted, blocked, or its method switched off (`10` §9.8). */
  | { readonly kind: 'DeviceUnusable'; readonly selected: 'device' | 'oneTime' }
  /** A ceiling of the user or of the contact (`10` §9.3; SEC-13, SEC-14). */
  | { readonly kind: 'OneTimeCeiling' }
  /** Expired, replaced, or killed by a lock or by exhaustion: not compared (`10` §9.2, §9.8). */
  | { readonly kind: 'CodeDead'; readonly expired: boolean }
  /** Not as long as the issued code: no attempt (`10` §7.3, SEC-09). */
  | { readonly kind: 'OtpMalformed'; readonly length: number }
  /** No text of a credential: nothing was verified (`10` §11.4). */
  | { readonly kind: 'AssertionMalformed' }
  /** Whatever the reason, which the records have (`10` §11.4). */
  | { readonly kind: 'AssertionRefused' }
  /** No flow without a user under this policy (`10` §11.5). */
  | { readonly kind: 'UserRequired'; readonly reason: 'METHOD_DISABLED' | 'NOT_DISCOVERABLE' | 'DEVICE_NAMED' }
  /** Recovery codes (decision 16): locked by failures, and not compared; without `expiresAt` until new ones are made. */
  | { readonly kind: 'RecoveryLocked'; readonly expiresAt?: Instant }
  | { readonly kind: 'NoRecoveryCodes' }
  | { readonly kind: 'RecoveryMismatch'; readonly attemptsRemaining: number }
  /** Compared, wrong and counted (`10` §9.4). */
  | { readonly kind: 'OtpMismatch'; readonly attemptsRemaining: number };
