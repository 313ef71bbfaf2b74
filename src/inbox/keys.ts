import type { InboxMessage } from './port.js';

/** What messages are looked for by, the most telling first. */
export const KEYS = ['deviceAuthentication', 'device', 'to', 'user'] as const;
export type Key = (typeof KEYS)[number];

/** What a message has under each key; absent = nothing. */
export function valueUnder(message: InboxMessage, key: Key): string | undefined {
  switch (key) {
    case 'deviceAuthentication':
      return message.deviceAuthenticationId;
    case 'device':
      return message.deviceId;
    case 'user':
      return message.userId;
    case 'to':
      return comparableAddress(message.to);
  }
}

/**
 * Numbers without separators, addresses in lower case. The `+` of a number may be missing: in a query string it reads as a space.
 */
export function comparableAddress(to: string): string {
  const text = to.trim();
  return /^\+?[\d .()-]+$/.test(text) ? text.replace(/\D/g, '') : text.toLowerCase();
}
