import type { Static } from 'typebox';
import type { Uuid } from '../../kernel/ids.js';
import { Type } from '../../kernel/json-schema.js';
import type { IssuedToken, TokenService } from '../../platform/tokens/tokens.js';
import { CLIENT_ENDPOINT, CLIENT_REFUSALS, clientForm, createClientEndpoint } from '../client-endpoint.js';
import { ClientThrottle } from '../client-throttle.js';
import type { WireError } from '../errors.js';
import { type Call, defineRoute, type Reply, type Route, reply } from '../route.js';

const TokenForm = clientForm({ grant_type: Type.Optional(Type.String()), scope: Type.Optional(Type.String()) });

const TokenView = Type.Object({
  access_token: Type.String(),
  token_type: Type.Literal('Bearer'),
  expires_in: Type.Integer(),
});

type TokenCall = Pick<
  Call<string, Static<typeof TokenForm>>,
  'body' | 'header' | 'correlationId' | 'source' | 'signal'
>;

const shown = ({ accessToken, expiresInSeconds }: IssuedToken): Reply =>
  reply(200, { access_token: accessToken, token_type: 'Bearer', expires_in: expiresInSeconds });

/** Access tokens for workers (wire: `00` §5.1), with the environment in the path and without it (`00` §1.2). */
export function tokenRoutes(
  tokens: TokenService,
  client = createClientEndpoint(new ClientThrottle({ free: 0 })),
): Route[] {
  const issue = (call: TokenCall, environmentId?: Uuid): Promise<Reply | WireError> =>
    client({
      call,
      environmentId,
      operation: 'token.issue',
      answer: (credentials) =>
        tokens.issue({ grantType: call.body.grant_type, credentials, ...(environmentId ? { environmentId } : {}) }),
      shown,
    });

  const common = {
    ...CLIENT_ENDPOINT,
    source: '00 §5.1',
    body: TokenForm,
    replies: { 200: TokenView, ...CLIENT_REFUSALS },
    partial: 'client_credentials only, no other grants.',
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
