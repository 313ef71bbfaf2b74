import { lockOf, unusable } from '../devices/eligibility.js';
import type { DestinationUse, Device } from '../devices/model.js';
import { isAccountLocked } from '../platform/users/account.js';
import { failed, flowError, noUsableDevices } from './failure.js';
import type { ChallengeState, DeviceAuthenticationState, FlowError, SelectedDevice, StateOf } from './model.js';
import { isOneTimeAtCeiling, oneTimeRefusal } from './one-time.js';
import type { AuthenticationRejection } from './rejection.js';
import { type Circumstances, eligibleIn, type Situation } from './situation.js';

/**
 * Why this user cannot go on at all; the first reason that holds (`10` §3.2, §4.5, §9.8). MFA being disabled is no obstacle to a
 * one-time contact (`10` §4.3).
 */
export function accountError(
  { user, factors, policy, now }: Circumstances,
  uses: SelectedDevice['kind'],
): FlowError | undefined {
  if (!user.enabled) return flowError('USER_DISABLED');
  if (user.unverified) return flowError('VERIFICATION_REQUIRED');
  if (!policy.ignoreUserLock && isAccountLocked(factors, now)) return flowError('ACCOUNT_LOCKED_OUT');
  if (!factors.mfaEnabled && uses === 'device') return flowError('MFA_DISABLED');
  return undefined;
}

/** What a proof is checked against, or why it is not (`10` §9.8). */
export type Subject =
  | { readonly kind: 'device'; readonly device: Device }
  | { readonly kind: 'oneTime'; readonly destination: DestinationUse }
  | { readonly kind: 'none'; readonly rejection: AuthenticationRejection };

/** The rows of the table of `10` §9.8 that concern the selected device, in its order. */
export function subjectOf(selected: SelectedDevice, situation: Situation): Subject {
  const { factors, policy, deployment, devices, destination, now } = situation;
  if (selected.kind === 'oneTime') {
    // The plan of a one-time flow brings its destination; without it no verdict could be guarded.
    if (!destination) throw new TypeError(`one-time flow ${situation.flow.id} was loaded without its destination`);
    if (oneTimeRefusal(selected, situation.flow.environmentId, situation))
      return { kind: 'none', rejection: { kind: 'DeviceUnusable', selected: 'oneTime' } };
    if (isOneTimeAtCeiling(selected.type, situation, destination))
      return { kind: 'none', rejection: { kind: 'OneTimeCeiling' } };
    return { kind: 'oneTime', destination };
  }
  const device = devices.find(({ id }) => id === selected.id);
  const lock = device && lockOf(device, factors, now);
  if (lock) {
    // A ceiling has no end to announce (`10` §9.3).
    const end = lock.expiresAt === undefined ? {} : { expiresAt: lock.expiresAt };
    return { kind: 'none', rejection: { kind: 'DeviceLocked', ...end } };
  }
  if (!device || unusable(device, factors, policy, deployment, now))
    return { kind: 'none', rejection: { kind: 'DeviceUnusable', selected: 'device' } };
  return { kind: 'device', device };
}

/**
 * The state that an obstacle leaves (`10` §9.8): the code is dead for good, and without another eligible device the flow has
 * failed. A one-time ceiling ends no flow.
 */
export function stateUnder(
  obstacle: AuthenticationRejection,
  state: ChallengeState,
  situation: Situation,
): ChallengeState | StateOf<'FAILED'> {
  if (obstacle.kind !== 'OneTimeCeiling') {
    const { eligible, locked } = eligibleIn(situation);
    if (eligible.length === 0)
      return failed(
        noUsableDevices(
          situation.user.id,
          locked.map(({ id }) => id),
        ),
        state.selected,
      );
  }
  return state.codeDead ? state : { ...state, codeDead: true };
}

/** The state as it stands now, for a reader: where the next action would find it ended, it reads as ended (`10` §7.1). */
export function currentState(situation: Situation): DeviceAuthenticationState {
  const { state } = situation.flow;
  if (state.status === 'COMPLETED' || state.status === 'FAILED') return state;
  const error = accountError(situation, state.selected?.kind ?? 'device');
  if (error) return failed(error, state.selected);
  // Nothing is selected yet; a flow without a user is not read here.
  if (state.status === 'DEVICE_SELECTION_REQUIRED' || !state.selected) return state;
  const subject = subjectOf(state.selected, situation);
  return subject.kind === 'none' ? stateUnder(subject.rejection, state, situation) : state;
}
