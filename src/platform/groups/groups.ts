import type { ActionType } from '../../audit/action.js';
import type { AuditEvent, Requester } from '../../audit/record.js';
import type { Refusals } from '../../audit/refusals.js';
import { createTrail, telling } from '../../audit/trail.js';
import type { EventSink } from '../../events.js';
import type { Digests } from '../../kernel/keys.js';
import type { Outcome } from '../../kernel/outcome.js';
import type { Random } from '../../kernel/random.js';
import { nextTurn } from '../../kernel/turn.js';
import type { Decision, Plan, Snapshot, Store } from '../../storage/port.js';
import { createCursors, creationKey, type Listing, type ListRequest, listPage, pageOf } from '../listing.js';
import type { EnvironmentId, UserId } from '../model.js';
import type { PlatformRejection } from '../rejection.js';
import { findUser } from '../rules.js';
import type { Group, GroupId } from './group.js';
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
  ofUser(environmentId: EnvironmentId, userId: UserId, list: ListRequest): Result<Listing<Group>>;
  /** The group, if the user is in it. */
  membership(environmentId: EnvironmentId, userId: UserId, groupId: GroupId): Result<Group>;
  join(environmentId: EnvironmentId, userId: UserId, groupId: GroupId, by?: Requester): Result<Group>;
  leave(environmentId: EnvironmentId, userId: UserId, groupId: GroupId, by?: Requester): Result<Group>;
}

export interface GroupServiceParts {
  readonly store: Pick<Store, 'load' | 'transact' | 'groups' | 'groupsOfUser'>;
  readonly random: Pick<Random, 'uuid'>;
  readonly digests: Pick<Digests, 'cursor'>;
  readonly events: EventSink;
  readonly refusals?: Refusals;
}

/** Groups read at once. */
const BATCH = 1_000;

export function createGroupService(parts: GroupServiceParts): GroupService {
  const { store, random, digests } = parts;
  const trail = createTrail(parts);
  const cursors = createCursors(digests);

  async function allGroups(environmentId: EnvironmentId): Promise<readonly Group[]> {
    let page = await store.groups(environmentId, { limit: BATCH });
    const all = [...page.items];
    while (page.next !== undefined) {
      await nextTurn();
      page = await store.groups(environmentId, { limit: BATCH, after: page.next });
      all.push(...page.items);
    }
    return all;
  }

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

  return {
    async list(environmentId, list, isListed) {
      const { environment } = await store.load({ environmentId });
      if (!environment) return { ok: false, rejection: { kind: 'EnvironmentNotFound', environmentId } };
      return listPage(cursors, [environmentId, 'groups'], list, async (request) =>
        isListed
          ? pageOf((await allGroups(environmentId)).filter(isListed), request, creationKey)
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
        store.groupsOfUser(environmentId, userId, request),
      );
    },

    async membership(environmentId, user, group) {
      return findMembership(await store.load(member(environmentId, user, group)), environmentId);
    },

    join: (environmentId, userId, groupId, by) =>
      change(
        member(environmentId, userId, groupId),
        by,
        'GROUP.UPDATED',
        (snapshot) => joinGroup(snapshot, environmentId),
        ({ id }) => ({ userId, detail: { id, member: 'added' } }),
      ),

    leave: (environmentId, userId, groupId, by) =>
      change(
        member(environmentId, userId, groupId),
        by,
        'GROUP.UPDATED',
        (snapshot) => leaveGroup(snapshot, environmentId),
        ({ id }) => ({ userId, detail: { id, member: 'removed' } }),
      ),
  };
}
