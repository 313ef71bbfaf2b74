import { verifySignature } from '../algorithm.js';
import {
  type DerValue,
  INTEGER,
  isContext,
  isUniversal,
  OCTET_STRING,
  readAll,
  readInside,
  readWhole,
  SEQUENCE,
  SET,
} from '../der.js';
import {
  type AttestationContext,
  type AttestationProof,
  bytesIn,
  chainIn,
  hasExactly,
  toBeSigned,
} from './statement.js';

const KEY_DESCRIPTION = '1.3.6.1.4.1.11129.2.1.17';
/** Tags of an authorization list (Android, "Key attestation extension data schema"). */
const PURPOSE = 1;
const ALL_APPLICATIONS = 600;
const ORIGIN = 702;
const PURPOSE_SIGN = 2;
const ORIGIN_GENERATED = 0;

/** WebAuthn L3 §8.4: a certificate of the key store for the credential's key, which names the ceremony. */
export function androidKey(context: AttestationContext): AttestationProof | undefined {
  const { statement, key } = context;
  const alg = statement.get('alg');
  const sig = bytesIn(statement, 'sig');
  const chain = hasExactly(statement, ['alg', 'sig', 'x5c']) ? chainIn(statement) : undefined;
  if (typeof alg !== 'number' || !sig || !chain) return undefined;
  const [leaf] = chain;
  if (!leaf.publicKey.equals(key.key)) return undefined;
  if (!verifySignature(alg, leaf.publicKey, toBeSigned(context), sig)) return undefined;
  const extension = leaf.extensions.get(KEY_DESCRIPTION);
  return extension && describes(extension.value, context.clientDataHash) ? { kind: 'certified', chain } : undefined;
}

/**
 * The description names this ceremony and one application alone, and says of the key nothing else than that it was made in the key
 * store and signs. Lists without origin and purpose are taken, as in the vector of L3 §16; the store's certificates have both.
 */
function describes(description: Buffer, challenge: Buffer): boolean {
  const fields = readInside(readWhole(description), SEQUENCE);
  const [, , , , attestationChallenge, , software, hardware] = fields ?? [];
  if (!isUniversal(attestationChallenge, OCTET_STRING) || !attestationChallenge.content.equals(challenge)) return false;
  const lists = [readInside(software, SEQUENCE), readInside(hardware, SEQUENCE)];
  if (lists.includes(undefined)) return false;
  const numbers = (tag: number): readonly number[] =>
    lists.flatMap((list) => list ?? []).flatMap((entry) => (isContext(entry, tag) ? numbersIn(entry) : []));
  const isForOneApplication = !lists.some((list) => list?.some((entry) => isContext(entry, ALL_APPLICATIONS)));
  const purposes = numbers(PURPOSE);
  const isForSigning = purposes.length === 0 || purposes.includes(PURPOSE_SIGN);
  return isForOneApplication && isForSigning && numbers(ORIGIN).every((origin) => origin === ORIGIN_GENERATED);
}

/** A number, or a set of numbers, of one byte each; -1 for what is neither. */
function numbersIn({ content }: DerValue): readonly number[] {
  const inner = readWhole(content);
  const values = isUniversal(inner, SET) ? readAll(inner.content) : inner && [inner];
  return values?.map(byteIn) ?? [-1];
}

function byteIn(value: DerValue): number {
  const [byte = -1, ...more] = isUniversal(value, INTEGER) ? value.content : [];
  return more.length === 0 ? byte : -1;
}
