import type { Instant } from '../kernel/clock.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import type { EnvironmentId, User, UserFactors } from '../platform/model.js';
import type { Configuration, DeviceAuthenticationPolicy } from '../policies/model.js';
import type { Snapshot } from '../storage/port.js';
import { type Deployment, isLapsed, widestWindowOf } from './eligibility.js';
import type { PairingContext } from './kinds/pairing.js';
import type { Device, DeviceId } from './model.js';
import type { DeviceRejection } from './rejection.js';

/** A user with devices, as the path of a request names them. */
export interface Subject {
  readonly now: Instant;
  readonly user: User;
  readonly factors: UserFactors;
  readonly configuration: Configuration;
  /** By creation, oldest first; without those that have lapsed. */
  readonly devices: readonly Device[];
  /** Pending for longer than their life: to every caller as good as deleted (`20` §3.1). */
  readonly lapsed: readonly Device[];
}

/** The same around one of the devices. */
export interface DeviceSubject extends Subject {
  readonly device: Device;
}

/** Objects of the path from left to right (`00` §2.6). Those of another environment or user do not exist (SEC-42, SEC-43). */
export function findUser(snapshot: Snapshot, environmentId: EnvironmentId): Outcome<Subject, DeviceRejection> {
  const { now, environment, configuration, user, factors } = snapshot;
  if (!environment || !configuration) return reject({ kind: 'EnvironmentNotFound', environmentId });
  if (!user || !factors) return reject({ kind: 'UserNotFound' });
  const devices = snapshot.devices.filter((device) => !isLapsed(device, now));
  const lapsed = snapshot.devices.filter((device) => isLapsed(device, now));
  return accept({ now, user, factors, configuration, devices, lapsed });
}

export function findDevice(
  snapshot: Snapshot,
  environmentId: EnvironmentId,
  deviceId: DeviceId,
): Outcome<DeviceSubject, DeviceRejection> {
  const found = findUser(snapshot, environmentId);
  if (!found.ok) return found;
  const device = found.value.devices.find(({ id }) => id === deviceId);
  if (!device) return reject({ kind: 'DeviceNotFound' });
  // A fail-over to a slower clock must not make a device younger than its last change (`design.md` §12).
  return accept({ ...found.value, now: Math.max(found.value.now, device.updatedAt), device });
}

/** What pairing decisions of this user's rest on. */
export function pairingContext(
  { now, user, factors, devices, configuration }: Subject,
  policy: DeviceAuthenticationPolicy,
  { digests, open, deployment }: Pick<PairingContext, 'digests' | 'open'> & { readonly deployment: Deployment },
): PairingContext {
  return {
    now,
    user,
    factors,
    devices,
    configuration,
    policy,
    deployment,
    digests,
    open,
    ...widestWindowOf(deployment),
  };
}
