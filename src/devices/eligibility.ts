import type { Channel } from '../delivery/message.js';
import type { Instant } from '../kernel/clock.js';
import type { UserFactors } from '../platform/model.js';
import type { DeviceAuthenticationPolicy } from '../policies/model.js';
import type { Snapshot } from '../storage/port.js';
import { isAtCeiling } from './counting/counting.js';
import { KINDS } from './kinds/index.js';
import type { DeviceKind } from './kinds/kind.js';
import { type Device, PENDING_DEVICE_LIFE } from './model.js';
import type { OathToken } from './oath/token.js';
import type { RelyingPartyTerms } from './relying-party.js';
import type { SendLimits } from './sending/send-window.js';

/** What the operator's configuration allows; a fact of decisions. */
export interface Deployment {
  /** Channels that have a gateway (`10` §13A). */
  readonly channels: ReadonlySet<Channel>;
  /** Whether test mode is allowed in an environment (`10` §4.4). */
  readonly allowsTestMode: (environmentId: string) => boolean;
  /** What may be sent to a contact (SEC-36, SEC-38); absent = no limit. Codes of test mode are never sent and never count. */
  readonly sendLimits?: SendLimits;
  /** Time steps of a passcode accepted on each side, whatever a policy says; absent: what the policy says (SEC-22). */
  readonly widestPasscodeWindow?: number;
  /** Failures of a user in 30 days that raise an event (SEC-19); absent = none does. */
  readonly failureAlarm?: number;
  /** As what FIDO2 devices know this server; absent: as `localhost`, with no metadata. */
  readonly relyingParty?: RelyingPartyTerms;
}

/** The member of a passcode's context that the operator's configuration decides. */
export function widestWindowOf({ widestPasscodeWindow }: Deployment): { readonly widestWindow?: number } {
  return widestPasscodeWindow === undefined ? {} : { widestWindow: widestPasscodeWindow };
}

/** The hardware tokens of a snapshot, as contexts take them. */
export function tokensIn({ oathTokens }: Pick<Snapshot, 'oathTokens'>): { readonly tokens?: readonly OathToken[] } {
  return oathTokens ? { tokens: oathTokens } : {};
}

/** A pending device older than a day is as good as deleted, whether or not the sweeper has been by (`20` §3.1). */
export function isLapsed(device: Device, now: Instant): boolean {
  return device.status === 'ACTIVATION_REQUIRED' && now >= device.createdAt + PENDING_DEVICE_LIFE;
}

/** A device's lock as it stands: without `expiresAt` when the ceiling of its type made it, which has no end (SEC-13). */
export interface StandingLock {
  readonly reason: 'OTP';
  readonly expiresAt?: Instant;
}

/** The lock that keeps a device from use now, if any; one whose end has passed is gone (`20` §3). */
export function lockOf(device: Device, factors: UserFactors, now: Instant): StandingLock | undefined {
  if (isAtCeiling(factors, device.type)) return { reason: 'OTP' };
  return device.lock && now < device.lock.expiresAt ? device.lock : undefined;
}

/** Locked now: by a run of failures, or without end by the ceiling of its type (SEC-13). */
export function isDeviceLocked(device: Device, factors: UserFactors, now: Instant): boolean {
  return lockOf(device, factors, now) !== undefined;
}

/** Why a device cannot be used now; the first reason that holds. */
export type Unusable = 'NOT_ACTIVE' | 'METHOD_DISABLED' | 'BLOCKED' | 'LOCKED';

export function unusable(
  device: Device,
  factors: UserFactors,
  policy: DeviceAuthenticationPolicy,
  deployment: Deployment,
  now: Instant,
): Unusable | undefined {
  const kind = KINDS[device.type];
  if (device.status !== 'ACTIVE') return 'NOT_ACTIVE';
  if (!policy.methods[kind.method].enabled || !isDeliverable(device, deployment)) return 'METHOD_DISABLED';
  if (device.blockedAt !== undefined) return 'BLOCKED';
  if (isDeviceLocked(device, factors, now)) return 'LOCKED';
  return undefined;
}

/** A test device needs an environment that allows test mode; any other a channel with a gateway, if its kind is sent anything. */
export function isDeliverable(
  device: Pick<Device, 'type' | 'testMode' | 'environmentId'>,
  deployment: Deployment,
): boolean {
  if (device.testMode) return deployment.allowsTestMode(device.environmentId);
  const { channel }: DeviceKind = KINDS[device.type];
  return channel === undefined || deployment.channels.has(channel);
}

/** Active devices in the user's order, the default first; those outside the order follow by activation time (`10` §4.2). */
export function inDeviceOrder(devices: readonly Device[], order: readonly string[] | null): readonly Device[] {
  const rank = new Map((order ?? []).map((id, index) => [id, index]));
  const position = (device: Device): number => rank.get(device.id) ?? Number.MAX_SAFE_INTEGER;
  return devices
    .filter((device) => device.status === 'ACTIVE')
    .sort((a, b) => position(a) - position(b) || (a.activatedAt ?? a.createdAt) - (b.activatedAt ?? b.createdAt));
}

/** The devices that a flow may offer, in order, and those that only a lock keeps from it (`10` §4.2). */
export function eligibleDevices(
  devices: readonly Device[],
  factors: UserFactors,
  policy: DeviceAuthenticationPolicy,
  deployment: Deployment,
  now: Instant,
): { readonly eligible: readonly Device[]; readonly locked: readonly Device[] } {
  const eligible: Device[] = [];
  const locked: Device[] = [];
  for (const device of inDeviceOrder(devices, factors.deviceOrder)) {
    const reason = unusable(device, factors, policy, deployment, now);
    if (reason === undefined) eligible.push(device);
    else if (reason === 'LOCKED') locked.push(device);
  }
  return { eligible, locked };
}
