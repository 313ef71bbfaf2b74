import type { Uuid } from '../../kernel/ids.js';
import { namedId } from '../../kernel/keys.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { Decision, Snapshot, Write } from '../../storage/port.js';
import { rolesOf, withRoles } from '../applications/application.js';
import type { GroupId } from '../groups/group.js';
import type { Actor, ApplicationId, Environment, EnvironmentId, RoleAssignment, RoleName, UserId } from '../model.js';
import { passedOnBy, type Role } from './roles.js';

/** Who has roles (wire: `00` §6.3). */
export type RoleOwner =
  | { readonly kind: 'application'; readonly id: ApplicationId }
  | { readonly kind: 'user'; readonly id: UserId }
  | { readonly kind: 'group'; readonly id: GroupId };

/** An assignment with the id by which the API knows it (wire: `00` §6.3). */
export interface AssignedRole extends RoleAssignment {
  readonly id: Uuid;
  /** A user has it by being in this group, and cannot lose it otherwise. */
  readonly group?: GroupId;
}

/** Why a role cannot be assigned, read or withdrawn. */
export type RoleRejection =
  | { readonly kind: 'EnvironmentNotFound'; readonly environmentId: EnvironmentId }
  | { readonly kind: 'RoleOwnerNotFound'; readonly owner: RoleOwner }
  | { readonly kind: 'RoleAssignmentNotFound' }
  /** It is the group's. */
  | { readonly kind: 'RoleInherited' }
  | { readonly kind: 'RoleUnknown' }
  | { readonly kind: 'RoleScopeUnknown' }
  /** The role cannot be assigned over something of this kind. */
  | { readonly kind: 'RoleNotApplicable' }
  /** The caller does not have the role itself over as much, or more (`00` §6.3). */
  | { readonly kind: 'RoleBroaderThanOwn' }
  | { readonly kind: 'RoleAssignmentExists'; readonly id: Uuid }
  | { readonly kind: 'TooManyRoleAssignments'; readonly maximum: number };

/** Role assignments of one owner (`00` §4.8). */
export const MOST_ROLE_ASSIGNMENTS = 3_500;

/** An assignment is known by what it says, so the same one has the same id again. */
export function assignmentId(ownerId: Uuid, { role, scope }: RoleAssignment): Uuid {
  return namedId(ownerId, `role/${role}/${scope.type}/${scope.id}`);
}

const assignedRoles = (ownerId: Uuid, roles: readonly RoleAssignment[]): readonly AssignedRole[] =>
  roles.map((assignment) => ({ ...assignment, id: assignmentId(ownerId, assignment) }));

/** An owner as it was loaded: its roles, and the writes that give it others. */
interface Holder {
  readonly roles: readonly RoleAssignment[];
  readonly write: (roles: readonly RoleAssignment[]) => readonly Write[];
}

/** An application keeps its roles in its document; those of users and groups are rows under their version. */
function holderOf(
  { documents, user, directory, now }: Snapshot,
  environmentId: EnvironmentId,
  owner: RoleOwner,
): Holder | undefined {
  if (owner.kind === 'application') {
    const stored = documents.find(({ kind, id }) => kind === 'application' && id === owner.id);
    return (
      stored && {
        roles: rolesOf(stored),
        write: (roles) => [
          {
            kind: 'put',
            entity: 'document',
            value: { ...withRoles(stored, roles), updatedAt: Math.max(now, stored.updatedAt) },
          },
        ],
      }
    );
  }
  const touched: Write | undefined =
    owner.kind === 'user'
      ? user && { kind: 'update', entity: 'user', value: user }
      : directory?.group && { kind: 'update', entity: 'group', value: directory.group };
  return (
    touched && {
      roles: directory?.roles ?? [],
      write: (roles) => [touched, { kind: 'put', entity: 'roles', value: { environmentId, ownerId: owner.id, roles } }],
    }
  );
}

/** The owner of the plan, or why there is none. */
function findHolder(
  snapshot: Snapshot,
  environmentId: EnvironmentId,
  owner: RoleOwner,
): Outcome<Holder, RoleRejection> {
  if (!snapshot.environment) return reject({ kind: 'EnvironmentNotFound', environmentId });
  const holder = holderOf(snapshot, environmentId, owner);
  return holder ? accept(holder) : reject({ kind: 'RoleOwnerNotFound', owner });
}

/** Every role that the owner has: its own first, then those of the groups that a user is in. */
export function listRoles(
  snapshot: Snapshot,
  environmentId: EnvironmentId,
  owner: RoleOwner,
): Outcome<readonly AssignedRole[], RoleRejection> {
  const found = findHolder(snapshot, environmentId, owner);
  return found.ok ? accept([...assignedRoles(owner.id, found.value.roles), ...inherited(snapshot)]) : found;
}

const inherited = ({ directory }: Snapshot): readonly AssignedRole[] =>
  (directory?.inheritedRoles ?? []).flatMap(({ ownerId: group, roles }) =>
    assignedRoles(group, roles).map((assigned) => ({ ...assigned, group })),
  );

type Changed = Decision<Outcome<AssignedRole, RoleRejection>>;

const refuse = (rejection: RoleRejection): Changed => ({ writes: [], outcome: reject(rejection) });

/** Assigns a role, if it may be (`judgeRole`). The owner of the plan is the one that is asked for. */
export function assignRole(
  snapshot: Snapshot,
  environmentId: EnvironmentId,
  owner: RoleOwner,
  judged: Outcome<RoleAssignment, RoleRejection>,
): Changed {
  const found = findHolder(snapshot, environmentId, owner);
  if (!found.ok) return refuse(found.rejection);
  if (!judged.ok) return refuse(judged.rejection);
  const { roles, write } = found.value;
  const id = assignmentId(owner.id, judged.value);
  if (roles.some((known) => assignmentId(owner.id, known) === id)) return refuse({ kind: 'RoleAssignmentExists', id });
  if (roles.length >= MOST_ROLE_ASSIGNMENTS)
    return refuse({ kind: 'TooManyRoleAssignments', maximum: MOST_ROLE_ASSIGNMENTS });
  return { writes: write([...roles, judged.value]), outcome: accept({ ...judged.value, id }) };
}

export function withdrawRole(snapshot: Snapshot, environmentId: EnvironmentId, owner: RoleOwner, id: Uuid): Changed {
  const found = findHolder(snapshot, environmentId, owner);
  if (!found.ok) return refuse(found.rejection);
  const { roles, write } = found.value;
  const assigned = assignedRoles(owner.id, roles).find((known) => known.id === id);
  if (!assigned)
    return refuse({
      kind: inherited(snapshot).some((own) => own.id === id) ? 'RoleInherited' : 'RoleAssignmentNotFound',
    });
  const others = roles.filter((one) => assignmentId(owner.id, one) !== id);
  return { writes: write(others), outcome: accept(assigned) };
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

/** Whether the caller has this role itself, or one that permits as much, over the same or more (wire: `00` §6.3). */
function mayPassOn({ roles }: Actor, { role, scope }: RoleAssignment, place: ScopePlace): boolean {
  const sufficient = passedOnBy(role);
  return roles.some(
    (own) =>
      sufficient.includes(own.role) &&
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
