import type { Static } from 'typebox';
import { Type } from '../../kernel/json-schema.js';

/** Something with one at-sign and no blanks, quotes or controls: what a mail server makes of it is its own matter. */
export const MAIL_ADDRESS = '^[^\\s@<>()\\[\\],;:"\\\\\\p{Cc}]+@[^\\s@<>()\\[\\],;:"\\\\\\p{Cc}]+$';

/** `from` and `replyTo` of a mail (wire: `30` §6.2, §7, §9.3). */
export const Sender = Type.Object({
  name: Type.Optional(Type.String({ maxLength: 256 })),
  address: Type.Optional(Type.String({ maxLength: 256, pattern: MAIL_ADDRESS })),
});
export type Sender = Static<typeof Sender>;

/** The name that goes with the server's own address (`30` §6.2). */
export const BUILT_IN_SENDER_NAME = 'PingOne';
