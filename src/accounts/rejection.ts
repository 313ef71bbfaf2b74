import type { Channel } from '../delivery/message.js';
import type { Instant } from '../kernel/clock.js';
import type { PlatformRejection } from '../platform/rejection.js';

/** Why a code is not sent, or not taken. */
export type AccountRejection =
  | PlatformRejection
  /** Nobody waits for a verification: the account is verified. */
  | { readonly kind: 'AlreadyVerified' }
  /** There is no gateway for mail, or the user's address is none that can be sent to. */
  | { readonly kind: 'Undeliverable' }
  | { readonly kind: 'SendRefused'; readonly channel: Channel; readonly expiresAt?: Instant }
  /** Too many wrong codes: none is sent or compared. Without `expiresAt` until an administrator unlocks the account. */
  | { readonly kind: 'CodesLocked'; readonly expiresAt?: Instant }
  /** Compared with nothing: there is none, or it has expired or been killed. */
  | { readonly kind: 'CodeDead' }
  | { readonly kind: 'CodeMalformed'; readonly length: number }
  | { readonly kind: 'CodeWrong'; readonly attemptsLeft: number };
