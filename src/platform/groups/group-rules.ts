import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { Decision, Snapshot } from '../../storage/port.js';
import type { EnvironmentId, PopulationId } from '../model.js';
import type { PlatformRejection } from '../rejection.js';
import { findUser } from '../rules.js';
import type { Group, GroupId, HoldingGroup, Membership } from './group.js';

type Decided<T> = Decision<Outcome<T, PlatformRejection>>;

/** What a group is to be; what it does not say is left out (wire: `00` §8.8). */
export type GroupContent = Pick<
  Group,
  'name' | 'description' | 'externalId' | 'populationId' | 'userFilter' | 'customData'
>;

const refuse = (rejection: PlatformRejection) => ({ writes: [], outcome: reject(rejection) });

/** The group that a snapshot was loaded for, or why there is none. */
export function findGroup(snapshot: Snapshot, environmentId: EnvironmentId): Outcome<Group, PlatformRejection> {
  if (!snapshot.environment) return reject({ kind: 'EnvironmentNotFound', environmentId });
  const group = snapshot.directory?.group;
  return group ? accept(group) : reject({ kind: 'GroupNotFound' });
}

/** What keeps a group from having this content: a population of elsewhere, or a name that another has, whatever its case. */
function contentRefusal(
  { documents, directory }: Snapshot,
  { populationId }: GroupContent,
  id: GroupId,
): PlatformRejection | undefined {
  if (populationId !== undefined && !documents.some((found) => isPopulation(found, populationId)))
    return { kind: 'PopulationUnknown', target: 'population.id' };
  const holder = directory?.groupNameHolder;
  return holder !== undefined && holder !== id ? { kind: 'GroupNameTaken', holder } : undefined;
}

const isPopulation = (document: { readonly kind: string; readonly id: string }, id: PopulationId): boolean =>
  document.kind === 'population' && document.id === id;

export function createGroup(
  snapshot: Snapshot,
  environmentId: EnvironmentId,
  content: GroupContent,
  id: GroupId,
): Decided<Group> {
  const { environment, now } = snapshot;
  if (!environment) return refuse({ kind: 'EnvironmentNotFound', environmentId });
  const refusal = contentRefusal(snapshot, content, id);
  if (refusal) return refuse(refusal);
  const value: Group = { id, environmentId, version: 1, ...content, createdAt: now, updatedAt: now };
  return { writes: [{ kind: 'insert', entity: 'group', value }], outcome: accept(value) };
}

/** Gives a group this content and no other (wire: `00` §2.4). */
export function replaceGroup(snapshot: Snapshot, environmentId: EnvironmentId, content: GroupContent): Decided<Group> {
  const found = findGroup(snapshot, environmentId);
  if (!found.ok) return refuse(found.rejection);
  const { id, version, createdAt, memberOf } = found.value;
  const refusal = contentRefusal(snapshot, content, id);
  if (refusal) return refuse(refusal);
  const nested = memberOf ? { memberOf } : {};
  const value: Group = { id, environmentId, version, ...content, ...nested, createdAt, updatedAt: snapshot.now };
  return { writes: [{ kind: 'update', entity: 'group', value }], outcome: accept(value) };
}

/** The users stay; that they were in it goes with it. */
export function deleteGroup(snapshot: Snapshot, environmentId: EnvironmentId): Decided<Group> {
  const found = findGroup(snapshot, environmentId);
  if (!found.ok) return refuse(found.rejection);
  return { writes: [{ kind: 'delete', entity: 'group', value: found.value }], outcome: found };
}

/** Adds the user of the plan to its group, which the body has named; who is in it already stays in it. */
export function joinGroup(snapshot: Snapshot, environmentId: EnvironmentId): Decided<Group> {
  const user = findUser(snapshot, environmentId);
  if (!user.ok) return refuse(user.rejection);
  const group = snapshot.directory?.group;
  if (!group) return refuse({ kind: 'GroupUnknown' });
  if (snapshot.directory?.isMember) return { writes: [], outcome: accept(group) };
  const value = membership(group, user.value.user, snapshot.now);
  return {
    writes: [
      { kind: 'expect', entity: 'group', value: group },
      { kind: 'expect', entity: 'user', value: user.value.user },
      { kind: 'put', entity: 'membership', value },
    ],
    outcome: accept(group),
  };
}

/** Takes the user of the plan out of its group, to which the user was added; `derived` as for `findMembership`. */
export function leaveGroup(
  snapshot: Snapshot,
  environmentId: EnvironmentId,
  derived: readonly GroupId[],
): Decided<Group> {
  const member = findMembership(snapshot, environmentId, derived);
  if (!member.ok) return refuse(member.rejection);
  const { group, type } = member.value;
  if (type === 'INDIRECT') return refuse({ kind: 'MembershipDerived' });
  const { user } = snapshot;
  if (!user) return refuse({ kind: 'UserNotFound' });
  const value = membership(group, user, snapshot.now);
  return {
    writes: [
      { kind: 'expect', entity: 'group', value: group },
      { kind: 'delete', entity: 'membership', value },
    ],
    outcome: accept(group),
  };
}

/** The group of the plan, if its user is in it; `derived`: groups that the user is in without having been added. */
export function findMembership(
  snapshot: Snapshot,
  environmentId: EnvironmentId,
  derived: readonly GroupId[],
): Outcome<HoldingGroup, PlatformRejection> {
  const user = findUser(snapshot, environmentId);
  if (!user.ok) return user;
  const { group, isMember } = snapshot.directory ?? {};
  if (group && isMember) return accept({ group, type: 'DIRECT' });
  return group && derived.includes(group.id) ? accept({ group, type: 'INDIRECT' }) : reject({ kind: 'GroupNotFound' });
}

const membership = (
  { environmentId, id }: Group,
  user: { readonly id: Membership['userId']; readonly createdAt: number },
  createdAt: number,
): Membership => ({ environmentId, groupId: id, userId: user.id, userCreatedAt: user.createdAt, createdAt });
