import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, type Millis, toTimestamp } from '../kernel/clock.js';
import { days, seconds } from '../kernel/duration.js';
import { sha256 } from '../kernel/keys.js';
import type { Logger } from '../kernel/log.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import { CertificateError, readPair, type TlsPair } from './pair.js';

/** The files an operator names. */
export interface PairFiles {
  readonly certificate: string;
  readonly key: string;
}

/** A pair that is read again whenever its files change. */
export interface WatchedPair extends AsyncDisposable {
  readonly pair: TlsPair;
  /** From now on the files are looked at, and `serve` is called with each pair that is good. */
  watch(serve: (pair: TlsPair) => void): void;
  /** Looks at once. */
  look(): Promise<void>;
}

interface WatchOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly every?: Millis;
}

const EVERY: Millis = seconds(5);
/** Whoever renews certificates has done so by then. */
const RUNS_OUT_SOON: Millis = days(7);

/** What was read of both files. */
interface Reading {
  /** Differs when anything in the files does. */
  readonly fingerprint: string;
  readonly pair: Outcome<TlsPair, string>;
}

/**
 * Reads a certificate and its key; throws `CertificateError` when no server can be made with them. Then reads them again every few
 * seconds, whole: tools replace such files by renaming, by links to other folders, one before the other, and with times of their
 * own. A pair that is no good leaves the one before in force, and is reported once it has stayed so from one look to the next:
 * between the writing of the certificate and of the key the two never match.
 */
export async function openWatchedPair(files: PairFiles, options: WatchOptions): Promise<WatchedPair> {
  const { clock, logger, every = EVERY } = options;
  const first = await readFiles(files);
  if (!first.pair.ok)
    throw new CertificateError(`${first.pair.rejection}: name the files of a certificate and of its own key.`);
  let served = first.pair.value;
  let servedAs = first.fingerprint;
  /** The fingerprint of the last look that found no good pair, and of the last one that was reported. */
  let suspect: string | undefined;
  let reported: string | undefined;
  let warnedOf: string | undefined;
  let serve: ((pair: TlsPair) => void) | undefined;
  const ending = new AbortController();
  let watching = Promise.resolve();

  async function look(patience: 'patient' | 'atOnce'): Promise<void> {
    const { fingerprint, pair } = await readFiles(files);
    if (pair.ok) {
      suspect = undefined;
      if (fingerprint === servedAs) return;
      served = pair.value;
      servedAs = fingerprint;
      reported = undefined;
      serve?.(served);
      logger.info({ file: files.certificate, until: toTimestamp(served.until) }, 'another certificate is served');
    } else if (fingerprint !== reported) {
      if (patience === 'atOnce' || fingerprint === suspect) {
        reported = fingerprint;
        logger.error(
          { reason: pair.rejection },
          'the certificate was changed to one that cannot be served; the one before goes on',
        );
      }
      suspect = fingerprint;
    }
  }

  function warnOfEnd(): void {
    if (warnedOf === servedAs || served.until > clock.now() + RUNS_OUT_SOON) return;
    warnedOf = servedAs;
    const fields = { file: files.certificate, until: toTimestamp(served.until) };
    if (served.until > clock.now()) logger.warn(fields, 'the certificate runs out soon: replace the file');
    else logger.error(fields, 'the certificate has run out, clients refuse it: replace the file');
  }

  async function keepLooking(): Promise<void> {
    const { signal } = ending;
    while (!signal.aborted) {
      warnOfEnd();
      await delay(every, undefined, { signal, ref: false }).catch(() => undefined);
      if (!signal.aborted) await look('patient');
    }
  }

  return {
    pair: served,
    watch(listener) {
      serve = listener;
      watching = keepLooking();
    },
    look: () => look('atOnce'),
    async [Symbol.asyncDispose]() {
      ending.abort();
      await watching;
    },
  };
}

/** Never rejects. */
async function readFiles(files: PairFiles): Promise<Reading> {
  const [certificates, key] = await Promise.all([readText(files.certificate), readText(files.key)]);
  if (!certificates.ok) return { fingerprint: certificates.rejection, pair: certificates };
  if (!key.ok) return { fingerprint: key.rejection, pair: key };
  const pair = readPair(certificates.value, key.value);
  const fingerprint = sha256(`${certificates.value}\n${key.value}`);
  if (pair.ok) return { fingerprint, pair };
  const { about, why } = pair.rejection;
  return { fingerprint, pair: reject(`${files[about]} ${why}`) };
}

async function readText(path: string): Promise<Outcome<string, string>> {
  try {
    return accept(await readFile(path, 'utf8'));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return reject(`${path} cannot be read (${code})`);
  }
}
