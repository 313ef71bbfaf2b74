import { caseless } from '../../../kernel/caseless.js';
import type { Group, GroupId, JoinedGroup, Membership } from '../../../platform/groups/group.js';
import type { EnvironmentId } from '../../../platform/model.js';
import { decode, document, integer, text } from '../row.js';
import { type Row, statement, type Value } from '../statement.js';

/** In the order that `toGroup` reads. */
export const GROUP_COLUMNS = ['id', 'version', 'document', 'created_at'];
const columns = GROUP_COLUMNS.map((column) => `g.${column}`).join(', ');

type Body = Omit<Group, 'id' | 'environmentId' | 'version' | 'createdAt'>;

export function toGroup(environmentId: EnvironmentId, row: Row): Group {
  return decode('user_groups', row[0], () =>
    Object.assign(document<Body>(row, 2, ['name', 'updatedAt']), {
      // Ids are stored as they were parsed.
      id: text(row, 0) as GroupId,
      environmentId,
      version: integer(row, 1),
      createdAt: integer(row, 3),
    }),
  );
}

/** A group of a user: behind its columns stands when the user was added. */
export function toJoinedGroup(environmentId: EnvironmentId, row: Row): JoinedGroup {
  return { ...toGroup(environmentId, row), joinedAt: integer(row, GROUP_COLUMNS.length) };
}

/** The form of a group's name that is unique, escaped as usernames are (`users.ts`). */
export function groupNameKey(name: string): string {
  return JSON.stringify(caseless(name)).slice(1, -1);
}

export function groupValues({ id, environmentId, version, createdAt, ...body }: Group): Record<string, Value> {
  return {
    environment: environmentId,
    id,
    version,
    nameKey: groupNameKey(body.name),
    document: JSON.stringify(body satisfies Body),
    createdAt,
    derives: body.userFilter === undefined && body.memberOf === undefined ? 0 : 1,
  };
}

export function membershipValues(membership: Membership): Record<string, Value> {
  const { environmentId, groupId, userId, userCreatedAt, createdAt } = membership;
  return { environment: environmentId, group: groupId, user: userId, userCreatedAt, createdAt };
}

/** No row: the name is taken. */
export const insertGroup = statement(
  'count',
  `insert into user_groups (environment_id, id, version, name_key, document, created_at, derives)
   values (:environment, :id, 1, :nameKey, :document, :createdAt, :derives) on conflict do nothing`,
);

/** With the name: one that changes is claimed first (`names.ts`). */
export const updateGroup = statement(
  'count',
  `update user_groups set version = version + 1, document = :document, name_key = :nameKey, derives = :derives
   where environment_id = :environment and id = :id and version = :version`,
);

export const deleteGroup = statement(
  'count',
  'delete from user_groups where environment_id = :environment and id = :id',
);

export const selectGroup = statement(
  'row',
  `select ${columns} from user_groups g where g.environment_id = :environment and g.id = :id`,
);

export const selectGroupByName = statement(
  'row',
  'select id from user_groups where environment_id = :environment and name_key = :nameKey',
);

export const countGroups = statement('row', 'select count(*) from user_groups where environment_id = :environment');

export const listGroups = statement(
  'rows',
  `select ${columns} from user_groups g
   where g.environment_id = :environment and (g.created_at, g.id) > (cast(:createdAt as bigint), :id)
   order by g.created_at, g.id limit cast(:limit as bigint)`,
);

export const listGroupsBackwards = statement(
  'rows',
  `select ${columns} from user_groups g
   where g.environment_id = :environment and (g.created_at, g.id) < (cast(:createdAt as bigint), :id)
   order by g.created_at desc, g.id desc limit cast(:limit as bigint)`,
);

/** Those that make members of users who were not added; the index has no others. */
export const listDerivingGroups = statement(
  'rows',
  `select ${columns} from user_groups g
   where g.environment_id = :environment and g.derives = 1 and (g.created_at, g.id) > (cast(:createdAt as bigint), :id)
   order by g.created_at, g.id limit cast(:limit as bigint)`,
);

export const putMembership = statement(
  'count',
  `insert into group_members (environment_id, group_id, user_id, user_created_at, created_at)
   values (:environment, :group, :user, :userCreatedAt, :createdAt) on conflict do nothing`,
);

export const deleteMembership = statement(
  'count',
  'delete from group_members where environment_id = :environment and group_id = :group and user_id = :user',
);

export const deleteMembersOfGroup = statement(
  'count',
  'delete from group_members where environment_id = :environment and group_id = :group',
);

export const deleteMembershipsOfUser = statement(
  'count',
  'delete from group_members where environment_id = :environment and user_id = :user',
);

export const selectMembership = statement(
  'row',
  'select 1 from group_members where environment_id = :environment and group_id = :group and user_id = :user',
);

/** The groups of a user, in the order in which the user came into them. */
export const listGroupsOfUser = statement(
  'rows',
  `select ${columns}, m.created_at from group_members m
   join user_groups g on g.environment_id = m.environment_id and g.id = m.group_id
   where m.environment_id = :environment and m.user_id = :user
     and (m.created_at, m.group_id) > (cast(:createdAt as bigint), :id)
   order by m.created_at, m.group_id limit cast(:limit as bigint)`,
);

export const listGroupsOfUserBackwards = statement(
  'rows',
  `select ${columns}, m.created_at from group_members m
   join user_groups g on g.environment_id = m.environment_id and g.id = m.group_id
   where m.environment_id = :environment and m.user_id = :user
     and (m.created_at, m.group_id) < (cast(:createdAt as bigint), :id)
   order by m.created_at desc, m.group_id desc limit cast(:limit as bigint)`,
);

export const countGroupsOfUser = statement(
  'row',
  'select count(*) from group_members where environment_id = :environment and user_id = :user',
);

/** Ids of a group's users, in the order of ids. */
export const listMemberIds = statement(
  'rows',
  `select user_id from group_members
   where environment_id = :environment and group_id = :group and user_id > :after
   order by user_id limit cast(:limit as bigint)`,
);
