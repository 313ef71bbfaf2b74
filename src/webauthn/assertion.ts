import { createHash } from 'node:crypto';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import { verifySignature } from './algorithm.js';
import { parseAuthenticatorData } from './authenticator-data.js';
import { type CeremonyTerms, clientDataProblem, parseClientData } from './client-data.js';
import { decodeCredentialKey } from './cose-key.js';
import type { AssertionJson } from './credential-json.js';
import type { CeremonyProblem } from './problem.js';
import { authenticatorProblem } from './registration.js';

/** What an assertion must satisfy beside the terms of every ceremony. */
export interface AssertionTerms extends CeremonyTerms {
  readonly requiresUserVerification: boolean;
  /** Whether credentials that can be copied to another device are taken still (`30` §2.2 `backupEligibility`). */
  readonly allowsBackupEligible: boolean;
  /** The user's WebAuthn id: what `userHandle` must be where it is given (SEC-26). */
  readonly userHandle: Buffer;
  /** Without a user name, the handle is what names the user: it must be given (WebAuthn L3 §7.2 step 6). */
  readonly requiresUserHandle: boolean;
}

/** What is kept of a credential. */
export interface StoredCredential {
  readonly publicKey: Buffer;
  readonly signCount: number;
  readonly backupEligible: boolean;
}

/** What a right assertion leaves to be stored (WebAuthn L3 §7.2 step 26). */
export interface Assertion {
  readonly signCount: number;
  readonly userVerified: boolean;
  readonly backedUp: boolean;
}

/**
 * Verifies an assertion by the credential that it names (WebAuthn L3 §7.2, steps 6 to 25; SEC-25, SEC-26, SEC-28). Not here: that
 * the challenge is still alive and that the credential is one of those allowed. Total: any bytes whatever give an outcome.
 */
export function verifyAssertion(
  assertion: AssertionJson,
  credential: StoredCredential,
  terms: AssertionTerms,
): Outcome<Assertion, CeremonyProblem> {
  const client = parseClientData(assertion.clientDataJson);
  const data = parseAuthenticatorData(assertion.authenticatorData);
  // An assertion shows no credential data (WebAuthn L3 §6.1).
  if (!client || !data || data.attested) return reject('MALFORMED');

  const problem = clientDataProblem(client, 'webauthn.get', terms);
  if (problem) return reject(problem);
  const { userHandle } = assertion;
  if (userHandle ? !userHandle.equals(terms.userHandle) : terms.requiresUserHandle) return reject('USER_HANDLE');
  const unfit = authenticatorProblem(data, terms);
  if (unfit) return reject(unfit);
  const { userVerified, backupEligible, backedUp } = data.flags;
  if (backupEligible !== credential.backupEligible) return reject('BACKUP_FLAGS');
  if (backupEligible && !terms.allowsBackupEligible) return reject('BACKUP_ELIGIBLE');

  const key = decodeCredentialKey(credential.publicKey);
  if (!key) return reject('PUBLIC_KEY');
  const clientDataHash = createHash('sha256').update(assertion.clientDataJson).digest();
  const signed = Buffer.concat([assertion.authenticatorData, clientDataHash]);
  if (!verifySignature(key.algorithm, key.key, signed, assertion.signature)) return reject('SIGNATURE');
  if (!hasAdvanced(data.signCount, credential.signCount)) return reject('SIGN_COUNT');
  return accept({ signCount: data.signCount, userVerified, backedUp });
}

/** Authenticators that do not count say 0 each time (WebAuthn L3 §6.1.1). */
export function hasAdvanced(signCount: number, stored: number): boolean {
  return (signCount === 0 && stored === 0) || signCount > stored;
}
