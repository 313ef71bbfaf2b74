import { setTimeout as delay } from 'node:timers/promises';
import type { FidoMetadataConfig } from '../config/config.js';
import type { Clock, Instant } from '../kernel/clock.js';
import type { Logger } from '../kernel/log.js';
import type { GetFrom } from '../outbound/get.js';
import { type MetadataBlob, verifyBlob } from '../webauthn/metadata/blob.js';
import { type KnownAuthenticators, type MetadataEntry, modelsOf, readEntry } from '../webauthn/metadata/entry.js';
import type { AuthenticatorModels } from '../webauthn/trust.js';
import { openSource, untilNextLook } from './fido-metadata-source.js';

/** The FIDO metadata in force in this process. */
export interface FidoMetadata extends KnownAuthenticators, AsyncDisposable {
  /** Reads the source again. Whatever goes wrong is logged, and leaves what was in force (SEC-29). */
  refresh(): Promise<void>;
}

export interface FidoMetadataParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly get: GetFrom;
  /** `SqlStore.raiseMark`: what makes a number hold for other processes and after a restart. */
  readonly raiseMark: (name: string, value: number) => Promise<number>;
}

/**
 * Reads the BLOB once before it resolves, then whenever the next one is due. What is believed stays believed until a newer one is: a
 * number never goes back, in this process or another of the installation, before a restart or after it (SEC-29). A BLOB past its next
 * update is used, with a warning, because no metadata at all would know of no revocation either.
 */
export async function openFidoMetadata(
  config: FidoMetadataConfig,
  { clock, logger, get, raiseMark }: FidoMetadataParts,
): Promise<FidoMetadata> {
  const { source } = config;
  const { anchor, mark, isRemote, read } = await openSource(config, get);
  const ending = new AbortController();
  let entries: readonly MetadataEntry[] = [];
  let models: AuthenticatorModels = new Map();
  let inForce: Pick<MetadataBlob, 'number'> = { number: -1 };

  /** The one that was read, unless it is not believed or older than one that was; which is logged. */
  async function believed(now: Instant): Promise<MetadataBlob | undefined> {
    const verified = verifyBlob(await read(ending.signal), anchor, now);
    if (!verified.ok) {
      logger.error({ source, reason: verified.rejection }, 'the FIDO metadata is not believed');
      return undefined;
    }
    const { number } = verified.value;
    const newest = Math.max(inForce.number, await raiseMark(mark, number));
    if (number < newest) {
      logger.error({ source, number, newest }, 'the FIDO metadata is older than before: bring its source up to date');
      return undefined;
    }
    return verified.value;
  }

  /** When the next one is due, if one is in force. */
  async function refresh(): Promise<Instant | undefined> {
    try {
      const now = clock.now();
      const blob = await believed(now);
      if (!blob) return undefined;
      const { number, nextUpdate } = blob;
      if (nextUpdate < now)
        logger.warn({ source, number }, 'the FIDO metadata is past its next update: is its source kept up?');
      if (number !== inForce.number) {
        entries = blob.entries.flatMap((entry) => readEntry(entry) ?? []);
        models = modelsOf(entries);
        inForce = { number };
        logger.info({ source, number, models: models.size }, 'FIDO metadata in force');
      }
      return nextUpdate;
    } catch (error) {
      if (!ending.signal.aborted) logger.error({ err: error, source }, 'the FIDO metadata could not be read');
      return undefined;
    }
  }

  async function keepUp(first: Instant | undefined): Promise<void> {
    let due = first;
    while (!ending.signal.aborted) {
      const wait = untilNextLook(isRemote, clock.now(), due);
      await delay(wait, undefined, { signal: ending.signal, ref: false }).catch(() => undefined);
      if (!ending.signal.aborted) due = await refresh();
    }
  }

  const done = keepUp(await refresh());
  return {
    entries: () => entries,
    models: () => models,
    async refresh() {
      await refresh();
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await done;
    },
  };
}
