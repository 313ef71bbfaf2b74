import type { FieldProblem } from '../../kernel/field-problem.js';
import { Type } from '../../kernel/json-schema.js';
import { accept } from '../../kernel/outcome.js';
import { accountLockEpoch } from '../../platform/users/account.js';
import { fido2UserName } from '../../policies/fido2/fido2-policy.js';
import { OFFERED_ALGORITHMS } from '../../webauthn/algorithm.js';
import { parseAttestationJson } from '../../webauthn/credential-json.js';
import { creationOptionsText } from '../../webauthn/options.js';
import type { CeremonyProblem } from '../../webauthn/problem.js';
import { type Registration, verifyRegistration } from '../../webauthn/registration.js';
import { judgeAuthenticator, type Provenance } from '../../webauthn/trust.js';
import { asDetails, credentialKeyOf, detailsOf, sealedCredential, userHandleOf } from '../credential.js';
import type { Device } from '../model.js';
import { type CeremonyRequest, isCeremonyOver } from '../pairing/ceremony.js';
import { authenticatorsUnder, fido2PolicyUnder, relyingPartyTerms } from '../relying-party.js';
import type { Members } from './kind.js';
import type { Pairing, PairingContext, Verdict, VerifiedProof } from './pairing.js';

/**
 * Pairing by an attestation (`20` §8; WebAuthn L3 §7.1). A response is tried once: whatever comes of it, its challenge is spent, and
 * a new try needs a new device. It is no guess, so nothing is counted.
 */
export function attestationPairing(forces: 'platform' | 'cross-platform' | undefined): Pairing {
  return {
    statuses: { admin: ['ACTIVATION_REQUIRED'], self: ['ACTIVATION_REQUIRED'] },
    ignoresStatus: true,
    sends: false,
    onceMembers: { publicKeyCredentialCreationOptions: Type.String() },
    proof: { origin: Type.String({ minLength: 1 }), attestation: Type.String({ minLength: 1 }) },

    begin(device, { policyId, notification }, context, draws) {
      const { user, factors, now } = context;
      const policy = fido2PolicyUnder(context.policy, context.configuration, context.deployment);
      const given = detailsOf(device).rp;
      const id = given.id || policy.relyingPartyId;
      const rp = { id, name: given.name || id };
      const challenge = Buffer.from(draws.bytes);
      const ceremony: CeremonyRequest = {
        challenge: challenge.toString('base64url'),
        rpId: rp.id,
        issuedAt: now,
        timeout: policy.timeout,
      };
      const attachment = forces ?? policy.attachment;
      const options = creationOptionsText({
        rp,
        userHandle: userHandleOf(user.environmentId, user.id),
        userName: fido2UserName(policy, user),
        challenge,
        timeout: policy.timeout,
        exclude: credentialsOf(context.devices, rp.id),
        ...(attachment ? { attachment } : {}),
        residentKey: policy.residentKey,
        userVerification: forces === 'platform' ? 'required' : policy.userVerification.option,
        attestation: policy.attestation,
        hints: policy.hints,
      });
      const details = { rp, signCount: 0, backupEligible: false, backedUp: false, transports: [] };
      const pending: Device = {
        ...device,
        details: asDetails(details),
        activation: {
          policyId,
          accountEpoch: accountLockEpoch(factors),
          ...(notification ? { notification } : {}),
          ceremony,
        },
      };
      return accept({ device: pending, once: { publicKeyCredentialCreationOptions: options } });
    },

    verify(device, proof, context) {
      const ceremony = device.activation?.ceremony;
      const { origin, attestation } = proof;
      if (!ceremony || typeof origin !== 'string' || typeof attestation !== 'string') return undefined;
      const credential = parseAttestationJson(attestation);
      if (!credential) return undefined;
      const policy = fido2PolicyUnder(context.policy, context.configuration, context.deployment);
      const outcome = verifyRegistration(credential, {
        challenge: Buffer.from(ceremony.challenge, 'base64url'),
        origin,
        rpId: ceremony.rpId,
        allowsSubdomains: relyingPartyTerms(context.deployment).allowsSubdomains,
        algorithms: OFFERED_ALGORITHMS,
        requiresUserVerification: forces === 'platform' || policy.userVerification.option === 'required',
        allowsBackupEligible: policy.backupEligible.allowed,
      });
      const { challenge } = ceremony;
      return { challenge, outcome, credentialKey: credentialKeyOf(credential.credentialId) };
    },

    judge(device, proof, context, verified) {
      const missing = missingMembers(proof);
      if (missing.length > 0) return { kind: 'malformed', problems: missing };
      const ceremony = device.activation?.ceremony;
      if (!ceremony || isCeremonyOver(ceremony, context.now))
        return malformed('answers a challenge that has expired or was tried already: create the device again');
      if (!verified) return malformed('must be the JSON text of a credential');
      if (verified.challenge !== ceremony.challenge) return malformed('answers another challenge');
      return verdictOn(device, verified, context);
    },
  };
}

/** What the facts say of the proof, and the policy of the authenticator. */
function verdictOn(device: Device, { outcome, credentialKey }: VerifiedProof, context: PairingContext): Verdict {
  if (!outcome.ok) return refused(device, outcome.rejection);
  const { policy, configuration, deployment, now } = context;
  const demands = fido2PolicyUnder(policy, configuration, deployment).authenticators;
  const models = authenticatorsUnder(configuration, deployment);
  const trust = judgeAuthenticator(outcome.value, demands, models, now);
  if (!trust.ok) return refused(device, trust.rejection);
  const provenance = trust.value;
  return {
    kind: 'right',
    device: registered(device, outcome.value, provenance, models.get(provenance.modelId ?? '')?.description),
    ...(credentialKey === undefined ? {} : { credentialKey }),
    detail: { aaguid: provenance.aaguid, attestation: outcome.value.format, attested: provenance.isProved },
  };
}

function registered(
  device: Device,
  registration: Registration,
  provenance: Provenance,
  modelName: string | undefined,
): Device {
  const { credentialId, signCount, backupEligible, backedUp, transports, format } = registration;
  return {
    ...device,
    secret: sealedCredential(registration),
    details: asDetails({
      rp: detailsOf(device).rp,
      credentialId: credentialId.toString('base64url'),
      ...{ signCount, backupEligible, backedUp, transports, format, provenance },
      // A credential that is reached from inside is bound to this platform, as far as anyone says (`10` §11.2).
      isCrossPlatform: !transports.includes('internal'),
      ...(modelName === undefined ? {} : { modelName }),
    }),
  };
}

/** The challenge is spent (`20` §8.3); the answer says which member is at fault, the records why. */
function refused(device: Device, problem: CeremonyProblem): Verdict {
  const target = problem === 'ORIGIN' ? 'origin' : 'attestation';
  return {
    kind: 'refused',
    device: withoutCeremony(device),
    problems: [{ problem: 'invalid', target, message: MESSAGES[problem] ?? 'is not acceptable' }],
    event: problem === 'COMPROMISED' ? 'DEVICE.PAIRING_FAILED_COMPROMISED' : 'DEVICE.ACTIVATION_FAILED',
    detail: { problem },
  };
}

function withoutCeremony({ activation, ...device }: Device): Device {
  if (!activation) return device;
  const { ceremony: _, ...rest } = activation;
  return { ...device, activation: rest };
}

/** What helps whoever builds a client; everything else is the authenticator's or an attacker's. */
const MESSAGES: Partial<Record<CeremonyProblem, string>> = {
  ORIGIN: 'must be the origin that ran the ceremony, on the relying party’s domain',
  USER_VERIFICATION: 'is without the user verification that the policy requires',
  BACKUP_ELIGIBLE: 'is of a credential that can be backed up, which the policy does not allow',
  UNTRUSTED: 'is of an authenticator that the metadata does not vouch for',
  NOT_ALLOWED: 'is of an authenticator that the policy does not allow',
  COMPROMISED: 'is of an authenticator that is reported as compromised',
};

function credentialsOf(devices: readonly Device[], rpId: string) {
  return devices.flatMap((device) => {
    const { rp, credentialId, transports } = detailsOf(device);
    return device.status === 'ACTIVE' && credentialId !== undefined && rp.id === rpId
      ? [{ id: Buffer.from(credentialId, 'base64url'), transports }]
      : [];
  });
}

function missingMembers(proof: Members): readonly FieldProblem[] {
  return ['origin', 'attestation'].flatMap((target) =>
    proof[target] === undefined ? [{ problem: 'required', target } as const] : [],
  );
}

function malformed(message: string): Verdict {
  return { kind: 'malformed', problems: [{ problem: 'invalid', target: 'attestation', message }] };
}
