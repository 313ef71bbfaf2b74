import type { Static, TSchema } from 'typebox';
import { toTimestamp } from '../../kernel/clock.js';
import { seconds } from '../../kernel/duration.js';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import type { Group } from '../../platform/groups/group.js';
import { PROVIDER_NAMES } from '../../platform/identity-providers/identity-provider.js';
import type { StoredDocument, User } from '../../platform/model.js';
import { activeBypass, type UserState } from '../../platform/rules.js';
import { activeLock } from '../../platform/users/account.js';
import { UserProfile } from '../../platform/users/standard-attributes.js';
import { LinkView, Reference } from './collection.js';
import type { Links } from './links.js';
import { PopulationView, populationView } from './populations.js';

const { verifyStatus: _, ...profileMembers } = UserProfile.properties;
const VerifyStatus = Type.Enum(['NOT_INITIATED', 'ENABLED', 'DISABLED']);

/** Where a user can come from (public SDK: `EnumIdentityProvider`). */
export const USER_PROVIDER_TYPES = ['PING_ONE', ...PROVIDER_NAMES];
const provider = { id: Type.Optional(Type.String()), type: Type.Enum(USER_PROVIDER_TYPES) };
const ProviderView = Type.Object(provider);

const AccountView = Type.Object({
  canAuthenticate: Type.Boolean(),
  status: Type.Enum(['OK', 'LOCKED']),
  lockedAt: Type.Optional(Type.String()),
  unlockAt: Type.Optional(Type.String()),
  secondsUntilUnlock: Type.Optional(Type.Integer()),
});

const members = {
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
  _embedded: Type.Optional(Type.Object({ population: PopulationView })),
  id: Type.String(),
  environment: Reference,
  population: Reference,
  account: AccountView,
  username: Type.String(),
  ...profileMembers,
  enabled: Type.Boolean(),
  mfaEnabled: Type.Boolean(),
  emailVerified: Type.Boolean(),
  identityProvider: ProviderView,
  lifecycle: Type.Object({ status: Type.Enum(['ACCOUNT_OK', 'VERIFICATION_REQUIRED']) }),
  verifyStatus: VerifyStatus,
  memberOfGroupIDs: Type.Optional(Type.Array(Type.String())),
  memberOfGroupNames: Type.Optional(Type.Array(Type.String())),
  createdAt: Type.String(),
  updatedAt: Type.String(),
};

/**
 * Wire: `00` §8.2, in the members of its example; optional attributes only when they have a value. Attributes of the environment's own
 * stand beside them, under any name that is not one of these.
 */
export const UserView = Type.Object(members, { additionalProperties: true });

/** What a read shows only when it is asked to (wire: `00` §3.5). */
export interface Beside {
  readonly population?: StoredDocument;
  readonly groupIds?: readonly Group[];
  readonly groupNames?: readonly Group[];
}

const path = ({ user }: UserState): string => `/environments/${user.environmentId}/users/${user.id}`;

export function userView(
  state: UserState,
  links: Links,
  { population, groupIds, groupNames }: Beside = {},
): JsonObject {
  const { user, factors } = state;
  const { verifyStatus = 'NOT_INITIATED', ...profile } = user.profile;
  const environment = `/environments/${user.environmentId}`;
  const self = links.api(path(state));
  const password = links.api(`${path(state)}/password`);
  const related: Static<typeof members._links> = {
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
    ...(population ? { _embedded: { population: populationView(population, links) } } : {}),
    id: user.id,
    environment: { id: user.environmentId },
    population: { id: user.populationId },
    account: accountView(state),
    username: user.username,
    ...profile,
    enabled: user.enabled,
    mfaEnabled: factors.mfaEnabled,
    emailVerified: user.emailVerified ?? false,
    identityProvider: providerOf(user),
    lifecycle: { status: user.unverified ? 'VERIFICATION_REQUIRED' : 'ACCOUNT_OK' },
    verifyStatus,
    ...(groupIds ? { memberOfGroupIDs: groupIds.map(({ id }) => id) } : {}),
    ...(groupNames ? { memberOfGroupNames: groupNames.map(({ name }) => name) } : {}),
    createdAt: toTimestamp(user.createdAt),
    updatedAt: toTimestamp(user.updatedAt),
  };
}

const providerOf = ({ identityProvider }: User) => ({ ...(identityProvider ?? { type: 'PING_ONE' }) });

/** Wire: `00` §8.6. A disabled user, or one who is not verified, cannot authenticate, but the status is that of the lock alone. */
function accountView({ user, factors, now }: UserState): Static<typeof AccountView> {
  const lock = activeLock(factors, now);
  if (!lock) return { canAuthenticate: user.enabled && !user.unverified, status: 'OK' };
  const temporary =
    lock.unlockAt === undefined
      ? {}
      : {
          unlockAt: toTimestamp(lock.unlockAt),
          secondsUntilUnlock: Math.ceil((lock.unlockAt - now) / seconds(1)),
        };
  return { canAuthenticate: false, status: 'LOCKED', lockedAt: toTimestamp(lock.lockedAt), ...temporary };
}

/** One member of a user at a path of its own, linked to the user (wire: `00` §8.5; for the others inferred). */
function stateView<T extends TSchema, N extends string>(name: N, schema: T) {
  return Type.Object({ _links: Type.Object({ self: LinkView, user: LinkView }), [name]: schema });
}

function stateLinks(state: UserState, name: string, links: Links): JsonObject {
  return { _links: { self: { ...links.api(`${path(state)}/${name}`) }, user: { ...links.api(path(state)) } } };
}

export const MfaEnabledView = stateView('mfaEnabled', Type.Boolean());
export const EnabledView = stateView('enabled', Type.Boolean());
export const VerifyStatusView = stateView('verifyStatus', VerifyStatus);
export const UserPopulationView = stateView('id', Type.String());
export const IdentityProviderView = Type.Object({
  _links: Type.Object({ self: LinkView, user: LinkView }),
  ...provider,
});

/** Wire: `20` §14: without a bypass neither member is there. */
export const BypassMfaView = Type.Object({
  _links: Type.Object({ self: LinkView, user: LinkView }),
  bypassMFAEnabled: Type.Optional(Type.Literal(true)),
  bypassMFAEnabledUntil: Type.Optional(Type.String()),
});

export function bypassMfaView(state: UserState, links: Links): JsonObject {
  const until = activeBypass(state);
  return {
    ...stateLinks(state, 'bypassMFA', links),
    ...(until === undefined ? {} : { bypassMFAEnabled: true, bypassMFAEnabledUntil: toTimestamp(until) }),
  };
}

export const mfaEnabledView = (state: UserState, links: Links): JsonObject => ({
  ...stateLinks(state, 'mfaEnabled', links),
  mfaEnabled: state.factors.mfaEnabled,
});

export const enabledView = (state: UserState, links: Links): JsonObject => ({
  ...stateLinks(state, 'enabled', links),
  enabled: state.user.enabled,
});

export const verifyStatusView = (state: UserState, links: Links): JsonObject => ({
  ...stateLinks(state, 'verifyStatus', links),
  verifyStatus: state.user.profile['verifyStatus'] ?? 'NOT_INITIATED',
});

export const userPopulationView = (state: UserState, links: Links): JsonObject => ({
  ...stateLinks(state, 'population', links),
  id: state.user.populationId,
});

export const identityProviderView = (state: UserState, links: Links): JsonObject => ({
  ...stateLinks(state, 'identityProvider', links),
  ...providerOf(state.user),
});
