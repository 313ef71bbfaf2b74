import { codeEpochOf } from '../devices/counting/counting.js';
import { KINDS } from '../devices/kinds/index.js';
import { claimQuota } from '../devices/sending/quota.js';
import { isExpired } from '../otp/code.js';
import { accountLockEpoch } from '../platform/users/account.js';
import type { Decision } from '../storage/port.js';
import { acceptProof, type RightProof } from './accept-proof.js';
import { refuse, type Verdict } from './answer.js';
import { chargeProof, type ProofWords } from './charge-proof.js';
import type { CheckOtpCommand, Facts } from './command.js';
import { eventOf } from './events.js';
import { hold } from './hold.js';
import { judgeCode } from './judge-code.js';
import type { ChallengeState, DeviceAuthentication, PasscodeState, SentCodeState, StateOf } from './model.js';
import { judgePasscode } from './passcode.js';
import { type Subject, subjectOf } from './settle.js';
import type { Situation } from './situation.js';

const WORDS: ProofWords = {
  wrong: 'OTP.CHECK_INVALID',
  last: 'OTP.CHECK_FAILED',
  limit: 'OTP_ATTEMPTS_LIMIT',
  refusal: (attemptsRemaining) => ({ kind: 'OtpMismatch', attemptsRemaining }),
};

/**
 * Checks a passcode (`10` §7.3, §9, §10; order: §7.1). Whatever forbids the check answers without comparing and without counting
 * (SEC-15, SEC-16). Once a comparison is made, the verdict guards flow, factors and, for a one-time contact, destination, right or
 * wrong (SEC-10).
 */
export function checkOtp(
  state: StateOf<'OTP_REQUIRED'>,
  situation: Situation,
  { otp }: CheckOtpCommand,
  facts: Facts,
): Decision<Verdict> {
  const subject = subjectOf(state.selected, situation);
  if (subject.kind === 'none') return hold(state, situation, subject.rejection);
  if (isDead(state, situation))
    return refuseDead(situation.flow, !state.challenge && isExpired(state.code, situation.now));
  return state.challenge
    ? checkPasscode(otp, state, situation, subject, facts)
    : checkCode(otp, state, situation, subject, facts);
}

type Compared = Exclude<Subject, { kind: 'none' }>;

/** Against the code that was sent. */
function checkCode(
  otp: string,
  state: SentCodeState,
  situation: Situation,
  subject: Compared,
  { digests }: Facts,
): Decision<Verdict> {
  const verdict = judgeCode(otp, state, situation.flow, digests);
  if (verdict === 'malformed') return refuse({ kind: 'OtpMalformed', length: state.code.length });
  if (verdict === 'right') {
    const detail = state.country === undefined ? undefined : { country: state.country };
    const writes = claimQuota(state.claim, situation.flow.environmentId, situation.now);
    return acceptProof(state, situation, subject, rightOtp(state, { detail, device: undefined, writes }));
  }
  return chargeProof(state, situation, subject, WORDS, verdict === 'replayed' ? { replacedCode: true } : {});
}

/** Against what the device would make now; a right one changes the device, which guards it as a single use (SEC-22, SEC-23). */
function checkPasscode(
  otp: string,
  state: PasscodeState,
  situation: Situation,
  subject: Compared,
  facts: Facts,
): Decision<Verdict> {
  if (subject.kind === 'oneTime')
    throw new TypeError(`one-time flow ${situation.flow.id} waits for a device's passcode`);
  const verdict = judgePasscode(subject.device, otp, situation, facts, situation.loaded);
  if (verdict.kind === 'needs') return { needs: verdict.needs };
  if (verdict.kind === 'malformed') return refuse({ kind: 'OtpMalformed', length: verdict.length });
  if (verdict.kind === 'right')
    return acceptProof(
      state,
      situation,
      subject,
      rightOtp(state, { detail: undefined, device: verdict.device, writes: verdict.writes }),
    );
  return chargeProof(state, situation, subject, WORDS, verdict.replayed ? { replayed: true } : {}, verdict.writes);
}

type Changed = Required<Pick<RightProof, 'detail' | 'device' | 'writes'>>;

/** What a right code or passcode hands on, member by member: one hidden class for all (docs/performance.md). */
export function rightOtp({ selected }: ChallengeState, { detail, device, writes }: Changed): RightProof {
  return {
    event: 'OTP.CHECK_SUCCESS',
    detail,
    authenticators: KINDS[selected.type].authenticators,
    device,
    writes,
  };
}

/** Expired, or begun before something that kills codes: a lock, exhaustion, a check that found the device unusable (`10` §9.8). */
function isDead(state: StateOf<'OTP_REQUIRED'>, { factors, devices, policy, now }: Situation): boolean {
  const { selected, accountEpoch } = state;
  const device = selected.kind === 'device' ? devices.find(({ id }) => id === selected.id) : undefined;
  return (
    state.codeDead === true ||
    (!state.challenge && isExpired(state.code, now)) ||
    (state.challenge ? state.epoch : state.code.epoch) !== codeEpochOf(factors, selected.type, device) ||
    (!policy.ignoreUserLock && accountEpoch !== accountLockEpoch(factors))
  );
}

/** Nothing is compared, and nothing to be stored: the flow waits for a new code (`10` §9.2). */
function refuseDead(flow: DeviceAuthentication, expired: boolean): Decision<Verdict> {
  return refuse({ kind: 'CodeDead', expired }, [], [eventOf(flow, 'OTP.CHECK_FAILED', { expired })]);
}
