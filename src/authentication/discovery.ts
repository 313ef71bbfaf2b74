import { chargeRun } from '../devices/counting/counting.js';
import { unusable } from '../devices/eligibility.js';
import type { Device } from '../devices/model.js';
import { isCeremonyOver } from '../devices/pairing/ceremony.js';
import { accept } from '../kernel/outcome.js';
import type { Decision, Snapshot } from '../storage/port.js';
import { acceptProof } from './accept-proof.js';
import { answerWithoutUser, refuse, type Verdict } from './answer.js';
import { askDiscovery, fido2PolicyIn, isCredential } from './ask-assertion.js';
import { afterAssertion, authenticatorsOf, proofBy } from './check-assertion.js';
import type { AssertionFacts, CommandName, CreateCommand, CreateFacts } from './command.js';
import { eventOf } from './events.js';
import { moved } from './expiry.js';
import { failed, flowError } from './failure.js';
import type { DeviceAuthentication, DiscoveryState } from './model.js';
import { accountError } from './settle.js';
import { type Circumstances, type FlowTerms, flowTerms, situate } from './situation.js';

/** Nobody is named: whoever has a credential of this relying party says so by an assertion (`10` §11.5). */
export function startDiscovery(
  terms: Pick<Circumstances, 'now' | 'configuration' | 'policy' | 'deployment'>,
  { environment }: Snapshot,
  { selection, otp, assertion, applicationId }: CreateCommand,
  facts: CreateFacts,
): Decision<Verdict> {
  if (!environment) return refuse({ kind: 'NotFound' });
  const reason = selection || otp !== undefined ? 'DEVICE_NAMED' : refusalUnder(terms);
  if (reason) return refuse({ kind: 'UserRequired', reason });
  const { now, policy } = terms;
  const state = askDiscovery(assertion, terms, facts);
  const flow = moved(
    {
      ...{ id: facts.id, environmentId: environment.id, version: 1, policyId: policy.id },
      ...(applicationId === undefined ? {} : { applicationId }),
      ...(assertion ? { assertion } : {}),
      ...{ sends: 0, createdAt: now },
    },
    state,
    now,
  );
  return {
    writes: [{ kind: 'insert', entity: 'deviceAuthentication', value: flow }],
    outcome: {
      result: accept(answerWithoutUser(flow)),
      events: [eventOf(flow, 'AUTHENTICATION.CREATED', { status: state.status })],
    },
  };
}

/** Why a flow without a user cannot begin under a policy; absent: it can (`10` §11.5). */
function refusalUnder(
  terms: Pick<Circumstances, 'policy' | 'configuration' | 'deployment'>,
): 'METHOD_DISABLED' | 'NOT_DISCOVERABLE' | undefined {
  if (!terms.policy.methods.fido2.enabled) return 'METHOD_DISABLED';
  return fido2PolicyIn(terms).residentKey === 'discouraged' ? 'NOT_DISCOVERABLE' : undefined;
}

/** A flow that waits for a credential to say who the user is. */
export interface DiscoveryFlow extends DeviceAuthentication {
  readonly state: DiscoveryState;
}

/** It was begun without a user, whatever has come of it. */
export function isWithoutUser({ userId, isDiscovered }: DeviceAuthentication): boolean {
  return userId === undefined || isDiscovered === true;
}

export function isDiscovery(flow: DeviceAuthentication | undefined): flow is DiscoveryFlow {
  return flow?.state.status === 'ASSERTION_REQUIRED' && flow.state.selected === undefined;
}

/**
 * Decides a command on a flow without a user. Only an assertion is legal. A wrong one counts in the flow, which has no device to
 * count in; a right one names user and device at once, and the user is judged as in any other flow, but only then: to anyone else
 * the answer tells nothing about users (`10` §11.5).
 */
export function decideDiscovery(
  name: CommandName,
  snapshot: Snapshot,
  facts: Pick<AssertionFacts, 'deployment' | 'open'> & Partial<Pick<AssertionFacts, 'verified'>>,
): Decision<Verdict> {
  const terms = flowTerms(snapshot, facts.deployment);
  if (!terms) return refuse({ kind: 'NotFound' });
  const { flow, now } = terms;
  const { verified } = facts;
  if (!isDiscovery(flow) || name !== 'assertion.check')
    return refuse({ kind: 'WrongState', command: name, status: flow.state.status });
  if (verified === 'malformed') return refuse({ kind: 'AssertionMalformed' });
  if (isCeremonyOver(flow.state.asked, now) || verified?.challenge !== flow.state.asked.challenge)
    return refuse({ kind: 'AssertionRefused' });

  const situation = situate(snapshot, facts.deployment);
  const device = situation?.devices.find(({ id }) => id === verified.used?.deviceId);
  if (!situation || !device || !isCredential(device)) return charge(flow, terms, 'CREDENTIAL_ID');
  const proof = proofBy(device, verified, situation, facts.open);
  if (typeof proof === 'string') return charge(flow, terms, proof);
  if (!proof.userVerified) return charge(flow, terms, 'USER_VERIFICATION');
  const { factors, policy, deployment } = situation;
  if (unusable(device, factors, policy, deployment, now)) return charge(flow, terms, 'CREDENTIAL_ID');
  const error = accountError(situation, 'device');
  if (error) return end(flow, terms, failed(error, undefined), { kind: 'AccountNotUsable' });

  return accepted(situation, device, proof);
}

function accepted(
  situation: NonNullable<ReturnType<typeof situate>>,
  device: Device,
  proof: Parameters<typeof afterAssertion>[1],
): Decision<Verdict> {
  const selected = { kind: 'device', id: device.id, type: device.type } as const;
  const identified = {
    ...situation,
    flow: { ...situation.flow, userId: situation.user.id, isDiscovered: true } as const,
  };
  return acceptProof(
    { selected },
    identified,
    { kind: 'device', device },
    {
      event: 'ASSERTION.CHECK_SUCCESS',
      authenticators: authenticatorsOf(device, proof),
      device: afterAssertion(device, proof),
    },
  );
}

/** One more wrong assertion in this flow; the last ends it. */
function charge(flow: DiscoveryFlow, terms: FlowTerms, problem: string): Decision<Verdict> {
  const { next } = chargeRun(flow.state.failures, terms.policy.methods.fido2);
  const event = eventOf(flow, 'ASSERTION.CHECK_FAILED', { problem });
  if (!next)
    return end(
      flow,
      terms,
      failed(flowError('ASSERTION_ATTEMPTS_LIMIT'), undefined),
      { kind: 'AssertionRefused' },
      event,
    );
  const charged: DeviceAuthentication = { ...flow, state: { ...flow.state, failures: next } };
  return refuse(
    { kind: 'AssertionRefused' },
    [{ kind: 'update', entity: 'deviceAuthentication', value: charged }],
    [event],
  );
}

function end(
  before: DeviceAuthentication,
  { now }: FlowTerms,
  state: ReturnType<typeof failed>,
  rejection: Parameters<typeof refuse>[0],
  ...events: readonly ReturnType<typeof eventOf>[]
): Decision<Verdict> {
  const flow = moved(before, state, now);
  return refuse(
    rejection,
    [{ kind: 'update', entity: 'deviceAuthentication', value: flow }],
    [...events, eventOf(flow, 'AUTHENTICATION.UPDATED', { status: 'FAILED' })],
  );
}
