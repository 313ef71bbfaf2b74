import { type Instant, toTimestamp } from '../kernel/clock.js';
import type { InboxMessage } from './port.js';

/** A message as `GET /inbox/messages` shows it. */
export interface InboxMessageView {
  readonly id: string;
  readonly createdAt: string;
  readonly channel: string;
  readonly to: string;
  readonly subject?: string;
  readonly body: string;
  readonly otp: string;
  readonly environment: { readonly id: string };
  readonly user?: { readonly id: string };
  readonly deviceAuthentication?: { readonly id: string };
  readonly device?: { readonly id: string };
  readonly status: 'DELIVERED' | 'EXPIRED';
}

export function viewMessage(message: InboxMessage, now: Instant): InboxMessageView {
  const { userId, deviceAuthenticationId, deviceId } = message;
  return {
    id: message.id,
    createdAt: toTimestamp(message.createdAt),
    channel: message.channel,
    to: message.to,
    ...(message.subject === undefined ? {} : { subject: message.subject }),
    body: message.body,
    otp: message.otp,
    environment: { id: message.environmentId },
    ...(userId === undefined ? {} : { user: { id: userId } }),
    ...(deviceAuthenticationId === undefined ? {} : { deviceAuthentication: { id: deviceAuthenticationId } }),
    ...(deviceId === undefined ? {} : { device: { id: deviceId } }),
    status: now > message.deadline ? 'EXPIRED' : 'DELIVERED',
  };
}
