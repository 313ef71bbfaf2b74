import type { BusinessEvent } from '../../events.js';
import type { Digests } from '../../kernel/keys.js';
import { unreachable } from '../../kernel/outcome.js';
import type { EnvironmentId, UserFactors } from '../../platform/model.js';
import { accountLockEpoch } from '../../platform/users/account.js';
import type { DeviceAuthenticationPolicy } from '../../policies/model.js';
import type { Snapshot, Write } from '../../storage/port.js';
import { type DeviceDecision, eventOf, grant, putDevice, refuse } from '../answer.js';
import { chargeDevice, chargeUser, clearDevice, isAtCeiling } from '../counting/counting.js';
import { tooMany } from '../counting/limits.js';
import { raisesAlarm } from '../counting/recent-failures.js';
import { type Deployment, lockOf, tokensIn } from '../eligibility.js';
import { KINDS } from '../kinds/index.js';
import type { DeviceKind, Members } from '../kinds/kind.js';
import type { PairingContext, VerifiedProof } from '../kinds/pairing.js';
import { type ManagedDevice, managed } from '../managed.js';
import type { Device, DeviceId } from '../model.js';
import { withActivated } from '../order.js';
import type { DeviceRejection } from '../rejection.js';
import { claimQuota } from '../sending/quota.js';
import { confirmation } from '../sending/reserve-send.js';
import { countsSends } from '../sending/send-window.js';
import { type DeviceSubject, findDevice, pairingContext } from '../subject.js';
import { governingPolicy, pendingRefusal } from './pending.js';

export interface ActivateCommand {
  readonly environmentId: EnvironmentId;
  readonly deviceId: DeviceId;
  /** Members whose types the schema has checked; whether they fit is for the device's kind to say. */
  readonly proof: Members;
}

export interface ActivateFacts {
  /** What `Pairing.verify` found, for kinds that have it. */
  readonly verified?: VerifiedProof;
  readonly digests: Digests;
  /** Opens what a device keeps sealed. */
  readonly open: PairingContext['open'];
  readonly deployment: Deployment;
}

/**
 * Turns a pending device into an active one, or counts a wrong code (`20` §6.4, §17.3). Whenever a code is compared, right or wrong,
 * the user's factors are updated: their version guards all that the verdict rests on (`design.md` §2, SEC-10).
 */
export function activateDevice(
  snapshot: Snapshot,
  { environmentId, deviceId, proof }: ActivateCommand,
  facts: ActivateFacts,
): DeviceDecision<ManagedDevice> {
  const found = findDevice(snapshot, environmentId, deviceId);
  if (!found.ok) return refuse(found.rejection);
  const subject = found.value;
  const { device } = subject;
  const { deployment } = facts;
  const policy = governingPolicy(subject);
  // The limit comes before the comparison: a code is not judged, nor is it counted or spent, where a right one could not be acted on.
  const refusal = pendingRefusal(subject, policy, deployment) ?? lockRefusal(subject) ?? tooMany(subject, 'ACTIVE');
  if (refusal) return refuse(refusal);

  const { pairing }: DeviceKind = KINDS[device.type];
  const context = { ...pairingContext(subject, policy, facts), ...tokensIn(snapshot) };
  const verdict = pairing.judge(device, proof, context, facts.verified);
  switch (verdict.kind) {
    case 'malformed':
      return refuse({ kind: 'Invalid', problems: verdict.problems });
    case 'dead':
      return refuse({ kind: 'CodeDead' }, [], [eventOf(device, 'DEVICE.ACTIVATION_OTP_INVALID', { compared: false })]);
    case 'needs':
      return { needs: verdict.needs };
    case 'unfinished':
      return charged(subject, policy, { unfinished: true }, deployment, verdict.writes);
    case 'wrong':
      return charged(subject, policy, verdict.replayed ? { replayed: true } : {}, deployment, verdict.writes);
    case 'refused':
      return refuse({ kind: 'Invalid', problems: verdict.problems }, putDevice(subject.factors, verdict.device), [
        eventOf(device, verdict.event, verdict.detail),
      ]);
    case 'right': {
      const { credentialKey, detail, writes } = verdict;
      if (credentialKey !== undefined && snapshot.credentialHolder) return refuse({ kind: 'CredentialTaken' });
      const proved = { ...subject, device: verdict.device ?? device };
      return activated(proved, snapshot, deployment, { credentialKey, detail, writes });
    }
    default:
      return unreachable(verdict);
  }
}

function lockRefusal({ device, factors, now }: DeviceSubject): DeviceRejection | undefined {
  const lock = lockOf(device, factors, now);
  return lock && { kind: 'DeviceLocked', ...(lock.expiresAt === undefined ? {} : { expiresAt: lock.expiresAt }) };
}

/** The same books as at challenge time: device, account, ceiling of the type (`10` §9.4, SEC-02). */
function charged(
  { device, factors, configuration, now }: DeviceSubject,
  policy: DeviceAuthenticationPolicy,
  detail: { readonly replayed?: true; readonly unfinished?: true },
  { failureAlarm }: Deployment,
  rests: readonly Write[] = [],
): DeviceDecision<never> {
  const terms = policy.methods[KINDS[device.type].method];
  const charge = chargeDevice(device, terms, now);
  const billed = chargeUser(factors, device.type, configuration.mfaSettings.lockout, now);
  const failure = charge.exhausted ? 'DEVICE.ACTIVATION_OTP_FAILED' : 'DEVICE.ACTIVATION_OTP_INVALID';
  const locked = lockOf(charge.device, billed, now) !== undefined;
  return refuse(
    detail.unfinished
      ? { kind: 'ResyncUnfinished' }
      : { kind: 'OtpMismatch', attemptsRemaining: charge.attemptsRemaining },
    [...putDevice(billed, charge.device), ...rests],
    [
      eventOf(device, failure, { attemptsRemaining: charge.attemptsRemaining, ...detail }),
      ...(locked ? [eventOf(device, 'DEVICE.LOCKED', { ceiling: isAtCeiling(billed, device.type) })] : []),
      ...(accountLockEpoch(billed) > accountLockEpoch(factors) ? [eventOf(device, 'USER.LOCKED')] : []),
      ...(raisesAlarm(factors, billed, failureAlarm, now) ? [eventOf(device, 'USER.FAILURES_EXCEEDED')] : []),
    ],
  );
}

/** What a proof brought with it. */
interface Learned {
  readonly credentialKey: string | undefined;
  readonly detail: BusinessEvent['detail'] | undefined;
  /** What the proof rests on beside the device. */
  readonly writes: readonly Write[] | undefined;
}

/**
 * The code is spent with the `activation` that held it. The device's own run of failures is over; the user's counts stay as they are:
 * whoever pairs a contact of his own has proved nothing about the user's other factors (SEC-12, SEC-13).
 */
function activated(
  { device, factors, now }: DeviceSubject,
  { destination }: Snapshot,
  deployment: Deployment,
  { credentialKey, detail, writes: rests = [] }: Learned,
): DeviceDecision<ManagedDevice> {
  const { lookupKey, environmentId, userId, id: deviceId } = device;
  const { channel }: DeviceKind = KINDS[device.type];
  // What was sent to the contact has reached whom it was meant for (SEC-36, SEC-38, `10` §9.5).
  const isCounted =
    !device.testMode &&
    (device.activation?.isCounted === true ||
      (deployment.sendLimits !== undefined && countsSends(deployment.sendLimits)));
  if (isCounted && lookupKey !== undefined && destination?.contactKey !== lookupKey)
    return { needs: { destination: lookupKey } };
  const contact = isCounted && destination && channel ? confirmation(destination, deployment, { channel, userId }) : [];
  const { activation, ...rest } = clearDevice(device, now);
  const country = activation?.country === undefined ? undefined : { country: activation.country };
  const claimed = claimQuota(activation?.claim, environmentId, now);
  const held: Write[] =
    credentialKey === undefined
      ? []
      : [{ kind: 'insert', entity: 'credential', value: { environmentId, key: credentialKey, userId, deviceId } }];
  const active: Device = { ...rest, status: 'ACTIVE', activatedAt: now, updatedAt: now };
  const ordered: UserFactors = { ...factors, deviceOrder: withActivated(factors.deviceOrder, device.id) };
  return grant(
    managed(active, ordered, now),
    [...putDevice(ordered, active), ...contact, ...claimed, ...held, ...rests],
    [eventOf(active, 'DEVICE.ACTIVATED', { ...country, ...detail })],
  );
}
