import type { Channel } from '../../delivery/message.js';
import type { Instant } from '../../kernel/clock.js';
import { type ErrorDetail, invalid } from '../errors.js';

/** A send that comes too early, or is one too many (wire: `10` §9.5, §9.6), with the members that a public client reads (`20` §6.4). */
export function sendRefused({
  channel,
  expiresAt,
}: {
  readonly channel?: Channel;
  readonly expiresAt?: Instant;
}): ErrorDetail {
  return {
    code: 'LIMIT_EXCEEDED',
    message: "A new notification can't be sent yet.",
    innerError: {
      ...(channel ? { deliveryMethod: channel } : {}),
      ...(expiresAt === undefined ? {} : { coolDownExpiresAt: expiresAt }),
    },
  };
}

/** A country that the notification policy does not send to (wire: `10` §9.6). */
export const COUNTRY_REFUSED = 'is a number of a country that is not sent to';

/** Not in this environment (SEC-43). */
export const NOTIFICATIONS_POLICY_UNKNOWN: ErrorDetail = invalid(
  'notification.policy.id',
  'must be the id of a notification policy of this environment',
);

/** A number of a type that is not sent to: the answer of a country that is not (wire: `10` §9.6; SEC-37). */
export const NUMBER_REFUSED = 'is a number of a type that is not sent to';
