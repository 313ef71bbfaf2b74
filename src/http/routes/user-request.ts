import type { Static } from 'typebox';
import { uuidOf } from '../../kernel/ids.js';
import { Type } from '../../kernel/json-schema.js';
import type { CreateUser } from '../../platform/rules.js';
import { READABLE, UserProfile } from '../hal/user-profile.js';
import { knownMembers, schemaNode } from '../schema.js';

const UUID = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';

/**
 * A new user. Read-only and import-only members (`id`, `enabled`, `account`, `lifecycle`, `password`, …) are ignored like any that
 * is not listed; `emailVerified` can only be false, and the only identity provider is this server.
 */
export const CreateUserBody = Type.Object({
  ...UserProfile.properties,
  username: Type.String({ minLength: 1, maxLength: 128, pattern: READABLE }),
  population: Type.Optional(Type.Object({ id: Type.String({ pattern: UUID }) })),
  mfaEnabled: Type.Optional(Type.Boolean()),
  emailVerified: Type.Optional(Type.Literal(false)),
  identityProvider: Type.Optional(Type.Object({ type: Type.Optional(Type.Literal('PING_ONE')) })),
});

/** Wire: `00` §8.5. */
export const MfaEnabledBody = Type.Object({ mfaEnabled: Type.Boolean() });

/** Wire: `00` §8.6; the rest of an account object, which one SDK sends whole, is ignored. */
export const LockBody = Type.Object({ unlockAt: Type.Optional(Type.String({ minLength: 1, format: 'date-time' })) });

export type CreateUserRequest = Static<typeof CreateUserBody>;

/** The request as the platform takes it: the profile with the known members only. */
export function toCreateUser(body: CreateUserRequest): CreateUser {
  const { username, population, mfaEnabled } = body;
  return {
    username,
    profile: knownMembers(schemaNode(UserProfile), body),
    ...(population ? { populationId: uuidOf(population.id) } : {}),
    ...(mfaEnabled === undefined ? {} : { mfaEnabled }),
  };
}
