import { timingSafeEqual } from 'node:crypto';
import { isJsonObject } from '../kernel/json.js';
import { decodeBase64 } from './bytes.js';
import type { CeremonyProblem } from './problem.js';

/** What the browser says about a ceremony (WebAuthn L3 §5.8.1). */
export interface ClientData {
  readonly type: string;
  readonly challenge: string;
  readonly origin: string;
  readonly crossOrigin: boolean;
  readonly topOrigin?: string;
}

/** What the relying party knows of a ceremony that it began. */
export interface CeremonyTerms {
  /** The bytes that were drawn, or that the caller chose. */
  readonly challenge: Buffer;
  /** The page that ran the ceremony, as the relying party's own call names it (SEC-27). */
  readonly origin: string;
  readonly rpId: string;
  /** Whether the origin may be a subdomain of the RP ID (`10` §11.4; off in the `strict` profile, SEC-25). */
  readonly allowsSubdomains: boolean;
}

/** `undefined` unless it is a JSON object in UTF-8 whose members have their types. */
export function parseClientData(bytes: Buffer): ClientData | undefined {
  const parsed = parseJson(bytes);
  if (!isJsonObject(parsed)) return undefined;
  const { type, challenge, origin, crossOrigin, topOrigin } = parsed;
  if (typeof type !== 'string' || typeof challenge !== 'string' || typeof origin !== 'string') return undefined;
  if (crossOrigin !== undefined && typeof crossOrigin !== 'boolean') return undefined;
  if (topOrigin !== undefined && typeof topOrigin !== 'string') return undefined;
  return {
    type,
    challenge,
    origin,
    crossOrigin: crossOrigin ?? false,
    ...(topOrigin === undefined ? {} : { topOrigin }),
  };
}

/**
 * What is wrong with the client's part of a ceremony, the first problem (WebAuthn L3 §7.1 steps 7 to 11, §7.2 steps 10 to 14). A
 * page inside a frame of another site is refused: no relying party here says that it expects one.
 */
export function clientDataProblem(
  client: ClientData,
  type: 'webauthn.create' | 'webauthn.get',
  terms: CeremonyTerms,
): CeremonyProblem | undefined {
  if (client.type !== type) return 'CLIENT_DATA_TYPE';
  if (!isChallenge(client.challenge, terms.challenge)) return 'CHALLENGE';
  if (client.origin !== terms.origin) return 'ORIGIN';
  if (!originBelongsTo(client.origin, terms.rpId, terms.allowsSubdomains)) return 'ORIGIN';
  return client.crossOrigin || client.topOrigin !== undefined ? 'CROSS_ORIGIN' : undefined;
}

/**
 * Whether an origin is one of the relying party's: `https` on the RP ID or a subdomain of it, on any port; `http` on `localhost`
 * alone. In the one form that browsers write, so without a path, a user or a trailing slash (`10` §11.4; `20` §8.3).
 */
export function originBelongsTo(origin: string, rpId: string, allowsSubdomains: boolean): boolean {
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  if (url.origin !== origin) return false;
  const { protocol, hostname } = url;
  if (protocol !== 'https:' && !(protocol === 'http:' && isLocalhost(hostname))) return false;
  return hostname === rpId || (allowsSubdomains && hostname.endsWith(`.${rpId}`));
}

function isLocalhost(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost');
}

/** In constant time, though a challenge is no secret of the server's: it cannot be guessed byte by byte. */
function isChallenge(text: string, expected: Buffer): boolean {
  const bytes = decodeBase64(text);
  return bytes !== undefined && bytes.length === expected.length && timingSafeEqual(bytes, expected);
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // Invalid UTF-8 or no JSON: the two things that either of them can say.
    return undefined;
  }
}
