import { accept, type Outcome, reject } from '../kernel/outcome.js';
import { ASSERTION_TYPE, type PresentedAssertion, parseAssertion } from '../platform/tokens/client-assertion.js';
import type { ClientCredentials, PresentedSecret } from '../platform/tokens/client-authentication.js';
import { decodeFormText } from './form-reader.js';

export type CredentialsRejection =
  /** More than one way at once (RFC 6749 §2.3), two ids that contradict each other, or an assertion that does not say what it is. */
  | { readonly kind: 'CredentialsMalformed' }
  /** Basic credentials or an assertion that are none: nobody is identified by them. */
  | { readonly kind: 'ClientNotAuthenticated' }
  /** A way this server does not offer: another type of assertion, another scheme. */
  | { readonly kind: 'AuthenticationMethodNotSupported' };

const MAX_HEADER = 2_048;
const BASIC = /^Basic +([A-Za-z0-9+/]+={0,2})$/i;

/** How a client says who it is: by Basic, in the form or by an assertion, never two of them (wire: `00` §5.1). Absent: it does not. */
export function readClientCredentials(
  authorization: string | undefined,
  form: Readonly<Record<string, string>>,
): Outcome<ClientCredentials | undefined, CredentialsRejection> {
  const { client_id: clientId, client_secret: clientSecret, client_assertion: assertion } = form;
  const ways = [authorization, clientSecret, assertion].filter((way) => way !== undefined);
  if (ways.length > 1) return reject({ kind: 'CredentialsMalformed' });
  if (assertion !== undefined) return readAssertion(assertion, form);
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

/** RFC 7521 §4.2, RFC 7523 §2.2. */
function readAssertion(
  text: string,
  { client_assertion_type: type, client_id: clientId }: Readonly<Record<string, string>>,
): Outcome<PresentedAssertion, CredentialsRejection> {
  if (type === undefined) return reject({ kind: 'CredentialsMalformed' });
  if (type !== ASSERTION_TYPE) return reject({ kind: 'AuthenticationMethodNotSupported' });
  const assertion = parseAssertion(text);
  if (!assertion) return reject({ kind: 'ClientNotAuthenticated' });
  const contradicted = clientId !== undefined && clientId !== assertion.clientId;
  return contradicted ? reject({ kind: 'CredentialsMalformed' }) : accept(assertion);
}

/** `Basic base64(urlencode(id):urlencode(secret))` (RFC 6749 §2.3.1). */
function readBasic(authorization: string): PresentedSecret | undefined {
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
