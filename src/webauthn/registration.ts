import { createHash } from 'node:crypto';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import { FORMATS } from './attestation/formats.js';
import type { AttestationProof } from './attestation/statement.js';
import { type AuthenticatorData, parseAuthenticatorData } from './authenticator-data.js';
import { type CborMap, decodeCbor, isCborMap } from './cbor.js';
import { type CeremonyTerms, clientDataProblem, parseClientData } from './client-data.js';
import { credentialKeyOf } from './cose-key.js';
import type { AttestationJson } from './credential-json.js';
import type { CeremonyProblem } from './problem.js';

/** What a registration must satisfy beside the terms of every ceremony. */
export interface RegistrationTerms extends CeremonyTerms {
  /** COSE numbers that were offered. */
  readonly algorithms: readonly number[];
  readonly requiresUserVerification: boolean;
  /** Whether credentials that can be copied to another device are taken (`30` §2.2 `backupEligibility.allow`). */
  readonly allowsBackupEligible: boolean;
}

/** A credential that was registered truthfully; whether its authenticator is trusted is judged apart (`trust.ts`). */
export interface Registration {
  readonly credentialId: Buffer;
  /** The COSE key as the authenticator wrote it. */
  readonly publicKey: Buffer;
  readonly aaguid: Buffer;
  readonly signCount: number;
  readonly userVerified: boolean;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
  readonly transports: readonly string[];
  readonly format: string;
  readonly proof: AttestationProof;
}

/**
 * Verifies a registration (WebAuthn L3 §7.1, steps 5 to 24; SEC-25): what can be told from the response and the terms alone. Not
 * here: that the challenge is still alive, that the credential id is new, and whether the authenticator is trusted. Total: any
 * bytes whatever give an outcome.
 */
export function verifyRegistration(
  credential: AttestationJson,
  terms: RegistrationTerms,
): Outcome<Registration, CeremonyProblem> {
  const client = parseClientData(credential.clientDataJson);
  const object = attestationObjectOf(credential.attestationObject);
  if (!client || !object) return reject('MALFORMED');
  const { data, signed, format, statement } = object;
  const { attested } = data;
  if (!attested) return reject('MALFORMED');

  const problem = clientDataProblem(client, 'webauthn.create', terms) ?? authenticatorProblem(data, terms);
  if (problem) return reject(problem);
  if (data.flags.backupEligible && !terms.allowsBackupEligible) return reject('BACKUP_ELIGIBLE');
  if (!attested.credentialId.equals(credential.credentialId)) return reject('CREDENTIAL_ID');

  const algorithm = attested.cose.get(3);
  if (typeof algorithm !== 'number' || !terms.algorithms.includes(algorithm)) return reject('ALGORITHM');
  const key = credentialKeyOf(attested.cose);
  if (!key) return reject('PUBLIC_KEY');

  const verify = FORMATS.get(format);
  if (!verify) return reject('FORMAT');
  const clientDataHash = createHash('sha256').update(credential.clientDataJson).digest();
  const proof = verify({ statement, signed, data, attested, key, clientDataHash });
  if (!proof) return reject('ATTESTATION');

  const { credentialId, publicKey, aaguid } = attested;
  const { userVerified, backupEligible, backedUp } = data.flags;
  const { signCount } = data;
  const { transports } = credential;
  return accept({
    ...{ credentialId, publicKey, aaguid, signCount },
    ...{ userVerified, backupEligible, backedUp, transports, format, proof },
  });
}

/** What is wrong with the authenticator's part of any ceremony (WebAuthn L3 §7.1 steps 14 to 18, §7.2 steps 16 to 19). */
export function authenticatorProblem(
  { rpIdHash, flags }: AuthenticatorData,
  { rpId, requiresUserVerification }: Pick<RegistrationTerms, 'rpId' | 'requiresUserVerification'>,
): CeremonyProblem | undefined {
  if (!rpIdHash.equals(createHash('sha256').update(rpId).digest())) return 'RP_ID';
  if (!flags.userPresent) return 'USER_PRESENCE';
  if (requiresUserVerification && !flags.userVerified) return 'USER_VERIFICATION';
  return flags.backedUp && !flags.backupEligible ? 'BACKUP_FLAGS' : undefined;
}

interface AttestationObject {
  readonly format: string;
  readonly statement: CborMap;
  readonly signed: Buffer;
  readonly data: AuthenticatorData;
}

/** Exactly `fmt`, `attStmt` and `authData` (WebAuthn L3 §6.5.4). */
function attestationObjectOf(bytes: Buffer): AttestationObject | undefined {
  const object = decodeCbor(bytes);
  if (!isCborMap(object) || object.size !== 3) return undefined;
  const [format, statement, signed] = ['fmt', 'attStmt', 'authData'].map((name) => object.get(name));
  if (typeof format !== 'string' || !isCborMap(statement) || !Buffer.isBuffer(signed)) return undefined;
  const data = parseAuthenticatorData(signed);
  return data && { format, statement, signed, data };
}
