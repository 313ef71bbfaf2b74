import { createHash } from 'node:crypto';
import { isContext, isUniversal, OCTET_STRING, readInside, readWhole, SEQUENCE } from '../der.js';
import { type AttestationContext, type AttestationProof, chainIn, hasExactly, toBeSigned } from './statement.js';

const NONCE_EXTENSION = '1.2.840.113635.100.8.2';

/** WebAuthn L3 §8.8: a certificate for the credential's key, made for this one ceremony. */
export function apple(context: AttestationContext): AttestationProof | undefined {
  const chain = hasExactly(context.statement, ['x5c']) ? chainIn(context.statement) : undefined;
  const extension = chain?.[0].extensions.get(NONCE_EXTENSION);
  if (!chain || !extension) return undefined;
  const wrapped = readInside(readWhole(extension.value), SEQUENCE)?.find((value) => isContext(value, 1));
  const nonce = wrapped && readWhole(wrapped.content);
  const expected = createHash('sha256').update(toBeSigned(context)).digest();
  if (!isUniversal(nonce, OCTET_STRING) || !nonce.content.equals(expected)) return undefined;
  return chain[0].publicKey.equals(context.key.key) ? { kind: 'certified', chain } : undefined;
}
