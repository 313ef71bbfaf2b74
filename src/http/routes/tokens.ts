import type { Static } from 'typebox';
import type { Refusals } from '../../audit/refusals.js';
import { parseUuid, type Uuid } from '../../kernel/ids.js';
import { Type } from '../../kernel/json-schema.js';
import type { TokenService } from '../../platform/tokens.js';
import { readClientCredentials } from '../client-credentials.js';
import { ClientThrottle } from '../client-throttle.js';
import type { WireError } from '../errors.js';
import { FORM_TYPE } from '../form-reader.js';
import { requestLimited } from '../gate.js';
import { toOAuthReply } from '../rejections/tokens.js';
import { type Call, defineRoute, type Reply, type Route, reply } from '../route.js';

/** A form as it was sent. Unknown parameters are ignored (RFC 6749 §3.2); what is missing is told in OAuth's own words. */
const TokenForm = Type.Object({
  grant_type: Type.Optional(Type.String()),
  scope: Type.Optional(Type.String()),
  client_id: Type.Optional(Type.String()),
  client_secret: Type.Optional(Type.String()),
  client_assertion: Type.Optional(Type.String()),
});

const TokenView = Type.Object({
  access_token: Type.String(),
  token_type: Type.Literal('Bearer'),
  expires_in: Type.Integer(),
});

const OAuthErrorView = Type.Object({ error: Type.String(), error_description: Type.String() });

type TokenCall = Pick<
  Call<string, Static<typeof TokenForm>>,
  'body' | 'header' | 'correlationId' | 'source' | 'signal'
>;

/** Access tokens for workers (wire: `00` §5.1), with the environment in the path and without it (`00` §1.2). */
export function tokenRoutes(
  tokens: TokenService,
  throttle = new ClientThrottle({ free: 0 }),
  refusals?: Refusals,
): Route[] {
  /** On record in the environment that the path names; without one there is no trail to put it in (SEC-72). */
  function refused(
    rejection: Parameters<typeof toOAuthReply>[0],
    correlationId: Uuid,
    environmentId: Uuid | undefined,
    client?: string,
  ): Reply {
    const clientId = client === undefined ? undefined : parseUuid(client);
    // The client that was named, not one that has proved anything.
    const detail = { operation: 'token.issue', reason: rejection.kind, ...(clientId ? { client: clientId } : {}) };
    if (environmentId) refusals?.note({ type: 'REQUEST.REFUSED', environmentId, detail }, { correlationId });
    return toOAuthReply(rejection, correlationId);
  }

  async function issue(call: TokenCall, environmentId?: Uuid): Promise<Reply | WireError> {
    const { body, header, correlationId } = call;
    const { grant_type: grantType, ...form } = body;
    const credentials = readClientCredentials(header('authorization'), form);
    if (!credentials.ok) return refused(credentials.rejection, correlationId, environmentId);
    const issued = await tokens.issue({
      grantType,
      credentials: credentials.value,
      ...(environmentId ? { environmentId } : {}),
    });
    const { clientId } = credentials.value ?? {};
    if (!issued.ok) {
      // On record before the wait: also the wrong secret of somebody who is not even told so.
      const refusal = refused(issued.rejection, correlationId, environmentId, clientId);
      if (clientId !== undefined && issued.rejection.kind === 'ClientNotAuthenticated') {
        const held = await throttle.failed(call.source, clientId, call.signal);
        if (held.kind === 'refused') return requestLimited(held.wait);
      }
      return refusal;
    }
    if (clientId !== undefined) throttle.succeeded(call.source, clientId);
    const { accessToken, expiresInSeconds } = issued.value;
    return reply(200, { access_token: accessToken, token_type: 'Bearer', expires_in: expiresInSeconds });
  }

  const common = {
    source: '00 §5.1',
    method: 'POST',
    base: 'auth',
    accepts: FORM_TYPE,
    permission: 'public',
    body: TokenForm,
    replies: { 200: TokenView, 400: OAuthErrorView, 401: OAuthErrorView },
    partial: 'client_credentials only, by client_secret_basic or client_secret_post; no assertions, no other grants.',
  } as const;

  return [
    defineRoute({
      ...common,
      id: 'token.issue',
      summary: 'Get an access token',
      path: '/:envId/as/token',
      handle: (call) => issue(call, call.params.envId),
    }),
    defineRoute({
      ...common,
      id: 'token.issueByClient',
      summary: 'Get an access token; the environment is the client’s',
      path: '/as/token',
      handle: (call) => issue(call),
    }),
  ];
}
