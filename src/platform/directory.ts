import type { Clock } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { Reader } from '../storage/port.js';
import type { ApplicationId, EnvironmentId } from './model.js';
import { LOOK_UP_AGAIN_AFTER, Recent } from './recent.js';

/**
 * Which organization an environment belongs to, and which environment an application, as authorization and tokens need to know it;
 * at most 2 s old.
 */
export interface Directory {
  /** `undefined`: no such environment. A promise only where it has to be looked up. */
  organizationOf(environmentId: EnvironmentId): Uuid | undefined | Promise<Uuid | undefined>;
  /** The environment that an application is in; `undefined`: there is no such application. */
  environmentOf(applicationId: ApplicationId): EnvironmentId | undefined | Promise<EnvironmentId | undefined>;
  /** What is remembered of it is out of date; other processes follow within 2 s. */
  forget(environmentId: EnvironmentId): void;
}

const CAPACITY = 1_000;

export function createDirectory(store: Pick<Reader, 'load' | 'findDocument'>, clock: Clock): Directory {
  const recent = new Recent<EnvironmentId, Uuid | undefined>(
    { clock, maxAge: LOOK_UP_AGAIN_AFTER, capacity: CAPACITY },
    async (environmentId) => (await store.load({ environmentId })).environment?.organizationId,
  );
  const applications = new Recent<ApplicationId, EnvironmentId | undefined>(
    { clock, maxAge: LOOK_UP_AGAIN_AFTER, capacity: CAPACITY },
    async (applicationId) => (await store.findDocument('application', applicationId))?.environmentId,
  );
  return {
    organizationOf: (environmentId) => recent.known(environmentId) ?? recent.get(environmentId),
    environmentOf: (applicationId) => applications.get(applicationId),
    forget: (environmentId) => recent.forget(environmentId),
  };
}
