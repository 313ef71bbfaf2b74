import type { Device } from '../../devices/model.js';
import type { Instant } from '../../kernel/clock.js';
import type { User, UserFactors } from '../../platform/model.js';
import type { Snapshot } from '../port.js';
import type { Configured } from './configurations.js';

/** A user with what hangs on the version of the user's factors. */
export interface Person {
  readonly user: User;
  readonly factors: UserFactors;
  /** By creation, oldest first. */
  readonly devices: readonly Device[];
}

/** What a plan named beside its environment, as far as it is there. */
export interface Parts
  extends Pick<
    Snapshot,
    | 'deviceAuthentication'
    | 'destination'
    | 'counters'
    | 'usernameHolder'
    | 'credentialHolder'
    | 'documents'
    | 'directory'
  > {
  readonly person?: Person;
}

const NOBODY: readonly Device[] = [];

/** A snapshot of its parts. A clock that is behind what was stored (fail-over to a slower server) does not take time back (SEC-20). */
export function assembled(now: Instant, { environment, configuration }: Configured, parts: Parts): Snapshot {
  const { deviceAuthentication, destination, counters, person, usernameHolder, documents, directory } = parts;
  let latest = Math.max(now, environment.updatedAt);
  if (deviceAuthentication) latest = Math.max(latest, deviceAuthentication.updatedAt);
  if (person) {
    latest = Math.max(latest, person.user.updatedAt);
    for (const { updatedAt } of person.devices) latest = Math.max(latest, updatedAt);
  }
  const snapshot: { -readonly [K in keyof Snapshot]: Snapshot[K] } = {
    now: latest,
    environment,
    configuration,
    devices: person?.devices ?? NOBODY,
    documents,
  };
  if (person) {
    snapshot.user = person.user;
    snapshot.factors = person.factors;
  }
  if (deviceAuthentication) snapshot.deviceAuthentication = deviceAuthentication;
  if (destination) snapshot.destination = destination;
  if (counters) snapshot.counters = counters;
  if (usernameHolder !== undefined) snapshot.usernameHolder = usernameHolder;
  if (directory) snapshot.directory = directory;
  if (parts.credentialHolder) snapshot.credentialHolder = parts.credentialHolder;
  return snapshot;
}
