import { unreachable } from '../../kernel/outcome.js';
import type { Snapshot, Write } from '../port.js';
import { claimGroupName } from './names.js';
import { call } from './statement.js';
import {
  deleteGroup,
  deleteMembership,
  deleteMembersOfGroup,
  groupValues,
  insertGroup,
  membershipValues,
  putMembership,
  updateGroup,
} from './tables/groups.js';
import { deletePassword, passwordRows, putPassword } from './tables/passwords.js';
import { deleteRoles, putRoles, rolesRows } from './tables/roles.js';
import { deleteUserCode, putUserCode, userCodeRows } from './tables/user-codes.js';
import type { WriteSetBuilder } from './write-set.js';

type WriteOf<E extends Write['entity']> = Extract<Write, { readonly entity: E }>;

/** Under the user's version, which the same write set raises. */
export function addPassword(builder: WriteSetBuilder, { kind, value }: WriteOf<'password'>): void {
  const { environmentId, userId } = value;
  builder.once('password', userId);
  if (kind === 'put') builder.step(2, call(putPassword, passwordRows.values(value)));
  else builder.step(2, call(deletePassword, { environmentId, userId }), 'any');
}

/** Under the user's version. */
export function addUserCode(builder: WriteSetBuilder, { kind, value }: WriteOf<'userCode'>): void {
  const { environmentId, userId, use } = value;
  builder.once(`code ${use}`, userId);
  if (kind === 'put') builder.step(2, call(putUserCode, userCodeRows.values(value)));
  else builder.step(2, call(deleteUserCode, { environmentId, userId, use }), 'any');
}

/** Under the version of the user or group. */
export function addRoles(builder: WriteSetBuilder, { value }: WriteOf<'roles'>): void {
  const { environmentId, ownerId, roles } = value;
  builder.once('roles', ownerId);
  if (roles.length > 0) builder.step(2, call(putRoles, rolesRows.values(value)));
  else builder.step(2, call(deleteRoles, { environmentId, ownerId }), 'any');
}

/** With its unique name; its members and its roles go with it. */
export function addGroup(builder: WriteSetBuilder, { kind, value }: WriteOf<'group'>, { directory }: Snapshot): void {
  const { environmentId: environment, id, version } = value;
  if (kind !== 'insert') builder.guard('group', environment, id, version);
  if (kind === 'expect') return;
  builder.once('group', id);
  switch (kind) {
    case 'insert':
      builder.claim(call(insertGroup, groupValues(value)));
      break;
    case 'update':
      claimGroupName(builder, value, directory?.group);
      builder.step(1, call(updateGroup, groupValues(value)));
      break;
    case 'delete':
      builder.step(4, call(deleteMembersOfGroup, { environment, group: id }), 'any');
      builder.step(4, call(deleteRoles, { environmentId: environment, ownerId: id }), 'any');
      builder.step(5, call(deleteGroup, { environment, id }));
      break;
    default:
      unreachable(kind);
  }
}

/** Adding someone who is in already changes nothing, nor does removing someone who is not. */
export function addMembership(builder: WriteSetBuilder, { kind, value }: WriteOf<'membership'>): void {
  builder.once(`member of ${value.groupId}`, value.userId);
  const values = membershipValues(value);
  const { environment = '', group = '', user = '' } = values;
  if (kind === 'put') builder.step(2, call(putMembership, values), 'any');
  else builder.step(2, call(deleteMembership, { environment, group, user }), 'any');
}
