import { type Uuid, uuidOf } from '../kernel/ids.js';
import { namedId } from '../kernel/keys.js';
import { ROLE_NAMES } from './application.js';
import type { RoleAssignment, RoleName } from './model.js';

type ScopeType = RoleAssignment['scope']['type'];

/** A role as the API lists it (wire: `00` §6.2). What it permits, `http/auth.ts` says. */
export interface Role {
  readonly id: Uuid;
  readonly name: RoleName;
  readonly description: string;
  readonly applicableTo: readonly ScopeType[];
}

const ENVIRONMENTS: readonly ScopeType[] = ['ORGANIZATION', 'ENVIRONMENT'];

const TERMS: Readonly<Record<RoleName, Pick<Role, 'description' | 'applicableTo'>>> = {
  'Organization Admin': { description: 'Makes and deletes environments', applicableTo: ['ORGANIZATION'] },
  'Environment Admin': { description: 'Configures environments', applicableTo: ENVIRONMENTS },
  'Identity Data Admin': {
    description: 'Manages users and their devices',
    applicableTo: [...ENVIRONMENTS, 'POPULATION'],
  },
  'Identity Data Read Only': {
    description: 'Sees users and their devices',
    applicableTo: [...ENVIRONMENTS, 'POPULATION'],
  },
  'Client Application Developer': {
    description: 'Manages applications',
    applicableTo: [...ENVIRONMENTS, 'APPLICATION'],
  },
  'Configuration Read Only': { description: 'Sees the configuration', applicableTo: ENVIRONMENTS },
};

/** The roles are the same wherever they are. */
const EVERYWHERE = uuidOf('00000000-0000-4000-8000-000000000000');

/** Those that this server gives a meaning to. */
export const PLATFORM_ROLES: readonly Role[] = ROLE_NAMES.map((name) => ({
  id: namedId(EVERYWHERE, `role/${name}`),
  name,
  ...TERMS[name],
}));

export const roleById = (id: string): Role | undefined => PLATFORM_ROLES.find((role) => role.id === id);
export const roleByName = (name: RoleName): Role => {
  const found = PLATFORM_ROLES.find((role) => role.name === name);
  if (!found) throw new TypeError(`the role ${name} is not one of ours`);
  return found;
};
