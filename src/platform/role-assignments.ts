import type { Uuid } from '../kernel/ids.js';
import { namedId } from '../kernel/keys.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import type { Decision, Snapshot } from '../storage/port.js';
import { rolesOf, withRoles } from './application.js';
import type { Actor, ApplicationId, Environment, EnvironmentId, RoleAssignment, RoleName } from './model.js';
import type { Role } from './roles.js';

/** An assignment with the id by which the API knows it (wire: `00` §6.3). */
export interface AssignedRole extends RoleAssignment {
  readonly id: Uuid;
}

/** Why a role cannot be assigned, read or withdrawn. */
export type RoleRejection =
  | { readonly kind: 'EnvironmentNotFound'; readonly environmentId: EnvironmentId }
  | { readonly kind: 'ApplicationNotFound'; readonly applicationId: ApplicationId }
  | { readonly kind: 'RoleAssignmentNotFound' }
  | { readonly kind: 'RoleUnknown' }
  | { readonly kind: 'RoleScopeUnknown' }
  /** The role cannot be assigned over something of this kind. */
  | { readonly kind: 'RoleNotApplicable' }
  /** The caller does not have the role itself over as much, or more (`00` §6.3). */
  | { readonly kind: 'RoleBroaderThanOwn' }
  | { readonly kind: 'RoleAssignmentExists'; readonly id: Uuid }
  | { readonly kind: 'TooManyRoleAssignments'; readonly maximum: number };

/** Role assignments of one application (`00` §4.8). */
export const MOST_ROLE_ASSIGNMENTS = 3_500;

/** An assignment is known by what it says, so the same one has the same id again. */
export function assignmentId(applicationId: ApplicationId, { role, scope }: RoleAssignment): Uuid {
  return namedId(applicationId, `role/${role}/${scope.type}/${scope.id}`);
}

export function assignedRoles(applicationId: ApplicationId, roles: readonly RoleAssignment[]): readonly AssignedRole[] {
  return roles.map((assignment) => ({ ...assignment, id: assignmentId(applicationId, assignment) }));
}

type Changed = Decision<Outcome<AssignedRole, RoleRejection>>;

/** Assigns a role, if it may be (`judgeRole`). The one application of the plan is the one that is asked for. */
export function assignRole(
  snapshot: Snapshot,
  environmentId: EnvironmentId,
  applicationId: ApplicationId,
  judged: Outcome<RoleAssignment, RoleRejection>,
): Changed {
  return changeRoles(snapshot, environmentId, applicationId, (roles) => {
    if (!judged.ok) return judged;
    const wanted = judged.value;
    const id = assignmentId(applicationId, wanted);
    const assigned = { ...wanted, id };
    if (assignedRoles(applicationId, roles).some((known) => known.id === id))
      return reject({ kind: 'RoleAssignmentExists', id });
    return roles.length >= MOST_ROLE_ASSIGNMENTS
      ? reject({ kind: 'TooManyRoleAssignments', maximum: MOST_ROLE_ASSIGNMENTS })
      : accept({ assigned, roles: [...roles, wanted] });
  });
}

export function withdrawRole(
  snapshot: Snapshot,
  environmentId: EnvironmentId,
  applicationId: ApplicationId,
  id: Uuid,
): Changed {
  return changeRoles(snapshot, environmentId, applicationId, (roles) => {
    const assigned = assignedRoles(applicationId, roles).find((known) => known.id === id);
    if (!assigned) return reject({ kind: 'RoleAssignmentNotFound' });
    return accept({ assigned, roles: roles.filter((one) => assignmentId(applicationId, one) !== id) });
  });
}

function changeRoles(
  { environment, documents, now }: Snapshot,
  environmentId: EnvironmentId,
  applicationId: ApplicationId,
  change: (
    roles: readonly RoleAssignment[],
  ) => Outcome<{ readonly assigned: AssignedRole; readonly roles: readonly RoleAssignment[] }, RoleRejection>,
): Changed {
  const refuse = (rejection: RoleRejection): Changed => ({ writes: [], outcome: reject(rejection) });
  if (!environment) return refuse({ kind: 'EnvironmentNotFound', environmentId });
  const stored = documents.find(({ kind, id }) => kind === 'application' && id === applicationId);
  if (!stored) return refuse({ kind: 'ApplicationNotFound', applicationId });
  const changed = change(rolesOf(stored));
  if (!changed.ok) return refuse(changed.rejection);
  const value = { ...withRoles(stored, changed.value.roles), updatedAt: Math.max(now, stored.updatedAt) };
  return { writes: [{ kind: 'put', entity: 'document', value }], outcome: accept(changed.value.assigned) };
}

/** What a role may be assigned over, in as much as it is known: where it is, and of which organization. */
export interface ScopePlace {
  readonly organizationId: Uuid;
  /** Absent for the organization itself. */
  readonly environmentId?: EnvironmentId;
}

/** Whether a role can be assigned over something, by this caller. `place` is where that is; absent: nowhere. */
export function judgeRole(
  actor: Actor,
  role: Role | undefined,
  scope: RoleAssignment['scope'],
  place: ScopePlace | undefined,
): Outcome<RoleAssignment, RoleRejection> {
  if (!role) return reject({ kind: 'RoleUnknown' });
  if (!place) return reject({ kind: 'RoleScopeUnknown' });
  if (!role.applicableTo.includes(scope.type)) return reject({ kind: 'RoleNotApplicable' });
  const wanted = { role: role.name, scope };
  return mayPassOn(actor, wanted, place) ? accept(wanted) : reject({ kind: 'RoleBroaderThanOwn' });
}

/** Whether the caller has this role itself, over the same or more (wire: `00` §6.3). */
function mayPassOn({ roles }: Actor, { role, scope }: RoleAssignment, place: ScopePlace): boolean {
  return roles.some(
    (own) =>
      own.role === role &&
      ((own.scope.type === scope.type && own.scope.id === scope.id) ||
        (own.scope.type === 'ENVIRONMENT' && own.scope.id === place.environmentId) ||
        (own.scope.type === 'ORGANIZATION' && own.scope.id === place.organizationId)),
  );
}

/** What a worker gets over an environment that it makes (wire: `00` §6.3), as far as it has not got it already. */
export function creatorsRoles(actor: Actor, { id, organizationId }: Environment): readonly RoleAssignment[] {
  const isWide = actor.roles.some(({ scope }) => scope.type === 'ORGANIZATION' && scope.id === organizationId);
  const roles: readonly RoleName[] = [
    'Identity Data Admin',
    'Client Application Developer',
    ...(isWide ? [] : (['Environment Admin'] as const)),
  ];
  return roles.map((role) => ({ role, scope: { type: 'ENVIRONMENT', id } }));
}

/** Adds to the roles of an application, or takes away those over an environment that is gone; no application, nothing to do. */
export function followEnvironment(
  { documents, now }: Snapshot,
  applicationId: ApplicationId,
  change: (roles: readonly RoleAssignment[]) => readonly RoleAssignment[],
): Decision<undefined> {
  const stored = documents.find(({ kind, id }) => kind === 'application' && id === applicationId);
  const before = stored && rolesOf(stored);
  const after = before && change(before);
  if (!stored || !after || after.length === before.length) return { writes: [], outcome: undefined };
  const value = { ...withRoles(stored, after), updatedAt: Math.max(now, stored.updatedAt) };
  return { writes: [{ kind: 'put', entity: 'document', value }], outcome: undefined };
}
