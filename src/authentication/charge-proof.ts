import { chargeDestination, chargeDevice, chargeRun, chargeUser, isAtCeiling } from '../devices/counting/counting.js';
import { raisesAlarm } from '../devices/counting/recent-failures.js';
import { KINDS } from '../devices/kinds/index.js';
import type { BusinessEvent } from '../events.js';
import type { UserFactors } from '../platform/model.js';
import { isAccountLocked } from '../platform/users/account.js';
import type { Decision, Write } from '../storage/port.js';
import { refuse, type Verdict } from './answer.js';
import { type AuthenticationEvent, eventOf } from './events.js';
import { moved } from './expiry.js';
import { failed, flowError } from './failure.js';
import type { ChallengeState, DeviceAuthentication } from './model.js';
import type { AuthenticationRejection } from './rejection.js';
import type { Subject } from './settle.js';
import type { Situation } from './situation.js';

/** How the proofs of one challenge are spoken of when they are wrong (`10` §15.2, §15.3, §16). */
export interface ProofWords {
  /** Wrong, and more may follow. */
  readonly wrong: AuthenticationEvent;
  /** Wrong, and the last. */
  readonly last: AuthenticationEvent;
  /** `error.code` of the flow that the last one ends. */
  readonly limit: 'OTP_ATTEMPTS_LIMIT' | 'ASSERTION_ATTEMPTS_LIMIT';
  readonly refusal: (attemptsRemaining: number) => AuthenticationRejection;
}

/** What one wrong proof does to the book it is counted in. */
interface Charge {
  readonly attemptsRemaining: number;
  readonly exhausted: boolean;
  /** The flow's state if nothing ends the flow. */
  readonly state: ChallengeState;
  /** The rows that hold the count, beside the flow and the factors. */
  readonly writes: readonly Write[];
  readonly locksDevice: boolean;
}

/**
 * A wrong proof: counted against the device or the one-time flow and its contact, and against the user. The last one ends the flow,
 * as does the account lock that it brings about, unless the policy ignores locks; the answer is the ordinary one in every case
 * (`10` §9.3, §9.4; SEC-11 to SEC-14). `rests`: what the verdict rests on beside these, expected.
 */
export function chargeProof(
  state: ChallengeState,
  situation: Situation,
  subject: Exclude<Subject, { kind: 'none' }>,
  words: ProofWords,
  detail: BusinessEvent['detail'] = {},
  rests: readonly Write[] = [],
): Decision<Verdict> {
  const { factors, policy, deployment, now } = situation;
  const { selected } = state;
  const charge =
    subject.kind === 'device' ? chargePaired(state, subject, situation) : chargeOneTime(state, subject, situation);
  const charged = chargeUser(factors, selected.type, situation.lockout, now);
  const locksAccount = isAccountLocked(charged, now) && !isAccountLocked(factors, now);

  const flow = flowAfter(charge, situation, locksAccount && !policy.ignoreUserLock, words.limit);
  return refuse(
    words.refusal(charge.attemptsRemaining),
    [
      { kind: 'update', entity: 'deviceAuthentication', value: flow },
      { kind: 'update', entity: 'factors', value: charged },
      ...charge.writes,
      ...rests,
    ],
    [
      ...eventsAfter(flow, charge, words, detail, locksAccount, reachesCeiling(factors, charged, selected.type)),
      ...(raisesAlarm(factors, charged, deployment.failureAlarm, now) ? [eventOf(flow, 'USER.FAILURES_EXCEEDED')] : []),
    ],
  );
}

/** The device's own counter spans flows; at its end every live code of the device is dead (`10` §9.3, §9.4; SEC-12, SEC-16). */
function chargePaired(
  state: ChallengeState,
  { device }: Extract<Subject, { kind: 'device' }>,
  { policy, now }: Situation,
): Charge {
  const charged = chargeDevice(device, policy.methods[KINDS[device.type].method], now);
  return {
    attemptsRemaining: charged.attemptsRemaining,
    exhausted: charged.exhausted,
    state,
    writes: [{ kind: 'put', entity: 'device', value: charged.device }],
    locksDevice: charged.device.lock !== undefined,
  };
}

/** A one-time contact has no device to lock: the flow alone ends, and only the ceilings remember (`10` §4.3, §9.4; SEC-14). */
function chargeOneTime(
  state: ChallengeState,
  { destination }: Extract<Subject, { kind: 'oneTime' }>,
  { policy }: Situation,
): Charge {
  const terms = policy.methods[KINDS[state.selected.type].method];
  const { next, attemptsRemaining } = chargeRun(state.failures, terms);
  return {
    attemptsRemaining,
    exhausted: next === undefined,
    state: next ? { ...state, failures: next } : state,
    writes: [{ kind: 'update', entity: 'destination', value: chargeDestination(destination) }],
    locksDevice: false,
  };
}

function flowAfter(
  charge: Charge,
  { flow, now }: Situation,
  endedByLock: boolean,
  limit: ProofWords['limit'],
): DeviceAuthentication {
  if (endedByLock) return moved(flow, failed(flowError('ACCOUNT_LOCKED_OUT'), charge.state.selected), now);
  if (charge.exhausted) return moved(flow, failed(flowError(limit), charge.state.selected), now);
  return { ...flow, state: charge.state };
}

function reachesCeiling(before: UserFactors, after: UserFactors, type: Parameters<typeof isAtCeiling>[1]): boolean {
  return isAtCeiling(after, type) && !isAtCeiling(before, type);
}

function eventsAfter(
  flow: DeviceAuthentication,
  charge: Charge,
  words: ProofWords,
  extra: BusinessEvent['detail'],
  locksAccount: boolean,
  atCeiling: boolean,
): readonly BusinessEvent[] {
  const detail = { attemptsRemaining: charge.attemptsRemaining, ...extra };
  const ended = flow.state.status === 'FAILED';
  return [
    eventOf(flow, charge.exhausted ? words.last : words.wrong, detail),
    ...(charge.locksDevice || atCeiling ? [eventOf(flow, 'DEVICE.LOCKED', { ceiling: atCeiling })] : []),
    ...(locksAccount ? [eventOf(flow, 'USER.LOCKED')] : []),
    ...(ended ? [eventOf(flow, 'AUTHENTICATION.UPDATED', { status: 'FAILED' })] : []),
  ];
}
