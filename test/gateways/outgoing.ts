import type { Outgoing } from '../../src/delivery/gateway.js';
import type { Channel } from '../../src/delivery/message.js';
import { minutes } from '../../src/kernel/duration.js';
import { createSystemRandom } from '../../src/kernel/random.js';

export const NOW = Date.UTC(2026, 4, 1, 12);
export const CODE = '482915';

const random = createSystemRandom();

/** A message as the dispatcher hands it to a gateway. */
export function outgoing(channel: Channel, to: string, change: Partial<Outgoing> = {}): Outgoing {
  return {
    id: random.timeOrderedUuid(NOW),
    channel,
    to,
    text: channel === 'VOICE' ? 'Your sign-on code is: 4, 8, 2, 9, 1, 5.' : `Your sign-on code is ${CODE}.`,
    ...(channel === 'EMAIL' ? { subject: 'Your sign-on code', html: `<p>${CODE}</p>` } : {}),
    otp: CODE,
    environmentId: random.uuid(),
    userId: random.uuid(),
    createdAt: NOW,
    deadline: NOW + minutes(30),
    ...change,
  };
}
