import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { FidoMetadataConfig } from '../config/config.js';
import type { Instant, Millis } from '../kernel/clock.js';
import { hours, minutes, seconds } from '../kernel/duration.js';
import type { GetFrom } from '../outbound/get.js';
import { type Certificate, parseCertificate } from '../webauthn/certificate.js';
import type { MetadataAnchor } from '../webauthn/metadata/blob.js';
import { fidoAllianceAnchor } from '../webauthn/metadata/root.js';

const MAX_BYTES = 64 * 1024 * 1024;
const TIMEOUT: Millis = seconds(60);

/** Where a BLOB comes from, and whom it is believed by. */
export interface MetadataSource {
  readonly anchor: MetadataAnchor;
  /** Of the service whose numbers these are: another service counts for itself. */
  readonly mark: string;
  readonly isRemote: boolean;
  read(ending: AbortSignal): Promise<string>;
}

/** Throws when the file of a root holds no certificate. */
export async function openSource({ source, root }: FidoMetadataConfig, get: GetFrom): Promise<MetadataSource> {
  const roots = root === undefined ? undefined : await rootsIn(root);
  const isRemote = /^https?:\/\//.test(source);
  return {
    anchor: roots ? { roots } : fidoAllianceAnchor(),
    mark: roots ? `fido-metadata:${fingerprintOf(roots)}` : 'fido-metadata',
    isRemote,
    async read(ending) {
      if (!isRemote) return readFile(source, 'utf8');
      const signal = AbortSignal.any([ending, AbortSignal.timeout(TIMEOUT)]);
      return (await get({ url: source, maxBytes: MAX_BYTES, signal })).toString('utf8');
    },
  };
}

/** How often a file is looked at, which costs nothing, and a service at the least, whose reports of stolen keys may come early. */
const FILE_EVERY: Millis = hours(6);
const REMOTE_EVERY: Millis = hours(24);
/** Again after something that went wrong, or while the next one is overdue. */
const AGAIN: Millis = hours(1);

/**
 * How long until the source is looked at again: a service is asked when its next BLOB is due (FIDO MDS 3.1 §3.1.6), each day before
 * then, and hourly when that is overdue or nothing could be believed, which is when `nextUpdate` is absent.
 */
export function untilNextLook(isRemote: boolean, now: Instant, nextUpdate: Instant | undefined): Millis {
  if (!isRemote) return FILE_EVERY;
  if (nextUpdate === undefined || nextUpdate <= now) return AGAIN;
  return Math.min(REMOTE_EVERY, Math.max(minutes(1), nextUpdate - now));
}

async function rootsIn(file: string): Promise<readonly Certificate[]> {
  const pem = await readFile(file, 'utf8');
  const roots = Array.from(
    pem.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g),
    ([, body = '']) => parseCertificate(Buffer.from(body.replace(/\s/g, ''), 'base64')),
  ).filter((root) => root !== undefined);
  if (roots.length === 0)
    throw new Error(`${file} has no certificate: name a PEM file with the root of your metadata service`);
  return roots;
}

function fingerprintOf(roots: readonly Certificate[]): string {
  return createHash('sha256')
    .update(Buffer.concat(roots.map(({ der }) => der)))
    .digest('hex');
}
