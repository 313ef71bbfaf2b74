import type { Instant } from '../../kernel/clock.js';
import type { Uuid } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import type { EnvironmentId, PopulationId, UserId } from '../model.js';

export type GroupId = Uuid;

/** A named set of users (wire: `00` §8.8). */
export interface Group {
  readonly id: GroupId;
  readonly environmentId: EnvironmentId;
  readonly version: number;
  readonly name: string;
  readonly description?: string;
  readonly externalId?: string;
  readonly populationId?: PopulationId;
  /** Whom it asks for is in the group as well as whoever was added: users of its population, if it has one (wire: `00` §8.4). */
  readonly userFilter?: string;
  /** The groups that this one is nested in, in the order in which it was; some may be gone since. */
  readonly memberOf?: readonly GroupId[];
  readonly customData?: JsonObject;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** A group with when a user was added to it. */
export interface JoinedGroup extends Group {
  readonly joinedAt: Instant;
}

/** A group that a user, or a group, is in: added to it, or by a filter or another group. */
export interface HoldingGroup {
  readonly group: Group;
  readonly type: 'DIRECT' | 'INDIRECT';
}

/** Groups that one group is nested in at most: they stand in its document. */
export const MOST_HOLDING_GROUPS = 100;

/** That a user was added to a group. */
export interface Membership {
  readonly environmentId: EnvironmentId;
  readonly groupId: GroupId;
  readonly userId: UserId;
  /** Of the user: lists of a group's users go along it. */
  readonly userCreatedAt: Instant;
  readonly createdAt: Instant;
}
