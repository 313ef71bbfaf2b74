import type { ActionType } from '../../audit/action.js';
import type { AuditEvent, Requester } from '../../audit/record.js';
import type { Refusals } from '../../audit/refusals.js';
import { createTrail, telling } from '../../audit/trail.js';
import type { EventSink } from '../../events.js';
import type { Digests } from '../../kernel/keys.js';
import { accept, type Outcome } from '../../kernel/outcome.js';
import type { Random } from '../../kernel/random.js';
import type { Decision, Plan, Snapshot, Store } from '../../storage/port.js';
import { allOf, createCursors, creationKey, type Listing, type ListRequest, listPage, pageOf } from '../listing.js';
import type { EnvironmentId, UserId } from '../model.js';
import type { PlatformRejection } from '../rejection.js';
import { findUser } from '../rules.js';
import type { Group, GroupId, HoldingGroup } from './group.js';
import {
  createGroup,
  deleteGroup,
  findGroup,
  findMembership,
  type GroupContent,
  joinGroup,
  leaveGroup,
  replaceGroup,
} from './group-rules.js';
import { derivedIds, groupsHolding, groupsOfUser } from './members.js';
import { findNesting, nestGroup, unnestGroup } from './nesting-rules.js';

type Result<T> = Promise<Outcome<T, PlatformRejection>>;

/** Groups and who is in them (wire: `00` §8.8); what is changed is on record as done `by` whom. */
export interface GroupService {
  /** Those that `isListed` says yes to; without it, all. */
  list(
    environmentId: EnvironmentId,
    list: ListRequest,
    isListed: ((group: Group) => boolean) | undefined,
  ): Result<Listing<Group>>;
  read(environmentId: EnvironmentId, groupId: GroupId): Result<Group>;
  create(environmentId: EnvironmentId, content: GroupContent, by?: Requester): Result<Group>;
  replace(environmentId: EnvironmentId, groupId: GroupId, content: GroupContent, by?: Requester): Result<Group>;
  delete(environmentId: EnvironmentId, groupId: GroupId, by?: Requester): Result<Group>;
  /** The groups of a user, in the order of joining. */
  ofUser(environmentId: EnvironmentId, userId: UserId, list: ListRequest): Result<Listing<HoldingGroup>>;
  /** The group, if the user is in it. */
  membership(environmentId: EnvironmentId, userId: UserId, groupId: GroupId): Result<HoldingGroup>;
  join(environmentId: EnvironmentId, userId: UserId, groupId: GroupId, by?: Requester): Result<HoldingGroup>;
  /** The groups that a group is in, by their creation. */
  holding(environmentId: EnvironmentId, groupId: GroupId, list: ListRequest): Result<Listing<HoldingGroup>>;
  /** The holder, if the group is in it. */
  nesting(environmentId: EnvironmentId, groupId: GroupId, holder: GroupId): Result<HoldingGroup>;
  nest(environmentId: EnvironmentId, groupId: GroupId, holder: GroupId, by?: Requester): Result<HoldingGroup>;
  unnest(environmentId: EnvironmentId, groupId: GroupId, holder: GroupId, by?: Requester): Result<Group>;
  leave(environmentId: EnvironmentId, userId: UserId, groupId: GroupId, by?: Requester): Result<Group>;
}

export interface GroupServiceParts {
  readonly store: Pick<Store, 'load' | 'transact' | 'groups' | 'groupsOfUser' | 'derivingGroups'>;
  readonly random: Pick<Random, 'uuid'>;
  readonly digests: Pick<Digests, 'cursor'>;
  readonly events: EventSink;
  readonly refusals?: Refusals;
}

export function createGroupService(parts: GroupServiceParts): GroupService {
  const { store, random, digests } = parts;
  const trail = createTrail(parts);
  const cursors = createCursors(digests);

  const change = (
    plan: Plan,
    by: Requester | undefined,
    type: ActionType,
    decide: (snapshot: Snapshot) => Decision<Outcome<Group, PlatformRejection>>,
    subject: (group: Group) => Pick<AuditEvent, 'userId' | 'detail'>,
  ): Result<Group> =>
    trail.transact(plan, by, (snapshot) =>
      telling(decide(snapshot), (group) => [{ type, environmentId: plan.environmentId, ...subject(group) }]),
    );
  const itself = ({ id }: Group) => ({ detail: { id } });
  const named = ({ name, populationId }: GroupContent, group?: GroupId): Pick<Plan, 'directory' | 'documents'> => ({
    directory: { groupName: name, ...(group === undefined ? {} : { group }) },
    ...(populationId === undefined ? {} : { documents: [{ kind: 'population', id: populationId }] }),
  });
  const member = (environmentId: EnvironmentId, user: UserId, group: GroupId): Plan => ({
    environmentId,
    user,
    directory: { group, member: user },
  });

  const holderIds = async ({ directory }: Snapshot): Promise<readonly GroupId[]> =>
    directory?.group ? (await groupsHolding(store, directory.group)).map(({ group }) => group.id) : [];

  return {
    async list(environmentId, list, isListed) {
      const { environment } = await store.load({ environmentId });
      if (!environment) return { ok: false, rejection: { kind: 'EnvironmentNotFound', environmentId } };
      return listPage(cursors, [environmentId, 'groups'], list, async (request) =>
        isListed
          ? pageOf((await allOf((page) => store.groups(environmentId, page))).filter(isListed), request, creationKey)
          : store.groups(environmentId, request),
      );
    },

    async read(environmentId, group) {
      return findGroup(await store.load({ environmentId, directory: { group } }), environmentId);
    },

    create(environmentId, content, by) {
      const id = random.uuid();
      const plan = { environmentId, ...named(content) };
      return change(plan, by, 'GROUP.CREATED', (snapshot) => createGroup(snapshot, environmentId, content, id), itself);
    },

    replace: (environmentId, group, content, by) =>
      change(
        { environmentId, ...named(content, group) },
        by,
        'GROUP.UPDATED',
        (snapshot) => replaceGroup(snapshot, environmentId, content),
        itself,
      ),

    delete: (environmentId, group, by) =>
      change(
        { environmentId, directory: { group } },
        by,
        'GROUP.DELETED',
        (snapshot) => deleteGroup(snapshot, environmentId),
        itself,
      ),

    async ofUser(environmentId, userId, list) {
      const found = findUser(await store.load({ environmentId, user: userId }), environmentId);
      if (!found.ok) return found;
      return listPage(cursors, [environmentId, userId, 'memberOfGroups'], list, (request) =>
        groupsOfUser(store, found.value, request),
      );
    },

    async membership(environmentId, user, group) {
      const snapshot = await store.load(member(environmentId, user, group));
      return findMembership(snapshot, environmentId, await derivedIds(store, snapshot));
    },

    async join(environmentId, userId, groupId, by) {
      const joined = await change(
        member(environmentId, userId, groupId),
        by,
        'GROUP.UPDATED',
        (snapshot) => joinGroup(snapshot, environmentId),
        ({ id }) => ({ userId, detail: { id, member: 'added' } }),
      );
      return joined.ok ? accept({ group: joined.value, type: 'DIRECT' }) : joined;
    },

    async holding(environmentId, group, list) {
      const found = findGroup(await store.load({ environmentId, directory: { group } }), environmentId);
      if (!found.ok) return found;
      return listPage(cursors, [environmentId, group, 'memberOfGroups'], list, async (request) =>
        pageOf(await groupsHolding(store, found.value), request, (holding) => creationKey(holding.group)),
      );
    },

    async nesting(environmentId, group, holder) {
      const snapshot = await store.load({ environmentId, directory: { group, holder } });
      return findNesting(snapshot, environmentId, await holderIds(snapshot));
    },

    async nest(environmentId, group, holder, by) {
      const nested = await change(
        { environmentId, directory: { group, holder } },
        by,
        'GROUP.UPDATED',
        (snapshot) => nestGroup(snapshot, environmentId),
        ({ id }) => ({ detail: { id: group, memberOf: id, member: 'added' } }),
      );
      return nested.ok ? accept({ group: nested.value, type: 'DIRECT' }) : nested;
    },

    async unnest(environmentId, group, holder, by) {
      const plan = { environmentId, directory: { group, holder } };
      const derived = await holderIds(await store.load(plan));
      return change(
        plan,
        by,
        'GROUP.UPDATED',
        (snapshot) => unnestGroup(snapshot, environmentId, derived),
        ({ id }) => ({ detail: { id: group, memberOf: id, member: 'removed' } }),
      );
    },

    async leave(environmentId, userId, groupId, by) {
      const plan = member(environmentId, userId, groupId);
      const derived = await derivedIds(store, await store.load(plan));
      return change(
        plan,
        by,
        'GROUP.UPDATED',
        (snapshot) => leaveGroup(snapshot, environmentId, derived),
        ({ id }) => ({ userId, detail: { id, member: 'removed' } }),
      );
    },
  };
}
