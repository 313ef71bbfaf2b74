import type { Uuid } from '../../kernel/ids.js';
import { unreachable } from '../../kernel/outcome.js';
import type { TokenStateRejection } from '../../platform/tokens/token-states.js';
import type { TokenRejection } from '../../platform/tokens/tokens.js';
import { oauthErrorBody } from '../answer.js';
import type { CredentialsRejection } from '../client-credentials.js';
import { type Reply, reply } from '../route.js';

/** Why a client is refused at an endpoint that it proves itself at. */
export type OAuthRejection = TokenRejection | TokenStateRejection | CredentialsRejection;

/** Not a secret of the platform's: clients show it when they ask for credentials (RFC 7617). */
const CHALLENGE = { 'www-authenticate': 'Basic realm="token endpoint", charset="UTF-8"' } as const;

/** A refusal of such an endpoint as RFC 6749 §5.2 says it (wire: `00` §4.7). */
export function toOAuthReply(rejection: OAuthRejection, correlationId: Uuid): Reply {
  const say = (status: number, error: string, description: string, headers?: Record<string, string>): Reply =>
    reply(status, oauthErrorBody(error, description, correlationId), headers);
  switch (rejection.kind) {
    case 'CredentialsMalformed':
      return say(400, 'invalid_request', 'The client credentials are malformed or given more than once');
    case 'GrantTypeMissing':
      return say(400, 'invalid_request', 'The grant_type parameter is required');
    case 'GrantTypeNotSupported':
      return say(400, 'unsupported_grant_type', 'The grant type is not supported');
    case 'ClientNotAuthorized':
      return say(400, 'unauthorized_client', 'The client is not authorized to use this grant type');
    case 'TokenMissing':
      return say(400, 'invalid_request', 'The token parameter is required');
    case 'TokenOfAnotherClient':
      return say(400, 'unauthorized_client', 'The token was not issued to the client');
    case 'ClientNotAuthenticated':
      return say(401, 'invalid_client', 'Invalid client credentials', CHALLENGE);
    case 'AuthenticationMethodNotSupported':
      // One public SDK retries when it reads these words (`00` §4.7).
      return say(401, 'invalid_client', 'Unsupported authentication method', CHALLENGE);
    default:
      return unreachable(rejection);
  }
}
