import type { Clock } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { Reader } from '../storage/port.js';
import type { EnvironmentId } from './model.js';
import { LOOK_UP_AGAIN_AFTER, Recent } from './recent.js';

/** Which organization an environment belongs to, as authorization and tokens need to know it; at most 2 s old. */
export interface Directory {
  /** `undefined`: no such environment. A promise only where it has to be looked up. */
  organizationOf(environmentId: EnvironmentId): Uuid | undefined | Promise<Uuid | undefined>;
  /** What is remembered of it is out of date; other processes follow within 2 s. */
  forget(environmentId: EnvironmentId): void;
}

const CAPACITY = 1_000;

export function createDirectory(store: Pick<Reader, 'load'>, clock: Clock): Directory {
  const recent = new Recent<EnvironmentId, Uuid | undefined>(
    { clock, maxAge: LOOK_UP_AGAIN_AFTER, capacity: CAPACITY },
    async (environmentId) => (await store.load({ environmentId })).environment?.organizationId,
  );
  return {
    organizationOf: (environmentId) => recent.known(environmentId) ?? recent.get(environmentId),
    forget: (environmentId) => recent.forget(environmentId),
  };
}
