import type { OwnerRoles } from '../../../platform/model.js';
import { statement } from '../statement.js';
import { documentRows, rowsByKey } from './document-rows.js';

const TABLE = 'role_assignments';
const KEY = { environmentId: 'environment_id', ownerId: 'owner_id' } as const;

export const rolesRows = documentRows<OwnerRoles, keyof typeof KEY>(TABLE, KEY, ['roles']);

export const { get: selectRoles, put: putRoles, remove: deleteRoles } = rowsByKey(TABLE, KEY);

/** Of the groups that a user is in. */
export const selectInheritedRoles = statement(
  'rows',
  `select ${rolesRows.columns.map((column) => `r.${column}`).join(', ')} from group_members m
   join role_assignments r on r.environment_id = m.environment_id and r.owner_id = m.group_id
   where m.environment_id = :environmentId and m.user_id = :userId order by r.owner_id`,
);
