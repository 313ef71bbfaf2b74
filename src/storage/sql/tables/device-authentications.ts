import type { CompleteFlow, DeviceAuthentication, DeviceAuthenticationId } from '../../../authentication/model.js';
import type { EnvironmentId, UserId } from '../../../platform/model.js';
import { decode, document, integer, text } from '../row.js';
import { type Row, statement, type Value } from '../statement.js';

/** In the order that `toDeviceAuthentication` reads. */
export const DEVICE_AUTHENTICATION_COLUMNS = ['version', 'user_id', 'document', 'expires_at'];

/** `userId` where the column has none: of a user who was not named at the beginning. */
type Body = Omit<DeviceAuthentication, 'id' | 'environmentId' | 'version' | 'expiresAt'>;

/** In the column of a flow that was begun without a user: a load finds nobody by it. */
const NOBODY = '';

export function toDeviceAuthentication(
  environmentId: EnvironmentId,
  id: DeviceAuthenticationId,
  row: Row,
  at: number,
): DeviceAuthentication {
  return decode('device_authentications', id, () => {
    const body = document<Body>(row, at + 2, ['policyId', 'state', 'sends', 'createdAt', 'updatedAt']);
    const { policyId, state, notification, applicationId, assertion, isDiscovered, sends, createdAt, updatedAt } = body;
    const named = text(row, at + 1);
    // Its members in the order of `moved`, so that a flow has one shape wherever it comes from.
    const flow: CompleteFlow = {
      id,
      environmentId,
      version: integer(row, at),
      userId: named === NOBODY ? body.userId : (named as UserId),
      policyId,
      state,
      notification,
      applicationId,
      assertion,
      isDiscovered,
      sends,
      createdAt,
      updatedAt,
      expiresAt: integer(row, at + 3),
    };
    return flow;
  });
}

/** `contactKey` stands in a column of its own, so that a load finds the destination of a one-time flow, or of a counted send, by a join. */
export function deviceAuthenticationValues(flow: DeviceAuthentication): Record<string, Value> {
  const { id, environmentId, version, userId, isDiscovered, expiresAt } = flow;
  const { policyId, state, notification, applicationId, assertion, sends, createdAt, updatedAt } = flow;
  // Member by member: what a rest pattern leaves is twice as slow to serialize.
  const body: { [K in keyof Body]: Body[K] | undefined } = {
    policyId,
    state,
    notification,
    applicationId,
    assertion,
    isDiscovered,
    userId: isDiscovered ? userId : undefined,
    sends,
    createdAt,
    updatedAt,
  };
  const contactKey = state.selected?.contactKey ?? null;
  return {
    environment: environmentId,
    id,
    version,
    user: isDiscovered ? NOBODY : (userId ?? NOBODY),
    expiresAt,
    document: JSON.stringify(body),
    contactKey,
  };
}

export const insertDeviceAuthentication = statement(
  'count',
  `insert into device_authentications
   (environment_id, id, version, user_id, document, contact_key, expires_at)
   values (:environment, :id, 1, :user, :document, cast(:contactKey as text), :expiresAt)`,
);

export const updateDeviceAuthentication = statement(
  'count',
  `update device_authentications set version = version + 1, document = :document, contact_key = cast(:contactKey as text),
   expires_at = :expiresAt
   where environment_id = :environment and id = :id and version = :version`,
);

/**
 * The oldest of an environment. Ids are time-ordered, so what is past its time stands at the left edge of the key, and no index
 * on `expires_at` has to be kept up on every write.
 */
export const oldestDeviceAuthentications = statement(
  'rows',
  `select environment_id, id, expires_at from device_authentications where environment_id = :environment order by id
   limit cast(:limit as bigint)`,
);

export const purgeDeviceAuthentication = statement(
  'count',
  `delete from device_authentications
   where environment_id = :environment and id = :id and expires_at <= cast(:before as bigint)`,
);
