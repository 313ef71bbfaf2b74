import type { JWTPayload } from 'jose';
import { createTrail } from '../../audit/trail.js';
import type { EventSink } from '../../events.js';
import type { Uuid } from '../../kernel/ids.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { Store } from '../../storage/port.js';
import type { EnvironmentId } from '../model.js';
import type { ClientCredentials, ClientRejection } from './client-authentication.js';
import { parseToken } from './jws.js';
import type { ReadToken, TokenService } from './tokens.js';

/** What a client asks about a token (RFC 7662 §2.1, RFC 7009 §2.1). */
export interface TokenQuestion {
  readonly environmentId: EnvironmentId;
  readonly token: string | undefined;
  /** Absent: nothing that identifies the client. */
  readonly credentials: ClientCredentials | undefined;
  /** Of the request, for the record. */
  readonly correlationId: Uuid;
}

export type TokenStateRejection =
  | ClientRejection
  | { readonly kind: 'TokenMissing' }
  /** To revoke: it is another client's (RFC 7009 §2.1). */
  | { readonly kind: 'TokenOfAnotherClient' };

/** Whether tokens are good, and their end before their time (wire: `00` §5.5). */
export interface TokenStates {
  /**
   * The claims of a token that is good now and is the client's own; `undefined` for every other, so that nothing is told of tokens
   * of others (RFC 7662 §4).
   */
  introspect(question: TokenQuestion): Promise<Outcome<JWTPayload | undefined, TokenStateRejection>>;
  /** What is not good anyway is revoked too (RFC 7009 §2.2). It holds here at once, in other processes within 2 s (SEC-49). */
  revoke(question: TokenQuestion): Promise<Outcome<undefined, TokenStateRejection>>;
}

export interface TokenStateParts {
  readonly store: Pick<Store, 'transact'>;
  readonly tokens: Pick<TokenService, 'authenticateClient' | 'read' | 'forgetToken'>;
  readonly events: EventSink;
}

export function createTokenStates(parts: TokenStateParts): TokenStates {
  const { tokens } = parts;
  const trail = createTrail(parts);

  /** The client, and the token if it is a good one of the environment. */
  async function asked(endpoint: 'introspect' | 'revoke', { environmentId, token, credentials }: TokenQuestion) {
    if (!credentials) return reject({ kind: 'ClientNotAuthenticated' } as const);
    const client = await tokens.authenticateClient(credentials, { environmentId, endpoint });
    if (!client.ok) return client;
    if (token === undefined) return reject({ kind: 'TokenMissing' } as const);
    const found = await tokens.read(token);
    const read = found?.token.environmentId === environmentId ? found.token : undefined;
    return accept({ text: token, read, isOwn: read?.clientId === client.value.id });
  }

  async function end(text: string, token: ReadToken['token'], correlationId: Uuid): Promise<void> {
    const { environmentId, id, clientId, expiresAt } = token;
    await trail.transact({ environmentId }, { clientId, correlationId }, ({ environment }) => ({
      // With its environment it has ended already.
      writes: environment ? [{ kind: 'put', entity: 'revokedToken', value: { environmentId, id, expiresAt } }] : [],
      outcome: {
        result: accept(undefined),
        events: environment ? [{ type: 'TOKEN.REVOKED', environmentId, detail: { applicationId: clientId } }] : [],
      },
    }));
    tokens.forgetToken(text);
  }

  return {
    async introspect(question) {
      const answer = await asked('introspect', question);
      if (!answer.ok) return answer;
      const { text, isOwn } = answer.value;
      // Verified: it is the whole text that was found good.
      return accept(isOwn ? parseToken(text)?.claims : undefined);
    },
    async revoke(question) {
      const answer = await asked('revoke', question);
      if (!answer.ok) return answer;
      const { text, read, isOwn } = answer.value;
      if (!read) return accept(undefined);
      if (!isOwn) return reject({ kind: 'TokenOfAnotherClient' });
      await end(text, read, question.correlationId);
      return accept(undefined);
    },
  };
}
