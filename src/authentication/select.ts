import type { Decision } from '../storage/port.js';
import { grant, refuse, type Verdict } from './answer.js';
import type { SelectCommand, SendFacts } from './command.js';
import { eventOf } from './events.js';
import { moved } from './expiry.js';
import type { ReplacedCode, StateOf } from './model.js';
import { bindingDevice, challengeByOtp, pairedAddressee, unsent } from './send.js';
import { eligibleIn, type Situation } from './situation.js';

/**
 * Selects an eligible paired device and sends it a code; the same device again is a resend. The code before it is dead at once, and
 * no counter is given back (`10` §7.2; SEC-06, SEC-12).
 */
export function selectDevice(
  state: StateOf<'DEVICE_SELECTION_REQUIRED' | 'OTP_REQUIRED'>,
  situation: Situation,
  { deviceId }: SelectCommand,
  facts: SendFacts,
): Decision<Verdict> {
  const device = eligibleIn(situation).eligible.find(({ id }) => id === deviceId);
  if (!device) return refuse({ kind: 'DeviceNotEligible', during: 'device.select' });
  const { flow: before, loaded } = situation;
  const challenge = challengeByOtp(before, situation, pairedAddressee(device), replacedBy(state), facts, loaded);
  if (challenge.kind !== 'challenge') return unsent(challenge);

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

function replacedBy(state: StateOf<'DEVICE_SELECTION_REQUIRED' | 'OTP_REQUIRED'>): ReplacedCode | undefined {
  return state.status === 'OTP_REQUIRED' ? { code: state.code, device: bindingDevice(state.selected) } : undefined;
}
