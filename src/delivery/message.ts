import type { Instant } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { Protected } from '../kernel/sealed.js';

/** How a message travels; equal to the device types whose codes the server sends. */
export type Channel = 'SMS' | 'VOICE' | 'EMAIL' | 'WHATSAPP';
export const CHANNELS: readonly Channel[] = ['SMS', 'VOICE', 'EMAIL', 'WHATSAPP'];

export type TemplateName =
  | 'strong_authentication'
  | 'transaction'
  | 'device_pairing'
  | 'email_verification_admin'
  | 'verification_code_template'
  | 'recovery_code_template';

/** Who a message is from, as an environment has it; what a gateway cannot do, or may not, it leaves out. */
export interface Origin {
  /** E-mail only. */
  readonly from?: MailAddress;
  /** E-mail only. */
  readonly replyTo?: MailAddress;
  /** E-mail only: the character set of the text, by its IANA name. */
  readonly charset?: string;
  /** Text messages only: a sender id of up to 11 letters, digits and blanks. */
  readonly sender?: string;
  /** Calls only: the provider's name of a voice. */
  readonly voice?: string;
}

export interface MailAddress {
  readonly name?: string;
  readonly address?: string;
}

/** A text of an environment's own, with its placeholders. */
export interface Words extends Origin {
  readonly text: string;
  readonly subject?: string;
  /** E-mail only: the text is HTML. */
  readonly isHtml: boolean;
}

/** What is said to whom: sealed as one JSON text in the outbox row, rendered only by the dispatcher. */
export interface MessageContent {
  readonly to: string;
  readonly extension?: string;
  readonly template: TemplateName;
  /** Requested locale, then the user's preferred language; the dispatcher falls back from there (`30` §9.5). */
  readonly locales: readonly string[];
  readonly otp: string;
  /** What the environment itself has to say; absent: the server's own words. */
  readonly words?: Words;
  /** `user.username`, `user.name.given`, … and the request's own variables. */
  readonly variables: Readonly<Record<string, string>>;
}

/** An outbox row as a decision appends it: born leased to the process that wrote it, attempt 1 counted (`design.md` §7). */
export interface OutboxMessage {
  /** UUIDv7; also the idempotency id given to gateways. */
  readonly id: Uuid;
  readonly environmentId: Uuid;
  readonly channel: Channel;
  /** Absent: it goes to somebody who is no user of the environment, as an administrator is. */
  readonly userId: Uuid | undefined;
  readonly deviceAuthenticationId?: Uuid;
  readonly deviceId?: Uuid;
  /** JSON of `MessageContent`. */
  readonly content: Protected;
  /** The code's expiry: never sent after it (SEC-80). */
  readonly deadline: Instant;
  readonly createdAt: Instant;
}

/** An outbox row that this process holds the lease of. */
export interface LeasedMessage extends OutboxMessage {
  /** Attempts counted so far, this one included. */
  readonly attempt: number;
}

export type Settlement =
  | { readonly result: 'accepted'; readonly gateway: string; readonly receipt: string }
  | {
      readonly result: 'retry';
      readonly gateway: string;
      readonly reason: string;
      readonly notBefore: Instant;
      /** No gateway was given the message: the attempt is not counted. */
      readonly untried?: true;
    }
  | { readonly result: 'abandoned'; readonly gateway: string; readonly reason: string };

/** Length of a lease; a dead process's messages are taken over when it ends (SEC-80: within 30 s). */
export const LEASE_MILLIS = 20_000;
