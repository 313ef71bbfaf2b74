import { type Deployment, eligibleDevices } from '../devices/eligibility.js';
import type { DestinationUse, Device } from '../devices/model.js';
import type { Instant } from '../kernel/clock.js';
import type { User, UserFactors } from '../platform/model.js';
import type { DeviceAuthenticationPolicy, MfaSettings } from '../policies/model.js';
import type { Snapshot } from '../storage/port.js';
import { isPastItsTime } from './expiry.js';
import type { DeviceAuthentication } from './model.js';

/** What holds for a user under a policy right now, with or without a flow. */
export interface Circumstances {
  readonly now: Instant;
  readonly policy: DeviceAuthenticationPolicy;
  readonly user: User;
  readonly factors: UserFactors;
  readonly devices: readonly Device[];
  readonly lockout: MfaSettings['lockout'];
  readonly deployment: Deployment;
}

/** The same around an existing flow. */
export interface Situation extends Circumstances {
  readonly flow: DeviceAuthentication;
  /** Present for a one-time flow, and for one whose send a limit has counted. */
  readonly destination: DestinationUse | undefined;
  /** What limits on sending read: the contact and the counter that the plan named. */
  readonly loaded: Pick<Snapshot, 'destination' | 'counter'>;
}

/**
 * The flow and what surrounds it; `undefined` when flow or user do not exist here or the flow is past its time: to the caller
 * the same (`10` §8, §17; SEC-42). A policy that was deleted meanwhile is replaced by the content of the default (`10` §4.1).
 */
export function situate(snapshot: Snapshot, deployment: Deployment): Situation | undefined {
  const { deviceAuthentication: flow, configuration, user, factors, devices, destination } = snapshot;
  if (!flow || !configuration || !user || !factors) return undefined;
  // A fail-over to a slower clock must not make a flow older than itself (`design.md` §12).
  const now = Math.max(snapshot.now, flow.updatedAt);
  if (isPastItsTime(flow, now)) return undefined;
  const policy = configuration.policies.get(flow.policyId) ?? configuration.defaultPolicy;
  const { lockout } = configuration.mfaSettings;
  return { flow, now, policy, user, factors, devices, destination, loaded: snapshot, lockout, deployment };
}

/** `eligibleDevices` under the circumstances (`10` §4.2). */
export function eligibleIn({ devices, factors, policy, deployment, now }: Circumstances): {
  readonly eligible: readonly Device[];
  readonly locked: readonly Device[];
} {
  return eligibleDevices(devices, factors, policy, deployment, now);
}
