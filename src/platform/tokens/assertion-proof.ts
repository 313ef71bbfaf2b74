import type { CryptoKey } from 'jose';
import type { Random } from '../../kernel/random.js';
import type { Application } from '../model.js';
import { ASSERTION_ALGORITHMS, type PresentedAssertion } from './client-assertion.js';
import { isSignedBy } from './jws.js';
import { keyFor, readKeySet } from './key-set.js';
import type { RemoteKeySets } from './remote-key-sets.js';

/**
 * Whether an assertion is signed by whom it says it is of: under one of the secrets, or by a key of the application's key set. There may be
 * no such application, or none with such a key: a signature is verified either way (SEC-50).
 */
export type IsProved = (
  assertion: PresentedAssertion,
  application: Application | undefined,
  secrets: readonly string[],
) => Promise<boolean>;

const MODULUS_BYTES = 256;

export function createAssertionProof({
  keySets,
  random,
}: {
  readonly keySets: RemoteKeySets;
  readonly random: Pick<Random, 'bytes'>;
}): IsProved {
  const decoy = decoySet(random);

  async function keyOf(
    { header }: PresentedAssertion,
    application: Application | undefined,
  ): Promise<CryptoKey | undefined> {
    const { jwks, jwksUrl, tokenEndpointAuthMethod } = application ?? {};
    if (jwks !== undefined) {
      const set = readKeySet(jwks);
      return set && keyFor(set, header);
    }
    // Nothing is asked for on behalf of a client that is refused in any case.
    const isWanted = application?.enabled && tokenEndpointAuthMethod === 'PRIVATE_KEY_JWT';
    return jwksUrl !== undefined && isWanted ? keySets.keyFor(jwksUrl, header) : undefined;
  }

  return async (assertion, application, secrets) => {
    const { method, text, header } = assertion;
    const algorithms = ASSERTION_ALGORITHMS[method];
    if (method === 'CLIENT_SECRET_JWT') {
      const keys = secrets.map((secret) => new TextEncoder().encode(secret));
      const verdicts = await Promise.all(keys.map((key) => isSignedBy(text, key, algorithms)));
      return verdicts.includes(true);
    }
    const own = await keyOf(assertion, application);
    const key = own ?? (await keyFor(decoy(), { alg: header['alg'] }));
    const isSigned = key !== undefined && (await isSignedBy(text, key, algorithms));
    return own !== undefined && isSigned;
  };
}

/** A key set that is nobody's: a modulus that was drawn, and is no product of anything. */
function decoySet(random: Pick<Random, 'bytes'>) {
  const n = Buffer.from(random.bytes(MODULUS_BYTES));
  // As long as a modulus has to be, and odd.
  n.writeUInt8(n.readUInt8(0) | 0x80, 0);
  n.writeUInt8(n.readUInt8(MODULUS_BYTES - 1) | 1, MODULUS_BYTES - 1);
  const text = JSON.stringify({ keys: [{ kty: 'RSA', e: 'AQAB', n: n.toString('base64url') }] });
  return () => {
    const set = readKeySet(text);
    if (!set) throw new TypeError('the decoy is no key set');
    return set;
  };
}
