import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import { describe, expect, it } from 'vitest';
import { verifyAssertion } from '../../src/webauthn/assertion.js';
import { parseAssertionJson, parseAttestationJson } from '../../src/webauthn/credential-json.js';
import { creationOptionsText, requestOptionsText } from '../../src/webauthn/options.js';
import { verifyRegistration } from '../../src/webauthn/registration.js';
import { testAuthority } from '../helpers/certificates.js';
import { type SoftAlgorithm, SoftAuthenticator, type SoftOptions } from '../helpers/soft-authenticator.js';

const ORIGIN = 'https://login.example.org';
const RP_ID = 'login.example.org';
const challenge = Buffer.alloc(32, 7);
const userHandle = Buffer.alloc(32, 9);
const terms = { challenge, origin: ORIGIN, rpId: RP_ID, allowsSubdomains: true };

const creation = creationOptionsText({
  rp: { id: RP_ID, name: 'Example' },
  ...{ userHandle, userName: 'mira', challenge, timeout: 120_000, exclude: [] },
  ...{ residentKey: 'preferred', userVerification: 'preferred', attestation: 'direct', hints: [] },
});
const request = requestOptionsText({
  ...{ challenge, timeout: 120_000, rpId: RP_ID, allow: [], userVerification: 'preferred', hints: [] },
});

/** The same credential in the one alphabet that the library takes. */
function inBase64url(text: string) {
  const credential = JSON.parse(text);
  const response = Object.fromEntries(
    Object.entries(credential.response).map(([key, value]) => [
      key,
      typeof value === 'string' ? Buffer.from(value, 'base64').toString('base64url') : value,
    ]),
  );
  return { ...credential, rawId: credential.id, response, clientExtensionResults: {} };
}

const cases: readonly SoftOptions[] = (['ES256', 'RS256', 'PS256', 'EdDSA'] as readonly SoftAlgorithm[]).flatMap(
  (algorithm) => [
    { algorithm, attestation: 'none', backupEligible: true },
    { algorithm, attestation: 'self', signCount: 5 },
    { algorithm, attestation: 'packed', authority: testAuthority(), aaguid: Buffer.alloc(16, 3) },
  ],
);

describe('a truthful authenticator', () => {
  it.each(cases.map((options) => [`${options.algorithm} ${options.attestation}`, options] as const))(
    'is believed by this server and by another implementation alike: %s',
    async (_name, options) => {
      const authenticator = new SoftAuthenticator(options);
      const attestation = authenticator.register(creation, ORIGIN);
      const parsed = parseAttestationJson(attestation);
      if (!parsed) throw new Error('the attestation does not parse');
      const ours = verifyRegistration(parsed, {
        ...{ ...terms, algorithms: [-7, -8, -37, -257] },
        ...{ requiresUserVerification: true, allowsBackupEligible: true },
      });
      const theirs = await verifyRegistrationResponse({
        response: inBase64url(attestation),
        expectedChallenge: challenge.toString('base64url'),
        ...{ expectedOrigin: ORIGIN, expectedRPID: RP_ID, supportedAlgorithmIDs: [-7, -8, -37, -257] },
      });
      if (!ours.ok || !theirs.verified) throw new Error('refused');
      const info = theirs.registrationInfo;
      expect(ours.value.credentialId.toString('base64url')).toBe(info.credential.id);
      expect(ours.value.publicKey).toEqual(Buffer.from(info.credential.publicKey));
      expect(ours.value.signCount).toBe(info.credential.counter);
      expect(ours.value.backupEligible).toBe(info.credentialDeviceType === 'multiDevice');

      const assertion = authenticator.assert(request, ORIGIN);
      const read = parseAssertionJson(assertion);
      if (!read) throw new Error('the assertion does not parse');
      const asserted = verifyAssertion(read, ours.value, {
        ...{ ...terms, requiresUserVerification: true, allowsBackupEligible: true },
        ...{ userHandle, requiresUserHandle: true },
      });
      const believed = await verifyAuthenticationResponse({
        response: inBase64url(assertion),
        expectedChallenge: challenge.toString('base64url'),
        ...{ expectedOrigin: ORIGIN, expectedRPID: RP_ID, credential: info.credential },
      });
      expect(believed.verified).toBe(true);
      expect(asserted).toEqual({
        ok: true,
        value: { signCount: believed.authenticationInfo.newCounter, userVerified: true, backedUp: false },
      });
    },
  );
});
