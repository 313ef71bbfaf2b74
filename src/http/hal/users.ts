import type { Static } from 'typebox';
import { toTimestamp } from '../../kernel/clock.js';
import { seconds } from '../../kernel/duration.js';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import { activeLock } from '../../platform/account.js';
import type { UserState } from '../../platform/rules.js';
import { LinkView, Reference } from './collection.js';
import type { Links } from './links.js';
import { UserProfile } from './user-profile.js';

const { verifyStatus: _, ...profileMembers } = UserProfile.properties;

const AccountView = Type.Object({
  canAuthenticate: Type.Boolean(),
  status: Type.Enum(['OK', 'LOCKED']),
  lockedAt: Type.Optional(Type.String()),
  unlockAt: Type.Optional(Type.String()),
  secondsUntilUnlock: Type.Optional(Type.Integer()),
});

/** Wire: `00` §8.2, in the members of its example; optional attributes only when they have a value. */
export const UserView = Type.Object({
  _links: Type.Object({
    self: LinkView,
    environment: LinkView,
    population: LinkView,
    devices: LinkView,
    roleAssignments: LinkView,
    password: LinkView,
    'password.reset': LinkView,
    'password.set': LinkView,
    'account.unlock': LinkView,
  }),
  id: Type.String(),
  environment: Reference,
  population: Reference,
  account: AccountView,
  username: Type.String(),
  ...profileMembers,
  enabled: Type.Boolean(),
  mfaEnabled: Type.Boolean(),
  emailVerified: Type.Boolean(),
  identityProvider: Type.Object({ type: Type.Literal('PING_ONE') }),
  lifecycle: Type.Object({ status: Type.Enum(['ACCOUNT_OK', 'VERIFICATION_REQUIRED']) }),
  verifyStatus: Type.Enum(['NOT_INITIATED', 'ENABLED', 'DISABLED']),
  createdAt: Type.String(),
  updatedAt: Type.String(),
});

const path = ({ user }: UserState): string => `/environments/${user.environmentId}/users/${user.id}`;

export function userView(state: UserState, links: Links): JsonObject {
  const { user, factors } = state;
  const { verifyStatus = 'NOT_INITIATED', ...profile } = user.profile;
  const environment = `/environments/${user.environmentId}`;
  const self = links.api(path(state));
  const password = links.api(`${path(state)}/password`);
  const related: Static<typeof UserView>['_links'] = {
    self,
    environment: links.api(environment),
    population: links.api(`${environment}/populations/${user.populationId}`),
    devices: links.api(`${path(state)}/devices`),
    roleAssignments: links.api(`${path(state)}/roleAssignments`),
    password,
    'password.reset': password,
    'password.set': password,
    'account.unlock': self,
  };
  return {
    _links: related,
    id: user.id,
    environment: { id: user.environmentId },
    population: { id: user.populationId },
    account: accountView(state),
    username: user.username,
    ...profile,
    enabled: user.enabled,
    mfaEnabled: factors.mfaEnabled,
    emailVerified: false,
    identityProvider: { type: 'PING_ONE' },
    lifecycle: { status: 'ACCOUNT_OK' },
    verifyStatus,
    createdAt: toTimestamp(user.createdAt),
    updatedAt: toTimestamp(user.updatedAt),
  };
}

/** Wire: `00` §8.6. A disabled user cannot authenticate, but the status is that of the lock alone. */
function accountView({ user, factors, now }: UserState): Static<typeof AccountView> {
  const lock = activeLock(factors, now);
  if (!lock) return { canAuthenticate: user.enabled, status: 'OK' };
  const temporary =
    lock.unlockAt === undefined
      ? {}
      : {
          unlockAt: toTimestamp(lock.unlockAt),
          secondsUntilUnlock: Math.ceil((lock.unlockAt - now) / seconds(1)),
        };
  return { canAuthenticate: false, status: 'LOCKED', lockedAt: toTimestamp(lock.lockedAt), ...temporary };
}

/** Wire: `00` §8.5. */
export const MfaEnabledView = Type.Object({
  _links: Type.Object({ self: LinkView, user: LinkView }),
  mfaEnabled: Type.Boolean(),
});

export function mfaEnabledView(state: UserState, links: Links): Static<typeof MfaEnabledView> {
  return {
    _links: { self: links.api(`${path(state)}/mfaEnabled`), user: links.api(path(state)) },
    mfaEnabled: state.factors.mfaEnabled,
  };
}
