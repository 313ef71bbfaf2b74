import type { Deployment } from '../devices/eligibility.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import type { Snapshot } from '../storage/port.js';
import { type Answer, answerOf, answerWithoutUser } from './answer.js';
import { isWithoutUser } from './discovery.js';
import type { AuthenticationRejection } from './rejection.js';
import { currentState } from './settle.js';
import { flowTerms, situate } from './situation.js';

/** The flow as it stands now; stores nothing, so `updatedAt` stays (`10` §7.1, §8). */
export function readDeviceAuthentication(
  snapshot: Snapshot,
  deployment: Deployment,
): Outcome<Answer, AuthenticationRejection> {
  const terms = flowTerms(snapshot, deployment);
  // Begun without a user: nobody's devices are told, not even once the assertion has said whose it was.
  if (terms && isWithoutUser(terms.flow)) return accept(answerWithoutUser(terms.flow));
  const situation = situate(snapshot, deployment);
  if (!situation) return reject({ kind: 'NotFound' });
  return accept(answerOf({ ...situation.flow, state: currentState(situation) }, situation));
}
