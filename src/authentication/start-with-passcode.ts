import { chargeDevice, chargeType, chargeUser, isAtCeiling } from '../devices/counting/counting.js';
import { raisesAlarm } from '../devices/counting/recent-failures.js';
import { KINDS, kindOf } from '../devices/kinds/index.js';
import type { Device, DeviceId } from '../devices/model.js';
import type { BusinessEvent } from '../events.js';
import { isAccountLocked } from '../platform/users/account.js';
import type { Decision, Plan, Write } from '../storage/port.js';
import { acceptProof } from './accept-proof.js';
import { refuse, type Verdict } from './answer.js';
import { type AuthenticationEvent, eventOf } from './events.js';
import { moved } from './expiry.js';
import { askPasscode, judgePasscode } from './passcode.js';
import { eligibleIn, type Situation } from './situation.js';
import type { Start } from './start.js';

/** A device that the passcode was held against, and was not its own. */
interface Tried {
  readonly device: Device;
  readonly replayed: boolean;
  /** What the verdict rests on beside the device. */
  readonly writes: readonly Write[];
}

/**
 * Starts with a passcode that came along: held against the named device, or against every eligible one that makes passcodes. The
 * first whose it is completes the flow. Nobody's: no flow, and a failure on each device it was held against (`10` §10.4).
 */
export function startWithPasscode(start: Start, passcode: string, named: DeviceId | undefined): Decision<Verdict> {
  const { circumstances, facts, loaded } = start;
  const { eligible } = eligibleIn(circumstances);
  if (named !== undefined && !eligible.some(({ id }) => id === named))
    return refuse({ kind: 'DeviceNotEligible', during: 'create' });
  const makers = eligible.filter(
    ({ id, type }) => kindOf(type).challenge === 'passcode' && (named === undefined || id === named),
  );
  const tried: Tried[] = [];
  const needed: NonNullable<Plan['oathTokens']>[number][] = [];
  let right: (Tried & { readonly after: Device }) | undefined;
  let length: number | undefined;
  for (const device of makers) {
    const verdict = judgePasscode(device, passcode, circumstances, facts, loaded);
    if (verdict.kind === 'needs') needed.push(...(verdict.needs.oathTokens ?? []));
    else if (verdict.kind === 'right')
      right ??= { device, after: verdict.device, replayed: false, writes: verdict.writes ?? [] };
    else if (verdict.kind === 'wrong') tried.push({ device, replayed: verdict.replayed, writes: verdict.writes ?? [] });
    else length = verdict.length;
  }
  if (needed.length > 0) return { needs: { oathTokens: needed } };
  if (right) return completed(start, right);
  if (tried.length > 0) return charged(start, tried);
  return refuse(
    named !== undefined && length !== undefined ? { kind: 'OtpMalformed', length } : { kind: 'NoPasscodeDevice' },
  );
}

/** The flow begins and ends in one commit. */
function completed(
  { flow: given, circumstances, loaded }: Start,
  { device: before, after, writes: rests }: Tried & { readonly after: Device },
): Decision<Verdict> {
  const { state } = askPasscode(given, circumstances, before);
  const flow = moved(given, state, circumstances.now);
  const situation: Situation = { flow, destination: undefined, loaded, ...circumstances };
  const { writes, outcome } = acceptProof(
    state,
    situation,
    { kind: 'device', device: before },
    { event: 'OTP.CHECK_SUCCESS', authenticators: KINDS[before.type].authenticators, device: after, writes: rests },
  );
  return {
    writes: writes.map((write) =>
      write.entity === 'deviceAuthentication' ? { kind: 'insert', entity: write.entity, value: write.value } : write,
    ),
    outcome: {
      ...outcome,
      events: [eventOf(flow, 'AUTHENTICATION.CREATED', { status: flow.state.status }), ...outcome.events],
    },
  };
}

/** One wrong code of the user's, and a failure of each device: whoever has many gets no more guesses by them (SEC-11, SEC-13). */
function charged({ flow, circumstances }: Start, tried: readonly Tried[]): Decision<Verdict> {
  const { policy, lockout, deployment, now } = circumstances;
  const tell = (type: AuthenticationEvent, device?: Device, detail: BusinessEvent['detail'] = {}): BusinessEvent => ({
    type,
    environmentId: flow.environmentId,
    userId: circumstances.user.id,
    ...(device ? { deviceId: device.id, detail: { deviceType: device.type, ...detail } } : {}),
  });
  let { factors } = circumstances;
  let attemptsRemaining = Number.POSITIVE_INFINITY;
  const writes: Write[] = [];
  const events: BusinessEvent[] = [];
  for (const [index, { device, replayed, writes: rests }] of tried.entries()) {
    const before = factors;
    factors = index === 0 ? chargeUser(before, device.type, lockout, now) : chargeType(before, device.type);
    const charge = chargeDevice(device, policy.methods[KINDS[device.type].method], now);
    attemptsRemaining = Math.min(attemptsRemaining, charge.attemptsRemaining);
    writes.push({ kind: 'put', entity: 'device', value: charge.device }, ...rests);
    events.push(
      tell(charge.exhausted ? 'OTP.CHECK_FAILED' : 'OTP.CHECK_INVALID', device, {
        attemptsRemaining: charge.attemptsRemaining,
        ...(replayed ? { replayed } : {}),
      }),
    );
    const ceiling = isAtCeiling(factors, device.type) && !isAtCeiling(before, device.type);
    if (charge.device.lock || ceiling) events.push(tell('DEVICE.LOCKED', device, { ceiling }));
  }
  if (isAccountLocked(factors, now) && !isAccountLocked(circumstances.factors, now)) events.push(tell('USER.LOCKED'));
  if (raisesAlarm(circumstances.factors, factors, deployment.failureAlarm, now))
    events.push(tell('USER.FAILURES_EXCEEDED'));
  return refuse(
    { kind: 'OtpMismatch', attemptsRemaining },
    [{ kind: 'update', entity: 'factors', value: factors }, ...writes],
    events,
  );
}
