import type { EnvironmentId, OwnerRoles } from '../../../platform/model.js';
import { decode, document, text } from '../row.js';
import { type Row, statement, type Value } from '../statement.js';

type Body = Pick<OwnerRoles, 'roles'>;

export function toOwnerRoles(environmentId: EnvironmentId, row: Row): OwnerRoles {
  return decode('role_assignments', row[0], () =>
    Object.assign(document<Body>(row, 1, ['roles']), {
      environmentId,
      // Ids are stored as they were parsed.
      ownerId: text(row, 0) as OwnerRoles['ownerId'],
    }),
  );
}

export function rolesValues({ environmentId, ownerId, ...body }: OwnerRoles): Record<string, Value> {
  return { environment: environmentId, owner: ownerId, document: JSON.stringify(body satisfies Body) };
}

export const selectRoles = statement(
  'row',
  'select owner_id, document from role_assignments where environment_id = :environment and owner_id = :owner',
);

/** Of the groups that a user is in. */
export const selectInheritedRoles = statement(
  'rows',
  `select r.owner_id, r.document from group_members m
   join role_assignments r on r.environment_id = m.environment_id and r.owner_id = m.group_id
   where m.environment_id = :environment and m.user_id = :user order by r.owner_id`,
);

export const putRoles = statement(
  'count',
  `insert into role_assignments (environment_id, owner_id, document) values (:environment, :owner, :document)
   on conflict (environment_id, owner_id) do update set document = excluded.document`,
);

export const deleteRoles = statement(
  'count',
  'delete from role_assignments where environment_id = :environment and owner_id = :owner',
);
