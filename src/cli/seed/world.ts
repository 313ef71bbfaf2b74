import type { Millis } from '../../kernel/clock.js';
import { type Uuid, uuidOf } from '../../kernel/ids.js';
import { sha256 } from '../../kernel/keys.js';
import type { Application, RoleAssignment, RoleName, UserProfile } from '../../platform/model.js';
import type { NewEnvironment, NewPolicy } from '../../policies/provisioning.js';
import {
  SEED_ROLES,
  type SeedClient,
  type SeedDevice,
  type SeedEnvironment,
  type SeedFile,
  type SeedUser,
} from './schema.js';

/** A seed with every id and default filled in. */
export interface World {
  readonly environments: readonly WorldEnvironment[];
}

/** Of a new environment: its signing key, which is made when it is needed, and what it has of the server it is on. */
export type ServerFacts = Pick<NewEnvironment, 'signingKey' | 'relyingPartyId' | 'longestLifeTime'>;

export interface WorldEnvironment {
  readonly environment: Omit<NewEnvironment, keyof ServerFacts>;
  readonly users: readonly WorldUser[];
  readonly clients: readonly WorldClient[];
}

export interface WorldUser {
  readonly id: Uuid;
  readonly username: string;
  readonly enabled: boolean;
  readonly mfaEnabled: boolean;
  readonly profile: UserProfile;
  readonly devices: readonly WorldDevice[];
}

export interface WorldDevice {
  readonly id: Uuid;
  readonly seed: SeedDevice;
}

export interface WorldClient {
  readonly application: Omit<Application, 'environmentId'>;
  readonly secret: string;
  /** How long the secret is good from when it is made; absent: until it is replaced. */
  readonly secretLife?: Millis;
}

/** The one organization of a development server, and its licence (`00` §6.1). */
export const ORGANIZATION_ID = derivedId('organization');
export const LICENSE_ID = derivedId('license');

/** Fills in what a seed leaves out. The same file gives the same world, so that a second start finds what the first made. Pure. */
export function worldOf(seed: SeedFile): World {
  return { environments: seed.environments.map(environmentOf) };
}

function environmentOf(seed: SeedEnvironment): WorldEnvironment {
  const id = given(seed.id, 'environment', seed.name);
  const { defaultPolicy, otherPolicies } = policiesOf(seed, id);
  return {
    environment: {
      id,
      name: seed.name,
      ...(seed.description === undefined ? {} : { description: seed.description }),
      type: seed.type ?? 'SANDBOX',
      region: seed.region ?? 'NA',
      organizationId: ORGANIZATION_ID,
      licenseId: LICENSE_ID,
      population: {
        id: given(seed.population?.id, 'population', id),
        ...(seed.population?.name === undefined ? {} : { name: seed.population.name }),
      },
      defaultPolicy,
      otherPolicies,
      ...(seed.mfaSettings === undefined ? {} : { mfaSettings: seed.mfaSettings }),
    },
    users: (seed.users ?? []).map((user) => userOf(user, id)),
    clients: (seed.clients ?? []).map((client) => clientOf(client, id)),
  };
}

function policiesOf(
  seed: SeedEnvironment,
  environmentId: Uuid,
): Pick<NewEnvironment, 'defaultPolicy'> & { readonly otherPolicies: readonly NewPolicy[] } {
  const policies = (seed.deviceAuthenticationPolicies ?? []).map(({ id, ...document }) => ({
    id: given(id, 'policy', environmentId, document.name),
    document,
  }));
  const defaultPolicy = policies.find(({ document }) => document.default);
  return {
    defaultPolicy: defaultPolicy ?? { id: derivedId('policy', environmentId) },
    otherPolicies: policies.filter((policy) => policy !== defaultPolicy),
  };
}

function userOf(seed: SeedUser, environmentId: Uuid): WorldUser {
  const { id: givenId, username, enabled = true, mfaEnabled = true, devices = [], ...profile } = seed;
  const id = given(givenId, 'user', environmentId, username.toLowerCase());
  return {
    id,
    username,
    enabled,
    mfaEnabled,
    profile,
    devices: devices.map((device) => ({
      id: given(device.id, 'device', environmentId, id, JSON.stringify(device)),
      seed: device,
    })),
  };
}

function clientOf(seed: SeedClient, environmentId: Uuid): WorldClient {
  const { secret, name, roles = SEED_ROLES, roleScope = 'ORGANIZATION' } = seed;
  return {
    application: {
      id: given(seed.id, 'client', environmentId, name),
      name,
      type: 'WORKER',
      enabled: true,
      tokenEndpointAuthMethod: seed.tokenEndpointAuthMethod ?? 'CLIENT_SECRET_BASIC',
      mayActForItself: true,
      roles: rolesOver(roles, roleScope, roleScope === 'ORGANIZATION' ? ORGANIZATION_ID : environmentId),
    },
    secret,
  };
}

/** The same scope for each role. */
export function rolesOver(
  roles: readonly RoleName[],
  type: RoleAssignment['scope']['type'],
  id: Uuid,
): readonly RoleAssignment[] {
  return roles.map((role) => ({ role, scope: { type, id } }));
}

function given(id: string | undefined, ...names: readonly string[]): Uuid {
  return id === undefined ? derivedId(...names) : uuidOf(id);
}

/** A version 8 UUID (RFC 9562 §5.8) that says nothing and is always the same for the same names. */
function derivedId(...names: readonly string[]): Uuid {
  const hex = Buffer.from(sha256(JSON.stringify(names)), 'base64url').toString('hex');
  return uuidOf(
    `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`,
  );
}
