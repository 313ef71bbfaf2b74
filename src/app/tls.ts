import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Trust } from '../cli/composition.js';
import type { BaseUrls, TlsConfig } from '../config/config.js';
import type { HttpServer } from '../http/server.js';
import type { Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/log.js';
import type { Random } from '../kernel/random.js';
import { keepCertificate } from '../tls/kept.js';
import type { TlsPair } from '../tls/pair.js';
import { openWatchedPair } from '../tls/watched.js';
import { reachableHost } from './free-port.js';

/** What a server shows to its clients, and what becomes of it. */
export interface Secured extends AsyncDisposable {
  readonly pair: TlsPair;
  /** What clients of a development server have to be told. */
  readonly trust?: Trust;
  /** What a developer should know of it. */
  readonly notice?: string;
  /** Looks for another pair at once. */
  readonly look?: () => void;
  /** The server that is to show it, and whatever takes its place. */
  serveBy(http: Pick<HttpServer, 'secure'>): void;
}

interface Parts {
  readonly random: Random;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** By these this machine is reached whatever else it is called. */
const OWN_NAMES = ['localhost', '127.0.0.1', '::1'];

/** Throws `CertificateError` when there is nothing to serve with. */
export async function openTls(tls: TlsConfig, host: string, urls: BaseUrls, parts: Parts): Promise<Secured> {
  const publicHosts = hostsOf(urls);
  if (tls.kind === 'made') return made(tls, reachableHost(host), publicHosts, parts);
  const watched = await openWatchedPair(tls, parts);
  for (const name of publicHosts)
    if (!speaksFor(watched.pair, name))
      parts.logger.warn({ file: tls.certificate, name }, 'the certificate is not for the host of the public URL');
  return {
    pair: watched.pair,
    look: () => void watched.look(),
    serveBy: (http) => watched.watch((pair) => http.secure(pair)),
    [Symbol.asyncDispose]: () => watched[Symbol.asyncDispose](),
  };
}

function made(
  { names: asked, directory }: Extract<TlsConfig, { kind: 'made' }>,
  address: string,
  publicHosts: readonly string[],
  parts: Parts,
): Secured {
  const names = [...new Set([...asked, ...publicHosts])];
  const kept = keepCertificate([...new Set([...names, address, ...OWN_NAMES])], directory, parts);
  const { pair, authorityFile, isReplaced } = kept;
  const toResolve = names.filter((name) => isIP(name) === 0 && name !== 'localhost');
  return {
    pair,
    trust: { authorityFile, ...(toResolve.length > 0 ? { hostsLine: `${address} ${toResolve.join(' ')}` } : {}) },
    ...(isReplaced ? { notice: 'The CA is a new one: clients that trust the one before do not trust it yet.' } : {}),
    serveBy() {},
    async [Symbol.asyncDispose]() {
      kept[Symbol.dispose]();
    },
  };
}

/** Without the brackets of IPv6. */
function hostsOf({ apiPath, authPath }: BaseUrls): readonly string[] {
  return [...new Set([apiPath, authPath].map((url) => new URL(url).hostname.replace(/^\[|\]$/g, '')))];
}

function speaksFor({ certificates }: TlsPair, host: string): boolean {
  const certificate = new X509Certificate(certificates);
  return (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) !== undefined;
}
