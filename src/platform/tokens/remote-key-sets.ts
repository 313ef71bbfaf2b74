import type { CryptoKey } from 'jose';
import type { LocalJWKSet } from 'jose/jwks/local';
import type { Clock, Instant } from '../../kernel/clock.js';
import { minutes, seconds } from '../../kernel/duration.js';
import { Recent } from '../recent.js';
import type { ParsedToken } from './jws.js';
import { keyFor, readKeySet } from './key-set.js';

/** Reads what is at a client's `jwksUrl`; `undefined`, and never a rejection, when it cannot be had. */
export type ReadKeySet = (url: string) => Promise<string | undefined>;

/** How long a set that was read holds: a key that its client takes out of it is good that long at most. */
const HOLDS = minutes(5);
/** One address is asked no more often, whatever it answered and whoever presents unknown keys. */
const ASKED_EVERY = seconds(30);
const REMEMBERED = 1_000;

/** Key sets that clients keep at an address of their own. */
export interface RemoteKeySets {
  /** The key that a header means, of the set at this address; the set is read anew where it has no such key. */
  keyFor(url: string, header: ParsedToken['header']): Promise<CryptoKey | undefined>;
}

export function createRemoteKeySets({
  read,
  clock,
}: {
  readonly read: ReadKeySet;
  readonly clock: Clock;
}): RemoteKeySets {
  const held = new Map<string, { readonly set: LocalJWKSet; readonly at: Instant }>();

  const asked = new Recent<string, LocalJWKSet | undefined>(
    { clock, maxAge: ASKED_EVERY, capacity: REMEMBERED },
    async (url) => {
      const text = await read(url);
      const set = text === undefined ? undefined : readKeySet(text);
      // What cannot be read ends nothing: the set of before holds for its time.
      if (set) hold(url, set);
      return set;
    },
  );

  function hold(url: string, set: LocalJWKSet): void {
    held.delete(url);
    const oldest = held.size >= REMEMBERED ? held.keys().next() : undefined;
    if (oldest && !oldest.done) held.delete(oldest.value);
    held.set(url, { set, at: clock.now() });
  }

  function heldAt(url: string): LocalJWKSet | undefined {
    const known = held.get(url);
    const age = known ? clock.now() - known.at : HOLDS;
    return known && age >= 0 && age < HOLDS ? known.set : undefined;
  }

  return {
    async keyFor(url, header) {
      const known = heldAt(url);
      const key = known && (await keyFor(known, header));
      if (key) return key;
      const now = await asked.get(url);
      return now && now !== known ? keyFor(now, header) : undefined;
    },
  };
}
