import type { Instant } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { Channel } from './message.js';
import type { Rendered } from './templates/render.js';

/** A message ready to go. */
export interface Outgoing extends Rendered {
  /** The outbox row's id, the same at every attempt: the idempotency id. */
  readonly id: Uuid;
  readonly channel: Channel;
  /** Canonical: an E.164 number, or a plain `local@domain` address. */
  readonly to: string;
  /** Keys to press once the call is answered: digits, `#`, `*`, and `,` for a pause (`20` §5). */
  readonly extension?: string;
  readonly otp: string;
  readonly environmentId: Uuid;
  readonly userId: Uuid | undefined;
  readonly deviceAuthenticationId?: Uuid;
  readonly deviceId?: Uuid;
  readonly createdAt: Instant;
  /** The code's expiry; a provider that can is told not to deliver later. */
  readonly deadline: Instant;
}

/**
 * What came of an attempt. `reason` is our words and the provider's *code*, never its text, which may repeat the address or
 * the message (SEC-60). `transient`: the same attempt may succeed later; it may also have reached the provider unnoticed.
 */
export type SendResult =
  | { readonly ok: true; readonly receipt: string }
  | {
      readonly ok: false;
      readonly failure: 'transient' | 'permanent';
      readonly reason: string;
      /** Nothing was tried, and nothing will be before this instant. */
      readonly notBefore?: Instant;
    };

/** A way out. It never throws for what a provider does, and gives up when `signal` ends. */
export interface Gateway {
  readonly name: string;
  /** What it serves as it is configured. */
  readonly channels: readonly Channel[];
  /** Messages it takes at once. */
  readonly concurrency: number;
  send(message: Outgoing, signal: AbortSignal): Promise<SendResult>;
  /** Closes what it holds open. */
  close(): void;
}

/** Where the development inbox takes messages in (`inbox/service.ts`). */
export interface InboxDoor {
  deliver(message: Outgoing): Promise<void>;
}

export const transient = (reason: string): SendResult => ({ ok: false, failure: 'transient', reason });
export const resting = (reason: string, notBefore: Instant): SendResult => ({
  ok: false,
  failure: 'transient',
  reason,
  notBefore,
});
export const permanent = (reason: string): SendResult => ({ ok: false, failure: 'permanent', reason });
