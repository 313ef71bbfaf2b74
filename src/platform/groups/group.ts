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
  readonly customData?: JsonObject;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** That a user is in a group. */
export interface Membership {
  readonly environmentId: EnvironmentId;
  readonly groupId: GroupId;
  readonly userId: UserId;
  /** Of the user: lists of a group's users go along it. */
  readonly userCreatedAt: Instant;
  readonly createdAt: Instant;
}
