import type { Digests } from '../../kernel/keys.js';
import { Redacted } from '../../kernel/sealed.js';
import type { EnvironmentId, UserFactors } from '../../platform/model.js';
import type { DeviceAuthenticationPolicy } from '../../policies/model.js';
import type { Snapshot, Write } from '../../storage/port.js';
import { type DeviceDecision, eventOf, grant, putDevice, refuse } from '../answer.js';
import { combined, inheritance, leavesBehind, leftoverOf } from '../counting/leftover.js';
import { pairingClosed, tooMany } from '../counting/limits.js';
import type { Deployment } from '../eligibility.js';
import { KINDS } from '../kinds/index.js';
import type { DeviceKind } from '../kinds/kind.js';
import type { Caller, PairingContext, PairingDraws } from '../kinds/pairing.js';
import { type ManagedDevice, managed } from '../managed.js';
import type { DestinationUse, Device, DeviceId } from '../model.js';
import { withToken } from '../oath/pair.js';
import { withActivated } from '../order.js';
import type { DeviceRejection } from '../rejection.js';
import { findUser, pairingContext, type Subject } from '../subject.js';
import { beginPairing, unbegun } from './begin.js';
import type { Creation } from './creation.js';

export interface CreateCommand {
  readonly environmentId: EnvironmentId;
  readonly caller: Caller;
  readonly creation: Creation;
}

export interface CreateFacts extends PairingDraws {
  readonly deviceId: DeviceId;
  /** Keyed hash of `Particulars.lookup`, if the kind has one; the snapshot's destination is that contact's. */
  readonly lookupKey?: string;
  /** The number is of a type that is not sent to (SEC-37). */
  readonly isNumberRefused?: boolean;
  /** A device that the named hardware token is paired as, and that is gone. */
  readonly abandoned?: DeviceId;
  readonly digests: Digests;
  /** Opens what a device keeps sealed. */
  readonly open: PairingContext['open'];
  readonly deployment: Deployment;
}

/** Creates a device, paired at once or waiting for its proof (`20` §3.2, §6.1). */
export function createDevice(
  snapshot: Snapshot,
  { environmentId, caller, creation }: CreateCommand,
  facts: CreateFacts,
): DeviceDecision<ManagedDevice> {
  const found = findUser(snapshot, environmentId);
  if (!found.ok) return refuse(found.rejection);
  const subject = found.value;
  const { now, factors, configuration, lapsed } = subject;
  const { policyId, notification } = creation;
  const policy = policyId === undefined ? configuration.defaultPolicy : configuration.policies.get(policyId);
  if (!policy) return refuse({ kind: 'PolicyUnknown' });
  if (notification?.policyId !== undefined && !configuration.sendRules.has(notification.policyId))
    return refuse({ kind: 'NotificationsPolicyUnknown' });
  const unpaired = newDevice(subject, creation, caller, facts);
  const refusal = refusalOf(unpaired, subject, policy, caller, facts.deployment);
  if (refusal) return refuse(refusal);
  if (facts.isNumberRefused) return refuse({ kind: 'NumberRefused' });

  const paired = withToken(unpaired, creation.particulars.serialNumber, snapshot, facts.abandoned);
  if (!paired.ok) return refuse(paired.rejection);
  const { device, use } = withInheritance(paired.value.device, subject, snapshot);
  const left = use ? [{ kind: 'update', entity: 'destination', value: use } as const] : [];
  const token = paired.value.writes;
  // What another contact's device leaves goes to that contact's row, which is not loaded here: the sweeper moves it (`lapse.ts`).
  const gone = lapsed.filter((old) => isSameDestination(old, device) || !leavesBehind(old, now));
  const swept = gone.map((old): Write => ({ kind: 'delete', entity: 'device', value: old }));
  const events = [
    ...gone.map((old) => eventOf(old, 'DEVICE.DELETED', { lapsed: true })),
    eventOf(device, 'DEVICE.CREATED', { status: device.status }),
  ];
  if (device.status === 'ACTIVE') {
    const ordered: UserFactors = { ...factors, deviceOrder: withActivated(factors.deviceOrder, device.id) };
    return grant(
      managed(device, ordered, now),
      [...putDevice(ordered, device), ...swept, ...left, ...token],
      [...events, eventOf(device, 'DEVICE.ACTIVATED')],
    );
  }
  const begun = beginPairing(
    device,
    { policyId: policy.id, ...(notification ? { notification } : {}) },
    pairingContext(subject, policy, facts),
    facts,
    { ...snapshot, ...(use ? { destination: use } : {}), deployment: facts.deployment },
  );
  if (!begun.ok) return unbegun(begun.rejection);
  const pending = begun.value;
  const { destination = use } = pending;
  const contact = destination ? [{ kind: 'update', entity: 'destination', value: destination } as const] : [];
  return grant(
    managed(pending.device, factors, now, pending.once),
    [...putDevice(factors, pending.device), ...swept, ...contact, ...token, ...pending.writes],
    [...events, ...pending.events],
  );
}

function newDevice(
  { now, user }: Subject,
  { type, status, nickname, particulars, testMode }: Creation,
  caller: Caller,
  { deviceId, lookupKey }: CreateFacts,
): Device {
  const { pairing }: DeviceKind = KINDS[type];
  const [usual] = pairing.statuses[caller];
  const asked = pairing.ignoresStatus ? usual : (status ?? usual);
  return {
    id: deviceId,
    environmentId: user.environmentId,
    userId: user.id,
    type,
    status: asked,
    ...(nickname === undefined ? {} : { nickname }),
    ...(particulars.secret === undefined ? {} : { secret: new Redacted(particulars.secret) }),
    ...(lookupKey === undefined ? {} : { lookupKey }),
    details: particulars.details,
    testMode,
    codeEpoch: 0,
    ...(asked === 'ACTIVE' ? { activatedAt: now } : {}),
    createdAt: now,
    updatedAt: now,
  };
}

/** The first reason against it, in the order of `20` §6.1: what the caller may, the policy, the settings, the limits. */
function refusalOf(
  device: Device,
  subject: Subject,
  policy: DeviceAuthenticationPolicy,
  caller: Caller,
  deployment: Deployment,
): DeviceRejection | undefined {
  const kind: DeviceKind = KINDS[device.type];
  const allowed = kind.pairing.statuses[caller];
  if (!allowed.includes(device.status)) return { kind: 'StatusNotAllowed', allowed };
  const reason = pairingClosed(device, policy, deployment);
  if (reason === 'NOT_DELIVERABLE' && device.testMode) return { kind: 'TestModeRefused' };
  if (reason) return { kind: 'PairingClosed', reason, at: 'creation' };
  if (device.details['extension'] !== undefined && !subject.configuration.mfaSettings.phoneExtensionsEnabled)
    return { kind: 'ExtensionRefused' };
  const twin = subject.devices.find((other) => other.status === 'ACTIVE' && reachesTheSame(other, device));
  if (twin) return { kind: 'ContactTaken', field: kind.contactField ?? 'type', existingId: twin.id };
  return tooMany(subject, device.status);
}

/** Same type, contact and extension (`20` §5). */
function reachesTheSame(a: Device, b: Device): boolean {
  return isSameDestination(a, b) && a.details['extension'] === b.details['extension'];
}

function isSameDestination(a: Device, b: Device): boolean {
  return a.lookupKey !== undefined && a.lookupKey === b.lookupKey && a.type === b.type;
}

/**
 * A device for a contact whose former device was deleted, or has lapsed, takes over that one's failures and lock: neither gives an
 * attempt back (`10` §9.3, SEC-12).
 */
function withInheritance(
  device: Device,
  { lapsed, now }: Subject,
  { destination }: Snapshot,
): { readonly device: Device; readonly use?: DestinationUse } {
  const { leftover, use } = destination ? inheritance(destination, device.userId, device.type, now) : {};
  const former = lapsed.filter((old) => isSameDestination(old, device)).map((old) => leftoverOf(old, now));
  const taken = combined([leftover, ...former]);
  return {
    device: taken ? { ...device, ...taken } : device,
    ...(use ? { use } : {}),
  };
}
