import { codeEpochOf } from '../devices/counting/counting.js';
import { detailsOf } from '../devices/credential.js';
import type { Device } from '../devices/model.js';
import { fido2PolicyUnder } from '../devices/relying-party.js';
import { accountLockEpoch } from '../platform/users/account.js';
import type { Fido2Policy } from '../policies/fido2/fido2-policy.js';
import { requestOptionsText } from '../webauthn/options.js';
import type { Begun } from './begun.js';
import type { ChallengeFacts } from './command.js';
import type { AssertionAsked, AssertionState, DeviceAuthentication, DiscoveryState } from './model.js';
import type { Recipient } from './send.js';
import { type Circumstances, eligibleIn } from './situation.js';

/** Asks the browser for an assertion by one of the user's credentials of the selected device's relying party (`10` §11.1). */
export function askAssertion(
  flow: Recipient & Pick<DeviceAuthentication, 'assertion'>,
  circumstances: Circumstances,
  device: Device,
  facts: Pick<ChallengeFacts, 'challenge'>,
): Begun {
  const { factors } = circumstances;
  const policy = fido2PolicyIn(circumstances);
  const rpId = flow.assertion?.rpId ?? detailsOf(device).rp.id;
  const state: AssertionState = {
    status: 'ASSERTION_REQUIRED',
    selected: { kind: 'device', id: device.id, type: device.type },
    asked: asked(rpId, policy, policy.userVerification.option, flow.assertion?.challenge, circumstances, facts),
    epoch: codeEpochOf(factors, device.type, device),
    accountEpoch: accountLockEpoch(factors),
  };
  return { kind: 'begun', state, sends: flow.sends, writes: [], messages: 0, events: [] };
}

/** Asks for an assertion by whatever credential the user has: it will say who the user is (`10` §11.5). Always verifies the user. */
export function askDiscovery(
  assertion: DeviceAuthentication['assertion'],
  circumstances: Pick<Circumstances, 'policy' | 'configuration' | 'deployment' | 'now'>,
  facts: Pick<ChallengeFacts, 'challenge'>,
): DiscoveryState {
  const policy = fido2PolicyIn(circumstances);
  const rpId = assertion?.rpId ?? policy.relyingPartyId;
  return {
    status: 'ASSERTION_REQUIRED',
    asked: asked(rpId, policy, 'required', assertion?.challenge, circumstances, facts),
  };
}

export function fido2PolicyIn({
  policy,
  configuration,
  deployment,
}: Pick<Circumstances, 'policy' | 'configuration' | 'deployment'>): Fido2Policy {
  return fido2PolicyUnder(policy, configuration, deployment);
}

/** `publicKeyCredentialRequestOptions`: every credential that the user could use now (`10` §11.1). */
export function requestOptionsOf(
  { asked: { challenge, timeout, rpId, userVerification, hints } }: AssertionState | DiscoveryState,
  credentials: readonly Device[],
): string {
  return requestOptionsText({
    challenge: Buffer.from(challenge, 'base64url'),
    timeout,
    rpId,
    allow: credentials.flatMap((device) => {
      const { credentialId, transports } = detailsOf(device);
      return credentialId === undefined ? [] : [{ id: Buffer.from(credentialId, 'base64url'), transports }];
    }),
    userVerification,
    hints,
  });
}

/** The user's eligible devices that have a credential of this relying party. */
export function credentialsFor(rpId: string, circumstances: Circumstances): readonly Device[] {
  return eligibleIn(circumstances).eligible.filter(
    (device) => isCredential(device) && detailsOf(device).rp.id === rpId,
  );
}

export function isCredential({ type }: Device): boolean {
  return type === 'FIDO2' || type === 'SECURITY_KEY' || type === 'PLATFORM';
}

function asked(
  rpId: string,
  { timeout, hints }: Fido2Policy,
  userVerification: AssertionAsked['userVerification'],
  chosen: string | undefined,
  { now }: Pick<Circumstances, 'now'>,
  facts: Pick<ChallengeFacts, 'challenge'>,
): AssertionAsked {
  const challenge = chosen ?? Buffer.from(facts.challenge()).toString('base64url');
  return { challenge, rpId, issuedAt: now, timeout, userVerification, hints };
}
