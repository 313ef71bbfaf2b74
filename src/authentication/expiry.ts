import type { Instant, Millis } from '../kernel/clock.js';
import { minutes } from '../kernel/duration.js';
import { unreachable } from '../kernel/outcome.js';
import type { CompleteFlow, DeviceAuthentication, DeviceAuthenticationState } from './model.js';

/** `10` §17: an open flow lives `max(30 min, code lifetime) + 5 min` after its last state change, a terminal one 60 min. */
const OPEN_LIFE: Millis = minutes(30);
const OPEN_GRACE: Millis = minutes(5);
const TERMINAL_LIFE: Millis = minutes(60);

function expiryOf(state: DeviceAuthenticationState, now: Instant): Instant {
  switch (state.status) {
    case 'DEVICE_SELECTION_REQUIRED':
      return now + OPEN_LIFE + OPEN_GRACE;
    case 'OTP_REQUIRED':
      return (state.challenge ? now + OPEN_LIFE : Math.max(now + OPEN_LIFE, state.code.expiresAt)) + OPEN_GRACE;
    case 'ASSERTION_REQUIRED':
      return now + OPEN_LIFE + OPEN_GRACE;
    case 'COMPLETED':
    case 'FAILED':
      return now + TERMINAL_LIFE;
    default:
      return unreachable(state);
  }
}

/** Past its time: treated as missing (`10` §17). */
export function isPastItsTime(flow: DeviceAuthentication, now: Instant): boolean {
  return now >= flow.expiresAt;
}

/**
 * The flow after a state change: another status, or a newly issued code. Nothing else moves `updatedAt` or prolongs a flow
 * (`10` §2, §17).
 */
export function moved(
  flow: Omit<DeviceAuthentication, 'state' | 'updatedAt' | 'expiresAt'>,
  state: DeviceAuthenticationState,
  now: Instant,
): DeviceAuthentication {
  const { id, environmentId, version, userId, policyId, notification, applicationId } = flow;
  const { assertion, isDiscovered, sends, createdAt } = flow;
  // Complete: a member that is forgotten here does not compile.
  const next: CompleteFlow = {
    id,
    environmentId,
    version,
    userId,
    policyId,
    state,
    notification,
    applicationId,
    assertion,
    isDiscovered,
    sends,
    createdAt,
    updatedAt: now,
    expiresAt: expiryOf(state, now),
  };
  return next;
}
