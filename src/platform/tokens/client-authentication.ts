import { equalDigests, sha256 } from '../../kernel/keys.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { Application } from '../model.js';
import type { AssertionFault, AssertionMethod, PresentedAssertion } from './client-assertion.js';

/** A secret that a client presents, and how (wire: `00` §5.1). */
export interface PresentedSecret {
  readonly method: 'CLIENT_SECRET_BASIC' | 'CLIENT_SECRET_POST';
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What a client proves itself by. */
export type ClientCredentials = PresentedSecret | PresentedAssertion;

export type ClientRejection =
  /** Unknown, disabled, the wrong secret, an assertion that is not good: one answer for all. `because` is for the record. */
  | { readonly kind: 'ClientNotAuthenticated'; readonly because?: AssertionFault }
  /** Proved by a way that is not the application's own. */
  | { readonly kind: 'AuthenticationMethodNotSupported' };

/** Whether an application takes what comes this way: by its own method only, but for the demo client's secret (`00` §5.1). */
function takes(application: Application, method: PresentedSecret['method'] | AssertionMethod): boolean {
  if (application.tokenEndpointAuthMethod === method) return true;
  return application.anySecretMethod === true && (method === 'CLIENT_SECRET_BASIC' || method === 'CLIENT_SECRET_POST');
}

/**
 * Judges a client by its secret. `secrets` are those of the application that are good now, or that of nobody when there is no such application: the
 * comparison is made either way and takes the same time, so that ids cannot be tried out (SEC-50). That the method is wrong is said
 * only to those who know the secret.
 */
export function authenticateClient(
  application: Application | undefined,
  secrets: readonly string[],
  credentials: PresentedSecret,
): Outcome<Application, ClientRejection> {
  const presented = sha256(credentials.clientSecret);
  // Each is compared, whichever fits.
  const matches = secrets.filter((secret) => equalDigests(presented, sha256(secret))).length > 0;
  if (!matches || !application?.enabled) return reject({ kind: 'ClientNotAuthenticated' });
  return takes(application, credentials.method)
    ? accept(application)
    : reject({ kind: 'AuthenticationMethodNotSupported' });
}

/** Judges a client by an assertion: whether it signed it, and what is wrong with the claims. The same is said of all that is wrong. */
export function authenticateByAssertion(
  application: Application | undefined,
  { method }: Pick<PresentedAssertion, 'method'>,
  { isProved, fault }: { readonly isProved: boolean; readonly fault: AssertionFault | undefined },
): Outcome<Application, ClientRejection> {
  if (!isProved || !application?.enabled) return reject({ kind: 'ClientNotAuthenticated' });
  if (fault !== undefined) return reject({ kind: 'ClientNotAuthenticated', because: fault });
  return takes(application, method) ? accept(application) : reject({ kind: 'AuthenticationMethodNotSupported' });
}
