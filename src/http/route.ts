import type { Static, TSchema } from 'typebox';
import type { Requester } from '../audit/record.js';
import type { Uuid } from '../kernel/ids.js';
import type { Outcome } from '../kernel/outcome.js';
import type { Actor } from '../platform/model.js';
import type { ErrorName, WireError } from './errors.js';
import type { Links } from './hal/links.js';

export const JSON_TYPE = 'application/json';
/** An action's media type (`00` §2.3): `vnd('otp.check')`. */
export const vnd = (action: string): string => `application/vnd.pingidentity.${action}+json`;

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * What a caller must hold; `http/auth.ts` maps each to the roles of `00` §6.2 in one table, from which `docs/roles.md` is made.
 * `public` needs no token.
 */
export type Permission =
  | 'public'
  | 'environments:read'
  | 'environments:write'
  | 'organizations:read'
  | 'organizations:write'
  | 'roles:read'
  | 'populations:read'
  | 'populations:write'
  | 'applications:read'
  | 'applications:write'
  // Of one application, which the path names.
  | 'application:read'
  | 'application:write'
  | 'application:secret'
  | 'users:read'
  | 'users:write'
  | 'devices:read'
  | 'devices:write'
  | 'policies:read'
  | 'policies:write'
  | 'activities:read'
  | 'deviceAuthentications:use';

type PathParams<P extends string> = P extends `${string}:${infer Name}/${infer Rest}`
  ? Name | PathParams<Rest>
  : P extends `${string}:${infer Name}`
    ? Name
    : never;

export interface Reply {
  readonly kind: 'reply';
  readonly status: number;
  /** Sent as JSON; bytes as they are, and `headers` say what they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export function reply(status: number, body?: unknown, headers?: Readonly<Record<string, string>>): Reply {
  return { kind: 'reply', status, ...(body === undefined ? {} : { body }), ...(headers ? { headers } : {}) };
}

/** 204: it is done, and there is nothing to show; or why it is not. */
export function done<R>(outcome: Outcome<unknown, R>, toError: (rejection: R) => WireError): Reply | WireError {
  return outcome.ok ? reply(204) : toError(outcome.rejection);
}

/** One request, parsed: what a handler sees. */
export interface Call<Params extends string = string, Body = unknown, Query = unknown> {
  /** Path parameters, each a well-formed id (a malformed one was answered 404, `00` §2.5). */
  readonly params: Readonly<Record<Params, Uuid>>;
  /** Path parameters that are names, not ids: those that the route declares as such. */
  readonly names: Readonly<Record<string, string>>;
  /** Validated, without `null` members; `undefined` for operations without a body. */
  readonly body: Body;
  readonly query: Query;
  /** The caller; throws for a `public` route. */
  readonly actor: Actor;
  /** The caller and the request, for the record. */
  readonly by: Requester;
  /** New per request; the `Correlation-Id` header, and the `id` of an error. */
  readonly correlationId: Uuid;
  readonly links: Links;
  /** The request's path and query as sent, for links to the next page. */
  readonly url: string;
  readonly header: (name: string) => string | undefined;
  /** The address it came from, as far as it can be believed (SEC-56). */
  readonly source: string;
  /** Ends when the client goes away or the server closes. */
  readonly signal: AbortSignal;
}

export interface Route {
  /** `deviceAuthentication.otp.check` */
  readonly id: string;
  readonly summary: string;
  /** `10 §7.3` */
  readonly source: string;
  readonly method: Method;
  /** `api` paths stand below `{apiPath}`, `auth` paths below `{authPath}`. */
  readonly base: 'api' | 'auth';
  readonly path: string;
  /** The body's media type; absent = the operation takes no body. Form bodies: `application/x-www-form-urlencoded`. */
  readonly accepts?: string;
  /** Further media types of the same operation. */
  readonly alsoAccepts?: readonly string[];
  /** The body is no text: the handler has it as it came, a `Buffer`. */
  readonly asBytes?: true;
  /** Parameters of the path that are names and not ids. */
  readonly names?: readonly string[];
  /** Characters of the longest text in its body, where that is more than `JSON_LIMITS` allow. */
  readonly longestText?: number;
  /** Bytes and keys of its body, where they are more than `HTTP_LIMITS` and `JSON_LIMITS` allow. */
  readonly largest?: { readonly bytes: number; readonly keys?: number };
  /** An action that is documented without a body: none, empty, `{}` or `null` are taken, and unknown members ignored. */
  readonly emptyBody?: true;
  readonly permission: Permission;
  readonly body?: TSchema;
  readonly query?: TSchema;
  /** View schemas by status; `null` = no body. Checked against every answer in development and tests. */
  readonly replies: Readonly<Record<number, TSchema | null>>;
  /** Types of the files that a 200 may be as well, or is where its view is `null`: bytes as they are. */
  readonly files?: readonly string[];
  /** Beyond those that every route may give. */
  readonly errors?: readonly ErrorName[];
  /** What is not there yet, for the compatibility ledger; absent = complete. */
  readonly partial?: string;
  /** More validation than a schema can say, before anything is looked up. Every problem at once. */
  readonly handle: (call: Call) => Promise<Reply | WireError>;
}

type TypedRoute<P extends string, B extends TSchema, Q extends TSchema> = Omit<
  Route,
  'path' | 'body' | 'query' | 'handle'
> & {
  readonly path: P;
  readonly body?: B;
  readonly query?: Q;
  readonly handle: (call: Call<PathParams<P>, Static<B>, Static<Q>>) => Promise<Reply | WireError>;
};

/** One declaration gives validation, handler types, OpenAPI, permission, documented errors and the ledger (`style.md` §6). */
export function defineRoute<P extends string, B extends TSchema, Q extends TSchema>(route: TypedRoute<P, B, Q>): Route {
  // The dispatcher hands the handler only what the schemas above have accepted; the erased type is re-established there.
  return route as unknown as Route;
}
