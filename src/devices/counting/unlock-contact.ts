import type { EnvironmentId } from '../../platform/model.js';
import type { Decided, Snapshot } from '../../storage/port.js';
import { clearDestination } from './counting.js';

/** What became of it: how many failures in a row the contact had, or that there is no such environment. */
export type ContactUnlocked =
  | { readonly kind: 'unlocked' | 'unchanged'; readonly failures: number }
  | { readonly kind: 'noEnvironment' };

/**
 * Ends the failures that a one-time contact has in a row, and with them its ceiling, which stands for every user until an
 * administrator ends it (SEC-13, SEC-14). What was sent to it, and what deleted devices have left, stay. The snapshot's destination
 * is the contact.
 */
export function unlockContact(
  { environment, destination, now }: Snapshot,
  environmentId: EnvironmentId,
): Decided<ContactUnlocked> {
  if (!environment || !destination) return { writes: [], outcome: { kind: 'noEnvironment' } };
  const { oneTimeFailures: failures } = destination;
  const cleared = clearDestination(destination);
  if (cleared === destination) return { writes: [], outcome: { kind: 'unchanged', failures } };
  const events = [{ type: 'CONTACT.UNLOCKED', environmentId, detail: { failures } }] as const;
  return {
    writes: [
      { kind: 'update', entity: 'destination', value: cleared },
      { kind: 'append', entity: 'audit', value: { environmentId, at: now, by: {}, events } },
    ],
    outcome: { kind: 'unlocked', failures },
  };
}
