import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { FidoMetadataConfig } from '../config/config.js';
import type { Clock, Millis } from '../kernel/clock.js';
import { minutes, seconds } from '../kernel/duration.js';
import type { Logger } from '../kernel/log.js';
import { parseCertificate } from '../webauthn/certificate.js';
import { type MetadataAnchor, verifyBlob } from '../webauthn/metadata/blob.js';
import { modelsOf, readEntry } from '../webauthn/metadata/entry.js';
import { fidoAllianceAnchor } from '../webauthn/metadata/root.js';
import type { AuthenticatorModels } from '../webauthn/trust.js';

const EVERY: Millis = minutes(360);
const TIMEOUT: Millis = seconds(30);
const MAX_BYTES = 64 * 1024 * 1024;

/** The FIDO metadata in force in this process. */
export interface FidoMetadata extends AsyncDisposable {
  readonly models: () => AuthenticatorModels;
  /** Reads the source again. Whatever goes wrong is logged, and leaves what was in force (SEC-29). */
  refresh(): Promise<void>;
}

/**
 * Reads the BLOB once before it resolves, then every six hours. What is believed stays believed until a newer one is: a number never
 * goes back in one process, and a BLOB past its next update is used, with a warning, because no metadata at all would know of no
 * revocation either.
 */
export async function openFidoMetadata(
  { source, root }: FidoMetadataConfig,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Promise<FidoMetadata> {
  const anchor = root === undefined ? fidoAllianceAnchor() : await anchorIn(root);
  const ending = new AbortController();
  let models: AuthenticatorModels = new Map();
  let number = -1;

  async function refresh(): Promise<void> {
    try {
      const now = clock.now();
      const verified = verifyBlob(await read(source, ending.signal), anchor, now);
      if (!verified.ok)
        return logger.error({ source, reason: verified.rejection }, 'the FIDO metadata is not believed');
      const blob = verified.value;
      if (blob.number < number)
        return logger.error({ source, number: blob.number, inForce: number }, 'the FIDO metadata is older than before');
      if (blob.nextUpdate < now)
        logger.warn(
          { source, number: blob.number },
          'the FIDO metadata is past its next update: is its source kept up?',
        );
      if (blob.number === number) return;
      models = modelsOf(blob.entries.flatMap((entry) => readEntry(entry) ?? []));
      number = blob.number;
      logger.info({ source, number, models: models.size }, 'FIDO metadata in force');
    } catch (error) {
      if (!ending.signal.aborted) logger.error({ err: error, source }, 'the FIDO metadata could not be read');
    }
  }

  async function keepUp(): Promise<void> {
    while (!ending.signal.aborted) {
      await delay(EVERY, undefined, { signal: ending.signal, ref: false }).catch(() => undefined);
      if (!ending.signal.aborted) await refresh();
    }
  }

  await refresh();
  const done = keepUp();
  return {
    models: () => models,
    refresh,
    async [Symbol.asyncDispose]() {
      ending.abort();
      await done;
    },
  };
}

async function anchorIn(file: string): Promise<MetadataAnchor> {
  const pem = await readFile(file, 'utf8');
  const body = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/.exec(pem)?.[1] ?? '';
  const root = parseCertificate(Buffer.from(body.replace(/\s/g, ''), 'base64'));
  if (!root) throw new Error(`${file} has no certificate: name a PEM file with the root of your metadata service`);
  return { root };
}

async function read(source: string, ending: AbortSignal): Promise<string> {
  if (!source.startsWith('https://')) return readFile(source, 'utf8');
  const signal = AbortSignal.any([ending, AbortSignal.timeout(TIMEOUT)]);
  const response = await fetch(source, { signal });
  if (!response.ok) throw new Error(`${source} answered ${response.status}`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error(`${source} sent more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
