import type { Digests } from '../../kernel/keys.js';
import type { EnvironmentId } from '../../platform/model.js';
import type { Snapshot } from '../../storage/port.js';
import { type DeviceDecision, grant, putDevice, refuse } from '../answer.js';
import type { Deployment } from '../eligibility.js';
import { KINDS } from '../kinds/index.js';
import type { DeviceKind } from '../kinds/kind.js';
import type { PairingContext, PairingDraws } from '../kinds/pairing.js';
import { type ManagedDevice, managed } from '../managed.js';
import type { DeviceId } from '../model.js';
import { beginPairing, unbegun } from '../pairing/begin.js';
import { governingPolicy, pendingRefusal } from '../pairing/pending.js';
import { findDevice, pairingContext } from '../subject.js';

export interface ResendCommand {
  readonly environmentId: EnvironmentId;
  readonly deviceId: DeviceId;
}

export interface ResendFacts extends PairingDraws {
  readonly digests: Digests;
  /** Opens what a device keeps sealed. */
  readonly open: PairingContext['open'];
  readonly deployment: Deployment;
}

/**
 * A new pairing code in place of the old one, with the notification settings of the first. The count of failures stays as it is:
 * asking for another code gives no attempt back (`20` §6.4, SEC-12).
 */
export function resendPairingCode(
  snapshot: Snapshot,
  { environmentId, deviceId }: ResendCommand,
  facts: ResendFacts,
): DeviceDecision<ManagedDevice> {
  const found = findDevice(snapshot, environmentId, deviceId);
  if (!found.ok) return refuse(found.rejection);
  const subject = found.value;
  const { device, factors, now } = subject;
  const { pairing }: DeviceKind = KINDS[device.type];
  if (!pairing.sends) return refuse({ kind: 'NothingToSend' });
  const policy = governingPolicy(subject);
  const refusal = pendingRefusal(subject, policy, facts.deployment);
  if (refusal) return refuse(refusal);

  const terms = device.activation ?? { policyId: policy.id };
  const begun = beginPairing(device, terms, pairingContext(subject, policy, facts), facts, {
    ...snapshot,
    deployment: facts.deployment,
  });
  if (!begun.ok) return unbegun(begun.rejection);
  const { device: pending, writes, destination, events, once } = begun.value;
  const counted = destination ? [{ kind: 'update', entity: 'destination', value: destination } as const] : [];
  return grant(managed(pending, factors, now, once), [...putDevice(factors, pending), ...writes, ...counted], events);
}
