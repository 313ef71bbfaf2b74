import { detailsOf } from '../devices/credential.js';
import { type Deployment, eligibleDevices } from '../devices/eligibility.js';
import { kindOf } from '../devices/kinds/index.js';
import type { DestinationUse, Device } from '../devices/model.js';
import type { Instant } from '../kernel/clock.js';
import type { User, UserFactors } from '../platform/model.js';
import type { Configuration, DeviceAuthenticationPolicy, MfaSettings } from '../policies/model.js';
import type { Snapshot } from '../storage/port.js';
import { isPastItsTime } from './expiry.js';
import type { DeviceAuthentication } from './model.js';

/** What a browser can do: all; all but an authenticator of its own; no WebAuthn (`10` §11.2). */
export type Compatibility = 'FULL' | 'SECURITY_KEY_ONLY' | 'NONE';

/** What a request says of the browser: which credentials it can use. */
export interface Browser {
  /** Absent: as `FULL`. */
  readonly compatibility?: Compatibility;
  /** Absent: of whatever relying party. */
  readonly rpId?: string;
}

/** Absent when the request says nothing of it. */
export function browserOf(rpId: string | undefined, compatibility: Compatibility | undefined): Browser | undefined {
  if (rpId === undefined && compatibility === undefined) return undefined;
  return { ...(compatibility ? { compatibility } : {}), ...(rpId === undefined ? {} : { rpId }) };
}

/** What holds for a user under a policy right now, with or without a flow. */
export interface Circumstances {
  readonly now: Instant;
  readonly configuration: Configuration;
  readonly policy: DeviceAuthenticationPolicy;
  readonly user: User;
  readonly factors: UserFactors;
  readonly devices: readonly Device[];
  readonly lockout: MfaSettings['lockout'];
  readonly deployment: Deployment;
  /** What the request says of the browser. */
  readonly browser?: Browser | undefined;
}

/** The same around an existing flow. */
export interface Situation extends Circumstances {
  readonly flow: DeviceAuthentication;
  /** Present for a one-time flow, and for one whose send a limit has counted. */
  readonly destination: DestinationUse | undefined;
  /** What the plan named beside the flow: contact and counter for limits on sending, hardware tokens. */
  readonly loaded: Pick<Snapshot, 'destination' | 'counters' | 'oathTokens' | 'recoveryCodes'>;
}

/** A flow and what governs it, whoever its user is. */
export interface FlowTerms extends Pick<Circumstances, 'now' | 'configuration' | 'policy' | 'deployment'> {
  readonly flow: DeviceAuthentication;
}

/**
 * `undefined` when the flow does not exist here or is past its time: to the caller the same (`10` §8, §17; SEC-42). A policy that
 * was deleted meanwhile is replaced by the content of the default (`10` §4.1).
 */
export function flowTerms(snapshot: Snapshot, deployment: Deployment): FlowTerms | undefined {
  const { deviceAuthentication: flow, configuration } = snapshot;
  if (!flow || !configuration) return undefined;
  // A fail-over to a slower clock must not make a flow older than itself (`design.md` §12).
  const now = Math.max(snapshot.now, flow.updatedAt);
  if (isPastItsTime(flow, now)) return undefined;
  const policy = configuration.policies.get(flow.policyId) ?? configuration.defaultPolicy;
  return { flow, now, configuration, policy, deployment };
}

/** The flow and what surrounds it; `undefined` also when its user does not exist here, or is not known yet. */
export function situate(snapshot: Snapshot, deployment: Deployment): Situation | undefined {
  const terms = flowTerms(snapshot, deployment);
  const { user, factors, devices, destination } = snapshot;
  if (!terms || !user || !factors) return undefined;
  const { flow, now, configuration, policy } = terms;
  const { lockout } = configuration.mfaSettings;
  const browser = browserOf(flow.assertion?.rpId, undefined);
  const loaded = snapshot;
  // Member by member: one hidden class, whatever the request (docs/performance.md).
  return {
    flow,
    now,
    configuration,
    policy,
    user,
    factors,
    devices,
    destination,
    loaded,
    lockout,
    deployment,
    browser,
  };
}

/** `eligibleDevices` under the circumstances, without those that the browser cannot use (`10` §4.2, §11.2). */
export function eligibleIn({ devices, factors, policy, deployment, now, browser }: Circumstances): {
  readonly eligible: readonly Device[];
  readonly locked: readonly Device[];
} {
  const found = eligibleDevices(devices, factors, policy, deployment, now);
  return browser ? { ...found, eligible: found.eligible.filter((device) => isUsableIn(browser, device)) } : found;
}

function isUsableIn({ compatibility = 'FULL', rpId }: Browser, device: Device): boolean {
  if (kindOf(device.type).challenge !== 'assertion') return true;
  const { rp, isCrossPlatform = false } = detailsOf(device);
  if (rpId !== undefined && rp.id !== rpId) return false;
  return compatibility === 'FULL' || (compatibility === 'SECURITY_KEY_ONLY' && isCrossPlatform);
}
