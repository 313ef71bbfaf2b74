import type { AuditEvent, Requester } from '../../audit/record.js';
import type { Refusals } from '../../audit/refusals.js';
import { createTrail, telling } from '../../audit/trail.js';
import type { EventSink } from '../../events.js';
import type { Uuid } from '../../kernel/ids.js';
import { type Outcome, unreachable } from '../../kernel/outcome.js';
import type { Plan, Store } from '../../storage/port.js';
import { derivedIds } from '../groups/members.js';
import type { Actor, ApplicationId, EnvironmentId, RoleAssignment } from '../model.js';
import {
  type AssignedRole,
  assignRole,
  judgeRole,
  listRoles,
  type RoleOwner,
  type RoleRejection,
  type ScopePlace,
  withdrawRole,
} from './role-assignments.js';
import { roleById } from './roles.js';

type Result<T> = Promise<Outcome<T, RoleRejection>>;

/** What a caller asks to assign, by ids. */
export interface WantedRole {
  readonly roleId: string;
  readonly scope: RoleAssignment['scope'];
}

/** Roles of applications, users and groups (wire: `00` §6.3); a change holds from the next request on. */
export interface RoleAssignmentService {
  list(environmentId: EnvironmentId, owner: RoleOwner): Result<readonly AssignedRole[]>;
  assign(
    environmentId: EnvironmentId,
    owner: RoleOwner,
    wanted: WantedRole,
    actor: Actor,
    by?: Requester,
  ): Result<AssignedRole>;
  withdraw(environmentId: EnvironmentId, owner: RoleOwner, id: Uuid, by?: Requester): Result<AssignedRole>;
}

export interface RoleAssignmentParts {
  readonly store: Pick<Store, 'load' | 'transact' | 'findDocument' | 'derivingGroups' | 'groupsOfUser'>;
  readonly events: EventSink;
  readonly refusals?: Refusals;
  /** Told when the roles of an application have changed: those of users and groups nobody acts by. */
  readonly onRoles: (applicationId: ApplicationId) => void;
}

export function createRoleAssignmentService(parts: RoleAssignmentParts): RoleAssignmentService {
  const { store, onRoles } = parts;
  const trail = createTrail(parts);
  const record =
    (type: 'ROLE_ASSIGNMENT.CREATED' | 'ROLE_ASSIGNMENT.DELETED', environmentId: EnvironmentId, owner: RoleOwner) =>
    ({ id }: AssignedRole): readonly AuditEvent[] => [{ type, environmentId, ...subjectOf(owner, id) }];
  const changed = (owner: RoleOwner): void => {
    if (owner.kind === 'application') onRoles(owner.id);
  };

  /** Where the scope is; `undefined`: nowhere. An organization is where the owner's environment is. */
  async function placeOf({ type, id }: RoleAssignment['scope'], home: EnvironmentId): Promise<ScopePlace | undefined> {
    const inEnvironment = async (environmentId: EnvironmentId): Promise<ScopePlace | undefined> => {
      const { environment } = await store.load({ environmentId });
      return environment && { organizationId: environment.organizationId, environmentId };
    };
    if (type === 'ENVIRONMENT') return inEnvironment(id);
    if (type === 'ORGANIZATION') {
      const { organizationId } = (await inEnvironment(home)) ?? {};
      return organizationId === id ? { organizationId } : undefined;
    }
    const found = await store.findDocument(type === 'POPULATION' ? 'population' : 'application', id);
    return found && inEnvironment(found.environmentId);
  }

  async function planOf(environmentId: EnvironmentId, owner: RoleOwner): Promise<Plan> {
    const { kind, id } = owner;
    switch (kind) {
      case 'application':
        return { environmentId, documents: [{ kind, id }] };
      case 'user': {
        const derivedGroups = await derivedIds(store, await store.load({ environmentId, user: id }));
        return { environmentId, user: id, directory: { roles: id, inheritedRoles: id, derivedGroups } };
      }
      case 'group':
        return { environmentId, directory: { group: id, roles: id } };
      default:
        return unreachable(kind);
    }
  }

  return {
    async list(environmentId, owner) {
      return listRoles(await store.load(await planOf(environmentId, owner)), environmentId, owner);
    },

    async assign(environmentId, owner, { roleId, scope }, actor, by) {
      const role = roleById(roleId);
      const place = await placeOf(scope, environmentId);
      const assigned = await trail.transact(await planOf(environmentId, owner), by, (snapshot) =>
        telling(
          assignRole(snapshot, environmentId, owner, judgeRole(actor, role, scope, place)),
          record('ROLE_ASSIGNMENT.CREATED', environmentId, owner),
        ),
      );
      changed(owner);
      return assigned;
    },

    async withdraw(environmentId, owner, id, by) {
      const withdrawn = await trail.transact(await planOf(environmentId, owner), by, (snapshot) =>
        telling(
          withdrawRole(snapshot, environmentId, owner, id),
          record('ROLE_ASSIGNMENT.DELETED', environmentId, owner),
        ),
      );
      changed(owner);
      return withdrawn;
    },
  };
}

function subjectOf(owner: RoleOwner, id: Uuid): Pick<AuditEvent, 'userId' | 'detail'> {
  if (owner.kind === 'user') return { userId: owner.id, detail: { id } };
  return { detail: owner.kind === 'group' ? { id, groupId: owner.id } : { id, applicationId: owner.id } };
}
