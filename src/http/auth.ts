import { parseUuid, type Uuid } from '../kernel/ids.js';
import { ROLE_NAMES } from '../platform/applications/application.js';
import type { Actor, RoleName } from '../platform/model.js';
import { isElsewhere } from '../platform/roles/roles.js';
import { environmentNotFound, type WireError, wireError } from './errors.js';
import type { Permission } from './route.js';

/** Whoever has a role over something sees it. */
const EVERYBODY = ROLE_NAMES;

/**
 * Which role permits what (wire: `00` §6.2; SEC-44). The table is what the server enforces and what `docs/roles.md` shows; a role
 * that is not named does not permit.
 */
export const ROLES: Readonly<Record<Exclude<Permission, 'public'>, readonly RoleName[]>> = {
  'environments:read': EVERYBODY,
  'environments:write': ['Organization Admin', 'Environment Admin'],
  'organizations:read': EVERYBODY,
  'organizations:write': ['Organization Admin'],
  'roles:read': EVERYBODY,
  'populations:read': [
    'Environment Admin',
    'Identity Data Admin',
    'Identity Data Read Only',
    'Configuration Read Only',
  ],
  'populations:write': ['Environment Admin', 'Identity Data Admin'],
  'applications:read': ['Client Application Developer', 'Environment Admin', 'Configuration Read Only'],
  'applications:write': ['Client Application Developer', 'Environment Admin'],
  'application:read': [
    'Client Application Developer',
    'Environment Admin',
    'Configuration Read Only',
    'Application Owner',
  ],
  'application:write': ['Client Application Developer', 'Environment Admin', 'Application Owner'],
  'application:secret': ['Client Application Developer', 'Environment Admin', 'Application Owner'],
  'users:read': ['Identity Data Admin', 'Identity Data Read Only'],
  'users:write': ['Identity Data Admin'],
  'devices:read': ['Identity Data Admin', 'Identity Data Read Only'],
  'devices:write': ['Identity Data Admin'],
  'policies:read': ['Environment Admin', 'Configuration Read Only'],
  'policies:write': ['Environment Admin'],
  // Who did what is read by those who answer for the environment and by those who only look (`00` §6.2 says nothing of it).
  'activities:read': ['Environment Admin', 'Identity Data Admin', 'Configuration Read Only'],
  'deviceAuthentications:use': ['Identity Data Admin'],
};

/** The environments as authorization needs to know them: which organization each belongs to. */
export interface EnvironmentDirectory {
  /** `undefined`: no such environment. */
  organizationOf(environmentId: Uuid): Uuid | undefined | Promise<Uuid | undefined>;
  /** The environment that an application is in; `undefined`: there is no such application. */
  environmentOf(applicationId: Uuid): Uuid | undefined | Promise<Uuid | undefined>;
}

/** Texts that clients match; returned for real permission failures only (wire: `00` §4.4). */
const DETAIL = [{ code: 'INSUFFICIENT_PERMISSIONS', message: 'The actor does not have the required role.' }] as const;

/**
 * Whether the actor may run an operation of an environment (`environmentId` as it stands in the path), or one that stands above
 * environments (`undefined`). `undefined` = yes.
 *
 * Whoever holds a role over the whole organization learns that an environment does not exist; anybody else gets 403 for every
 * environment that its roles do not cover, existing or not (`00` §4.6; SEC-42). A role over one population covers no environment; nor
 * does one over an application, which holds for the paths that name it (`applicationId`) in its own environment.
 */
export async function authorize(
  actor: Actor,
  permission: Exclude<Permission, 'public'>,
  environmentId: string | undefined,
  directory: EnvironmentDirectory,
  applicationId?: string,
): Promise<WireError | undefined> {
  const permitted = ROLES[permission];
  let covers = false;
  let isWide = false;
  let owned: Uuid | undefined;
  for (const { role, scope } of actor.roles) {
    if (environmentId === undefined) {
      if (coversEnvironments(scope.type) && permitted.includes(role)) return undefined;
    } else if (scope.type === 'ORGANIZATION') {
      isWide = true;
    } else if (scope.type === 'ENVIRONMENT' && scope.id === environmentId) {
      if (permitted.includes(role)) return undefined;
      covers = true;
    } else if (scope.type === 'APPLICATION' && scope.id === applicationId && permitted.includes(role)) {
      owned = scope.id;
    }
  }
  if (environmentId === undefined) return wireError('NOT_AUTHORIZED', DETAIL);
  if (owned !== undefined && (await directory.environmentOf(owned)) === environmentId) return undefined;
  if (!isWide) return wireError(covers ? 'NOT_AUTHORIZED' : 'ACCESS_FAILED', DETAIL);
  const id = parseUuid(environmentId);
  const found = id && directory.organizationOf(id);
  const organization = found instanceof Promise ? await found : found;
  for (const { role, scope } of actor.roles) {
    if (scope.type !== 'ORGANIZATION' || scope.id !== organization) continue;
    if (permitted.includes(role)) return undefined;
    covers = true;
  }
  return covers ? wireError('NOT_AUTHORIZED', DETAIL) : environmentNotFound(environmentId);
}

/** A role over one population or one application covers no environment. */
const coversEnvironments = (type: Actor['roles'][number]['scope']['type']): boolean =>
  type === 'ORGANIZATION' || type === 'ENVIRONMENT';

/** Whether one of the actor's roles permits this in an environment that is known to exist. */
export function isPermitted(
  actor: Actor,
  permission: Exclude<Permission, 'public'>,
  environment: { readonly id: Uuid; readonly organizationId: Uuid },
): boolean {
  return actor.roles.some(
    ({ role, scope }) =>
      ROLES[permission].includes(role) &&
      ((scope.type === 'ENVIRONMENT' && scope.id === environment.id) ||
        (scope.type === 'ORGANIZATION' && scope.id === environment.organizationId)),
  );
}

/** Whether one of the actor's roles permits this over a whole organization. */
export function isPermittedOver(
  { roles }: Actor,
  permission: Exclude<Permission, 'public'>,
  organization: { readonly id: Uuid },
): boolean {
  return roles.some(
    ({ role, scope }) =>
      ROLES[permission].includes(role) && scope.type === 'ORGANIZATION' && scope.id === organization.id,
  );
}

/** The actor's roles do not permit it. */
export const notAuthorized = (): WireError => wireError('NOT_AUTHORIZED', DETAIL);

/** Whether the actor has a role over an organization, or over one of its environments. */
export function holdsRoleIn(
  { roles }: Actor,
  organization: { readonly id: Uuid; readonly environments: readonly Uuid[] },
): boolean {
  return roles.some(
    ({ scope }) =>
      coversEnvironments(scope.type) && (scope.id === organization.id || organization.environments.includes(scope.id)),
  );
}

/** What a role permits, by name. */
export function permissionsOf(role: RoleName): readonly string[] {
  return Object.entries(ROLES).flatMap(([permission, roles]) => (roles.includes(role) ? [permission] : []));
}

/** The matrix as a table for `docs/roles.md`, of those roles that permit more than to see what they are over. */
export function rolesMarkdown(): string {
  const permissions = Object.entries(ROLES);
  const roles = ROLE_NAMES.filter((role) => !isElsewhere(role));
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    row(['Permission', ...roles]),
    row(['---', ...roles.map(() => ':-:')]),
    ...permissions.map(([permission, names]) =>
      row([`\`${permission}\``, ...roles.map((role) => (names.includes(role) ? '✓' : ''))]),
    ),
    '',
  ].join('\n');
}
