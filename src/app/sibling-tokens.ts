import { localUrls } from '../config/base-urls.js';
import type { BaseUrls } from '../config/config.js';
import type { Authenticator } from '../http/dispatch.js';
import { parseToken } from '../platform/tokens/jws.js';

/** Addresses of this machine that are remembered; beyond it they are looked at anew. */
const MOST_SIBLINGS = 16;
const LOOPBACK = /^https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/;

/**
 * In development a server that is told no public address names the one it listens on as its tokens' issuer. Its siblings on the
 * same database, and itself after a restart on another port, take these tokens too: everything is checked as ever (signature,
 * audience, time, client), against the loopback address that the token names. `serve` has no such leniency (SEC-48).
 */
export function acceptSiblings(own: Authenticator, authenticatorOf: (urls: BaseUrls) => Authenticator): Authenticator {
  const siblings = new Map<string, Authenticator>();
  return {
    async authenticate(token) {
      const actor = await own.authenticate(token);
      if (actor) return actor;
      const origin = loopbackIssuer(token);
      if (origin === undefined) return undefined;
      const sibling = siblings.get(origin) ?? authenticatorOf(localUrls(origin));
      if (siblings.size >= MOST_SIBLINGS) siblings.clear();
      siblings.set(origin, sibling);
      return sibling.authenticate(token);
    },
  };
}

/** The origin of an issuer `http://127.0.0.1:8080/<environment>/as`; not to be believed, only to be checked against. */
function loopbackIssuer(token: string): string | undefined {
  const issuer = parseToken(token)?.claims['iss'];
  const origin = typeof issuer === 'string' ? issuer.split('/').slice(0, 3).join('/') : '';
  return LOOPBACK.test(origin) ? origin : undefined;
}
