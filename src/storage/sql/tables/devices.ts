import { type Device, PENDING_DEVICE_LIFE } from '../../../devices/model.js';
import { minutes } from '../../../kernel/duration.js';
import { uuidOf } from '../../../kernel/ids.js';
import { Sealed, type SealedPlace } from '../../../kernel/sealed.js';
import type { EnvironmentId, UserId } from '../../../platform/model.js';
import { decode, document, type SealingVault, sealInto, text } from '../row.js';
import { type Row, statement, type Value } from '../statement.js';

/** Control characters: JSON escapes them, and ids and sealed texts have none. */
const CELL = '\u001f';
const ROW = '\u001e';

/**
 * All devices of user `u` in one cell, so that a load is one row whatever their number: half the cost of many rows on SQLite, and
 * nothing of the others repeated. `string_agg` is the same function in both databases (SQLite since 3.44). Unordered.
 */
export const DEVICES_OF_USER = `(select string_agg(d.id || '${CELL}' || d.document || '${CELL}' || coalesce(d.secret, ''), '${ROW}')
   from devices d where d.environment_id = u.environment_id and d.user_id = u.id)`;

type Body = Omit<Device, 'id' | 'environmentId' | 'userId' | 'secret'>;

/**
 * How long after a pending device counts as gone its row may be removed without a guard: longer than any unit that loaded it
 * before can last, so nobody brings it back.
 */
const LAPSE_MARGIN = minutes(1);

export const devicePlace = (environmentId: string, userId: string, id: string): SealedPlace => ({
  table: 'devices',
  column: 'secret',
  environmentId,
  row: `${userId}/${id}`,
});

/** The devices of a `DEVICES_OF_USER` cell, oldest first. */
export function toDevices(environmentId: EnvironmentId, userId: UserId, row: Row, at: number): readonly Device[] {
  const cell = row[at];
  if (typeof cell !== 'string') return [];
  const devices = cell.split(ROW).map((packed) => toDevice(environmentId, userId, packed.split(CELL)));
  return devices.length < 2
    ? devices
    : devices.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

function toDevice(environmentId: EnvironmentId, userId: UserId, row: Row): Device {
  return decode('devices', row[0], () => {
    const id = text(row, 0) as Device['id'];
    const secret = text(row, 2);
    const device = document<Body>(row, 1, ['type', 'status', 'details', 'codeEpoch', 'createdAt', 'updatedAt']);
    return secret === ''
      ? Object.assign(device, { id, environmentId, userId })
      : Object.assign(device, {
          id,
          environmentId,
          userId,
          secret: new Sealed(secret, devicePlace(environmentId, userId, id)),
        });
  });
}

export function deviceValues(device: Device, vault: SealingVault): Record<string, Value> {
  const { id, environmentId, userId, secret, ...body } = device;
  const { status, createdAt } = body;
  return {
    environment: environmentId,
    user: userId,
    id,
    document: JSON.stringify(body satisfies Body),
    secret: secret ? sealInto(vault, secret, devicePlace(environmentId, userId, id)) : null,
    lapsesAt: status === 'ACTIVATION_REQUIRED' ? createdAt + PENDING_DEVICE_LIFE + LAPSE_MARGIN : null,
  };
}

/** Under the version of the user's factors, which the same write set raises: no version of its own. */
export const putDevice = statement(
  'count',
  `insert into devices (environment_id, user_id, id, document, secret, lapses_at)
   values (:environment, :user, :id, :document, cast(:secret as text), cast(:lapsesAt as bigint))
   on conflict (environment_id, user_id, id) do update set document = excluded.document, secret = excluded.secret,
   lapses_at = excluded.lapses_at`,
);

export const deleteDevice = statement(
  'count',
  'delete from devices where environment_id = :environment and user_id = :user and id = :id',
);

export const deleteDevicesOfUser = statement(
  'count',
  'delete from devices where environment_id = :environment and user_id = :user',
);

/** Pending devices whose day has long passed, of any environment. */
export const lapsedDevices = statement(
  'rows',
  `select environment_id, id, lapses_at, user_id, document from devices
   where lapses_at is not null and lapses_at <= cast(:before as bigint) order by lapses_at limit cast(:limit as bigint)`,
);

/** The device of a row of these, without its contact, which nobody needs any more. */
export function toLapsedDevice(row: Row): Device {
  return toDevice(uuidOf(text(row, 0)), uuidOf(text(row, 3)), [text(row, 1), text(row, 4), '']);
}

export const purgeDevice = statement(
  'count',
  `delete from devices where environment_id = :environment and user_id = :user and id = :id
   and lapses_at <= cast(:before as bigint)`,
);
