import type { X509Certificate } from 'node:crypto';
import type { Instant } from '../kernel/clock.js';
import { type Certificate, parseCertificate } from './certificate.js';

/** More certificates than any authenticator sends. */
const MAX_CHAIN = 8;
const KEY_USAGE_OR_CONSTRAINTS: ReadonlySet<string> = new Set([
  '2.5.29.15',
  '2.5.29.19',
  // Subject alternative name and extended key usage, which formats read themselves.
  '2.5.29.17',
  '2.5.29.37',
]);

/** The certificates of an `x5c`, leaf first; `undefined` when one of them is none, or when there are too many. */
export function parseChain(x5c: readonly Buffer[]): readonly [Certificate, ...Certificate[]] | undefined {
  if (x5c.length > MAX_CHAIN) return undefined;
  const [leaf, ...rest] = x5c.map(parseCertificate);
  const others = rest.filter((certificate) => certificate !== undefined);
  return leaf && others.length === rest.length ? [leaf, ...others] : undefined;
}

/**
 * Whether the chain leads, in its order, to one of the anchors (RFC 5280 §6 as far as WebAuthn needs it): every certificate is
 * valid now and signed by the next, every issuer is a certification authority, and it ends at the first that is an anchor or is signed
 * by one: what follows there is a way to another root, and not looked at. An anchor may be the leaf itself (FIDO MDS §3.1.1
 * `attestationRootCertificates`). What the chain brings along is never an anchor (SEC-29), nothing is fetched, and an unknown critical
 * extension refuses.
 */
export function leadsToAnchor(
  chain: readonly [Certificate, ...Certificate[]],
  anchors: readonly Certificate[],
  now: Instant,
): boolean {
  const isAnchor = ({ der }: Certificate): boolean => anchors.some((anchor) => anchor.der.equals(der));
  for (const [index, certificate] of chain.entries()) {
    if (!isValidAt(certificate.x509, now) || hasUnknownCriticalExtension(certificate)) return false;
    if (isAnchor(certificate)) return true;
    if (anchors.some((anchor) => isValidAt(anchor.x509, now) && isIssuedBy(certificate, anchor))) return true;
    const next = chain[index + 1];
    if (!next || !isIssuedBy(certificate, next)) return false;
  }
  return false;
}

function isIssuedBy({ x509 }: Certificate, issuer: Certificate): boolean {
  return issuer.x509.ca && x509.checkIssued(issuer.x509) && x509.verify(issuer.publicKey);
}

function isValidAt({ validFrom, validTo }: X509Certificate, now: Instant): boolean {
  return Date.parse(validFrom) <= now && now <= Date.parse(validTo);
}

function hasUnknownCriticalExtension({ extensions }: Certificate): boolean {
  return [...extensions].some(([oid, { critical }]) => critical && !KEY_USAGE_OR_CONSTRAINTS.has(oid));
}
