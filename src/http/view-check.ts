import type { ErrorName, WireError } from './errors.js';
import type { Operation } from './operations.js';
import type { Reply } from './route.js';

/** Errors that a route must announce; any route may give the others (`00` §4.2). */
export const ANNOUNCED: readonly ErrorName[] = ['REQUEST_FAILED'];

/**
 * Where an answer departs from what its route declares: another status, a member that the view does not list, a value of another
 * type, an error that was not announced. For development and tests: drift is a fault there (`style.md` §6).
 */
export function viewProblem(operation: Operation, result: Reply | WireError): string | undefined {
  const { route, views } = operation;
  if (result.kind === 'error') {
    const silent = ANNOUNCED.includes(result.name) && !route.errors?.includes(result.name);
    return silent ? `error ${result.name} is not announced` : undefined;
  }
  const check = views.get(result.status);
  if (check === undefined) return `status ${result.status} is not announced`;
  const type = result.headers?.['content-type'];
  if (Buffer.isBuffer(result.body) && type !== 'application/json')
    return type !== undefined && route.files?.includes(type) ? undefined : `a file of type ${type} is not announced`;
  if (check === null) return result.body === undefined ? undefined : `status ${result.status} has a body`;
  if (Buffer.isBuffer(result.body))
    return viewProblem(operation, { ...result, body: JSON.parse(result.body.toString()) });
  if (check(result.body).length === 0) return undefined;
  // What counts is what the client will see: members that are `undefined` are not there.
  const seen: unknown = result.body === undefined ? undefined : JSON.parse(JSON.stringify(result.body));
  const problems = check(seen);
  return problems.length === 0
    ? undefined
    : problems.map(({ target, message }) => `${target ?? 'body'} ${message}`).join('; ');
}
