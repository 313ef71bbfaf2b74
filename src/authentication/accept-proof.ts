import { clearDestination, clearDevice, clearUser } from '../devices/counting/counting.js';
import { KINDS } from '../devices/kinds/index.js';
import type { DeviceKind } from '../devices/kinds/kind.js';
import type { DestinationUse, Device } from '../devices/model.js';
import { confirmation, confirmDestination } from '../devices/sending/reserve-send.js';
import type { BusinessEvent } from '../events.js';
import type { Decided, Write } from '../storage/port.js';
import { grant, type Verdict } from './answer.js';
import { type AuthenticationEvent, eventOf } from './events.js';
import { moved } from './expiry.js';
import type { ChallengeState, SelectedDevice } from './model.js';
import type { Subject } from './settle.js';
import type { Situation } from './situation.js';

/** What a right proof has brought with it. */
export interface RightProof {
  readonly event: AuthenticationEvent;
  readonly detail?: BusinessEvent['detail'] | undefined;
  /** `10` §7.6. */
  readonly authenticators: readonly string[];
  /** The paired device with what the proof has changed in it; absent when that is nothing. */
  readonly device?: Device | undefined;
  /** What else has changed, or is to be expected unchanged. */
  readonly writes?: readonly Write[] | undefined;
}

/** A right proof: the flow is complete, the counters start anew, and what did not change is guarded all the same (`10` §9.4). */
export function acceptProof(
  { selected }: Pick<ChallengeState, 'selected'>,
  situation: Situation,
  subject: Exclude<Subject, { kind: 'none' }>,
  { event, detail, authenticators, device: proved, writes: others = [] }: RightProof,
): Decided<Verdict> {
  const { now, factors } = situation;
  const flow = moved(situation.flow, { status: 'COMPLETED', selected, authenticators }, now);
  const cleared = clearUser(factors, selected.type, now);
  const writes: Write[] = [{ kind: 'update', entity: 'deviceAuthentication', value: flow }, ...others];
  const events = [eventOf(flow, event, detail), eventOf(flow, 'AUTHENTICATION.UPDATED', { status: 'COMPLETED' })];

  if (subject.kind === 'oneTime') {
    const { use, writes: released } = confirmedBy(clearDestination(subject.destination), selected, situation);
    writes.push(
      { kind: cleared === factors ? 'expect' : 'update', entity: 'factors', value: cleared },
      { kind: use === subject.destination ? 'expect' : 'update', entity: 'destination', value: use },
      ...released,
    );
    return grant(flow, { ...situation, factors: cleared }, writes, events);
  }

  writes.push(...confirmedContact(selected, situation));
  const device = clearDevice(proved ?? subject.device, now);
  if (device === subject.device) {
    writes.push({ kind: cleared === factors ? 'expect' : 'update', entity: 'factors', value: cleared });
    return grant(flow, { ...situation, factors: cleared }, writes, events);
  }
  // A device's row lives under the factors' version.
  writes.push({ kind: 'update', entity: 'factors', value: cleared }, { kind: 'put', entity: 'device', value: device });
  if (device.details !== subject.device.details) events.push(eventOf(flow, 'DEVICE.WEBAUTHN_UPDATED'));
  if (subject.device.lock) events.push(eventOf(flow, 'DEVICE.UNLOCKED'));
  const devices = situation.devices.map((other) => (other.id === device.id ? device : other));
  return grant(flow, { ...situation, factors: cleared, devices }, writes, events);
}

/** The contact of a paired device, if a limit has counted what was sent to it: it has arrived (SEC-36, SEC-38). */
function confirmedContact(selected: SelectedDevice, situation: Situation): readonly Write[] {
  const { contactKey } = selected;
  const { destination } = situation;
  if (contactKey === undefined || destination?.contactKey !== contactKey) return [];
  const { channel }: DeviceKind = KINDS[selected.type];
  return channel ? confirmation(destination, situation.deployment, { channel, userId: situation.user.id }) : [];
}

/** What was sent to a one-time contact has arrived. */
function confirmedBy(use: DestinationUse, { type }: SelectedDevice, { deployment, user }: Situation) {
  const { channel }: DeviceKind = KINDS[type];
  return channel ? confirmDestination(use, deployment, { channel, userId: user.id }) : { use, writes: [] };
}
