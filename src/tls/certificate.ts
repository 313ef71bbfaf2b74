import { createPublicKey, hash, type KeyObject, sign } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import type { Instant } from '../kernel/clock.js';
import { bits, implicit, integer, objectId, octets, sequence, setOf, tagged, text, time, yes } from '../kernel/der.js';

/** What a certificate says besides its keys and names. */
export interface Terms {
  /** 16 random bytes; at most 20 are allowed (RFC 5280 §4.1.2.2). */
  readonly serial: Buffer;
  readonly from: Instant;
  readonly until: Instant;
}

/** Who signs: the subject of its certificate and the private key, on P-256. */
export interface Authority {
  readonly name: string;
  readonly key: KeyObject;
}

const OID = {
  commonName: '2.5.4.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
} as const;

const VERSION_3 = tagged(0, integer(Buffer.from([2])));
const SIGNATURE_ALGORITHM = sequence(objectId(OID.ecdsaWithSha256));

/**
 * The certificate of a private authority, PEM, signed by itself. It may vouch for servers of these names alone, below their
 * domains too, and for no further authority (RFC 5280 §4.2.1.9, §4.2.1.10): whoever trusts it trusts it with nothing else.
 */
export function authorityCertificate(authority: Authority, names: readonly string[], terms: Terms): string {
  const key = createPublicKey(authority.key);
  const pathLength = integer(Buffer.from([0]));
  const permitted = names.map((name) => sequence(isAddress(name) ? hostsOf(name) : generalName(name)));
  return certificate(authority, authority.name, key, terms, [
    extension(OID.basicConstraints, sequence(yes(), pathLength), 'critical'),
    // keyCertSign, the sixth bit.
    extension(OID.keyUsage, bits(Buffer.from([0b0000_0100]), 2), 'critical'),
    extension(OID.nameConstraints, sequence(tagged(0, ...permitted)), 'critical'),
    extension(OID.extendedKeyUsage, sequence(objectId(OID.serverAuth))),
    extension(OID.subjectKeyIdentifier, octets(keyId(key))),
  ]);
}

/** The certificate of a server of these names, PEM: host names and IP addresses. */
export function serverCertificate(
  authority: Authority,
  key: KeyObject,
  names: readonly string[],
  terms: Terms,
): string {
  return certificate(authority, 'Postern development server', key, terms, [
    extension(OID.basicConstraints, sequence(), 'critical'),
    // digitalSignature, the first bit.
    extension(OID.keyUsage, bits(Buffer.from([0b1000_0000]), 7), 'critical'),
    extension(OID.extendedKeyUsage, sequence(objectId(OID.serverAuth))),
    extension(OID.subjectAltName, sequence(...names.map(generalName))),
    extension(OID.subjectKeyIdentifier, octets(keyId(key))),
    extension(OID.authorityKeyIdentifier, sequence(implicit(0, keyId(createPublicKey(authority.key))))),
  ]);
}

function certificate(
  authority: Authority,
  subject: string,
  key: KeyObject,
  { serial, from, until }: Terms,
  extensions: readonly Buffer[],
): string {
  const signed = sequence(
    VERSION_3,
    integer(serial),
    SIGNATURE_ALGORITHM,
    distinguishedName(authority.name),
    sequence(time(from), time(until)),
    distinguishedName(subject),
    spki(key),
    tagged(3, sequence(...extensions)),
  );
  const encoded = sequence(signed, SIGNATURE_ALGORITHM, bits(sign('sha256', signed, authority.key)));
  const lines = encoded.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });

/** Names a public key: the hash of its encoding (RFC 7093 §2), as long as the usual ones are. */
export function keyId(key: KeyObject): Buffer {
  return hash('sha256', spki(key), 'buffer').subarray(0, 20);
}

const distinguishedName = (name: string): Buffer => sequence(setOf(sequence(objectId(OID.commonName), text(name))));

const extension = (oid: string, content: Buffer, critical?: 'critical'): Buffer =>
  sequence(objectId(oid), ...(critical ? [yes()] : []), octets(content));

const isAddress = (name: string): boolean => isIPv4(name) || isIPv6(name);

const generalName = (name: string): Buffer =>
  isAddress(name) ? implicit(7, addressBytes(name)) : implicit(2, Buffer.from(name, 'ascii'));

/** An address as a network of its own: every bit of it counts. */
function hostsOf(address: string): Buffer {
  const bytes = addressBytes(address);
  return implicit(7, Buffer.concat([bytes, Buffer.alloc(bytes.length, 0xff)]));
}

function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  // The URL parser has one form for each IPv6 address, without a dotted part.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (part: string | undefined): number[] =>
    part
      ? part.split(':').flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff])
      : [];
  const [first, last] = [groups(head), groups(tail)];
  return Buffer.from([...first, ...Array.from({ length: 16 - first.length - last.length }, () => 0), ...last]);
}
