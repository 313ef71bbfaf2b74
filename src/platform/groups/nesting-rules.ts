import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { Decision, Snapshot } from '../../storage/port.js';
import type { EnvironmentId } from '../model.js';
import type { PlatformRejection } from '../rejection.js';
import { type Group, type GroupId, type HoldingGroup, MOST_HOLDING_GROUPS } from './group.js';
import { findGroup } from './group-rules.js';

type Decided = Decision<Outcome<Group, PlatformRejection>>;

const refuse = (rejection: PlatformRejection) => ({ writes: [], outcome: reject(rejection) });

/**
 * Nests the group of the plan in the holder of the plan, which the body has named: who is in the one is in the other. Two groups may be
 * in each other, as the vendor has it; where the group is already it stays. The holder is the outcome.
 */
export function nestGroup(snapshot: Snapshot, environmentId: EnvironmentId): Decided {
  const found = findGroup(snapshot, environmentId);
  if (!found.ok) return refuse(found.rejection);
  const group = found.value;
  const holder = snapshot.directory?.holder;
  if (!holder) return refuse({ kind: 'GroupUnknown' });
  if (holder.id === group.id) return refuse({ kind: 'GroupInItself' });
  if (holder.populationId !== undefined && holder.populationId !== group.populationId)
    return refuse({ kind: 'GroupOfElsewhere' });
  const before = group.memberOf ?? [];
  if (before.includes(holder.id)) return { writes: [], outcome: accept(holder) };
  if (before.length >= MOST_HOLDING_GROUPS)
    return refuse({ kind: 'TooManyHoldingGroups', maximum: MOST_HOLDING_GROUPS });
  const value = { ...group, memberOf: [...before, holder.id], updatedAt: snapshot.now };
  return {
    writes: [
      { kind: 'expect', entity: 'group', value: holder },
      { kind: 'update', entity: 'group', value },
    ],
    outcome: accept(holder),
  };
}

/** Takes the group of the plan out of the holder of the plan; `derived` as for `findNesting`. */
export function unnestGroup(snapshot: Snapshot, environmentId: EnvironmentId, derived: readonly GroupId[]): Decided {
  const found = findNesting(snapshot, environmentId, derived);
  if (!found.ok) return refuse(found.rejection);
  const { group: holder, type } = found.value;
  const group = snapshot.directory?.group;
  if (type === 'INDIRECT' || !group) return refuse({ kind: 'MembershipDerived' });
  const { memberOf = [], ...rest } = group;
  const left = memberOf.filter((id) => id !== holder.id);
  const value = { ...rest, ...(left.length > 0 ? { memberOf: left } : {}), updatedAt: snapshot.now };
  return { writes: [{ kind: 'update', entity: 'group', value }], outcome: accept(holder) };
}

/** The holder of the plan, if the group of the plan is in it; `derived`: those that it is in without having been nested there. */
export function findNesting(
  snapshot: Snapshot,
  environmentId: EnvironmentId,
  derived: readonly GroupId[],
): Outcome<HoldingGroup, PlatformRejection> {
  const found = findGroup(snapshot, environmentId);
  if (!found.ok) return found;
  const holder = snapshot.directory?.holder;
  if (holder && found.value.memberOf?.includes(holder.id)) return accept({ group: holder, type: 'DIRECT' });
  return holder && derived.includes(holder.id)
    ? accept({ group: holder, type: 'INDIRECT' })
    : reject({ kind: 'GroupNotFound' });
}
