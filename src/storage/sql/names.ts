import type { Group } from '../../platform/groups/group.js';
import type { User } from '../../platform/model.js';
import { call, statement } from './statement.js';
import { deleteGroup, groupNameKey, groupValues, insertGroup } from './tables/groups.js';
import { insertUser, usernameKey, userValues } from './tables/users.js';
import type { WriteSetBuilder } from './write-set.js';

/** Id of the row that stands in for a new name; no UUID, so nobody has it. */
const STAND_IN = 'renamed';

const deleteStandIn = statement('count', 'delete from users where environment_id = :environment and id = :id');

/**
 * A name that changes is claimed as a new one is, by an insert that may find it taken: a row that stands in for it takes the name
 * and gives it up in the same transaction, just before the row that it is for. Nobody else ever sees the stand-in, and whoever wants the
 * name meanwhile waits for the commit. An update alone would fail on the unique key instead, where it cannot be asked whether it will.
 */
export function claimUsername(builder: WriteSetBuilder, value: User, held: User | undefined): void {
  if (!held || usernameKey(held.username) === usernameKey(value.username)) return;
  const id = `${STAND_IN} ${value.id}`;
  builder.claim(call(insertUser, { ...userValues(value), id }));
  builder.step(0, call(deleteStandIn, { environment: value.environmentId, id }));
}

/** As `claimUsername`. */
export function claimGroupName(builder: WriteSetBuilder, value: Group, held: Group | undefined): void {
  if (!held || groupNameKey(held.name) === groupNameKey(value.name)) return;
  const id = `${STAND_IN} ${value.id}`;
  builder.claim(call(insertGroup, { ...groupValues(value), id }));
  builder.step(0, call(deleteGroup, { environment: value.environmentId, id }));
}
