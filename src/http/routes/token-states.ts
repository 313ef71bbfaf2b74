import type { JWTPayload } from 'jose';
import type { Static } from 'typebox';
import { Type } from '../../kernel/json-schema.js';
import type { TokenQuestion, TokenStates } from '../../platform/tokens/token-states.js';
import { CLIENT_ENDPOINT, CLIENT_REFUSALS, type ClientEndpoint, clientForm } from '../client-endpoint.js';
import { type Call, defineRoute, type Reply, type Route, reply } from '../route.js';

/** The hint is taken and needs no look: there are access tokens alone (RFC 7662 §2.1, RFC 7009 §2.1). */
const TokenStateForm = clientForm({
  token: Type.Optional(Type.String()),
  token_type_hint: Type.Optional(Type.String()),
});

/** Wire: `00` §5.5; RFC 7662 §2.2. */
const IntrospectionView = Type.Object({
  active: Type.Boolean(),
  client_id: Type.Optional(Type.String()),
  iat: Type.Optional(Type.Integer()),
  exp: Type.Optional(Type.Integer()),
  iss: Type.Optional(Type.String()),
  aud: Type.Optional(Type.Array(Type.String())),
  env: Type.Optional(Type.String()),
  org: Type.Optional(Type.String()),
});

type StateCall = Pick<Call<'envId', Static<typeof TokenStateForm>>, 'params' | 'body' | 'correlationId'>;

const questionOf = ({ params, body, correlationId }: StateCall): Omit<TokenQuestion, 'credentials'> => ({
  environmentId: params.envId,
  token: body.token,
  correlationId,
});

/** Member by member, so that no claim is shown that nobody has thought of (SEC-46). */
function introspected(claims: JWTPayload | undefined): Reply {
  if (!claims) return reply(200, { active: false });
  const { client_id, iat, exp, iss, aud, env, org } = claims;
  return reply(200, { active: true, client_id, iat, exp, iss, aud, env, org });
}

/** Whether a token is good, and the end of one (wire: `00` §5.5; RFC 7662, RFC 7009). */
export function tokenStateRoutes(states: TokenStates, client: ClientEndpoint): Route[] {
  const common = { ...CLIENT_ENDPOINT, source: '00 §5.5', body: TokenStateForm } as const;
  return [
    defineRoute({
      ...common,
      id: 'token.introspect',
      summary: 'Introspect a token',
      path: '/:envId/as/introspect',
      replies: { 200: IntrospectionView, ...CLIENT_REFUSALS },
      partial: 'Tokens of workers, by the worker itself; not by a resource and its secret.',
      handle: (call) =>
        client({
          call,
          environmentId: call.params.envId,
          operation: 'token.introspect',
          answer: (credentials) => states.introspect({ ...questionOf(call), credentials }),
          shown: introspected,
        }),
    }),
    defineRoute({
      ...common,
      id: 'token.revoke',
      summary: 'Revoke a token',
      path: '/:envId/as/revoke',
      replies: { 200: null, ...CLIENT_REFUSALS },
      handle: (call) =>
        client({
          call,
          environmentId: call.params.envId,
          operation: 'token.revoke',
          answer: (credentials) => states.revoke({ ...questionOf(call), credentials }),
          shown: () => reply(200),
        }),
    }),
  ];
}
