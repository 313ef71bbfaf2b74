import type { Refusals } from '../audit/refusals.js';
import type { Logger } from '../kernel/log.js';
import type { Actor } from '../platform/model.js';
import { type Answer, errorAnswer, faultAnswer, oauthErrorAnswer } from './answer.js';
import { authorize, type EnvironmentDirectory } from './auth.js';
import { type Incoming, RequestCall } from './call.js';
import { notFound, type WireError, wireError } from './errors.js';
import { FORM_TYPE } from './form-reader.js';
import type { Links } from './hal/links.js';
import { parseContentType } from './media-type.js';
import { allowedMethods, createOperations, type MethodEntry, type Operation } from './operations.js';
import { refusalEvent } from './refusal-event.js';
import { type Admission, parseRequest } from './request.js';
import type { Reply, Route } from './route.js';
import { viewProblem } from './view-check.js';

/** Who may call, by token. */
export interface Authenticator {
  /** The worker behind an access token; `undefined` when the token is not good for anything (SEC-48). */
  authenticate(token: string): Promise<Actor | undefined>;
}

export interface DispatchOptions {
  readonly routes: readonly Route[];
  readonly tokens: Authenticator;
  readonly refusals?: Refusals;
  readonly environments: EnvironmentDirectory;
  readonly links: Links;
  readonly apiPath: string;
  readonly authPath: string;
  readonly logger: Logger;
  /** Every answer is held against its view (`style.md` §6). */
  readonly development: boolean;
}

/** A request that has its answer. */
export interface Answered {
  readonly kind: 'answered';
  readonly answer: Answer;
  /** For the log. */
  readonly routeId: string | undefined;
}

export interface Dispatcher {
  /** Every check that needs no body: path, method, token, environment and role, media type, in this order (`00` §2.6). */
  admit(incoming: Incoming): Promise<Admission | Answered>;
  /** The checks that need the body, and the operation itself. */
  perform(admission: Admission, body: Buffer): Promise<Answer>;
}

/** Case and spaces as RFC 9110 §11.1 allows them. What follows is for the authenticator: two headers in one are no token of its. */
const BEARER = /^bearer +(?=[^ ])/i;
const PLAIN_BEFORE = 'application/json, ';
const OVERRIDABLE = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

const invalidToken = (): WireError =>
  wireError('INVALID_TOKEN', [{ code: 'INVALID_TOKEN', message: 'The access token is invalid or expired.' }], {
    headers: { 'www-authenticate': 'Bearer' },
  });

/** Routes as one machine: requests in, answers out, no engine in sight. */
export function createDispatcher(options: DispatchOptions): Dispatcher {
  const { tokens, refusals, environments, links, logger, development } = options;
  const operations = createOperations(options.routes, options.apiPath, options.authPath);

  async function admit(incoming: Incoming): Promise<Admission | Answered> {
    const { url, correlationId } = incoming;
    const end = url.indexOf('?');
    const match = operations.find(end < 0 ? url : url.slice(0, end));
    if (!match) return answered(errorAnswer(notFound(), correlationId));
    const endpoint = match.value;
    const method = effectiveMethod(incoming);
    if (method === 'OPTIONS') return answered({ status: 204, headers: { allow: allowedMethods(endpoint) } });
    const entry = endpoint.methods.get(method === 'HEAD' ? 'GET' : method);
    if (!entry) {
      const headers = { allow: allowedMethods(endpoint) };
      return answered(errorAnswer(wireError('METHOD_NOT_ALLOWED', undefined, { headers }), correlationId));
    }
    // Chosen now, because the operation says which role is needed; refused later, in its turn.
    const chosen = chooseByType(entry, incoming);
    const operation = chosen ?? anyOf(entry);
    const refused = (error: WireError) => answered(errorAnswer(error, correlationId), operation.route.id);
    const environment = operation.isInEnvironment ? match.params[0] : undefined;
    const denied = (error: WireError): Answered => {
      const [event, by] = refusalEvent(operation.route, environment, error, actor, correlationId);
      if (event) refusals?.note(event, by);
      return refused(error);
    };

    let actor: Actor | undefined;
    const { permission } = operation.route;
    if (permission !== 'public') {
      const token = bearerToken(incoming.header('authorization'));
      actor = token === undefined ? undefined : await tokens.authenticate(token);
      if (!actor) return denied(invalidToken());
      const application = operation.application < 0 ? undefined : match.params[operation.application];
      const refusal = await authorize(actor, permission, environment, environments, application);
      if (refusal) return denied(refusal);
    }
    if (!chosen) return refused(wireError('UNSUPPORTED_MEDIA_TYPE'));
    return { kind: 'admission', incoming, operation, params: match.params, actor };
  }

  async function perform(admission: Admission, bytes: Buffer): Promise<Answer> {
    const { incoming, operation } = admission;
    const { correlationId } = incoming;
    const call = parseRequest(admission, bytes, links);
    if (call instanceof RequestCall) {
      const result = await operation.route.handle(call);
      if (development) {
        const problem = viewProblem(operation, result);
        if (problem) throw new TypeError(`route ${operation.route.id} breaks its own contract: ${problem}`);
      }
      return result.kind === 'reply' ? replyAnswer(result) : errorAnswer(result, correlationId);
    }
    // OAuth clients read RFC 6749 bodies (`00` §4.7).
    return operation.route.accepts === FORM_TYPE && call.name === 'INVALID_REQUEST'
      ? oauthErrorAnswer(400, 'invalid_request', 'The request is malformed', correlationId)
      : errorAnswer(call, correlationId);
  }

  return {
    admit: (incoming) =>
      admit(incoming).catch((cause: unknown) => answered(faultAnswer(cause, incoming.correlationId, logger))),
    perform: (admission, bytes) =>
      perform(admission, bytes).catch((cause: unknown) => faultAnswer(cause, admission.incoming.correlationId, logger)),
  };
}

const answered = (answer: Answer, routeId?: string): Answered => ({ kind: 'answered', answer, routeId });

/** Credentials by header only, never by URL (RFC 6750 §2.1; SEC-48). */
function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (header.startsWith('Bearer ') && header[7] !== ' ') return header.slice(7);
  const scheme = BEARER.exec(header);
  return scheme ? header.slice(scheme[0].length) : undefined;
}

/** `X-HTTP-Method-Override` on a `POST` is honoured (`00` §2.1); a name that is none of ours leads to 405. */
function effectiveMethod(incoming: Incoming): string {
  if (incoming.method !== 'POST') return incoming.method;
  const override = incoming.header('x-http-method-override')?.toUpperCase();
  if (override === undefined) return 'POST';
  return OVERRIDABLE.has(override) ? override : `override ${override}`;
}

/** The operation whose media type is exactly the one that was sent; none for anything unknown, malformed or encoded (SEC-52). */
function chooseByType(entry: MethodEntry, incoming: Incoming): Operation | undefined {
  if (entry.byType.size === 0) return entry.bodyless;
  const encoding = incoming.header('content-encoding');
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') return undefined;
  const header = incoming.header('content-type');
  // As almost everybody sends it: the essence and nothing else.
  const exact = header === undefined ? undefined : entry.byType.get(header);
  if (exact) return exact;
  const type = parseContentType(header);
  if (type.kind === 'essence') return entry.byType.get(type.essence);
  if (type.kind === 'refused') return chooseAfterPlain(entry, header);
  return entry.bodyless;
}

/**
 * The Go SDK, and with it the Terraform provider, sends two `Content-Type` lines for the actions on an account and on a password:
 * plain JSON, then the action's own. That is taken where only actions stand: both lines say that the body is JSON (RFC 6839
 * §3.1), and who reads the first alone finds nothing here that it could mean. Any other pair stays refused (SEC-52).
 */
function chooseAfterPlain(entry: MethodEntry, header: string | undefined): Operation | undefined {
  if (header?.startsWith(PLAIN_BEFORE) !== true || entry.byType.has('application/json')) return undefined;
  const type = header.slice(PLAIN_BEFORE.length);
  return type.endsWith('+json') ? entry.byType.get(type) : undefined;
}

/** For requests whose type is refused anyway: the operation whose permission is asked for first. */
function anyOf(entry: MethodEntry): Operation {
  const operation = entry.bodyless ?? entry.byType.values().next().value;
  if (!operation) throw new TypeError('a method without an operation');
  return operation;
}

function replyAnswer({ status, headers, body }: Reply): Answer {
  const text = body === undefined ? undefined : Buffer.isBuffer(body) ? body : JSON.stringify(body);
  if (headers) return text === undefined ? { status, headers } : { status, headers, body: text };
  return text === undefined ? { status } : { status, body: text };
}
