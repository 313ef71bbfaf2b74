import { codeEpochOf } from '../devices/counting/counting.js';
import { asDetails, detailsOf, publicKeyOf } from '../devices/credential.js';
import type { Device } from '../devices/model.js';
import { isCeremonyOver } from '../devices/pairing/ceremony.js';
import { authenticatorsUnder } from '../devices/relying-party.js';
import { accountLockEpoch } from '../platform/users/account.js';
import type { Decision } from '../storage/port.js';
import { type Assertion, hasAdvanced } from '../webauthn/assertion.js';
import type { CeremonyProblem } from '../webauthn/problem.js';
import { demandProblem } from '../webauthn/trust.js';
import { acceptProof } from './accept-proof.js';
import { refuse, type Verdict } from './answer.js';
import { credentialsFor, fido2PolicyIn } from './ask-assertion.js';
import { chargeProof, type ProofWords } from './charge-proof.js';
import type { AssertionFacts, CheckAssertionCommand } from './command.js';
import { hold } from './hold.js';
import type { AssertionState, DiscoveryState } from './model.js';
import { subjectOf } from './settle.js';
import type { Circumstances, Situation } from './situation.js';
import type { VerifiedAssertion } from './verify-assertion.js';

export const ASSERTION_WORDS: ProofWords = {
  wrong: 'ASSERTION.CHECK_FAILED',
  last: 'ASSERTION.CHECK_FAILED',
  limit: 'ASSERTION_ATTEMPTS_LIMIT',
  refusal: () => ({ kind: 'AssertionRefused' }),
};

/**
 * Checks an assertion (`10` §7.4, §11.4; order: §7.1). What forbids the check answers without counting (SEC-15, SEC-16), as does
 * what cannot be read, or answers a challenge that is no longer the flow's. Everything else is a verdict, counted before it is told
 * (SEC-10), and it guards flow and factors, right or wrong.
 */
export function checkAssertion(
  state: AssertionState | DiscoveryState,
  situation: Situation,
  _command: CheckAssertionCommand,
  { verified, open }: AssertionFacts,
): Decision<Verdict> {
  // A flow without a user is decided where the user is found out.
  if (!state.selected) return refuse({ kind: 'AssertionRefused' });
  const subject = subjectOf(state.selected, situation);
  if (subject.kind === 'none') return hold(state, situation, subject.rejection);
  if (verified === 'malformed') return refuse({ kind: 'AssertionMalformed' });
  if (isDead(state, situation) || verified?.challenge !== state.asked.challenge)
    return refuse({ kind: 'AssertionRefused' });

  const allowed = credentialsFor(state.asked.rpId, situation);
  const device = allowed.find(({ id }) => id === verified.used?.deviceId);
  const proof = device ? proofBy(device, verified, situation, open) : 'CREDENTIAL_ID';
  if (!device || typeof proof === 'string')
    return chargeProof(state, situation, subject, ASSERTION_WORDS, { problem: String(proof) });
  const selected = { kind: 'device', id: device.id, type: device.type } as const;
  return acceptProof(
    { ...state, selected },
    situation,
    { kind: 'device', device },
    {
      event: 'ASSERTION.CHECK_SUCCESS',
      authenticators: authenticatorsOf(device, proof),
      device: afterAssertion(device, proof),
    },
  );
}

/** What the assertion proves by the snapshot at hand, or why it proves nothing. */
export function proofBy(
  device: Device,
  { used, outcome }: VerifiedAssertion,
  circumstances: Pick<Circumstances, 'policy' | 'configuration' | 'deployment'>,
  open: AssertionFacts['open'],
): Assertion | CeremonyProblem {
  if (!outcome.ok) return outcome.rejection;
  const { signCount, backupEligible, provenance } = detailsOf(device);
  // The row may have changed since: another key is another credential, and a count that was used up is used up (SEC-28).
  if (publicKeyOf(device, open).toString('base64url') !== used?.publicKey) return 'PUBLIC_KEY';
  if (!hasAdvanced(outcome.value.signCount, signCount)) return 'SIGN_COUNT';
  const { userVerification, backupEligible: backup, authenticators } = fido2PolicyIn(circumstances);
  const mustVerify = userVerification.option === 'required' || userVerification.enforced || device.type === 'PLATFORM';
  if (mustVerify && !outcome.value.userVerified) return 'USER_VERIFICATION';
  if (backupEligible && backup.enforced && !backup.allowed) return 'BACKUP_ELIGIBLE';
  if (!authenticators.enforced) return outcome.value;
  const models = authenticatorsUnder(circumstances.configuration, circumstances.deployment);
  return demandProblem(provenance ?? { aaguid: '', isProved: false }, authenticators, models) ?? outcome.value;
}

/** Its count and backup state, as the assertion has them (SEC-28); the same device when neither has changed. */
export function afterAssertion(device: Device, { signCount, backedUp }: Assertion): Device {
  const details = detailsOf(device);
  if (details.signCount === signCount && details.backedUp === backedUp) return device;
  return { ...device, details: asDetails({ ...details, signCount, backedUp }) };
}

/** `10` §7.6. */
export function authenticatorsOf(device: Device, { userVerified }: Assertion): readonly string[] {
  return ['mfa', detailsOf(device).backupEligible ? 'swk' : 'hwk', ...(userVerified ? ['user'] : [])];
}

/** Too late, or begun before something that kills challenges: a lock, exhaustion, a check that found the device unusable. */
function isDead(state: AssertionState, { factors, devices, policy, now }: Situation): boolean {
  const { selected, accountEpoch, asked } = state;
  const device = devices.find(({ id }) => selected.kind === 'device' && id === selected.id);
  return (
    state.codeDead === true ||
    isCeremonyOver(asked, now) ||
    state.epoch !== codeEpochOf(factors, selected.type, device) ||
    (!policy.ignoreUserLock && accountEpoch !== accountLockEpoch(factors))
  );
}
