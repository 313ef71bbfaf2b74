import { KINDS } from '../devices/kinds/index.js';
import type { Device } from '../devices/model.js';
import { Redacted } from '../kernel/sealed.js';
import type { Decision, Snapshot } from '../storage/port.js';
import { grant, refuse, type Verdict } from './answer.js';
import { type Begun, type NotBegun, notBegun } from './begun.js';
import { challengeDevice } from './challenge.js';
import { chooseDevice } from './choose.js';
import type { CreateCommand, CreateFacts, OneTimeContact } from './command.js';
import { startDiscovery } from './discovery.js';
import { eventOf } from './events.js';
import { moved } from './expiry.js';
import { failed, noUsableDevices } from './failure.js';
import type { DeviceAuthenticationState } from './model.js';
import { isOneTimeAtCeiling, oneTimeRefusal, selectedOneTime } from './one-time.js';
import { sendCode } from './send.js';
import { accountError } from './settle.js';
import { browserOf, type Circumstances, eligibleIn } from './situation.js';
import type { Start } from './start.js';
import { startWithPasscode } from './start-with-passcode.js';

/**
 * Starts a device authentication (`10` §3.2, in its order; what the body names is judged before the user's state, because the
 * policy says whether a lock counts). What stands in the user's or device's way gives a flow that has `FAILED`; a defect of the
 * request gives a rejection and no flow. Unless a passcode came with it, it compares nothing, and guards and touches no factors.
 */
export function createDeviceAuthentication(
  snapshot: Snapshot,
  command: CreateCommand,
  facts: CreateFacts,
): Decision<Verdict> {
  const { configuration, user, factors, now } = snapshot;
  if (!configuration) return refuse({ kind: 'NotFound' });
  if (command.userId !== undefined && (!user || !factors)) return refuse({ kind: 'NotFound' });
  const policy =
    command.policyId === undefined ? configuration.defaultPolicy : configuration.policies.get(command.policyId);
  if (!policy) return refuse({ kind: 'PolicyUnknown' });
  const { applicationId, notification, selection, otp } = command;
  if (notification?.policyId !== undefined && !configuration.sendRules.has(notification.policyId))
    return refuse({ kind: 'NotificationsPolicyUnknown' });
  if (
    applicationId !== undefined &&
    !snapshot.documents.some(({ kind, id }) => kind === 'application' && id === applicationId)
  )
    return refuse({ kind: 'ApplicationUnknown' });

  const { deployment } = facts;
  if (!user || !factors) return startDiscovery({ now, configuration, policy, deployment }, snapshot, command, facts);
  const { lockout } = configuration.mfaSettings;
  const { devices } = snapshot;
  const { assertion } = command;
  const browser = browserOf(assertion?.rpId, command.compatibility);
  const circumstances: Circumstances = {
    now,
    configuration,
    policy,
    user,
    factors,
    devices,
    lockout,
    deployment,
    browser,
  };
  const flow: Start['flow'] = {
    id: facts.id,
    environmentId: user.environmentId,
    version: 1,
    userId: user.id,
    policyId: policy.id,
    notification,
    applicationId,
    assertion,
    isDiscovered: undefined,
    sends: 0,
    createdAt: now,
  };
  const start: Start = { flow, circumstances, facts, loaded: snapshot };

  // A supplied passcode is one that a device has made: with a contact it has nothing to match, and nothing is sent (`10` §10.4).
  if (selection?.kind === 'oneTime' && otp !== undefined) return refuse({ kind: 'NoPasscodeDevice' });
  if (selection?.kind === 'oneTime') return startOneTime(start, selection, snapshot);
  const error = accountError(circumstances, 'device');
  if (error) return begin(start, failed(error, undefined));
  if (otp !== undefined) return startWithPasscode(start, otp, selection?.id);
  return selection ? startWithDevice(start, selection.id) : startByPolicy(start);
}

/** The contact goes straight to its code (`10` §4.3). */
function startOneTime(start: Start, oneTime: OneTimeContact, { destination }: Snapshot): Decision<Verdict> {
  const { circumstances, flow } = start;
  if (!destination) throw new TypeError('a one-time flow was started without loading its destination');
  const selected = selectedOneTime(oneTime, destination.contactKey);
  const error = accountError(circumstances, 'oneTime');
  if (error) return begin(start, failed(error, selected));
  const refusal = oneTimeRefusal(oneTime, flow.environmentId, circumstances);
  if (refusal) return refuse(refusal);
  if (start.facts.isNumberRefused) return refuse({ kind: 'NumberRefused' });
  if (isOneTimeAtCeiling(oneTime.type, circumstances, destination)) return refuse({ kind: 'OneTimeCeiling' });
  const contact = new Redacted(oneTime.contact.address);
  const addressee = { selected, kind: KINDS[oneTime.type], contact, testMode: oneTime.testMode };
  return beginChallenge(start, sendCode(flow, circumstances, addressee, undefined, start.facts, start.loaded));
}

/** An explicit device bypasses the selection method, if it is eligible (`10` §4.2). */
function startWithDevice(start: Start, deviceId: string): Decision<Verdict> {
  const device = eligibleIn(start.circumstances).eligible.find(({ id }) => id === deviceId);
  if (!device) return refuse({ kind: 'DeviceNotEligible', during: 'create' });
  return beginWithDevice(start, device);
}

function startByPolicy(start: Start): Decision<Verdict> {
  const { policy, factors, user } = start.circumstances;
  const { eligible, locked } = eligibleIn(start.circumstances);
  if (eligible.length === 0)
    return begin(
      start,
      failed(
        noUsableDevices(
          user.id,
          locked.map(({ id }) => id),
        ),
        undefined,
      ),
    );
  const device = chooseDevice(policy.deviceSelection, eligible, factors.deviceOrder);
  return device ? beginWithDevice(start, device) : begin(start, { status: 'DEVICE_SELECTION_REQUIRED' });
}

function beginWithDevice(start: Start, device: Device): Decision<Verdict> {
  const { flow, circumstances, facts, loaded } = start;
  return beginChallenge(start, challengeDevice(flow, circumstances, device, undefined, facts, loaded));
}

function beginChallenge(start: Start, challenge: Begun | NotBegun): Decision<Verdict> {
  return challenge.kind === 'begun' ? begin(start, challenge.state, challenge) : notBegun(challenge);
}

function begin(start: Start, state: DeviceAuthenticationState, challenge?: Begun): Decision<Verdict> {
  const flow = moved({ ...start.flow, sends: challenge?.sends ?? 0 }, state, start.circumstances.now);
  const sent = challenge?.writes ?? [];
  return grant(
    flow,
    start.circumstances,
    [{ kind: 'insert', entity: 'deviceAuthentication', value: flow }, ...sent],
    [
      eventOf(flow, 'AUTHENTICATION.CREATED', { status: state.status }),
      ...(challenge?.messages ? [eventOf(flow, 'NOTIFICATION.CREATED')] : []),
      ...(challenge?.events ?? []),
    ],
    challenge?.testOtp,
  );
}
