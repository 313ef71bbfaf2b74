import { isDeepStrictEqual } from 'node:util';
import type { Uuid } from '../../kernel/ids.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { Decision, Snapshot } from '../../storage/port.js';
import type { EnvironmentId, PopulationId, User, UserProfile } from '../model.js';
import type { PlatformRejection } from '../rejection.js';
import { findUser, providerIn, type UserState } from '../rules.js';
import { attributeTooLarge, LARGEST_PROFILE } from './profile.js';

type UserDecision = Decision<Outcome<UserState, PlatformRejection>>;

/** What a user is to be called, and have in the profile. */
export interface UserAttributes {
  readonly username: string;
  readonly profile: UserProfile;
  /** Whether an address that differs from the present one is verified already; the present one's word stays (wire: `00` §8.2). */
  readonly emailVerified?: boolean;
}

/** The user with these changes, unless there are none: then nothing is written, and `updatedAt` stays. */
function changed(state: UserState, changes: Partial<User>): UserDecision {
  return became(state, { ...state.user, ...changes });
}

function became({ user, factors, now }: UserState, next: User): UserDecision {
  if (isDeepStrictEqual(next, user)) return { writes: [], outcome: accept({ user, factors, now }) };
  const value: User = { ...next, updatedAt: now };
  return { writes: [{ kind: 'update', entity: 'user', value }], outcome: accept({ user: value, factors, now }) };
}

const refuse = (rejection: PlatformRejection): UserDecision => ({ writes: [], outcome: reject(rejection) });

/** Gives a user these attributes, replacing all (`PUT`) or those that differ (`PATCH`): which, the caller's function says. */
export function changeAttributes(
  snapshot: Snapshot,
  environmentId: EnvironmentId,
  attributesOf: (user: User) => UserAttributes,
): UserDecision {
  const found = findUser(snapshot, environmentId);
  if (!found.ok) return refuse(found.rejection);
  const { user } = found.value;
  const { username, profile, emailVerified = false } = attributesOf(user);
  const holder = snapshot.usernameHolder;
  if (username !== user.username && holder !== undefined && holder !== user.id)
    return refuse({ kind: 'UsernameTaken', holder });
  const tooLarge = attributeTooLarge(profile);
  if (tooLarge !== undefined) return refuse({ kind: 'ProfileTooLarge', attribute: tooLarge, maximum: LARGEST_PROFILE });
  const isSameAddress = profile['email'] === user.profile['email'];
  return changed(found.value, { username, profile, ...(isSameAddress ? {} : { emailVerified }) });
}

export function setEnabled(snapshot: Snapshot, environmentId: EnvironmentId, enabled: boolean): UserDecision {
  const found = findUser(snapshot, environmentId);
  return found.ok ? changed(found.value, { enabled }) : refuse(found.rejection);
}

/** Moves a user to a population that the plan has named (wire: `00` §8.1). */
export function moveUser(snapshot: Snapshot, environmentId: EnvironmentId, populationId: PopulationId): UserDecision {
  const found = findUser(snapshot, environmentId);
  if (!found.ok) return refuse(found.rejection);
  if (!snapshot.documents.some(({ kind, id }) => kind === 'population' && id === populationId))
    return refuse({ kind: 'PopulationUnknown', target: 'id' });
  return changed(found.value, { populationId });
}

/** Says which provider a user comes from, that the plan has named; absent: this server (wire: `00` §8.1). */
export function setProvider(snapshot: Snapshot, environmentId: EnvironmentId, providerId?: Uuid): UserDecision {
  const found = findUser(snapshot, environmentId);
  if (!found.ok) return refuse(found.rejection);
  if (providerId !== undefined) {
    const identityProvider = providerIn(snapshot.documents, providerId);
    return identityProvider
      ? changed(found.value, { identityProvider })
      : refuse({ kind: 'ProviderUnknown', target: 'id' });
  }
  const { identityProvider: _, ...user } = found.value.user;
  return became(found.value, user);
}

export type VerifyStatus = 'NOT_INITIATED' | 'ENABLED' | 'DISABLED';

export function setVerifyStatus(
  snapshot: Snapshot,
  environmentId: EnvironmentId,
  verifyStatus: VerifyStatus,
): UserDecision {
  const found = findUser(snapshot, environmentId);
  if (!found.ok) return refuse(found.rejection);
  return changed(found.value, { profile: { ...found.value.user.profile, verifyStatus } });
}
