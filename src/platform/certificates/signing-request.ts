import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { bits, integer, sequence, tagged } from '../../kernel/der.js';
import { algorithmIdentifier, digestOf, type SignatureAlgorithm, subjectIn } from './x509.js';

const VERSION_1 = integer(Buffer.from([0]));
const NO_ATTRIBUTES = tagged(0);
// Long keys take their time: not on the event loop.
const signLater = promisify(
  (digest: string, bytes: Buffer, key: KeyObject, done: (error: Error | null, signature: Buffer) => void) =>
    sign(digest, bytes, key, done),
);

/** Asks an authority for a certificate of this key under the name that its present one has (RFC 2986), DER. */
export async function signingRequest(key: KeyObject, certificate: Buffer, by: SignatureAlgorithm): Promise<Buffer> {
  const subject = subjectIn(certificate);
  if (!subject) throw new TypeError('a certificate without a subject');
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const asked = sequence(VERSION_1, subject, spki, NO_ATTRIBUTES);
  return sequence(asked, algorithmIdentifier(by), bits(await signLater(digestOf(by), asked, key)));
}
