import type { StoredPassword } from '../../../platform/passwords/password.js';
import { documentRows, rowsByKey } from './document-rows.js';

const TABLE = 'user_passwords';
const KEY = { environmentId: 'environment_id', userId: 'user_id' } as const;

export const passwordRows = documentRows<StoredPassword, keyof typeof KEY>(TABLE, KEY, [
  'hash',
  'forceChange',
  'setAt',
  'failures',
]);

export const { get: selectPassword, put: putPassword, remove: deletePassword } = rowsByKey(TABLE, KEY);
