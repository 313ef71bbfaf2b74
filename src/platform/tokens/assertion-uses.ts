import type { Instant } from '../../kernel/clock.js';
import { minutes } from '../../kernel/duration.js';
import { sha256 } from '../../kernel/keys.js';
import type { Store } from '../../storage/port.js';
import type { Application } from '../model.js';

/** The clock that assertions end by may be behind the database's, by which what is kept of them goes. */
const MARGIN = minutes(1);

/**
 * Whether this is the first use of an assertion's `jti` by its client, in whichever process (RFC 7523 §3, 7; OpenID Connect Core §9):
 * a counter of the environment that one fills, and that ends after the assertion. Of those who come together one is the first.
 */
export type UseAssertion = (
  client: Pick<Application, 'id' | 'environmentId'>,
  assertion: { readonly jti: string; readonly endsAt: Instant },
) => Promise<boolean>;

export function createAssertionUses(store: Pick<Store, 'transact'>): UseAssertion {
  return ({ id, environmentId }, { jti, endsAt }) => {
    // Of any length, and the client's own words: kept as a digest.
    const name = `assertion/${id}/${sha256(jti)}`;
    return store.transact({ environmentId, counters: [name] }, ({ environment, counters = [], now }) => {
      const isUsed = counters.some((counter) => counter.value > 0 && counter.endsAt > now);
      if (!environment || isUsed) return { writes: [], outcome: false };
      const value = { environmentId, name, bound: 1, endsAt: Math.ceil(endsAt) + MARGIN };
      return { writes: [{ kind: 'add', entity: 'counter', value }], outcome: true };
    });
  };
}
