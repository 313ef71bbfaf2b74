/** Origins that may read answers: named ones, or any on this machine (`postern dev`). Nothing else (SEC-57). */
export type CorsOrigins = 'loopback' | readonly string[];

const LOOPBACK = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?$/;

export function isAllowedOrigin(origin: string, allowed: CorsOrigins): boolean {
  return allowed === 'loopback' ? LOOPBACK.test(origin) : allowed.includes(origin);
}

/** The headers of `00` §3.1 that do not depend on the request. No credentials: callers authenticate by header, not by cookie. */
export const CORS_HEADERS: Readonly<Record<string, string>> = {
  'access-control-allow-headers':
    'Authorization, Content-Type, Accept, X-HTTP-Method-Override, X-Ping-External-Transaction-ID, X-Ping-External-Session-ID',
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
  'access-control-expose-headers':
    'Correlation-Id, Retry-After, X-Ping-External-Transaction-ID, X-Ping-External-Session-ID',
  'access-control-max-age': '600',
};
