import type { Decision } from '../storage/port.js';
import { grant, refuse, type Verdict } from './answer.js';
import { notBegun } from './begun.js';
import { challengeDevice } from './challenge.js';
import type { ChallengeFacts, SelectCommand } from './command.js';
import { eventOf } from './events.js';
import { moved } from './expiry.js';
import type { StateOf } from './model.js';
import { eligibleIn, type Situation } from './situation.js';

/**
 * Selects an eligible paired device and puts it to its proof; the same device again is a resend. The code before it is dead at once,
 * and no counter is given back (`10` §7.2; SEC-06, SEC-12).
 */
export function selectDevice(
  state: StateOf<'DEVICE_SELECTION_REQUIRED' | 'OTP_REQUIRED' | 'ASSERTION_REQUIRED'>,
  found: Situation,
  { deviceId, compatibility }: SelectCommand,
  facts: ChallengeFacts,
): Decision<Verdict> {
  const situation = compatibility ? { ...found, browser: { ...found.browser, compatibility } } : found;
  const device = eligibleIn(situation).eligible.find(({ id }) => id === deviceId);
  if (!device) return refuse({ kind: 'DeviceNotEligible', during: 'device.select' });
  const { flow: before, loaded } = situation;
  const challenge = challengeDevice(before, situation, device, state, facts, loaded);
  if (challenge.kind !== 'begun') return notBegun(challenge);

  const flow = moved({ ...before, sends: challenge.sends }, challenge.state, situation.now);
  return grant(
    flow,
    situation,
    [{ kind: 'update', entity: 'deviceAuthentication', value: flow }, ...challenge.writes],
    [
      eventOf(flow, 'AUTHENTICATION.UPDATED'),
      ...(challenge.messages ? [eventOf(flow, 'NOTIFICATION.CREATED')] : []),
      ...challenge.events,
    ],
    challenge.testOtp,
  );
}
