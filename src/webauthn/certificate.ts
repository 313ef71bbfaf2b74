import { type KeyObject, X509Certificate } from 'node:crypto';
import {
  BOOLEAN,
  type DerValue,
  isContext,
  isUniversal,
  OCTET_STRING,
  oidOf,
  readAll,
  readInside,
  readWhole,
  SEQUENCE,
  SET,
} from './der.js';

export interface Extension {
  readonly critical: boolean;
  /** The DER inside the octet string. */
  readonly value: Buffer;
}

/** An attestation certificate: what `node:crypto` reads of it, and what it does not show. */
export interface Certificate {
  readonly der: Buffer;
  readonly x509: X509Certificate;
  readonly publicKey: KeyObject;
  /** 3 for version 3. */
  readonly version: number;
  /** Attributes of the subject by OID; the last of each. */
  readonly subject: ReadonlyMap<string, string>;
  readonly extensions: ReadonlyMap<string, Extension>;
}

/** OIDs of subject attributes (X.520). */
export const COMMON_NAME = '2.5.4.3';
export const COUNTRY = '2.5.4.6';
export const ORGANIZATION = '2.5.4.10';
export const ORGANIZATIONAL_UNIT = '2.5.4.11';

/** `undefined` when the bytes are no certificate, or one with an extension twice. */
export function parseCertificate(der: Buffer): Certificate | undefined {
  const parsed = parseX509(der);
  const tbs = readInside(readInside(readWhole(der), SEQUENCE)?.[0], SEQUENCE);
  if (!parsed || !tbs) return undefined;
  const version = versionOf(tbs[0]);
  // Without an explicit version the serial number comes first (RFC 5280 §4.1).
  const [, , , , subject] = version === 1 ? tbs : tbs.slice(1);
  const attributes = attributesOf(subject);
  const extensions = extensionsOf(tbs.find((value) => isContext(value, 3)));
  if (!attributes || !extensions) return undefined;
  return { der, ...parsed, version, subject: attributes, extensions };
}

/** Attributes of a distinguished name by OID; `undefined` when it is none. */
export function attributesOf(name: DerValue | undefined): ReadonlyMap<string, string> | undefined {
  const sets = readInside(name, SEQUENCE);
  if (!sets) return undefined;
  const attributes = new Map<string, string>();
  for (const set of sets) {
    const pairs = readInside(set, SET);
    if (!pairs) return undefined;
    for (const pair of pairs) {
      const [type, value] = readInside(pair, SEQUENCE) ?? [];
      const oid = oidOf(type);
      if (oid === undefined || !value) return undefined;
      attributes.set(oid, value.content.toString('utf8'));
    }
  }
  return attributes;
}

function versionOf(value: DerValue | undefined): number {
  if (!value || !isContext(value, 0)) return 1;
  return (readWhole(value.content)?.content.at(-1) ?? 0) + 1;
}

function extensionsOf(wrapper: DerValue | undefined): ReadonlyMap<string, Extension> | undefined {
  const extensions = new Map<string, Extension>();
  if (!wrapper) return extensions;
  const list = readInside(readWhole(wrapper.content), SEQUENCE);
  if (!list) return undefined;
  for (const item of list) {
    const parts = readInside(item, SEQUENCE);
    const oid = oidOf(parts?.[0]);
    const value = parts?.at(-1);
    if (!parts || oid === undefined || extensions.has(oid) || !isUniversal(value, OCTET_STRING)) return undefined;
    const critical = isUniversal(parts[1], BOOLEAN) && parts[1].content[0] === 0xff;
    extensions.set(oid, { critical, value: value.content });
  }
  return extensions;
}

/** The directory name in a subject alternative name, where a TPM says what it is. */
export function directoryNameOf({ value }: Extension): ReadonlyMap<string, string> | undefined {
  const names = readInside(readWhole(value), SEQUENCE);
  const directory = names?.find((name) => isContext(name, 4));
  return directory && attributesOf(readAll(directory.content)?.[0]);
}

function parseX509(der: Buffer): Pick<Certificate, 'x509' | 'publicKey'> | undefined {
  try {
    const x509 = new X509Certificate(der);
    return { x509, publicKey: x509.publicKey };
  } catch {
    // OpenSSL's word that this is no certificate, or that what it certifies is no key. Nothing else happens here.
    return undefined;
  }
}
