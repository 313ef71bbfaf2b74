import type { Device } from '../devices/model.js';
import type { BusinessEvent } from '../events.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import type { Decided, Write } from '../storage/port.js';
import type { DeviceAuthentication, SelectedDevice } from './model.js';
import type { AuthenticationRejection } from './rejection.js';
import { type Circumstances, eligibleIn } from './situation.js';

/** An entry of `_embedded.devices`: a paired device, or the contact of a one-time flow (`10` §5). */
export type ListedDevice =
  | { readonly kind: 'device'; readonly device: Device }
  | Extract<SelectedDevice, { readonly kind: 'oneTime' }>;

/** A device authentication as it stands, with what its representation shows beside it. */
export interface Answer {
  readonly flow: DeviceAuthentication;
  readonly devices: readonly ListedDevice[];
  /** The code of a test device, in the answer to the command that issued it and nowhere else (`10` §4.4). */
  readonly testOtp?: string;
}

/** What a decision says: the result for the caller, and what to report once it is durable. */
export interface Verdict {
  readonly result: Outcome<Answer, AuthenticationRejection>;
  readonly events: readonly BusinessEvent[];
}

const NOTHING: readonly never[] = [];

export function refuse(
  rejection: AuthenticationRejection,
  writes: readonly Write[] = NOTHING,
  events: readonly BusinessEvent[] = NOTHING,
): Decided<Verdict> {
  return { writes, outcome: { result: reject(rejection), events } };
}

/** `circumstances` are those after the decision's own writes. */
export function grant(
  flow: DeviceAuthentication,
  circumstances: Circumstances,
  writes: readonly Write[] = NOTHING,
  events: readonly BusinessEvent[] = NOTHING,
  testOtp?: string,
): Decided<Verdict> {
  return { writes, outcome: { result: accept(answerOf(flow, circumstances, testOtp)), events } };
}

/** The list of devices is evaluated afresh for each answer (`10` §5). */
export function answerOf(flow: DeviceAuthentication, circumstances: Circumstances, testOtp?: string): Answer {
  return { flow, devices: listDevices(flow, circumstances), ...(testOtp === undefined ? {} : { testOtp }) };
}

/**
 * Every eligible device in order, in terminal states too; the single contact in a one-time flow, until a paired device is selected;
 * none when the flow failed for want of one (`10` §5).
 */
function listDevices(flow: DeviceAuthentication, circumstances: Circumstances): readonly ListedDevice[] {
  const { state } = flow;
  if (state.status === 'FAILED' && state.error.code === 'NO_USABLE_DEVICES') return NOTHING;
  if (state.selected?.kind === 'oneTime') return [state.selected];
  return eligibleIn(circumstances).eligible.map((device) => ({ kind: 'device', device }));
}
