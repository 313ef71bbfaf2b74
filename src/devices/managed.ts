import type { Instant } from '../kernel/clock.js';
import type { JsonObject } from '../kernel/json.js';
import type { Protected } from '../kernel/sealed.js';
import type { UserFactors } from '../platform/model.js';
import { lockOf, type StandingLock } from './eligibility.js';
import { KINDS } from './kinds/index.js';
import type { DeviceKind } from './kinds/kind.js';
import type { Device } from './model.js';

/** A device as management sees it (`20` §2). */
export interface ManagedDevice {
  readonly device: Device;
  readonly lock?: StandingLock;
  /** Members of this one answer, never shown again (`20` §2.5). */
  readonly once: JsonObject;
}

/** With what was sealed: management shows the contact in full (`20` §2.5). */
export interface OpenedDevice extends ManagedDevice {
  /** Type-specific members. */
  readonly members: JsonObject;
  readonly displayName: string;
}

const NOTHING: JsonObject = {};

export function managed(device: Device, factors: UserFactors, now: Instant, once: JsonObject = NOTHING): ManagedDevice {
  const lock = lockOf(device, factors, now);
  return { device, ...(lock ? { lock } : {}), once };
}

export function opened(view: ManagedDevice, open: (value: Protected) => string): OpenedDevice {
  const { secret, type } = view.device;
  const kind: DeviceKind = KINDS[type];
  const members = kind.managedMembers(view.device, () => (secret ? open(secret) : ''));
  return { ...view, members, displayName: kind.displayName };
}
