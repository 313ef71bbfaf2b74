import type { Instant } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import { namedId, signatureOf } from '../kernel/keys.js';
import type { Redacted } from '../kernel/sealed.js';
import type { Claim, Place } from './port.js';

/** The header that receivers check (`docs/webhooks.md`); the reference has none. */
export const SIGNATURE_HEADER = 'postern-signature';

/** The id of a batch: the same whenever the same events are sent, so that a receiver knows what it has had already. */
export function batchId({ subscription }: Claim, start: Place, end: Place): Uuid {
  const [from, to] = [start, end].map(({ seq, index }) => `${seq}.${index}`);
  return namedId(subscription.environmentId, `subscription/${subscription.id}/${from}-${to}`);
}

/** Time, id and body, signed with the subscription's secret (SEC-64): `t=<seconds since 1970>,id=<uuid>,v1=<hex>`. */
export function signature(secret: Redacted<string>, id: Uuid, now: Instant, body: string): string {
  const time = Math.floor(now / 1000);
  return `t=${time},id=${id},v1=${signatureOf(secret, `${time}.${id}.${body}`)}`;
}
