import { CORS_HEADERS } from './cors.js';

const MAX_EXTERNAL_ID = 100;
const PLAIN = /^[\w./@=#+-]+$/;
const NOT_ALLOWED = /[^\p{L}\p{M}\p{N}._\-/@=#+]/gu;

/**
 * How clients come. Strict transport security is for those who come by https: over plain http it would say nothing (RFC 6797
 * §7.2). It speaks of a host whatever the port, so a development server takes it back: what else is developed on `localhost`
 * would have to have a certificate too.
 */
export type Transport = 'http' | 'https' | 'https in development';

const TRANSPORT_SECURITY: Readonly<Record<Transport, Readonly<Record<string, string>>>> = {
  http: {},
  https: { 'strict-transport-security': 'max-age=31536000; includeSubDomains' },
  'https in development': { 'strict-transport-security': 'max-age=0' },
};

/** What goes with every answer (`00` §3.1; SEC-57). */
export function standardHeaders(transport: Transport): Readonly<Record<string, string>> {
  return {
    'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
    expires: '0',
    pragma: 'no-cache',
    vary: 'Origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    ...TRANSPORT_SECURITY[transport],
    ...CORS_HEADERS,
  };
}

/**
 * The caller's own transaction or session id, as it goes back: at most 100 characters, every one that is not allowed replaced by
 * `_` (`00` §2.2). Header values arrive and leave as bytes in Latin-1; the characters that count are those of UTF-8.
 */
export function echoedId(header: string | undefined, generated: string): string {
  if (header === undefined || header === '') return generated;
  if (header.length <= MAX_EXTERNAL_ID && PLAIN.test(header)) return header;
  const text = Buffer.from(header, 'latin1').toString('utf8');
  const kept = [...text].slice(0, MAX_EXTERNAL_ID).join('').replace(NOT_ALLOWED, '_');
  return Buffer.from(kept, 'utf8').toString('latin1');
}
