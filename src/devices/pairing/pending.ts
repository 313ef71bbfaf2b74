import { isAccountLocked } from '../../platform/users/account.js';
import type { DeviceAuthenticationPolicy } from '../../policies/model.js';
import { pairingClosed } from '../counting/limits.js';
import type { Deployment } from '../eligibility.js';
import type { DeviceRejection } from '../rejection.js';
import type { DeviceSubject } from '../subject.js';

/** The policy that was named at creation, as it reads now; the default's content once it has been deleted (`10` §4.1). */
export function governingPolicy({ device, configuration }: DeviceSubject): DeviceAuthenticationPolicy {
  const { policyId } = device.activation ?? {};
  return (policyId && configuration.policies.get(policyId)) || configuration.defaultPolicy;
}

/**
 * What keeps a pending device from its next step, asked at every one of them: a lock or a switch that was turned since the pairing
 * was begun holds (SEC-16; answers as in `10` §9.8). Nothing is compared or counted (SEC-15).
 */
export function pendingRefusal(
  { device, user, factors, now }: DeviceSubject,
  policy: DeviceAuthenticationPolicy,
  deployment: Deployment,
): DeviceRejection | undefined {
  if (device.status === 'ACTIVE') return { kind: 'AlreadyActive' };
  if (!user.enabled || (isAccountLocked(factors, now) && !policy.ignoreUserLock)) return { kind: 'AccountNotUsable' };
  if (device.blockedAt !== undefined) return { kind: 'DeviceBlocked' };
  const reason = pairingClosed(device, policy, deployment);
  return reason && { kind: 'PairingClosed', reason, at: 'activation' };
}
