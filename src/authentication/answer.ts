import type { Device } from '../devices/model.js';
import type { BusinessEvent } from '../events.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import type { Decided, Write } from '../storage/port.js';
import { credentialsFor, fido2PolicyIn, isCredential, requestOptionsOf } from './ask-assertion.js';
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
  readonly testOtp?: string | undefined;
  /** `publicKeyCredentialRequestOptions`, while an assertion is asked for (`10` §11.1). */
  readonly requestOptions?: string | undefined;
  /** Where a FIDO2 device is listed (`10` §2). */
  readonly aggregatesFido2?: boolean | undefined;
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
  const devices = listDevices(flow, circumstances);
  return {
    flow,
    devices,
    testOtp,
    requestOptions: requestOptions(flow, circumstances),
    aggregatesFido2: devices.some(isPasskey) ? fido2PolicyIn(circumstances).aggregatesDevices : undefined,
  };
}

/** Of a flow that was begun without a user: it tells of nobody's devices (`10` §11.5). */
export function answerWithoutUser(flow: DeviceAuthentication): Answer {
  const { state } = flow;
  if (state.status !== 'ASSERTION_REQUIRED') return { flow, devices: NOTHING };
  return { flow, devices: NOTHING, requestOptions: requestOptionsOf(state, NOTHING) };
}

const isPasskey = (listed: ListedDevice): boolean => listed.kind === 'device' && isCredential(listed.device);

function requestOptions({ state }: DeviceAuthentication, circumstances: Circumstances): string | undefined {
  if (state.status !== 'ASSERTION_REQUIRED') return undefined;
  return requestOptionsOf(state, credentialsFor(state.asked.rpId, circumstances));
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
