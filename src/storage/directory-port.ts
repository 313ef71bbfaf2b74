import type { Uuid } from '../kernel/ids.js';
import type { Group, JoinedGroup } from '../platform/groups/group.js';
import type {
  EnvironmentId,
  OwnerRoles,
  RoleAssignment,
  StoredDocument,
  User,
  UserFactors,
  UserId,
} from '../platform/model.js';
import type { StoredPassword } from '../platform/passwords/password.js';
import type { UserCode } from '../platform/users/user-code.js';

/** Read behind the rest of the plan: what is guarded by a user or a group is no older than they are. */
export interface DirectoryPlan {
  readonly group?: Uuid;
  /** Another group, in which `group` is or is to be. */
  readonly holder?: Uuid;
  /** The group that holds this name now (compared case-insensitively). */
  readonly groupName?: string;
  /** Whether this user was added to `group`. */
  readonly member?: UserId;
  /** The password of this user. */
  readonly password?: UserId;
  /** What governs the password of this user. */
  readonly passwordPolicy?: UserId;
  /** The codes of this user, one for each use. */
  readonly codes?: UserId;
  /** The roles of this user or group. */
  readonly roles?: Uuid;
  /** The roles of the groups that this user was added to. */
  readonly inheritedRoles?: UserId;
  /** Of these groups too, which the user is in without having been added. */
  readonly derivedGroups?: readonly Uuid[];
  /** Whether this population has users. */
  readonly population?: Uuid;
}

/** What a `DirectoryPlan` found. */
export interface DirectorySnapshot {
  readonly group?: Group;
  readonly holder?: Group;
  readonly groupNameHolder?: Uuid;
  readonly isMember?: boolean;
  readonly password?: StoredPassword;
  /** Present for a plan with `passwordPolicy`: the environment's password policies, and the user's population. */
  readonly passwordPolicies?: readonly StoredDocument[];
  /** Present for a plan with `codes`: those that are there. */
  readonly codes?: readonly UserCode[];
  /** Present for a plan with `roles`. */
  readonly roles?: readonly RoleAssignment[];
  /** Present for a plan with `inheritedRoles`: of the groups that have roles, by their ids. */
  readonly inheritedRoles?: readonly OwnerRoles[];
  readonly populationHasUsers?: boolean;
}

/** A page of a list in key order: behind the item with the key `after`, or up to the one before the key `before`. */
export interface PageRequest {
  readonly limit: number;
  readonly after?: string;
  /** With it, `after` is not looked at. */
  readonly before?: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** All that match, not only this page; absent where it was not asked for. */
  readonly count?: number;
  /** Key of the last item when more follow, or followed when the page was asked for by what is behind it. */
  readonly next?: string;
  /** Key of the first item when more precede, or preceded. */
  readonly previous?: string;
}

export interface UserPageRequest extends PageRequest {
  /** The users of a population or of a group only. */
  readonly within?: { readonly kind: 'population' | 'group'; readonly id: Uuid };
  /** To count is to read an index through: once a request is enough. */
  readonly uncounted?: true;
}

export interface UserRecord {
  readonly user: User;
  readonly factors: UserFactors;
  /** Its key in lists of users: keys compare as texts in the order of the list. */
  readonly place: string;
}

/** What users can be looked up by. */
export interface UserKeys {
  readonly ids: readonly Uuid[];
  /** Compared case-insensitively, as addresses are. */
  readonly usernames: readonly string[];
  readonly emails: readonly string[];
}

/** Lists and look-ups of users and groups. */
export interface DirectoryReader {
  /** By creation, oldest first. */
  users(environmentId: EnvironmentId, page: UserPageRequest): Promise<Page<UserRecord>>;
  /** Everyone who has one of the keys, by creation; `undefined` when too many share an address to look them up. */
  usersByKeys(environmentId: EnvironmentId, keys: UserKeys): Promise<readonly UserRecord[] | undefined>;
  /** How many users each of these populations has. */
  usersOfPopulations(environmentId: EnvironmentId, populations: readonly Uuid[]): Promise<ReadonlyMap<Uuid, number>>;
  groups(environmentId: EnvironmentId, page: PageRequest): Promise<Page<Group>>;
  /** Those that the user was added to, in that order. */
  groupsOfUser(environmentId: EnvironmentId, userId: UserId, page: PageRequest): Promise<Page<JoinedGroup>>;
  /** Those that make members of users who were not added: with a filter, or nested in others. By creation, uncounted; mostly none. */
  derivingGroups(environmentId: EnvironmentId, page: Omit<PageRequest, 'before'>): Promise<Page<Group>>;
  /** Ids of the users who were added to a group behind `after` (empty: from the first), in the order of ids. */
  memberIds(environmentId: EnvironmentId, groupId: Uuid, after: string, limit: number): Promise<readonly UserId[]>;
}
