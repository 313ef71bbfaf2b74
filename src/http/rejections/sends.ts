import type { Channel } from '../../delivery/message.js';
import type { Instant } from '../../kernel/clock.js';
import type { ErrorDetail } from '../errors.js';

/** A send that comes too early (wire: `10` §9.5), with the members that a public client reads (`20` §6.4). */
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

/** A number of a type that is not sent to: the answer of a country that is not (wire: `10` §9.6; SEC-37). */
export const NUMBER_REFUSED = 'is a number of a type that is not sent to';
