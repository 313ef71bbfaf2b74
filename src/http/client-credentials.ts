import { accept, type Outcome, reject } from '../kernel/outcome.js';
import type { ClientCredentials } from '../platform/tokens/client-authentication.js';
import { decodeFormText } from './form-reader.js';

export type CredentialsRejection =
  /** More than one way at once (RFC 6749 §2.3), or two ids that contradict each other. */
  | { readonly kind: 'CredentialsMalformed' }
  /** Basic credentials that are none: nobody is identified by them. */
  | { readonly kind: 'ClientNotAuthenticated' }
  /** A way this server does not offer: an assertion, another scheme. */
  | { readonly kind: 'AuthenticationMethodNotSupported' };

const MAX_HEADER = 2_048;
const BASIC = /^Basic +([A-Za-z0-9+/]+={0,2})$/i;

/** How a client says who it is at the token endpoint: by Basic or in the form, never both (wire: `00` §5.1). Absent: it does not. */
export function readClientCredentials(
  authorization: string | undefined,
  form: Readonly<Record<string, string>>,
): Outcome<ClientCredentials | undefined, CredentialsRejection> {
  const { client_id: clientId, client_secret: clientSecret, client_assertion: assertion } = form;
  const ways = [authorization, clientSecret, assertion].filter((way) => way !== undefined);
  if (ways.length > 1) return reject({ kind: 'CredentialsMalformed' });
  if (assertion !== undefined) return reject({ kind: 'AuthenticationMethodNotSupported' });
  if (authorization !== undefined) {
    if (!/^Basic(?: |$)/i.test(authorization)) return reject({ kind: 'AuthenticationMethodNotSupported' });
    const credentials = readBasic(authorization);
    if (!credentials) return reject({ kind: 'ClientNotAuthenticated' });
    const contradicted = clientId !== undefined && clientId !== credentials.clientId;
    return contradicted ? reject({ kind: 'CredentialsMalformed' }) : accept(credentials);
  }
  if (clientId === undefined || clientSecret === undefined) return accept(undefined);
  return accept({ method: 'CLIENT_SECRET_POST', clientId, clientSecret });
}

/** `Basic base64(urlencode(id):urlencode(secret))` (RFC 6749 §2.3.1). */
function readBasic(authorization: string): ClientCredentials | undefined {
  const encoded = authorization.length <= MAX_HEADER ? BASIC.exec(authorization)?.[1] : undefined;
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('latin1');
  const colon = text.indexOf(':');
  if (colon < 1) return undefined;
  const clientId = decodeFormText(text.slice(0, colon));
  const clientSecret = decodeFormText(text.slice(colon + 1));
  return clientId === undefined || clientSecret === undefined
    ? undefined
    : { method: 'CLIENT_SECRET_BASIC', clientId, clientSecret };
}
