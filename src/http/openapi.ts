import type { JsonObject } from '../kernel/json.js';
import { ROLES } from './auth.js';
import { CATALOGUE, type ErrorName } from './errors.js';
import { FORM_TYPE } from './form-reader.js';
import { ENVIRONMENT_PARAMETER, typesOf } from './operations.js';
import { JSON_TYPE, type Route } from './route.js';
import { parameterNames } from './router.js';
import { schemaNode } from './schema.js';

/** What the description is about, beyond the routes. */
export interface OpenApiInfo {
  readonly version: string;
  readonly apiPath: string;
  readonly authPath: string;
}

/** The error body of `00` §4.1. */
const ERROR_SCHEMA = {
  type: 'object',
  required: ['id', 'code', 'message'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    code: { type: 'string' },
    message: { type: 'string' },
    details: {
      type: 'array',
      items: {
        type: 'object',
        required: ['code', 'message'],
        properties: {
          code: { type: 'string' },
          target: { type: 'string' },
          message: { type: 'string' },
          innerError: { type: 'object' },
        },
      },
    },
  },
} as const satisfies JsonObject;

/** Errors that an operation may give beside those it announces. */
function errorsOf(route: Route): ReadonlySet<ErrorName> {
  const names = new Set<ErrorName>(['REQUEST_LIMITED', 'UNEXPECTED_ERROR', 'UNAVAILABLE', ...(route.errors ?? [])]);
  if (parameterNames(route.path).length > 0) names.add('NOT_FOUND');
  if (route.permission !== 'public') for (const name of REFUSALS) names.add(name);
  if (route.body || route.query || route.asBytes) names.add('INVALID_DATA');
  if (route.accepts !== undefined) for (const name of OF_BODIES) names.add(name);
  return names;
}

const REFUSALS: readonly ErrorName[] = ['INVALID_TOKEN', 'ACCESS_FAILED', 'NOT_AUTHORIZED'];
const OF_BODIES: readonly ErrorName[] = ['INVALID_REQUEST', 'CONTENT_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'];

/** TypeBox keeps its own marks in properties that JSON does not show: what JSON shows is the schema. */
const plain = (schema: object): JsonObject => JSON.parse(JSON.stringify(schema));

function responsesOf(route: Route): Record<string, JsonObject> {
  const responses: Record<string, JsonObject> = {};
  const named = new Map<number, ErrorName[]>();
  for (const name of errorsOf(route)) {
    const { status } = CATALOGUE[name];
    named.set(status, [...(named.get(status) ?? []), name]);
  }
  for (const [status, names] of named)
    responses[status] = {
      description: names.map((name) => `\`${CATALOGUE[name].code}\`: ${CATALOGUE[name].when}`).join(' '),
      content: { [JSON_TYPE]: { schema: { $ref: '#/components/schemas/Error' } } },
    };
  for (const [status, schema] of Object.entries(route.replies)) {
    const content: Record<string, JsonObject> = schema === null ? {} : { [JSON_TYPE]: { schema: plain(schema) } };
    // OpenAPI 3.1: bytes as they are have no schema.
    for (const type of status === '200' ? (route.files ?? []) : []) content[type] = {};
    responses[status] =
      Object.keys(content).length === 0 ? { description: 'Done; no body.' } : { description: 'Done.', content };
  }
  return responses;
}

function parametersOf(route: Route): JsonObject[] {
  const inPath = parameterNames(route.path).map((name) => {
    const isName = route.names?.includes(name) ?? false;
    return {
      name,
      in: 'path',
      required: true,
      description: isName ? 'Name.' : name === ENVIRONMENT_PARAMETER ? 'Id of the environment.' : 'Id.',
      schema: isName ? { type: 'string' } : { type: 'string', format: 'uuid' },
    };
  });
  const query = Object.entries(schemaNode(route.query ?? {}).properties ?? {});
  return [...inPath, ...query.map(([name, schema]) => ({ name, in: 'query', schema: plain(schema) }))];
}

/** One content per media type; required unless one of the actions does without a body. */
function bodyOf(routes: readonly Route[]): JsonObject | undefined {
  const content: Record<string, JsonObject> = {};
  // OpenAPI 3.1: bytes as they are have no schema.
  for (const route of routes)
    for (const type of typesOf(route))
      content[type] = route.asBytes ? {} : { schema: route.body ? plain(route.body) : { type: 'object' } };
  if (Object.keys(content).length === 0) return undefined;
  return { required: routes.every(({ emptyBody }) => emptyBody !== true), content };
}

/** One operation of OpenAPI from the routes of one path and method: they differ by media type only. */
function operationOf(routes: readonly Route[]): JsonObject {
  const [first] = routes;
  if (!first) throw new TypeError('an operation without a route');
  const requestBody = bodyOf(routes);
  const summaries = routes.map(({ accepts, summary }) =>
    routes.length > 1 ? `- \`${accepts}\`: ${summary}` : summary,
  );
  const notes = routes.flatMap(({ id, partial }) => (partial === undefined ? [] : `Partial (${id}): ${partial}`));
  const roles = routes.flatMap(({ id, permission }) =>
    permission === 'public' ? [] : `\`${id}\` needs one of: ${ROLES[permission].join(', ')}.`,
  );
  const sources = [...new Set(routes.map(({ source }) => source))].join('; ');
  return {
    operationId: first.id,
    tags: [first.id.split('.')[0] ?? ''],
    summary: routes.length > 1 ? routes.map(({ summary }) => summary).join(' / ') : first.summary,
    description: [...(routes.length > 1 ? summaries : []), ...roles, ...notes, `Source: ${sources}.`].join('\n\n'),
    parameters: parametersOf(first),
    ...(requestBody ? { requestBody } : {}),
    responses: Object.assign({}, ...routes.map(responsesOf)),
    security: first.permission === 'public' ? securityOfPublic(first) : [{ bearer: [] }],
  };
}

const securityOfPublic = (route: Route): JsonObject[] => (route.accepts === FORM_TYPE ? [{ client: [] }, {}] : []);

/** OpenAPI 3.1 of everything that is served (`style.md` §6); a function of the routes, so that it cannot say anything else. */
export function openApi(routes: readonly Route[], { version, apiPath, authPath }: OpenApiInfo): JsonObject {
  const groups = new Map<string, Map<string, Route[]>>();
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    const methods = groups.get(path) ?? new Map<string, Route[]>();
    const method = route.method.toLowerCase();
    groups.set(path, methods.set(method, [...(methods.get(method) ?? []), route]));
  }
  const paths: Record<string, JsonObject> = {};
  for (const [path, methods] of groups) {
    const operations = [...methods].map(([method, group]) => [method, operationOf(group)] as const);
    const base = [...methods.values()][0]?.[0]?.base === 'auth' ? authPath : apiPath;
    paths[path] = { servers: [{ url: base }], ...Object.fromEntries(operations) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Postern', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: apiPath }, { url: authPath }],
    paths,
    components: {
      schemas: { Error: ERROR_SCHEMA },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        client: { type: 'http', scheme: 'basic' },
      },
    },
  };
}
