import type { IncomingMessage } from 'node:http';
import { seconds } from '../kernel/duration.js';
import type { ErrorName } from './errors.js';

/** Sizes and times beyond which a request is refused before it costs anything (SEC-53, SEC-55). Bytes and milliseconds. */
export const HTTP_LIMITS = {
  bodyBytes: 131_072,
  urlLength: 8_192,
  headerBytes: 16_384,
  headerFields: 100,
  headersTimeout: seconds(10),
  requestTimeout: seconds(30),
  keepAliveTimeout: seconds(65),
  /** How often the first two timeouts are looked at. */
  checkingInterval: seconds(2),
  connections: 10_000,
} as const;

/** Why a request is refused by its outside alone. */
export function refuseByShape(request: IncomingMessage, url: string): ErrorName | undefined {
  if (url.length > HTTP_LIMITS.urlLength) return 'URI_TOO_LONG';
  // Names and values alternate.
  if (request.rawHeaders.length > HTTP_LIMITS.headerFields * 2) return 'HEADERS_TOO_LARGE';
  // RFC 9112 §3.2; two of them were joined into one that is no host.
  const { host } = request.headers;
  const needsHost = request.httpVersionMajor === 1 && request.httpVersionMinor === 1;
  if ((host === undefined && needsHost) || host?.includes(',')) return 'INVALID_REQUEST';
  return undefined;
}
