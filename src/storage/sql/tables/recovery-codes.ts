import type { RecoveryCodes } from '../../../devices/recovery/codes.js';
import type { EnvironmentId, UserId } from '../../../platform/model.js';
import { type Row, statement } from '../statement.js';
import { documentRows } from './document-rows.js';

const TABLE = 'recovery_codes';
const COLUMNS = { environmentId: 'environment_id', userId: 'user_id', version: 'version' } as const;

export const recoveryCodesRows = documentRows<RecoveryCodes, keyof typeof COLUMNS>(TABLE, COLUMNS, [
  'setId',
  'digests',
  'createdAt',
]);

/** As loaded; a user without a row has no codes, at version 0. */
export function toRecoveryCodes(environmentId: EnvironmentId, userId: UserId, row: Row | undefined): RecoveryCodes {
  return row
    ? recoveryCodesRows.read(row)
    : { environmentId, userId, version: 0, setId: userId, digests: [], createdAt: 0 };
}

const ofUser = 'environment_id = :environmentId and user_id = :userId';

export const selectRecoveryCodes = statement(
  'rows',
  `select ${recoveryCodesRows.columns.join(', ')} from ${TABLE} where ${ofUser}`,
);

/** No row: somebody else was first. */
export const insertRecoveryCodes = statement(
  'count',
  `insert into ${TABLE} (environment_id, user_id, version, document)
   values (:environmentId, :userId, 1, :document) on conflict do nothing`,
);

export const updateRecoveryCodes = statement(
  'count',
  `update ${TABLE} set version = version + 1, document = :document where ${ofUser} and version = :version`,
);

export const deleteRecoveryCodes = statement('count', `delete from ${TABLE} where ${ofUser} and version = :version`);
