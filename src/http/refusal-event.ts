import type { AuditEvent, Requester } from '../audit/record.js';
import { parseUuid, type Uuid } from '../kernel/ids.js';
import type { Actor } from '../platform/model.js';
import type { WireError } from './errors.js';
import type { Route } from './route.js';

/**
 * A call that its caller may not make, or makes too often, for the trail of the environment that it names (SEC-72); without an
 * environment there is no trail to put it in.
 */
export function refusalEvent(
  route: Pick<Route, 'id'>,
  environment: string | undefined,
  error: Pick<WireError, 'name'>,
  actor: Actor | undefined,
  correlationId: Uuid,
): readonly [AuditEvent | undefined, Requester] {
  const by: Requester = actor ? { clientId: actor.applicationId, correlationId } : { correlationId };
  const environmentId = environment === undefined ? actor?.environmentId : parseUuid(environment);
  if (!environmentId) return [undefined, by];
  return [{ type: 'REQUEST.REFUSED', environmentId, detail: { operation: route.id, reason: error.name } }, by];
}
