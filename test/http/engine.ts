import Type from 'typebox';
import type { EnvironmentDirectory } from '../../src/http/auth.js';
import type { Authenticator } from '../../src/http/dispatch.js';
import { invalidData, invalidOtp, requestFailed } from '../../src/http/errors.js';
import type { RawRoute } from '../../src/http/raw.js';
import { defineRoute, JSON_TYPE, type Route, reply, vnd } from '../../src/http/route.js';
import { createHttpServer, type HttpServer, type HttpServerOptions } from '../../src/http/server.js';
import { type Uuid, uuidOf } from '../../src/kernel/ids.js';
import { silentLogger } from '../../src/kernel/log.js';
import { createSystemRandom } from '../../src/kernel/random.js';
import type { Actor, RoleAssignment } from '../../src/platform/model.js';
import { testClock } from '../helpers/store.js';

export const HERE = uuidOf('abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6');
export const ELSEWHERE = uuidOf('00000000-0000-4000-8000-0000000000e2');
export const NOWHERE = uuidOf('00000000-0000-4000-8000-0000000000ff');
export const ORGANIZATION = uuidOf('00000000-0000-4000-8000-00000000000a');
export const THING = uuidOf('991776fd-145b-499e-8237-2c62aef35b2c');

const role = (name: RoleAssignment['role'], type: RoleAssignment['scope']['type'], id: Uuid): RoleAssignment => ({
  role: name,
  scope: { type, id },
});

/** Tokens by what their holders may do. */
export const HOLDERS: Readonly<Record<string, readonly RoleAssignment[]>> = {
  admin: [role('Identity Data Admin', 'ENVIRONMENT', HERE)],
  reader: [role('Identity Data Read Only', 'ENVIRONMENT', HERE)],
  organization: [role('Identity Data Admin', 'ORGANIZATION', ORGANIZATION)],
  organizationAdmin: [role('Organization Admin', 'ORGANIZATION', ORGANIZATION)],
  population: [role('Identity Data Admin', 'POPULATION', HERE)],
  nobody: [],
};

const tokens: Authenticator = {
  async authenticate(token) {
    const roles = HOLDERS[token];
    return roles && ({ kind: 'worker', applicationId: THING, environmentId: HERE, roles } satisfies Actor);
  },
};

const environments: EnvironmentDirectory = {
  async organizationOf(id) {
    return id === HERE || id === ELSEWHERE ? ORGANIZATION : undefined;
  },
  environmentOf: () => undefined,
};

const Echo = Type.Object({
  handled: Type.String(),
  body: Type.Optional(Type.Unknown()),
  query: Type.Optional(Type.Unknown()),
});

const ThingBody = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 8 }),
  kind: Type.Enum(['SMS', 'EMAIL']),
  size: Type.Optional(Type.Integer({ minimum: 1, maximum: 15 })),
  owner: Type.Optional(Type.Object({ id: Type.String({ pattern: '^[0-9a-f-]{36}$' }) })),
  parts: Type.Optional(Type.Array(Type.Object({ id: Type.String() }), { maxItems: 3 })),
  choice: Type.Optional(
    Type.Union([
      Type.Object({ type: Type.Literal('A'), a: Type.Integer() }),
      Type.Object({ type: Type.Literal('B'), b: Type.String() }),
    ]),
  ),
});

const collection = '/environments/:envId/things';
const item = `${collection}/:id` as const;
const common = { summary: '', source: 'test', replies: { 200: Echo }, base: 'api' } as const;

/** One route of each sort. */
export const ROUTES: readonly Route[] = [
  defineRoute({
    ...common,
    id: 'thing.create',
    method: 'POST',
    path: collection,
    accepts: JSON_TYPE,
    permission: 'users:write',
    body: ThingBody,
    query: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10 })) }),
    handle: async ({ body, query }) => reply(200, { handled: 'thing.create', body, query }),
  }),
  defineRoute({
    ...common,
    id: 'thing.read',
    method: 'GET',
    path: item,
    permission: 'users:read',
    handle: async () => reply(200, { handled: 'thing.read' }),
  }),
  defineRoute({
    ...common,
    id: 'thing.replace',
    method: 'PUT',
    path: item,
    accepts: JSON_TYPE,
    permission: 'users:write',
    body: Type.Object({ text: Type.Optional(Type.String()) }),
    handle: async ({ body }) => reply(200, { handled: 'thing.replace', body }),
  }),
  defineRoute({
    ...common,
    id: 'thing.update',
    method: 'PATCH',
    path: item,
    accepts: JSON_TYPE,
    permission: 'users:write',
    body: Type.Object({ text: Type.Optional(Type.Union([Type.String(), Type.Null()])) }),
    handle: async ({ body }) => reply(200, { handled: 'thing.update', body }),
  }),
  defineRoute({
    ...common,
    id: 'thing.delete',
    method: 'DELETE',
    path: item,
    permission: 'users:write',
    replies: { 204: null },
    handle: async () => reply(204),
  }),
  defineRoute({
    ...common,
    id: 'thing.check',
    method: 'POST',
    path: item,
    accepts: vnd('otp.check'),
    permission: 'users:write',
    errors: ['REQUEST_FAILED'],
    body: Type.Object({ otp: Type.String({ pattern: '^[0-9]{6,10}$' }) }),
    async handle({ body }) {
      if (body.otp === '000000') return invalidData(invalidOtp(2));
      if (body.otp === '999999') return requestFailed({ code: 'LIMIT_EXCEEDED', message: 'no more' });
      return reply(200, { handled: 'thing.check' });
    },
  }),
  defineRoute({
    ...common,
    id: 'thing.unlock',
    method: 'POST',
    path: item,
    accepts: vnd('thing.unlock'),
    emptyBody: true,
    permission: 'users:write',
    handle: async () => reply(200, { handled: 'thing.unlock' }),
  }),
  defineRoute({
    ...common,
    id: 'thing.public',
    method: 'GET',
    base: 'auth',
    path: '/:envId/as/thing',
    permission: 'public',
    handle: async () => reply(200, { handled: 'thing.public' }),
  }),
];

/** A server over the routes above; nothing listens unless a test makes it. */
export function engine(options: Partial<HttpServerOptions> = {}): HttpServer {
  return createHttpServer({
    routes: ROUTES,
    rawRoutes: [] satisfies RawRoute[],
    tokens,
    environments,
    store: { check: async () => ({ ready: true }) },
    random: createSystemRandom(),
    clock: testClock(),
    logger: silentLogger,
    apiPath: 'https://mfa.example.org/v1',
    authPath: 'https://mfa.example.org',
    corsOrigins: [],
    development: true,
    drainGrace: 0,
    ...options,
  });
}

export const THINGS = `/v1/environments/${HERE}/things`;
export const THING_PATH = `${THINGS}/${THING}`;

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS';
  readonly url?: string;
  readonly token?: string | null;
  readonly type?: string | null;
  readonly body?: string | Buffer | object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks with a good request unless told otherwise; the answer with its body parsed. */
export async function ask(server: HttpServer, request: Ask = {}) {
  const { method = 'POST', url = THINGS, token = 'admin', type = JSON_TYPE, body, headers = {} } = request;
  const payload = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const answer = await server.inject({
    method,
    url,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(type === null ? {} : { 'content-type': type }),
      ...headers,
    },
    ...(payload === undefined ? {} : { payload }),
  });
  const text = answer.payload;
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text,
    body: (text === '' ? undefined : answer.json()) as Record<string, unknown>,
  };
}
