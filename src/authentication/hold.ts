import type { Decision } from '../storage/port.js';
import { refuse, type Verdict } from './answer.js';
import { eventOf } from './events.js';
import { moved } from './expiry.js';
import type { ChallengeState } from './model.js';
import type { AuthenticationRejection } from './rejection.js';
import { stateUnder } from './settle.js';
import type { Situation } from './situation.js';

/** What is selected cannot be used: the challenge dies with this check, and perhaps the flow (`10` §9.8). Nothing is compared. */
export function hold(
  state: ChallengeState,
  situation: Situation,
  rejection: AuthenticationRejection,
): Decision<Verdict> {
  const next = stateUnder(rejection, state, situation);
  if (next === state) return refuse(rejection);
  const flow =
    next.status === 'FAILED' ? moved(situation.flow, next, situation.now) : { ...situation.flow, state: next };
  return refuse(
    rejection,
    [{ kind: 'update', entity: 'deviceAuthentication', value: flow }],
    next.status === 'FAILED' ? [eventOf(flow, 'AUTHENTICATION.UPDATED', { status: next.status })] : [],
  );
}
