import type { Instant } from '../../kernel/clock.js';
import type { EnvironmentId } from '../../platform/model.js';

/** Why a command on hardware tokens was refused (wire: `20` §9). */
export type OathTokenRejection =
  | { readonly kind: 'EnvironmentNotFound'; readonly environmentId: EnvironmentId }
  /** Unknown here, or not paired with the user of the path (`20` §9.2). */
  | { readonly kind: 'TokenNotFound' }
  /** Unknown here, or past its time. */
  | { readonly kind: 'JobNotFound' }
  | { readonly kind: 'SerialNumberTaken'; readonly existingId: string }
  | { readonly kind: 'TooManyTokens'; readonly maximumAllowed: number }
  | { readonly kind: 'CursorInvalid' }
  /** Not as many digits as the token shows: nothing is compared (SEC-09). */
  | { readonly kind: 'OtpMalformed'; readonly length: number }
  /** Compared, wrong; counted where the token is paired. */
  | { readonly kind: 'OtpMismatch'; readonly attemptsRemaining?: number }
  /** The first of two codes was plausible: the next one decides (`20` §9.4). */
  | { readonly kind: 'ResyncUnfinished' }
  /** The device that the token is paired as is locked: nothing is compared. */
  | { readonly kind: 'DeviceLocked'; readonly expiresAt?: Instant }
  /** Paired with somebody else meanwhile: to be asked again with what is loaded then. */
  | { readonly kind: 'PairingMoved' };
