import type { ActionType } from '../../audit/action.js';
import type { AuditEvent, Requester } from '../../audit/record.js';
import type { Refusals } from '../../audit/refusals.js';
import { createTrail, telling } from '../../audit/trail.js';
import type { EventSink } from '../../events.js';
import type { Instant } from '../../kernel/clock.js';
import type { Uuid } from '../../kernel/ids.js';
import type { Digests } from '../../kernel/keys.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { PasswordHashes } from '../../kernel/password-hash.js';
import type { Random } from '../../kernel/random.js';
import type { Decision, Plan, Snapshot, Store } from '../../storage/port.js';
import type { Group } from '../groups/group.js';
import { groupsOfUser } from '../groups/members.js';
import { allOf, createCursors, type Listing, type ListRequest, listPage } from '../listing.js';
import type { DocumentRef, EnvironmentId, PopulationId, StoredDocument, User, UserId } from '../model.js';
import { proposePassword } from '../passwords/proposed-password.js';
import type { PlatformRejection } from '../rejection.js';
import {
  type CreateUser,
  createUser,
  deleteUser,
  findUser,
  lockUser,
  setBypass,
  setMfaEnabled,
  type UserState,
  unlockUser,
} from '../rules.js';
import {
  changeAttributes,
  moveUser,
  setEnabled,
  setProvider,
  setVerifyStatus,
  type UserAttributes,
  type VerifyStatus,
} from './user-changes.js';
import { searchUsers, type UserSearch } from './user-search.js';

type Result<T> = Promise<Outcome<T, PlatformRejection>>;

/** Users (wire: `00` §8); what is changed is on record as done `by` whom. */
export interface UserService {
  list(environmentId: EnvironmentId, list: ListRequest, search: UserSearch): Result<Listing<UserState>>;
  read(environmentId: EnvironmentId, userId: UserId): Result<UserState>;
  /** The population that a user belongs to. */
  populationOf(state: UserState): Result<StoredDocument | undefined>;
  /** Every group that a user is in. */
  groupsOf(state: UserState): Promise<readonly Group[]>;
  create(environmentId: EnvironmentId, command: CreateUser, by?: Requester): Result<UserState>;
  /** A user of another directory, with a password, which has passed `passwordProblems` (wire: `00` §8.3). */
  import(
    environmentId: EnvironmentId,
    command: CreateUser,
    password: { readonly value: string; readonly forceChange: boolean } | undefined,
    by?: Requester,
  ): Result<UserState>;
  /** `username`: the one that `attributesOf` gives, unless it is the present one. */
  change(
    environmentId: EnvironmentId,
    userId: UserId,
    username: string | undefined,
    attributesOf: (user: User) => UserAttributes,
    by?: Requester,
  ): Result<UserState>;
  delete(environmentId: EnvironmentId, userId: UserId, by?: Requester): Result<UserState>;
  setEnabled(environmentId: EnvironmentId, userId: UserId, enabled: boolean, by?: Requester): Result<UserState>;
  setMfaEnabled(environmentId: EnvironmentId, userId: UserId, mfaEnabled: boolean, by?: Requester): Result<UserState>;
  /** A time that has come ends a bypass that is running. */
  setBypass(environmentId: EnvironmentId, userId: UserId, until: Instant, by?: Requester): Result<UserState>;
  /** Absent: this server. */
  setProvider(environmentId: EnvironmentId, userId: UserId, to: Uuid | undefined, by?: Requester): Result<UserState>;
  setVerifyStatus(environmentId: EnvironmentId, userId: UserId, to: VerifyStatus, by?: Requester): Result<UserState>;
  move(environmentId: EnvironmentId, userId: UserId, to: PopulationId, by?: Requester): Result<UserState>;
  lock(environmentId: EnvironmentId, userId: UserId, until: Instant | undefined, by?: Requester): Result<UserState>;
  unlock(environmentId: EnvironmentId, userId: UserId, by?: Requester): Result<UserState>;
}

/** The code that goes to a new user who has to verify the account: drawn before the unit, decided in it. */
export type FirstCode = (snapshot: Snapshot, created: UserState) => Decision<readonly AuditEvent[]>;

export interface UserServiceParts {
  readonly store: Pick<
    Store,
    'load' | 'transact' | 'users' | 'usersByKeys' | 'memberIds' | 'groupsOfUser' | 'derivingGroups'
  >;
  readonly random: Pick<Random, 'uuid'>;
  readonly passwords: Pick<PasswordHashes, 'hash'>;
  readonly digests: Pick<Digests, 'cursor'>;
  readonly firstCode: () => FirstCode;
  readonly events: EventSink;
  readonly refusals?: Refusals;
}

export function createUserService(parts: UserServiceParts): UserService {
  const { store, random, digests, passwords, firstCode } = parts;
  const trail = createTrail(parts);
  const cursors = createCursors(digests);

  /** Changes one user. */
  const change = (
    plan: Plan,
    by: Requester | undefined,
    type: ActionType,
    decide: (snapshot: Snapshot) => Decision<Outcome<UserState, PlatformRejection>>,
    detail?: AuditEvent['detail'],
  ): Result<UserState> =>
    trail.transact(plan, by, (snapshot) =>
      telling(decide(snapshot), ({ user }) => [
        { type, environmentId: plan.environmentId, userId: user.id, ...(detail ? { detail } : {}) },
      ]),
    );

  function create(environmentId: EnvironmentId, command: CreateUser, by?: Requester): Result<UserState> {
    const { username, populationId, identityProviderId } = command;
    const id = random.uuid();
    const documents: readonly DocumentRef[] = [
      ...(populationId ? populationRefs(populationId) : []),
      ...(identityProviderId ? providerRefs(identityProviderId) : []),
      ...(command.password ? [{ kind: 'passwordPolicy' } as const] : []),
    ];
    const plan: Plan = { environmentId, username, ...(documents.length > 0 ? { documents } : {}) };
    const sends = command.isSentCode ? firstCode() : undefined;
    return trail.transact(plan, by, (snapshot) => {
      const { writes, outcome: result } = createUser(snapshot, environmentId, command, id);
      if (!result.ok) return { writes, outcome: { result, events: [] } };
      const event: AuditEvent = { type: 'USER.CREATED', environmentId, userId: id };
      const code = sends?.(snapshot, result.value) ?? { writes: [], outcome: [] };
      if (code.needs) return code;
      return { writes: [...writes, ...code.writes], outcome: { result, events: [event, ...code.outcome] } };
    });
  }

  return {
    async list(environmentId, list, search) {
      const { environment, now } = await store.load({ environmentId });
      if (!environment) return reject({ kind: 'EnvironmentNotFound', environmentId });
      return listPage(cursors, [environmentId, 'users'], list, (request) =>
        searchUsers(store, environmentId, search, request, now),
      );
    },

    async read(environmentId, userId) {
      return findUser(await store.load({ environmentId, user: userId }), environmentId);
    },

    async populationOf({ user: { environmentId, populationId } }) {
      const { environment, documents } = await store.load({
        environmentId,
        documents: [{ kind: 'population', id: populationId }],
      });
      if (!environment) return reject({ kind: 'EnvironmentNotFound', environmentId });
      const [document] = documents;
      return accept(document);
    },

    async groupsOf(state) {
      return (await allOf((page) => groupsOfUser(store, state, page))).map(({ group }) => group);
    },

    create,

    async import(environmentId, command, password, by) {
      if (!password) return create(environmentId, command, by);
      const { value, forceChange } = password;
      const proposed = await proposePassword(passwords, value);
      return create(environmentId, { ...command, password: { proposed, forceChange } }, by);
    },

    change(environmentId, userId, username, attributesOf, by) {
      const plan: Plan = { environmentId, user: userId, ...(username === undefined ? {} : { username }) };
      return change(plan, by, 'USER.UPDATED', (snapshot) => changeAttributes(snapshot, environmentId, attributesOf));
    },

    delete: (environmentId, user, by) =>
      change({ environmentId, user }, by, 'USER.DELETED', (snapshot) => deleteUser(snapshot, environmentId)),

    setEnabled: (environmentId, user, enabled, by) =>
      change({ environmentId, user }, by, 'USER.UPDATED', (snapshot) => setEnabled(snapshot, environmentId, enabled)),

    setMfaEnabled: (environmentId, user, mfaEnabled, by) =>
      change({ environmentId, user }, by, 'USER.UPDATED', (snapshot) =>
        setMfaEnabled(snapshot, environmentId, mfaEnabled),
      ),

    setBypass: (environmentId, user, until, by) =>
      change({ environmentId, user }, by, 'USER.UPDATED', (snapshot) => setBypass(snapshot, environmentId, until)),

    setProvider: (environmentId, user, to, by) =>
      change({ environmentId, user, ...(to ? { documents: providerRefs(to) } : {}) }, by, 'USER.UPDATED', (snapshot) =>
        setProvider(snapshot, environmentId, to),
      ),

    setVerifyStatus: (environmentId, user, to, by) =>
      change({ environmentId, user }, by, 'USER.UPDATED', (snapshot) => setVerifyStatus(snapshot, environmentId, to)),

    move: (environmentId, user, to, by) =>
      change(
        { environmentId, user, documents: populationRefs(to) },
        by,
        'USER.MOVED',
        (snapshot) => moveUser(snapshot, environmentId, to),
        { populationId: to },
      ),

    lock: (environmentId, user, until, by) =>
      change({ environmentId, user }, by, 'USER.LOCKED', (snapshot) => lockUser(snapshot, environmentId, until)),

    unlock: (environmentId, user, by) =>
      change({ environmentId, user, directory: { password: user, codes: user } }, by, 'USER.UNLOCKED', (snapshot) =>
        unlockUser(snapshot, environmentId),
      ),
  };
}

const providerRefs = (id: Uuid): readonly DocumentRef[] => [{ kind: 'identityProvider', id }];
const populationRefs = (id: PopulationId): readonly DocumentRef[] => [{ kind: 'population', id }];
