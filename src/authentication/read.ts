import type { Deployment } from '../devices/eligibility.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import type { Snapshot } from '../storage/port.js';
import { type Answer, answerOf } from './answer.js';
import type { AuthenticationRejection } from './rejection.js';
import { currentState } from './settle.js';
import { situate } from './situation.js';

/** The flow as it stands now; stores nothing, so `updatedAt` stays (`10` §7.1, §8). */
export function readDeviceAuthentication(
  snapshot: Snapshot,
  deployment: Deployment,
): Outcome<Answer, AuthenticationRejection> {
  const situation = situate(snapshot, deployment);
  if (!situation) return reject({ kind: 'NotFound' });
  return accept(answerOf({ ...situation.flow, state: currentState(situation) }, situation));
}
