import type { Decision } from '../storage/port.js';
import { grant, type Verdict } from './answer.js';
import type { CancelCommand } from './command.js';
import { eventOf } from './events.js';
import { moved } from './expiry.js';
import { failed, flowError } from './failure.js';
import type { DeviceAuthenticationState, StateOf } from './model.js';
import type { Situation } from './situation.js';

/**
 * Back to the choice of a device, with what was selected still shown; `SIGNOUT` ends the flow. Where the choice is open already,
 * nothing changes and nothing is written (`10` §7.1, §7.5).
 */
export function cancel(
  state: StateOf<'DEVICE_SELECTION_REQUIRED' | 'OTP_REQUIRED' | 'ASSERTION_REQUIRED'>,
  situation: Situation,
  { reason }: CancelCommand,
): Decision<Verdict> {
  const next: DeviceAuthenticationState =
    reason === 'SIGNOUT'
      ? failed(flowError('AUTHENTICATION_CANCELED'), state.selected)
      : { status: 'DEVICE_SELECTION_REQUIRED', ...(state.selected ? { selected: state.selected } : {}) };
  if (next.status === state.status) return grant(situation.flow, situation);
  const flow = moved(situation.flow, next, situation.now);
  return grant(
    flow,
    situation,
    [{ kind: 'update', entity: 'deviceAuthentication', value: flow }],
    [eventOf(flow, 'AUTHENTICATION.UPDATED', { status: next.status, reason })],
  );
}
