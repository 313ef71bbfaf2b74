import { type Uuid, uuidOf } from '../../kernel/ids.js';
import { namedId } from '../../kernel/keys.js';
import { ROLE_NAMES } from '../applications/application.js';
import type { RoleAssignment, RoleName } from '../model.js';

type ScopeType = RoleAssignment['scope']['type'];

/** A role as the API lists it (wire: `00` §6.2). What it permits, `http/auth.ts` says. */
export interface Role {
  readonly id: Uuid;
  readonly name: RoleName;
  readonly description: string;
  readonly applicableTo: readonly ScopeType[];
}

const ENVIRONMENTS: readonly ScopeType[] = ['ORGANIZATION', 'ENVIRONMENT'];

/** Of a product, or a part of one, that this server has not got. */
const ELSEWHERE: Pick<Role, 'description' | 'applicableTo'> = {
  description: 'Exists by its name: what it is for is not here',
  applicableTo: ENVIRONMENTS,
};

/** What a role is for, and what it may be assigned over (as far as the Terraform provider's own tests tell). */
const TERMS: Readonly<Record<RoleName, Pick<Role, 'description' | 'applicableTo'>>> = {
  'Organization Admin': { description: 'Makes and deletes environments', applicableTo: ['ORGANIZATION'] },
  'Environment Admin': { description: 'Configures environments', applicableTo: ENVIRONMENTS },
  'Identity Data Admin': {
    description: 'Manages users and their devices',
    applicableTo: ['ENVIRONMENT', 'POPULATION'],
  },
  'Identity Data Read Only': {
    description: 'Sees users and their devices',
    applicableTo: ['ENVIRONMENT', 'POPULATION'],
  },
  'Client Application Developer': {
    description: 'Manages applications',
    applicableTo: [...ENVIRONMENTS, 'APPLICATION'],
  },
  'Configuration Read Only': { description: 'Sees the configuration', applicableTo: ENVIRONMENTS },
  'Application Owner': {
    description: 'Reads and replaces applications, and their secrets',
    applicableTo: ['ENVIRONMENT', 'APPLICATION'],
  },
  'Custom Roles Admin': ELSEWHERE,
  'Help Desk Admin': ELSEWHERE,
  'DaVinci Admin': ELSEWHERE,
  'DaVinci Admin Read Only': ELSEWHERE,
  'PingFederate Administrator': ELSEWHERE,
  'PingFederate Auditor': ELSEWHERE,
  'PingFederate Crypto Administrator': ELSEWHERE,
  'PingFederate Expression Administrator': ELSEWHERE,
  'PingFederate User Administrator': ELSEWHERE,
  'Advanced Identity Cloud Super Admin': ELSEWHERE,
  'Advanced Identity Cloud Tenant Admin': ELSEWHERE,
  'Authorize Gateway Policy Evaluator': ELSEWHERE,
};

/** Whether a role is of something that this server has not got, and permits no more than to see what it is over. */
export const isElsewhere = (name: RoleName): boolean => TERMS[name] === ELSEWHERE;

/**
 * The roles that may pass this one on (wire: `00` §6.3): itself, and those that permit all that it permits, lest nobody could be
 * the first to have it (SEC-44).
 */
export function passedOnBy(name: RoleName): readonly RoleName[] {
  if (name === 'Application Owner') return [name, 'Client Application Developer', 'Environment Admin'];
  return isElsewhere(name) ? [name, 'Environment Admin', 'Organization Admin'] : [name];
}

/** The roles are the same wherever they are. */
const EVERYWHERE = uuidOf('00000000-0000-4000-8000-000000000000');

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
