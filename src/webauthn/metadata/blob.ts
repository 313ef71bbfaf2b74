import { verify } from 'node:crypto';
import type { Instant } from '../../kernel/clock.js';
import { isJsonObject, type JsonObject } from '../../kernel/json.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { Certificate } from '../certificate.js';
import { leadsToAnchor, parseChain } from '../chain.js';

/** Whom a BLOB is believed: roots, and the host that the signer's certificate is for, where these have certificates of others too. */
export interface MetadataAnchor {
  readonly roots: readonly Certificate[];
  readonly host?: string;
}

/** A BLOB of the FIDO Metadata Service that was verified (FIDO MDS 3.1 §3.1.6). */
export interface MetadataBlob {
  /** Rises with each one that is published. */
  readonly number: number;
  /** When the next one is due. */
  readonly nextUpdate: Instant;
  readonly entries: readonly JsonObject[];
}

/** Why a BLOB is not believed. */
export type BlobProblem = 'MALFORMED' | 'UNTRUSTED' | 'SIGNATURE';

/** The BLOB of today has 5 MB; its statements carry icons. */
const MAX_BLOB = 64 * 1024 * 1024;
const ALGORITHMS: ReadonlyMap<unknown, string> = new Map([
  ['ES256', 'sha256'],
  ['RS256', 'sha256'],
]);

/**
 * Reads a signed BLOB: the chain in its header leads to a root now, and the first certificate's key has signed it (MDS 3.1 §3.2;
 * SEC-29). Nothing in it is looked at before.
 */
export function verifyBlob(
  text: string,
  { roots, host }: MetadataAnchor,
  now: Instant,
): Outcome<MetadataBlob, BlobProblem> {
  if (text.length > MAX_BLOB) return reject('MALFORMED');
  const [head = '', body = '', signature = '', ...rest] = text.trim().split('.');
  const header = jsonOf(head);
  const hash = ALGORITHMS.get(header?.['alg']);
  const x5c = header?.['x5c'];
  if (!header || hash === undefined || rest.length > 0 || !Array.isArray(x5c)) return reject('MALFORMED');
  const chain = parseChain(x5c.map((item) => Buffer.from(String(item), 'base64')));
  if (!chain) return reject('MALFORMED');
  const [signer] = chain;
  if (!leadsToAnchor(chain, roots, now)) return reject('UNTRUSTED');
  if (host !== undefined && signer.x509.checkHost(host) === undefined) return reject('UNTRUSTED');
  if (signer.publicKey.asymmetricKeyType !== (header['alg'] === 'ES256' ? 'ec' : 'rsa')) return reject('SIGNATURE');
  const signed = Buffer.from(`${head}.${body}`);
  const key = { key: signer.publicKey, dsaEncoding: 'ieee-p1363' as const };
  if (!verify(hash, signed, key, Buffer.from(signature, 'base64url'))) return reject('SIGNATURE');
  const blob = blobOf(jsonOf(body));
  return blob ? accept(blob) : reject('MALFORMED');
}

function blobOf(payload: JsonObject | undefined): MetadataBlob | undefined {
  const { no, nextUpdate, entries } = payload ?? {};
  if (typeof no !== 'number' || !Number.isSafeInteger(no) || typeof nextUpdate !== 'string' || !Array.isArray(entries))
    return undefined;
  const due = Date.parse(nextUpdate);
  if (Number.isNaN(due)) return undefined;
  return { number: no, nextUpdate: due, entries: entries.filter(isJsonObject) };
}

function jsonOf(part: string): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isJsonObject(parsed) ? parsed : undefined;
  } catch {
    // No JSON: all that `JSON.parse` has to say.
    return undefined;
  }
}
