import { equalDigests, sha256 } from '../../kernel/keys.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { Application } from '../model.js';

/** What a client presents at the token endpoint, and how (wire: `00` §5.1). */
export interface ClientCredentials {
  readonly method: 'CLIENT_SECRET_BASIC' | 'CLIENT_SECRET_POST';
  readonly clientId: string;
  readonly clientSecret: string;
}

export type ClientRejection =
  /** Unknown, disabled, or the wrong secret: one answer for all. */
  | { readonly kind: 'ClientNotAuthenticated' }
  /** The right secret by a way that is not the application's own. */
  | { readonly kind: 'AuthenticationMethodNotSupported' };

/** Whether an application takes a secret that comes this way: its own method only, but for the demo client (`00` §5.1). */
function takes(application: Application, method: ClientCredentials['method']): boolean {
  return application.anySecretMethod === true || application.tokenEndpointAuthMethod === method;
}

/**
 * Judges a client by its secret. `secrets` are those of the application that are good now, or that of nobody when there is no such application: the
 * comparison is made either way and takes the same time, so that ids cannot be tried out (SEC-50). That the method is wrong is said
 * only to those who know the secret.
 */
export function authenticateClient(
  application: Application | undefined,
  secrets: readonly string[],
  credentials: ClientCredentials,
): Outcome<Application, ClientRejection> {
  const presented = sha256(credentials.clientSecret);
  // Each is compared, whichever fits.
  const matches = secrets.filter((secret) => equalDigests(presented, sha256(secret))).length > 0;
  if (!matches || !application?.enabled) return reject({ kind: 'ClientNotAuthenticated' });
  return takes(application, credentials.method)
    ? accept(application)
    : reject({ kind: 'AuthenticationMethodNotSupported' });
}
