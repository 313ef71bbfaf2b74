import type {
  DeviceAuthentication,
  DeviceAuthenticationId,
  DeviceAuthenticationState,
} from '../../../authentication/model.js';
import type { Vault } from '../../../kernel/keys.js';
import type { SealedPlace } from '../../../kernel/sealed.js';
import type { EnvironmentId, UserId } from '../../../platform/model.js';
import { decode, document, integer, sealedFrom, sealInto, text } from '../row.js';
import { type Row, statement, type Value } from '../statement.js';

/** In the order that `toDeviceAuthentication` reads. */
export const DEVICE_AUTHENTICATION_COLUMNS = ['version', 'user_id', 'document', 'contact', 'expires_at'];

const place = (environmentId: string, id: string): SealedPlace => ({
  table: 'device_authentications',
  column: 'contact',
  environmentId,
  row: id,
});

type Body = Omit<DeviceAuthentication, 'id' | 'environmentId' | 'version' | 'userId' | 'expiresAt'>;

export function toDeviceAuthentication(
  environmentId: EnvironmentId,
  id: DeviceAuthenticationId,
  row: Row,
  at: number,
): DeviceAuthentication {
  return decode('device_authentications', id, () => {
    const body = document<Body>(row, at + 2, ['policyId', 'state', 'sends', 'createdAt', 'updatedAt']);
    return Object.assign(body, {
      state: withContact(body.state, row, at + 3, place(environmentId, id)),
      id,
      environmentId,
      version: integer(row, at),
      userId: text(row, at + 1) as UserId,
      expiresAt: integer(row, at + 4),
    });
  });
}

/** The state with its one-time contact, which has a sealed cell of its own. */
function withContact(
  state: DeviceAuthenticationState,
  row: Row,
  at: number,
  place: SealedPlace,
): DeviceAuthenticationState {
  if (state.selected?.kind !== 'oneTime') return state;
  const contact = sealedFrom(row, at, place);
  if (!contact) throw new TypeError('the one-time contact is missing');
  return { ...state, selected: { ...state.selected, contact } };
}

export function deviceAuthenticationValues(flow: DeviceAuthentication, vault: Vault): Record<string, Value> {
  const { id, environmentId, version, userId, expiresAt, ...body } = flow;
  const values = { environment: environmentId, id, version, user: userId, expiresAt };
  const selected = body.state.selected;
  if (selected?.kind !== 'oneTime')
    return { ...values, document: JSON.stringify(body satisfies Body), contactKey: null, contact: null };
  const { contact, ...rest } = selected;
  return {
    ...values,
    document: JSON.stringify({ ...body, state: { ...body.state, selected: rest } }),
    contactKey: selected.contactKey,
    contact: sealInto(vault, contact, place(environmentId, id)),
  };
}

export const insertDeviceAuthentication = statement(
  'count',
  `insert into device_authentications
   (environment_id, id, version, user_id, document, contact_key, contact, expires_at)
   values (:environment, :id, 1, :user, :document, cast(:contactKey as text), cast(:contact as text), :expiresAt)`,
);

export const updateDeviceAuthentication = statement(
  'count',
  `update device_authentications set version = version + 1, document = :document, contact_key = cast(:contactKey as text),
   contact = cast(:contact as text), expires_at = :expiresAt
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
