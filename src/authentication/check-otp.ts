import { codeEpochOf } from '../devices/counting.js';
import type { Digests } from '../kernel/keys.js';
import { isExpired, matchesCode } from '../otp/code.js';
import { accountLockEpoch } from '../platform/account.js';
import type { Decision } from '../storage/port.js';
import { acceptCode } from './accept-code.js';
import { refuse, type Verdict } from './answer.js';
import { chargeCode } from './charge-code.js';
import type { CheckOtpCommand, Facts } from './command.js';
import { eventOf } from './events.js';
import { moved } from './expiry.js';
import type { DeviceAuthentication, StateOf } from './model.js';
import type { AuthenticationRejection } from './rejection.js';
import { bindingDevice, bindingOf } from './send.js';
import { stateUnder, subjectOf } from './settle.js';
import type { Situation } from './situation.js';

/**
 * Checks a passcode (`10` §7.3, §9; order: §7.1). Whatever forbids the check answers without comparing and without counting
 * (SEC-15, SEC-16). Once a comparison is made, the verdict guards flow, factors and, for a one-time contact, destination, right or
 * wrong (SEC-10).
 */
export function checkOtp(
  state: StateOf<'OTP_REQUIRED'>,
  situation: Situation,
  { otp }: CheckOtpCommand,
  { digests }: Facts,
): Decision<Verdict> {
  const { flow, now } = situation;
  const subject = subjectOf(state.selected, situation);
  if (subject.kind === 'none') return hold(state, situation, subject.rejection);
  if (isDead(state, situation)) return refuseDead(flow, isExpired(state.code, now));
  if (otp.length !== state.code.length) return refuse({ kind: 'OtpMalformed', length: state.code.length });
  return matchesCode(otp, bindingOf(flow, bindingDevice(state.selected), state.code.sendNumber), state.code, digests)
    ? acceptCode(state, situation, subject)
    : chargeCode(state, situation, subject, isReplay(otp, state, flow, digests));
}

/** Expired, or issued before something that kills codes: a lock, exhaustion, a check that found the device unusable (`10` §9.8). */
function isDead(state: StateOf<'OTP_REQUIRED'>, { factors, devices, policy, now }: Situation): boolean {
  const { selected, code } = state;
  const device = selected.kind === 'device' ? devices.find(({ id }) => id === selected.id) : undefined;
  return (
    state.codeDead === true ||
    isExpired(code, now) ||
    code.epoch !== codeEpochOf(factors, selected.type, device) ||
    (!policy.ignoreUserLock && state.accountEpoch !== accountLockEpoch(factors))
  );
}

/** Nothing is compared, and nothing to be stored: the flow waits for a new code (`10` §9.2). */
function refuseDead(flow: DeviceAuthentication, expired: boolean): Decision<Verdict> {
  return refuse({ kind: 'CodeDead', expired }, [], [eventOf(flow, 'OTP.CHECK_FAILED', { expired })]);
}

/** The device cannot be used: its code dies with this check, and perhaps the flow (`10` §9.8). */
function hold(
  state: StateOf<'OTP_REQUIRED'>,
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

/** A code that was right before a newer one replaced it: answered as wrong, recorded as what it is (SEC-18). */
function isReplay(
  otp: string,
  { replaced }: StateOf<'OTP_REQUIRED'>,
  flow: DeviceAuthentication,
  digests: Digests,
): boolean {
  if (!replaced || otp.length !== replaced.code.length) return false;
  return matchesCode(otp, bindingOf(flow, replaced.device, replaced.code.sendNumber), replaced.code, digests);
}
