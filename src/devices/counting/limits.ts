import type { DeviceAuthenticationPolicy } from '../../policies/model.js';
import { type Deployment, isDeliverable } from '../eligibility.js';
import { KINDS } from '../kinds/index.js';
import { type Device, type DeviceStatus, MAX_PENDING_DEVICES } from '../model.js';
import type { Closed, DeviceRejection } from '../rejection.js';
import type { Subject } from '../subject.js';

/**
 * Why a device cannot be paired under the policy now. Asked at creation, and again at every later step of the pairing: what was
 * switched off in between stays off (`20` §6.2, SEC-16). An administrator is no exception (`20` §6.2).
 */
export function pairingClosed(
  device: Pick<Device, 'type' | 'testMode' | 'environmentId'>,
  policy: DeviceAuthenticationPolicy,
  deployment: Deployment,
): Closed | undefined {
  const { enabled, pairingDisabled } = policy.methods[KINDS[device.type].method];
  if (!enabled) return 'METHOD_DISABLED';
  if (pairingDisabled) return 'PAIRING_DISABLED';
  return isDeliverable(device, deployment) ? undefined : 'NOT_DELIVERABLE';
}

/**
 * Whether one more device is too many. Paired devices, blocked ones included, count against the setting, whatever the new one is
 * to be; those that wait for activation have a limit of their own (`20` §3.1).
 */
export function tooMany({ devices, configuration }: Subject, adding: DeviceStatus): DeviceRejection | undefined {
  const { maxAllowedDevices } = configuration.mfaSettings;
  const count = (status: DeviceStatus): number => devices.filter((device) => device.status === status).length;
  if (count('ACTIVE') >= maxAllowedDevices)
    return { kind: 'TooManyDevices', of: 'ACTIVE', maximumAllowed: maxAllowedDevices };
  if (adding === 'ACTIVATION_REQUIRED' && count('ACTIVATION_REQUIRED') >= MAX_PENDING_DEVICES)
    return { kind: 'TooManyDevices', of: 'ACTIVATION_REQUIRED', maximumAllowed: MAX_PENDING_DEVICES };
  return undefined;
}
