import { BROWSER_TOKEN_BYTES, type PresentedBrowser } from '../devices/browsers/browser.js';
import type { Remembered } from '../devices/browsers/decide.js';
import { parseUuid, type Uuid } from '../kernel/ids.js';
import { namedId } from '../kernel/keys.js';
import type { Links } from './hal/links.js';

/** Base64url of a token, without padding. */
const TOKEN = new RegExp(`^[A-Za-z0-9_-]{${Math.ceil((BROWSER_TOKEN_BYTES * 4) / 3)}}$`);

/** An opaque name per environment (`20` §16). */
const nameIn = (environmentId: Uuid): string => `rb_${namedId(environmentId, 'remembered browser').slice(0, 8)}`;

/**
 * `Set-Cookie` of a remembered browser (`20` §16): for the relying party's back end to keep and to present with the check. For no script,
 * for TLS only, and for the environment's own path below `{authPath}`.
 */
export function browserCookie({ browser, token }: Remembered, links: Links): string {
  const { id, environmentId, createdAt, expiresAt } = browser;
  const path = new URL(links.auth(`/${environmentId}`).href).pathname;
  const maxAge = Math.floor((expiresAt - createdAt) / 1000);
  return `${nameIn(environmentId)}=${id}.${token.reveal()}; Max-Age=${maxAge}; Path=${path}; Secure; HttpOnly; SameSite=None`;
}

/** What a `Cookie` header (RFC 6265 §4.2) presents to this environment; absent when there is nothing of its form. */
export function presentedBrowser(header: string | undefined, environmentId: Uuid): PresentedBrowser | undefined {
  const begin = `${nameIn(environmentId)}=`;
  const pair = header
    ?.split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(begin));
  const [idText = '', token = '', ...more] = pair?.slice(begin.length).split('.') ?? [];
  const id = parseUuid(idText);
  return id !== undefined && TOKEN.test(token) && more.length === 0 ? { id, token } : undefined;
}
