import { verifySignature } from '../algorithm.js';
import { type Certificate, COMMON_NAME, COUNTRY, ORGANIZATION, ORGANIZATIONAL_UNIT } from '../certificate.js';
import {
  type AttestationContext,
  type AttestationProof,
  bytesIn,
  chainIn,
  hasExactly,
  namesAaguid,
  toBeSigned,
} from './statement.js';

/** WebAuthn L3 §8.2: signed by a certified key, or by the credential's own. */
export function packed(context: AttestationContext): AttestationProof | undefined {
  const { statement, key, attested } = context;
  const alg = statement.get('alg');
  const sig = bytesIn(statement, 'sig');
  if (typeof alg !== 'number' || !sig) return undefined;
  if (hasExactly(statement, ['alg', 'sig'])) {
    if (alg !== key.algorithm || !verifySignature(alg, key.key, toBeSigned(context), sig)) return undefined;
    return { kind: 'self' };
  }
  const chain = hasExactly(statement, ['alg', 'sig', 'x5c']) ? chainIn(statement) : undefined;
  if (!chain || !isAuthenticatorCertificate(chain[0]) || !namesAaguid(chain[0], attested.aaguid)) return undefined;
  if (!verifySignature(alg, chain[0].publicKey, toBeSigned(context), sig)) return undefined;
  return { kind: 'certified', chain };
}

/** WebAuthn L3 §8.2.1. */
function isAuthenticatorCertificate({ version, subject, x509 }: Certificate): boolean {
  return (
    version === 3 &&
    /^[A-Z]{2}$/.test(subject.get(COUNTRY) ?? '') &&
    (subject.get(ORGANIZATION) ?? '') !== '' &&
    subject.get(ORGANIZATIONAL_UNIT) === 'Authenticator Attestation' &&
    (subject.get(COMMON_NAME) ?? '') !== '' &&
    !x509.ca
  );
}
