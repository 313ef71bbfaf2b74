import type { FieldProblem } from '../../kernel/field-problem.js';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import { RELYING_PARTY_ID } from '../../policies/fido2/fido2-policy-document.js';
import { type CredentialDetails, detailsOf } from '../credential.js';
import type { Device } from '../model.js';
import { attestationPairing } from './attestation.js';
import type { AssertionKind, Members, Particulars } from './kind.js';

const RelyingParty = Type.Object({ id: Type.String(), name: Type.String() }, { additionalProperties: false });

/** A credential that a browser makes and uses by WebAuthn (`20` §8). `forces`: what the legacy types ask for whatever the policy says. */
function webAuthnKind(displayName: string, forces: 'platform' | 'cross-platform' | undefined) {
  return {
    challenge: 'assertion',
    method: 'fido2',
    displayName,
    // Those of a completed flow say more: whether the key is bound to hardware, and whether the user was verified (`10` §7.6).
    authenticators: ['mfa', 'hwk'],
    allowsTestMode: false,
    allowsExtension: false,
    members: {
      rp: Type.Object({
        id: Type.Optional(Type.String({ maxLength: 253, pattern: RELYING_PARTY_ID })),
        name: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
      }),
    },
    parseMembers,
    pairing: attestationPairing(forces),
    flowMembers,
    flowSchema: {
      rp: RelyingParty,
      displayName: Type.String(),
      attributes: Type.Object({ isCrossPlatform: Type.Boolean() }, { additionalProperties: false }),
    },
    managedMembers: (device: Pick<Device, 'details'>): JsonObject => ({ rp: { ...detailsOf(device).rp } }),
    managedSchema: { rp: RelyingParty },
  } as const satisfies AssertionKind;
}

/** Passkeys, platform authenticators and security keys. */
export const fido2 = webAuthnKind('FIDO2', undefined);
/** Deprecated predecessors of `FIDO2` (`20` §2.1). */
export const securityKey = webAuthnKind('Security Key', 'cross-platform');
export const platform = webAuthnKind('FIDO2 Biometrics', 'platform');

/** An absent `rp`, or an absent part of it, is filled in from the FIDO policy when the pairing begins (`20` §8.1). */
function parseMembers({ rp }: Members): Outcome<Particulars, readonly FieldProblem[]> {
  const { id = '', name = '' } = (rp ?? {}) as { readonly id?: string; readonly name?: string };
  if (/^[0-9.]+$/.test(id)) return reject([{ problem: 'invalid', target: 'rp.id', message: 'must be a domain name' }]);
  return accept({ details: { rp: { id, name } } });
}

/** `10` §5. Which model it is, where its metadata says; else what kind of credential. */
function flowMembers(device: Pick<Device, 'details'>): JsonObject {
  const { rp, isCrossPlatform = false, ...rest } = detailsOf(device);
  return { rp: { ...rp }, displayName: nameOf(rest), attributes: { isCrossPlatform } };
}

function nameOf({ modelName, backupEligible, transports }: Omit<CredentialDetails, 'rp'>): string {
  if (modelName !== undefined) return modelName;
  return backupEligible || transports.includes('internal') ? 'Passkey' : 'Security key';
}
