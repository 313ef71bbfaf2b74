import { isUuid, type Uuid } from '../kernel/ids.js';
import { isJsonObject } from '../kernel/json.js';
import type { Actor } from '../platform/model.js';
import { type Incoming, RequestCall } from './call.js';
import { environmentNotFound, invalidData, notFound, type WireError, wireError } from './errors.js';
import { FORM_TYPE, readForm } from './form-reader.js';
import type { Links } from './hal/links.js';
import { JsonRefusal, readJson, readJsonWithoutNulls } from './json-reader.js';
import { ENVIRONMENT_PARAMETER, type Operation } from './operations.js';
import type { Route } from './route.js';

/** A request that may go on to its body. */
export interface Admission {
  readonly kind: 'admission';
  readonly incoming: Incoming;
  readonly operation: Operation;
  /** Texts of the path's parameters, in order; only the environment's has been looked at. */
  readonly params: readonly string[];
  readonly actor: Actor | undefined;
}

/** An admitted request as a call: body and query, every bad field at once; then the ids of the path (`00` §2.6). */
export function parseRequest(admission: Admission, bytes: Buffer, links: Links): RequestCall | WireError {
  const { incoming, operation, actor } = admission;
  const { route } = operation;
  const body = route.accepts === undefined ? undefined : readBody(route, bytes);
  if (body instanceof JsonRefusal) return wireError('INVALID_REQUEST');
  const search = incoming.url.indexOf('?');
  const { query, details } = operation.readQuery(search < 0 ? '' : incoming.url.slice(search + 1));
  const problems = [...(route.accepts === undefined ? [] : operation.validateBody(body)), ...details];
  if (problems.length > 0) return invalidData(...problems);
  const params: Record<string, Uuid> = {};
  const names: Record<string, string> = {};
  for (const [index, name] of operation.parameters.entries()) {
    const text = admission.params[index] ?? '';
    if (route.names?.includes(name)) {
      names[name] = text;
      continue;
    }
    if (!isUuid(text)) return name === ENVIRONMENT_PARAMETER ? environmentNotFound(text) : notFound();
    params[name] = text;
  }
  return new RequestCall(incoming, { params, names, body, query, links }, actor);
}

/**
 * A JSON object, a form, or bytes as they are; an action without a body takes nothing, or an object whose members it ignores (`00` §2.3), or `null`,
 * which generated clients send in place of a body that they were not given.
 */
function readBody(route: Route, bytes: Buffer): unknown {
  if (route.asBytes) return bytes;
  if (route.accepts === FORM_TYPE) return readForm(bytes) ?? new JsonRefusal('not a form');
  if (route.emptyBody && bytes.length === 0) return {};
  try {
    const read = route.method === 'PATCH' ? readJson : readJsonWithoutNulls;
    const value = read(bytes, route.longestText, route.largest?.keys);
    if (route.emptyBody && value === null) return {};
    return isJsonObject(value) ? value : new JsonRefusal('not an object');
  } catch (cause) {
    if (cause instanceof JsonRefusal) return cause;
    throw cause;
  }
}
