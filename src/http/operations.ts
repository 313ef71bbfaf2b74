import type { ErrorDetail } from './errors.js';
import { HTTP_LIMITS } from './limits.js';
import { createQueryReader, type QueryReader } from './query.js';
import type { Route } from './route.js';
import { parameterNames, Router } from './router.js';
import { createValidator, createViewCheck, type Validator } from './validation.js';

/** A route with its validators made. */
export interface Operation {
  readonly route: Route;
  readonly parameters: readonly string[];
  /** Whether it is about an environment, which is then its first parameter; else it stands above them all. */
  readonly isInEnvironment: boolean;
  /** Where among its parameters the application stands that it is about; -1: it is about none. */
  readonly application: number;
  /** Of a body. */
  readonly mostBytes: number;
  readonly validateBody: (value: unknown) => readonly ErrorDetail[];
  readonly readQuery: QueryReader;
  /** By status; `null` = no body. */
  readonly views: ReadonlyMap<number, Validator | null>;
}

/** What one method of one path does: one operation per media type, or one that takes no body. */
export interface MethodEntry {
  readonly byType: Map<string, Operation>;
  bodyless?: Operation;
}

/** What stands at one path. */
export interface Endpoint {
  readonly methods: Map<string, MethodEntry>;
}

/** The parameter that names the environment a call is about: authorization looks for it (SEC-42). */
export const ENVIRONMENT_PARAMETER = 'envId';

/** The parameter that names the application a call is about: roles over that one hold. */
const APPLICATION_PARAMETER = 'applicationId';

const noProblems = (): readonly ErrorDetail[] => [];

function createOperation(route: Route): Operation {
  const parameters = parameterNames(route.path);
  if (parameters.indexOf(ENVIRONMENT_PARAMETER) > 0)
    throw new TypeError(`route ${route.id}: :${ENVIRONMENT_PARAMETER} must be its first parameter`);
  if (
    route.permission !== 'public' &&
    route.path.startsWith('/environments/') &&
    parameters[0] !== ENVIRONMENT_PARAMETER
  )
    throw new TypeError(`route ${route.id}: its first parameter must be :${ENVIRONMENT_PARAMETER}`);
  const views = Object.entries(route.replies).map(
    ([status, schema]) => [Number(status), schema && createViewCheck(schema)] as const,
  );
  return {
    route,
    parameters,
    isInEnvironment: parameters[0] === ENVIRONMENT_PARAMETER,
    application: parameters.indexOf(APPLICATION_PARAMETER),
    mostBytes: route.largest?.bytes ?? HTTP_LIMITS.bodyBytes,
    validateBody: route.body ? createValidator(route.body) : noProblems,
    readQuery: createQueryReader(route.query),
    views: new Map(views),
  };
}

/** The path a base URL adds in front of every path below it: `/api/v1`, or nothing. */
export function basePath(url: string): string {
  return new URL(url).pathname.replace(/\/+$/, '');
}

/** Every media type of a route's body; none: it takes none. */
export function typesOf({ accepts, alsoAccepts = [] }: Pick<Route, 'accepts' | 'alsoAccepts'>): readonly string[] {
  return accepts === undefined ? [] : [accepts, ...alsoAccepts];
}

/** Sorts the routes by path, method and media type. Throws when two of them claim the same place. */
export function createOperations(routes: readonly Route[], apiPath: string, authPath: string): Router<Endpoint> {
  const router = new Router<Endpoint>();
  for (const route of routes) {
    const base = basePath(route.base === 'api' ? apiPath : authPath);
    const { methods } = router.at(`${base}${route.path}`, () => ({ methods: new Map() }));
    const entry: MethodEntry = methods.get(route.method) ?? { byType: new Map() };
    methods.set(route.method, entry);
    const types = typesOf(route).map((type) => type.toLowerCase());
    const taken =
      types.length === 0 ? entry.bodyless : types.map((type) => entry.byType.get(type)).find((other) => other);
    if (taken) throw new TypeError(`routes ${taken.route.id} and ${route.id} claim the same requests`);
    const operation = createOperation(route);
    if (types.length === 0) entry.bodyless = operation;
    for (const type of types) entry.byType.set(type, operation);
  }
  return router;
}

/** For `Allow` (RFC 9110 §10.2.1): what the routes offer and what the engine adds. */
export function allowedMethods(endpoint: Endpoint): string {
  const methods = [...endpoint.methods.keys()];
  return [...methods, ...(endpoint.methods.has('GET') ? ['HEAD'] : []), 'OPTIONS'].sort().join(', ');
}
