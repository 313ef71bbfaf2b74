import type { AttestedCredential, AuthenticatorData } from '../authenticator-data.js';
import type { CborMap, CborValue } from '../cbor.js';
import type { Certificate } from '../certificate.js';
import { parseChain } from '../chain.js';
import type { CredentialKey } from '../cose-key.js';
import { isUniversal, OCTET_STRING, readWhole } from '../der.js';

/** What an attestation statement is held against. */
export interface AttestationContext {
  readonly statement: CborMap;
  /** Authenticator data as it was signed, and taken apart. */
  readonly signed: Buffer;
  readonly data: AuthenticatorData;
  readonly attested: AttestedCredential;
  readonly key: CredentialKey;
  /** SHA-256 of the client data. */
  readonly clientDataHash: Buffer;
}

/** What a true statement proves: nothing, that the credential's key was there, or who made the authenticator. */
export type AttestationProof =
  | { readonly kind: 'none' | 'self' }
  | { readonly kind: 'certified'; readonly chain: readonly [Certificate, ...Certificate[]] };

/** One attestation statement format: `undefined` when the statement does not prove what it says. */
export type AttestationFormat = (context: AttestationContext) => AttestationProof | undefined;

const AAGUID_EXTENSION = '1.3.6.1.4.1.45724.1.1.4';

/** What most formats sign (WebAuthn L3 §6.5.4). */
export function toBeSigned({ signed, clientDataHash }: AttestationContext): Buffer {
  return Buffer.concat([signed, clientDataHash]);
}

/** A member's bytes. */
export function bytesIn(map: CborMap, name: string): Buffer | undefined {
  const value = map.get(name);
  return Buffer.isBuffer(value) ? value : undefined;
}

/** Whether the statement has these members and no others; the format says what each is. */
export function hasExactly(map: CborMap, names: readonly string[]): boolean {
  return map.size === names.length && names.every((name) => map.has(name));
}

/** The chain in `x5c`: not empty, every item a certificate. */
export function chainIn(map: CborMap): readonly [Certificate, ...Certificate[]] | undefined {
  const x5c: CborValue | undefined = map.get('x5c');
  if (!Array.isArray(x5c)) return undefined;
  const items = x5c.filter((item): item is Buffer => Buffer.isBuffer(item));
  return items.length === x5c.length ? parseChain(items) : undefined;
}

/** Where a certificate names an AAGUID, it is the credential's, in an extension that is not critical (WebAuthn L3 §8.2.1). */
export function namesAaguid({ extensions }: Certificate, aaguid: Buffer): boolean {
  const extension = extensions.get(AAGUID_EXTENSION);
  if (!extension) return true;
  const inner = readWhole(extension.value);
  return !extension.critical && isUniversal(inner, OCTET_STRING) && inner.content.equals(aaguid);
}
