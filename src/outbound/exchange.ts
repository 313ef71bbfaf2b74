import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { DestinationGuard } from '../kernel/destination.js';
import { seconds } from '../kernel/duration.js';
import type { Redacted } from '../kernel/sealed.js';
import { allowedAddresses, pinnedTo, type Resolve } from './resolve.js';

const CONNECT_TIMEOUT = seconds(3);

/** A request to an address that is not to be believed. */
export interface Request {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly verifyTls: boolean;
  /** Whom this server is by TLS, to a receiver that asks; to one over plain HTTP it is nobody. */
  readonly client?: ClientPair | undefined;
}

/** A private key, PEM, and the certificate that it is the key of. */
export interface ClientPair {
  readonly key: Redacted<string>;
  readonly certificate: string;
}

/**
 * Looks the name up, checks every address of it, connects to one of those (SEC-59), and resolves with the head of the answer. TLS is 1.2
 * or newer (SEC-70); connecting takes 3 s at most. Rejects with `ForbiddenDestination`, or with what the system says.
 */
export async function exchange(
  { url: text, method, headers, body, verifyTls, client }: Request,
  { guard, resolve }: { readonly guard: DestinationGuard; readonly resolve: Resolve },
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const url = new URL(text);
  // The resolver cannot be told to stop: it is not waited for.
  const addresses = await Promise.race([allowedAddresses(url, guard, resolve), aborted(signal)]);
  return new Promise((answer, reject) => {
    const isSecure = url.protocol === 'https:';
    const request = (isSecure ? httpsRequest : httpRequest)(url, {
      method,
      // A connection of its own: one that was kept could have been checked under another name.
      agent: false,
      lookup: pinnedTo(addresses),
      signal,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
      ...(isSecure ? { minVersion: 'TLSv1.2', rejectUnauthorized: verifyTls } : {}),
      ...(isSecure && client ? { key: client.key.reveal(), cert: client.certificate } : {}),
    });
    const connecting = setTimeout(
      () => request.destroy(Object.assign(new Error('no connection in time'), { code: 'ECONNECTTIMEOUT' })),
      CONNECT_TIMEOUT,
    );
    request.once('socket', (socket) =>
      socket.once(isSecure ? 'secureConnect' : 'connect', () => clearTimeout(connecting)),
    );
    request.once('close', () => clearTimeout(connecting));
    request.once('error', reject);
    request.once('response', answer);
    request.end(body);
  });
}

/** The system's name of an error: `ECONNREFUSED`, `ENOTFOUND`. */
export function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{2,50}$/.test(code) ? code : 'no answer';
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('out of time')), { once: true });
  });
}
