import { verifySignature } from '../algorithm.js';
import type { CborMap } from '../cbor.js';
import { type AttestationContext, type AttestationProof, bytesIn, chainIn, hasExactly } from './statement.js';

const ES256 = -7;

/** WebAuthn L3 §8.6: the registration message of a U2F token, in its own form, with one certificate. */
export function fidoU2f(context: AttestationContext): AttestationProof | undefined {
  const { statement, data, attested, key, clientDataHash } = context;
  const sig = bytesIn(statement, 'sig');
  const chain = hasExactly(statement, ['sig', 'x5c']) ? chainIn(statement) : undefined;
  const point = key.algorithm === ES256 ? pointOf(attested.cose) : undefined;
  if (!sig || chain?.length !== 1 || !point) return undefined;
  const message = Buffer.concat([Buffer.of(0), data.rpIdHash, clientDataHash, attested.credentialId, point]);
  return verifySignature(ES256, chain[0].publicKey, message, sig) ? { kind: 'certified', chain } : undefined;
}

/** The uncompressed point (SEC 1 §2.3.3). */
function pointOf(cose: CborMap): Buffer | undefined {
  const [x, y] = [cose.get(-2), cose.get(-3)];
  return Buffer.isBuffer(x) && Buffer.isBuffer(y) ? Buffer.concat([Buffer.of(4), x, y]) : undefined;
}
