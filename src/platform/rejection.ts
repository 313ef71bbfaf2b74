import type { GroupId } from './groups/group.js';
import type { EnvironmentId, UserId } from './model.js';
import type { Unmet } from './passwords/password-strength.js';

/** Why the platform says no. */
export type PlatformRejection =
  | { readonly kind: 'EnvironmentNotFound'; readonly environmentId: EnvironmentId }
  | { readonly kind: 'UserNotFound' }
  | { readonly kind: 'GroupNotFound' }
  /** A body names a group that this environment does not have. */
  | { readonly kind: 'GroupUnknown' }
  /** The user, or the group, is in the group without having been added to it. */
  | { readonly kind: 'MembershipDerived' }
  | { readonly kind: 'GroupInItself' }
  /** A group of a population holds groups of the same alone. */
  | { readonly kind: 'GroupOfElsewhere' }
  | { readonly kind: 'TooManyHoldingGroups'; readonly maximum: number }
  | { readonly kind: 'GroupNameTaken'; readonly holder: GroupId }
  /** A body names a population that this environment does not have; `target`: where. */
  | { readonly kind: 'PopulationUnknown'; readonly target: string }
  /** The same of an identity provider. */
  | { readonly kind: 'ProviderUnknown'; readonly target: string }
  | { readonly kind: 'UsernameTaken'; readonly holder: UserId }
  /** `attribute`: the largest of those that are more than a profile may have. */
  | { readonly kind: 'ProfileTooLarge'; readonly attribute: string; readonly maximum: number }
  /** Disabled or locked. */
  | { readonly kind: 'AccountNotUsable' }
  | { readonly kind: 'NoPassword' }
  /** Too many wrong attempts; none is compared for a while. */
  | { readonly kind: 'PasswordLocked' }
  /** `target`: where the body has it. */
  | { readonly kind: 'PasswordWrong'; readonly target: string }
  /** It is to be set, at `target`, and does not have what its policy demands. */
  | { readonly kind: 'PasswordUnacceptable'; readonly target: string; readonly unmet: readonly Unmet[] }
  /** It was changed again and again while it was compared. */
  | { readonly kind: 'PasswordMoved' }
  /** A lock that would end before it begins (`00` §8.6). */
  | { readonly kind: 'UnlockTimePast' }
  /** A cursor that this server did not make for this list. */
  | { readonly kind: 'CursorInvalid' };
