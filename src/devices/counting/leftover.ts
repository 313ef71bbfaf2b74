import type { Instant } from '../../kernel/clock.js';
import type { UserId } from '../../platform/model.js';
import type { DestinationUse, Device, DeviceType, FailureRun, Leftover } from '../model.js';

/**
 * What a device leaves for whoever re-creates it: its run of failures and a lock that still runs (`10` §9.3, SEC-12).
 * `undefined`: nothing.
 */
export function leftoverOf({ failures, lock }: Leftover, now: Instant): Leftover | undefined {
  const running = lock && now < lock.expiresAt ? lock : undefined;
  if (!failures && !running) return undefined;
  return { ...(failures ? { failures } : {}), ...(running ? { lock: running } : {}) };
}

/** Whether somebody who pairs the device's contact again would take something over from it. */
export function leavesBehind(device: Device, now: Instant): boolean {
  return device.lookupKey !== undefined && leftoverOf(device, now) !== undefined;
}

/** The worse of both, member by member: two devices that leave to one heir give no attempt back. */
export function combined(leftovers: readonly (Leftover | undefined)[]): Leftover | undefined {
  return leftovers.reduce((left, right) => {
    if (!left || !right) return left ?? right;
    const failures = worse(left.failures, right.failures);
    const lock = (left.lock?.expiresAt ?? 0) > (right.lock?.expiresAt ?? 0) ? left.lock : right.lock;
    return { ...(failures ? { failures } : {}), ...(lock ? { lock } : {}) };
  }, undefined);
}

/** As many failures as the longer run and as few attempts left as the shorter, whatever the policy makes of its limit later. */
function worse(a: FailureRun | undefined, b: FailureRun | undefined): FailureRun | undefined {
  if (!a || !b) return a ?? b;
  const count = Math.max(a.count, b.count);
  return { count, limit: count + Math.min(a.limit - a.count, b.limit - b.count) };
}

/** The contact's row with what the deleted device leaves; `undefined` when it leaves nothing, so that no row is written. */
export function leftBehind(use: DestinationUse, device: Device, now: Instant): DestinationUse | undefined {
  const left = leftoverOf(device, now);
  if (!left) return undefined;
  const key = keyOf(device.userId, device.type);
  const all = combined([leftoverIn(use, key, now), left]) ?? left;
  return { ...use, leftovers: { ...standing(use, now), [key]: all } };
}

/** What the heir takes over, and the contact's row without it, if it was there. */
export function inheritance(
  use: DestinationUse,
  userId: UserId,
  type: DeviceType,
  now: Instant,
): { readonly leftover?: Leftover; readonly use?: DestinationUse } {
  const key = keyOf(userId, type);
  const leftover = leftoverIn(use, key, now);
  if (!Object.hasOwn(use.leftovers, key)) return {};
  const { [key]: _, ...others } = standing(use, now);
  return { ...(leftover ? { leftover } : {}), use: { ...use, leftovers: others } };
}

/** By user and type, not by extension: who adds a pause to an extension takes over all the same. */
function keyOf(userId: UserId, type: DeviceType): string {
  return `${userId}:${type}`;
}

function leftoverIn({ leftovers }: DestinationUse, key: string, now: Instant): Leftover | undefined {
  const found = Object.hasOwn(leftovers, key) ? leftovers[key] : undefined;
  return found && leftoverOf(found, now);
}

/** Without locks that have ended in the meantime: a contact of many users keeps its row small. */
function standing({ leftovers }: DestinationUse, now: Instant): Readonly<Record<string, Leftover>> {
  const kept = Object.entries(leftovers).flatMap(([key, leftover]) => {
    const current = leftoverOf(leftover, now);
    return current ? [[key, current] as const] : [];
  });
  return Object.fromEntries(kept);
}
