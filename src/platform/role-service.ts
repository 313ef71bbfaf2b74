import type { AuditEvent, Requester } from '../audit/record.js';
import type { Refusals } from '../audit/refusals.js';
import { createTrail, telling } from '../audit/trail.js';
import type { EventSink } from '../events.js';
import type { Uuid } from '../kernel/ids.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import type { Plan, Store } from '../storage/port.js';
import { rolesOf } from './application.js';
import type { Actor, ApplicationId, EnvironmentId, RoleAssignment } from './model.js';
import {
  type AssignedRole,
  assignedRoles,
  assignRole,
  judgeRole,
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

/** Roles of applications (wire: `00` §6.3); a change holds from the next request on. */
export interface RoleAssignmentService {
  list(environmentId: EnvironmentId, applicationId: ApplicationId): Result<readonly AssignedRole[]>;
  assign(
    environmentId: EnvironmentId,
    applicationId: ApplicationId,
    wanted: WantedRole,
    actor: Actor,
    by?: Requester,
  ): Result<AssignedRole>;
  withdraw(environmentId: EnvironmentId, applicationId: ApplicationId, id: Uuid, by?: Requester): Result<AssignedRole>;
}

export interface RoleAssignmentParts {
  readonly store: Pick<Store, 'load' | 'transact' | 'findDocument'>;
  readonly events: EventSink;
  readonly refusals?: Refusals;
  /** Told when the roles of an application have changed. */
  readonly onRoles: (applicationId: ApplicationId) => void;
}

export function createRoleAssignmentService(parts: RoleAssignmentParts): RoleAssignmentService {
  const { store, onRoles } = parts;
  const trail = createTrail(parts);
  const planOf = (environmentId: EnvironmentId, id: ApplicationId): Plan => ({
    environmentId,
    documents: [{ kind: 'application', id }],
  });
  const record =
    (type: 'ROLE_ASSIGNMENT.CREATED' | 'ROLE_ASSIGNMENT.DELETED', environmentId: EnvironmentId, owner: ApplicationId) =>
    ({ id }: AssignedRole): readonly AuditEvent[] => [{ type, environmentId, detail: { id, applicationId: owner } }];

  /** Where the scope is; `undefined`: nowhere. An organization is where the application's environment is. */
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

  return {
    async list(environmentId, applicationId) {
      const { environment, documents } = await store.load(planOf(environmentId, applicationId));
      if (!environment) return reject({ kind: 'EnvironmentNotFound', environmentId });
      const [stored] = documents;
      return stored
        ? accept(assignedRoles(applicationId, rolesOf(stored)))
        : reject({ kind: 'ApplicationNotFound', applicationId });
    },

    async assign(environmentId, applicationId, { roleId, scope }, actor, by) {
      const role = roleById(roleId);
      const place = await placeOf(scope, environmentId);
      const assigned = await trail.transact(planOf(environmentId, applicationId), by, (snapshot) =>
        telling(
          assignRole(snapshot, environmentId, applicationId, judgeRole(actor, role, scope, place)),
          record('ROLE_ASSIGNMENT.CREATED', environmentId, applicationId),
        ),
      );
      onRoles(applicationId);
      return assigned;
    },

    async withdraw(environmentId, applicationId, id, by) {
      const withdrawn = await trail.transact(planOf(environmentId, applicationId), by, (snapshot) =>
        telling(
          withdrawRole(snapshot, environmentId, applicationId, id),
          record('ROLE_ASSIGNMENT.DELETED', environmentId, applicationId),
        ),
      );
      onRoles(applicationId);
      return withdrawn;
    },
  };
}
