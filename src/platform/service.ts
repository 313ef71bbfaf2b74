import type { ActionType } from '../audit/action.js';
import type { Requester } from '../audit/record.js';
import type { Refusals } from '../audit/refusals.js';
import { createTrail, telling } from '../audit/trail.js';
import type { EventSink } from '../events.js';
import type { Instant } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { Digests } from '../kernel/keys.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import type { Random } from '../kernel/random.js';
import type { Decision, Page, PageRequest, Plan, Snapshot, Store } from '../storage/port.js';
import { createCursors, type Listing, type ListRequest, listPage, pageOf } from './listing.js';
import type { Environment, EnvironmentId, UserId } from './model.js';
import { type Population, toPopulation } from './population.js';
import type { PlatformRejection } from './rejection.js';
import {
  type CreateUser,
  createUser,
  deleteUser,
  findUser,
  lockUser,
  setMfaEnabled,
  type UserState,
  unlockUser,
} from './rules.js';

type Result<T> = Promise<Outcome<T, PlatformRejection>>;

/** Environments, populations and users (wire: `00` §7, §8); what is changed is on record as done `by` whom. */
export interface PlatformService {
  /** Those that `isListed` says yes to: what the caller may see, and what the filter asks for. */
  environments(list: ListRequest, isListed: (environment: Environment) => boolean): Result<Listing<Environment>>;
  environment(environmentId: EnvironmentId): Result<Environment>;
  populations(
    environmentId: EnvironmentId,
    list: ListRequest,
    isListed: (population: Population) => boolean,
  ): Result<Listing<Population>>;
  population(environmentId: EnvironmentId, populationId: Uuid): Result<Population>;
  users(environmentId: EnvironmentId, list: ListRequest): Result<Listing<UserState>>;
  user(environmentId: EnvironmentId, userId: UserId): Result<UserState>;
  /** Nobody by this name is an answer too. The name is compared without regard to case. */
  userByName(environmentId: EnvironmentId, username: string): Result<UserState | undefined>;
  createUser(environmentId: EnvironmentId, command: CreateUser, by?: Requester): Result<UserState>;
  deleteUser(environmentId: EnvironmentId, userId: UserId, by?: Requester): Result<UserState>;
  setMfaEnabled(environmentId: EnvironmentId, userId: UserId, mfaEnabled: boolean, by?: Requester): Result<UserState>;
  lockUser(
    environmentId: EnvironmentId,
    userId: UserId,
    unlockAt: Instant | undefined,
    by?: Requester,
  ): Result<UserState>;
  unlockUser(environmentId: EnvironmentId, userId: UserId, by?: Requester): Result<UserState>;
}

export interface PlatformServiceParts {
  readonly store: Pick<Store, 'load' | 'transact' | 'environments' | 'users' | 'documents'>;
  readonly random: Pick<Random, 'uuid'>;
  readonly digests: Pick<Digests, 'cursor'>;
  readonly events: EventSink;
  readonly refusals?: Refusals;
}

/** Environments are read this many at a time. */
const BATCH = 1_000;

export function createPlatformService(parts: PlatformServiceParts): PlatformService {
  const { store, random, digests } = parts;
  const trail = createTrail(parts);
  const cursors = createCursors(digests);

  const listed = <T>(
    binding: readonly string[],
    list: ListRequest,
    page: (request: PageRequest) => Promise<Page<T>>,
  ): Result<Listing<T>> => listPage(cursors, binding, list, page);

  async function loadEnvironment(
    environmentId: EnvironmentId,
  ): Result<Snapshot & { readonly environment: Environment }> {
    const snapshot = await store.load({ environmentId });
    const { environment } = snapshot;
    return environment ? accept({ ...snapshot, environment }) : reject({ kind: 'EnvironmentNotFound', environmentId });
  }

  async function allEnvironments(): Promise<readonly Environment[]> {
    const all: Environment[] = [];
    let page = await store.environments({ limit: BATCH });
    all.push(...page.items);
    while (page.next !== undefined) {
      page = await store.environments({ limit: BATCH, after: page.next });
      all.push(...page.items);
    }
    return all;
  }

  /** Changes one user. */
  const change = (
    plan: Plan,
    by: Requester | undefined,
    type: ActionType,
    decide: (snapshot: Snapshot) => Decision<Outcome<UserState, PlatformRejection>>,
  ): Result<UserState> =>
    trail.transact(plan, by, (snapshot) =>
      telling(decide(snapshot), ({ user }) => [{ type, environmentId: plan.environmentId, userId: user.id }]),
    );

  return {
    environments: (list, isListed) =>
      listed(['environments'], list, async ({ limit, after }) =>
        pageOf((await allEnvironments()).filter(isListed), limit, after),
      ),

    async environment(environmentId) {
      const found = await loadEnvironment(environmentId);
      return found.ok ? accept(found.value.environment) : found;
    },

    async populations(environmentId, list, isListed) {
      const found = await loadEnvironment(environmentId);
      if (!found.ok) return found;
      const { defaultPopulationId } = found.value.environment;
      return listed([environmentId, 'populations'], list, async ({ limit, after }) => {
        const documents = await store.documents(environmentId, { kind: 'population' });
        const all = documents.map((document) => toPopulation(document, defaultPopulationId));
        return pageOf(all.filter(isListed), limit, after);
      });
    },

    async population(environmentId, populationId) {
      const { environment, documents } = await store.load({
        environmentId,
        documents: [{ kind: 'population', id: populationId }],
      });
      if (!environment) return reject({ kind: 'EnvironmentNotFound', environmentId });
      const [document] = documents;
      return document
        ? accept(toPopulation(document, environment.defaultPopulationId))
        : reject({ kind: 'PopulationNotFound' });
    },

    async users(environmentId, list) {
      const found = await loadEnvironment(environmentId);
      if (!found.ok) return found;
      const { now } = found.value;
      return listed([environmentId, 'users'], list, async (request) => {
        const page = await store.users(environmentId, request);
        return { ...page, items: page.items.map((record) => ({ ...record, now })) };
      });
    },

    async user(environmentId, userId) {
      return findUser(await store.load({ environmentId, user: userId }), environmentId);
    },

    async userByName(environmentId, username) {
      const { environment, usernameHolder } = await store.load({ environmentId, username });
      if (!environment) return reject({ kind: 'EnvironmentNotFound', environmentId });
      if (!usernameHolder) return accept(undefined);
      const found = findUser(await store.load({ environmentId, user: usernameHolder }), environmentId);
      // Deleted between the two looks: then nobody has the name.
      return !found.ok && found.rejection.kind === 'UserNotFound' ? accept(undefined) : found;
    },

    createUser(environmentId, command, by) {
      const { username, populationId } = command;
      const id = random.uuid();
      const plan: Plan = {
        environmentId,
        username,
        ...(populationId ? { documents: [{ kind: 'population', id: populationId }] } : {}),
      };
      return change(plan, by, 'USER.CREATED', (snapshot) => createUser(snapshot, environmentId, command, id));
    },

    deleteUser: (environmentId, userId, by) =>
      change({ environmentId, user: userId }, by, 'USER.DELETED', (snapshot) => deleteUser(snapshot, environmentId)),

    setMfaEnabled: (environmentId, userId, mfaEnabled, by) =>
      change({ environmentId, user: userId }, by, 'USER.UPDATED', (snapshot) =>
        setMfaEnabled(snapshot, environmentId, mfaEnabled),
      ),

    lockUser: (environmentId, userId, unlockAt, by) =>
      change({ environmentId, user: userId }, by, 'USER.LOCKED', (snapshot) =>
        lockUser(snapshot, environmentId, unlockAt),
      ),

    unlockUser: (environmentId, userId, by) =>
      change({ environmentId, user: userId }, by, 'USER.UNLOCKED', (snapshot) => unlockUser(snapshot, environmentId)),
  };
}
