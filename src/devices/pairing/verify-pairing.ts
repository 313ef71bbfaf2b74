import type { Snapshot } from '../../storage/port.js';
import { DEVICE_TYPES, kindOf } from '../kinds/index.js';
import type { Members } from '../kinds/kind.js';
import type { VerifiedProof } from '../kinds/pairing.js';
import { findDevice, pairingContext } from '../subject.js';
import type { ActivateCommand, ActivateFacts } from './activate.js';
import { governingPolicy } from './pending.js';

/** Whether a proof has the members of one that a kind verifies before the unit; any other needs no look at the device first. */
export function isVerifiedBeforehand(proof: Members): boolean {
  return DEVICE_TYPES.some((type) => {
    const { pairing } = kindOf(type);
    return pairing.verify !== undefined && Object.keys(pairing.proof).every((name) => proof[name] !== undefined);
  });
}

/** What the device's kind finds out about the proof; nothing where there is no such device, or its kind has nothing to verify. */
export function verifyPairing(
  snapshot: Snapshot,
  { environmentId, deviceId, proof }: ActivateCommand,
  facts: ActivateFacts,
): VerifiedProof | undefined {
  const found = findDevice(snapshot, environmentId, deviceId);
  if (!found.ok) return undefined;
  const { device } = found.value;
  return kindOf(device.type).pairing.verify?.(
    device,
    proof,
    pairingContext(found.value, governingPolicy(found.value), facts),
  );
}
