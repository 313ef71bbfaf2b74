import type { Instant } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import type { Decided, Snapshot, Write } from '../storage/port.js';
import { hasFailures, withoutFailures } from './failures.js';
import type { EnvironmentId, PopulationId, StoredDocument, User, UserFactors, UserId, UserProfile } from './model.js';
import { governingPolicy } from './passwords/password-policy.js';
import { unmetByText } from './passwords/password-strength.js';
import type { ProposedPassword } from './passwords/proposed-password.js';
import type { PlatformRejection } from './rejection.js';
import { lockAccount, unlockAccount } from './users/account.js';
import { attributeTooLarge, LARGEST_PROFILE } from './users/profile.js';

/** A user with what decides whether the factors may be used, at one instant. */
export interface UserState {
  readonly user: User;
  readonly factors: UserFactors;
  /** When it was so: a lock may have lapsed by then. */
  readonly now: Instant;
}

export interface CreateUser {
  readonly username: string;
  /** Absent = the environment's default population. */
  readonly populationId?: PopulationId;
  /** Absent = what the MFA settings say of new users (`30` §3.2). */
  readonly mfaEnabled?: boolean;
  readonly profile: UserProfile;
  /** The provider that the user comes from; absent: this server. */
  readonly identityProviderId?: Uuid;
  /** An imported user's (wire: `00` §8.3). */
  readonly emailVerified?: boolean;
  readonly unverified?: true;
  /** Whoever has to verify the account is sent a code for it. */
  readonly isSentCode?: true;
  readonly password?: { readonly proposed: ProposedPassword; readonly forceChange: boolean };
}

type UserDecision = Decided<Outcome<UserState, PlatformRejection>>;

const refuse = (
  rejection: PlatformRejection,
): { readonly writes: readonly Write[]; readonly outcome: Outcome<never, PlatformRejection> } => ({
  writes: [],
  outcome: reject(rejection),
});

/** The user that a snapshot was loaded for, or why there is none; objects of another environment do not exist (SEC-42). */
export function findUser(snapshot: Snapshot, environmentId: EnvironmentId): Outcome<UserState, PlatformRejection> {
  const { environment, user, factors, now } = snapshot;
  if (!environment) return reject({ kind: 'EnvironmentNotFound', environmentId });
  return user && factors ? accept({ user, factors, now }) : reject({ kind: 'UserNotFound' });
}

/** A new user; the name is unique in its environment, whatever its case (wire: `00` §8.2). */
export function createUser(
  snapshot: Snapshot,
  environmentId: EnvironmentId,
  { username, populationId, mfaEnabled, profile, identityProviderId, emailVerified, unverified, password }: CreateUser,
  id: UserId,
): UserDecision {
  const { environment, configuration, documents, usernameHolder, now } = snapshot;
  if (!environment || !configuration) return refuse({ kind: 'EnvironmentNotFound', environmentId });
  const named = documents.some(({ kind, id: other }) => kind === 'population' && other === populationId);
  if (populationId !== undefined && !named) return refuse({ kind: 'PopulationUnknown', target: 'population.id' });
  const provider = identityProviderId && providerIn(documents, identityProviderId);
  if (identityProviderId && !provider) return refuse({ kind: 'ProviderUnknown', target: 'identityProvider.id' });
  if (usernameHolder) return refuse({ kind: 'UsernameTaken', holder: usernameHolder });
  const tooLarge = attributeTooLarge(profile);
  if (tooLarge !== undefined) return refuse({ kind: 'ProfileTooLarge', attribute: tooLarge, maximum: LARGEST_PROFILE });
  const inPopulation = populationId ?? environment.defaultPopulationId;
  if (password) {
    const { terms } = governingPolicy(documents, inPopulation) ?? {};
    const unmet = unmetByText(terms, password.proposed.value, { username, profile });
    if (unmet.length > 0) return refuse({ kind: 'PasswordUnacceptable', target: 'password.value', unmet });
  }
  const user: User = {
    id,
    environmentId,
    version: 1,
    populationId: inPopulation,
    username,
    enabled: true,
    profile,
    ...(provider ? { identityProvider: provider } : {}),
    ...(emailVerified === undefined ? {} : { emailVerified }),
    ...(unverified ? { unverified } : {}),
    createdAt: now,
    updatedAt: now,
  };
  const factors: UserFactors = {
    userId: id,
    environmentId,
    version: 1,
    mfaEnabled: mfaEnabled ?? configuration.mfaSettings.mfaEnabledForNewUsers,
    lockoutFailures: 0,
    ceilings: {},
    lockEpochs: {},
    deviceOrder: [],
  };
  return {
    writes: [
      { kind: 'insert', entity: 'user', value: user, factors },
      ...(password
        ? [
            {
              kind: 'put',
              entity: 'password',
              value: {
                userId: id,
                environmentId,
                hash: password.proposed.hash,
                forceChange: password.forceChange,
                setAt: now,
                failures: 0,
              },
            } as const,
          ]
        : []),
    ],
    outcome: accept({ user, factors, now }),
  };
}

/** What a user keeps of a provider that the plan has named. */
export function providerIn(documents: readonly StoredDocument[], id: Uuid): User['identityProvider'] {
  const found = documents.find((document) => document.kind === 'identityProvider' && document.id === id);
  return found && { id, type: String(found.body['type']) };
}

/** Deletes a user with factors and devices (wire: `00` §8.1). */
export function deleteUser(snapshot: Snapshot, environmentId: EnvironmentId): UserDecision {
  const found = findUser(snapshot, environmentId);
  if (!found.ok) return refuse(found.rejection);
  return { writes: [{ kind: 'delete', entity: 'user', value: found.value.user }], outcome: found };
}

/** Factors that changed, and with them the user's `updatedAt`: the API shows both as one object. */
function withFactors({ user, now }: UserState, factors: UserFactors): UserDecision {
  const touched: User = { ...user, updatedAt: now };
  return {
    writes: [
      { kind: 'update', entity: 'user', value: touched },
      { kind: 'update', entity: 'factors', value: factors },
    ],
    outcome: accept({ user: touched, factors, now }),
  };
}

/** Devices stay when MFA is switched off (wire: `20` §14). */
export function setMfaEnabled(snapshot: Snapshot, environmentId: EnvironmentId, mfaEnabled: boolean): UserDecision {
  const found = findUser(snapshot, environmentId);
  if (!found.ok) return refuse(found.rejection);
  const { factors } = found.value;
  if (factors.mfaEnabled === mfaEnabled) return { writes: [], outcome: found };
  return withFactors(found.value, { ...factors, mfaEnabled });
}

/**
 * Until when relying parties may let the user in without MFA; a time that has come ends it. A device authentication knows nothing of it:
 * whoever would start one asks first (wire: `20` §14, `10` §4.5).
 */
export function setBypass(snapshot: Snapshot, environmentId: EnvironmentId, until: Instant): UserDecision {
  const found = findUser(snapshot, environmentId);
  if (!found.ok) return refuse(found.rejection);
  const { factors, now } = found.value;
  const { bypassUntil, ...rest } = factors;
  if (until > now)
    return bypassUntil === until
      ? { writes: [], outcome: found }
      : withFactors(found.value, { ...rest, bypassUntil: until });
  return bypassUntil === undefined ? { writes: [], outcome: found } : withFactors(found.value, rest);
}

/** The end of a bypass that is running now. */
export function activeBypass({ factors: { bypassUntil }, now }: UserState): Instant | undefined {
  return bypassUntil !== undefined && now < bypassUntil ? bypassUntil : undefined;
}

/** Without `unlockAt` the lock lasts until an administrator ends it; one that is past is refused (wire: `00` §8.6). */
export function lockUser(
  snapshot: Snapshot,
  environmentId: EnvironmentId,
  unlockAt: Instant | undefined,
): UserDecision {
  const found = findUser(snapshot, environmentId);
  if (!found.ok) return refuse(found.rejection);
  if (unlockAt !== undefined && unlockAt <= found.value.now) return refuse({ kind: 'UnlockTimePast' });
  return withFactors(found.value, lockAccount(found.value.factors, found.value.now, unlockAt));
}

/** Ends a lock and every count of failures of the user, the MFA lockout's, the password's and those of codes included (wire: `00` §8.6, `10` §9.4). */
export function unlockUser(snapshot: Snapshot, environmentId: EnvironmentId): UserDecision {
  const found = findUser(snapshot, environmentId);
  if (!found.ok) return refuse(found.rejection);
  const unlocked = withFactors(found.value, unlockAccount(found.value.factors));
  const { password, codes = [] } = snapshot.directory ?? {};
  const freed: readonly Write[] = [
    ...(password && hasFailures(password)
      ? [{ kind: 'put', entity: 'password', value: withoutFailures(password) } as const]
      : []),
    ...codes
      .filter(hasFailures)
      .map((code): Write => ({ kind: 'put', entity: 'userCode', value: withoutFailures(code) })),
  ];
  return { ...unlocked, writes: [...unlocked.writes, ...freed] };
}
