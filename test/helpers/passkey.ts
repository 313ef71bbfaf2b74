import { asDetails, sealedCredential, userHandleOf } from '../../src/devices/credential.js';
import type { Device } from '../../src/devices/model.js';
import { OFFERED_ALGORITHMS } from '../../src/webauthn/algorithm.js';
import { parseAttestationJson } from '../../src/webauthn/credential-json.js';
import { creationOptionsText } from '../../src/webauthn/options.js';
import { verifyRegistration } from '../../src/webauthn/registration.js';
import { uuidOf } from '../../src/webauthn/trust.js';
import { SoftAuthenticator, type SoftOptions } from './soft-authenticator.js';

export const RP_ID = 'localhost';
export const ORIGIN = 'http://localhost';

/** An authenticator with a credential of this relying party, and what a device that was paired with it keeps. */
export function passkeyOf(
  { environmentId, userId }: Pick<Device, 'environmentId' | 'userId'>,
  options: SoftOptions = {},
): { readonly authenticator: SoftAuthenticator; readonly kept: Pick<Device, 'type' | 'secret' | 'details'> } {
  const authenticator = new SoftAuthenticator(options);
  const challenge = Buffer.alloc(32, 1);
  const text = creationOptionsText({
    rp: { id: RP_ID, name: RP_ID },
    userHandle: userHandleOf(environmentId, userId),
    ...{ userName: 'ada', challenge, timeout: 120_000, exclude: [], hints: [] },
    ...{ residentKey: 'preferred', userVerification: 'preferred', attestation: 'none' },
  });
  const credential = parseAttestationJson(authenticator.register(text, ORIGIN));
  const registered =
    credential &&
    verifyRegistration(credential, {
      ...{ challenge, origin: ORIGIN, rpId: RP_ID, allowsSubdomains: false, algorithms: OFFERED_ALGORITHMS },
      ...{ requiresUserVerification: false, allowsBackupEligible: true },
    });
  if (!registered?.ok) throw new Error('the credential of a test is wrong');
  const { credentialId, signCount, backupEligible, backedUp, transports, format, aaguid } = registered.value;
  const details = {
    rp: { id: RP_ID, name: RP_ID },
    credentialId: credentialId.toString('base64url'),
    ...{ signCount, backupEligible, backedUp, transports, format, isCrossPlatform: true },
    provenance: { aaguid: uuidOf(aaguid), isProved: false },
  };
  return {
    authenticator,
    kept: { type: 'FIDO2', secret: sealedCredential(registered.value), details: asDetails(details) },
  };
}
