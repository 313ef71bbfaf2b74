import type { UserCode } from '../../../platform/users/user-code.js';
import { statement } from '../statement.js';
import { documentRows, rowsByKey } from './document-rows.js';

const TABLE = 'user_codes';
const KEY = { environmentId: 'environment_id', userId: 'user_id', use: 'purpose' } as const;

export const userCodeRows = documentRows<UserCode, keyof typeof KEY>(TABLE, KEY, ['sends', 'failures']);

export const { put: putUserCode, remove: deleteUserCode } = rowsByKey(TABLE, KEY);

const ofUser = 'user_codes where environment_id = :environmentId and user_id = :userId';

export const selectUserCodes = statement(
  'rows',
  `select ${userCodeRows.columns.join(', ')} from ${ofUser} order by purpose`,
);

export const deleteCodesOfUser = statement('count', `delete from ${ofUser}`);
