import { chargeUser, clearUser, RECOVERY } from '../devices/counting/counting.js';
import { raisesAlarm } from '../devices/counting/recent-failures.js';
import { chargeRecovery, type RecoveryCodes, recoveryLock, withoutCode } from '../devices/recovery/codes.js';
import type { BusinessEvent } from '../events.js';
import { isAccountLocked } from '../platform/users/account.js';
import type { Decision, Write } from '../storage/port.js';
import { grant, refuse, type Verdict } from './answer.js';
import type { CheckRecoveryCodeCommand, Facts } from './command.js';
import { eventOf } from './events.js';
import { moved } from './expiry.js';
import { failed, flowError } from './failure.js';
import type { StateOf } from './model.js';
import type { Situation } from './situation.js';

/** What a relying party sees of it: no device has authenticated. */
const AUTHENTICATORS = ['mfa', 'recovery'];

/**
 * Completes an open flow by one of the user's recovery codes, an extension outside the reference (decision 16). A lock answers without
 * comparing (SEC-15). Once a code is compared, the verdict writes the set and the user's factors, right or wrong: each code is good once,
 * and each wrong one counts (SEC-07, SEC-10).
 */
export function checkRecoveryCode(
  _state: StateOf<'DEVICE_SELECTION_REQUIRED' | 'OTP_REQUIRED' | 'ASSERTION_REQUIRED'>,
  situation: Situation,
  { code }: CheckRecoveryCodeCommand,
  { digests }: Facts,
): Decision<Verdict> {
  const { user, factors, now, loaded } = situation;
  const { recoveryCodes: codes } = loaded;
  if (!codes) return { needs: { recoveryCodes: user.id } };
  const lock = recoveryLock(codes, factors, now);
  if (lock) return refuse({ kind: 'RecoveryLocked', ...lock });
  if (codes.digests.length === 0) return refuse({ kind: 'NoRecoveryCodes' });
  const left = withoutCode(codes, code, digests);
  return left ? completed(situation, left) : charged(situation, codes);
}

function completed(situation: Situation, codes: RecoveryCodes): Decision<Verdict> {
  const { factors, now } = situation;
  const flow = moved(situation.flow, { status: 'COMPLETED', authenticators: AUTHENTICATORS }, now);
  const cleared = clearUser(factors, RECOVERY, now);
  return grant(
    flow,
    { ...situation, factors: cleared },
    [
      { kind: 'update', entity: 'deviceAuthentication', value: flow },
      { kind: 'update', entity: 'recoveryCodes', value: codes },
      { kind: cleared === factors ? 'expect' : 'update', entity: 'factors', value: cleared },
    ],
    [
      eventOf(flow, 'RECOVERY_CODE.CHECK_SUCCESS', { remaining: codes.digests.length }),
      eventOf(flow, 'AUTHENTICATION.UPDATED', { status: 'COMPLETED' }),
    ],
  );
}

/** The flow stays open for its device, unless the account is locked by this very failure (`10` §9.4). */
function charged(situation: Situation, before: RecoveryCodes): Decision<Verdict> {
  const { flow, factors, lockout, policy, deployment, now } = situation;
  const { codes, attemptsRemaining } = chargeRecovery(before, now);
  const billed = chargeUser(factors, RECOVERY, lockout, now);
  const locksAccount = isAccountLocked(billed, now) && !isAccountLocked(factors, now);
  const ended =
    locksAccount && !policy.ignoreUserLock
      ? moved(flow, failed(flowError('ACCOUNT_LOCKED_OUT'), flow.state.selected), now)
      : undefined;
  const writes: Write[] = [
    { kind: 'update', entity: 'recoveryCodes', value: codes },
    { kind: 'update', entity: 'factors', value: billed },
    ...(ended ? [{ kind: 'update', entity: 'deviceAuthentication', value: ended } as const] : []),
  ];
  const events: BusinessEvent[] = [eventOf(flow, 'RECOVERY_CODE.CHECK_FAILED', { attemptsRemaining })];
  if (locksAccount) events.push(eventOf(flow, 'USER.LOCKED'));
  if (ended) events.push(eventOf(ended, 'AUTHENTICATION.UPDATED', { status: 'FAILED' }));
  if (raisesAlarm(factors, billed, deployment.failureAlarm, now)) events.push(eventOf(flow, 'USER.FAILURES_EXCEEDED'));
  return refuse({ kind: 'RecoveryMismatch', attemptsRemaining }, writes, events);
}
