import { detailsOf, publicKeyOf, userHandleOf } from '../devices/credential.js';
import type { Device } from '../devices/model.js';
import { relyingPartyTerms } from '../devices/relying-party.js';
import { type Outcome, reject } from '../kernel/outcome.js';
import { type Assertion, verifyAssertion } from '../webauthn/assertion.js';
import type { AssertionJson } from '../webauthn/credential-json.js';
import type { CeremonyProblem } from '../webauthn/problem.js';
import type { CheckAssertionCommand, Facts } from './command.js';
import type { AssertionAsked } from './model.js';

/**
 * What verifying an assertion has found, before the unit (`design.md` §6): by which device, and against which challenge and key. It
 * says nothing about any other. What policies and counters make of it is decided in the unit.
 */
export interface VerifiedAssertion {
  readonly challenge: string;
  /** Absent: no device of the user's has this credential. */
  readonly used?: { readonly deviceId: string; readonly publicKey: string };
  readonly outcome: Outcome<Assertion, CeremonyProblem>;
}

/** Verifies an assertion by one of these devices; the user's, or the one that was found by its credential. */
export function verifyBy(
  devices: readonly Device[],
  credential: AssertionJson,
  { origin }: CheckAssertionCommand,
  asked: AssertionAsked,
  requiresUserHandle: boolean,
  { deployment, open }: Pick<Facts, 'deployment' | 'open'>,
): VerifiedAssertion {
  const { challenge, rpId } = asked;
  const id = credential.credentialId.toString('base64url');
  const device = devices.find((one) => one.status === 'ACTIVE' && detailsOf(one).credentialId === id);
  if (!device) return { challenge, outcome: reject('CREDENTIAL_ID') };
  const publicKey = publicKeyOf(device, open);
  const { backupEligible, signCount, rp } = detailsOf(device);
  const used = { deviceId: device.id, publicKey: publicKey.toString('base64url') };
  if (rp.id !== rpId) return { challenge, used, outcome: reject('RP_ID') };
  const outcome = verifyAssertion(
    credential,
    { publicKey, signCount, backupEligible },
    {
      challenge: Buffer.from(challenge, 'base64url'),
      origin,
      rpId,
      allowsSubdomains: relyingPartyTerms(deployment).allowsSubdomains,
      // Policies are read with the unit: they may have changed since.
      requiresUserVerification: false,
      allowsBackupEligible: true,
      userHandle: userHandleOf(device.environmentId, device.userId),
      requiresUserHandle,
    },
  );
  return { challenge, used, outcome };
}
