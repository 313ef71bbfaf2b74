import type { EnvironmentId, UserFactors, UserId } from '../../../platform/model.js';
import { decode, document, integer } from '../row.js';
import { type Row, statement, type Value } from '../statement.js';

/** In the order that `toFactors` reads. */
export const FACTORS_COLUMNS = ['version', 'document'];

type Body = Omit<UserFactors, 'userId' | 'environmentId' | 'version'>;

export function toFactors(environmentId: EnvironmentId, userId: UserId, row: Row, at: number): UserFactors {
  return decode('user_factors', userId, () =>
    Object.assign(document<Body>(row, at + 1, ['mfaEnabled', 'lockoutFailures', 'ceilings', 'deviceOrder']), {
      userId,
      environmentId,
      version: integer(row, at),
    }),
  );
}

export function factorsValues({ userId, environmentId, version, ...body }: UserFactors): Record<string, Value> {
  return { environment: environmentId, user: userId, version, document: JSON.stringify(body satisfies Body) };
}

export const insertFactors = statement(
  'count',
  `insert into user_factors (environment_id, user_id, version, document)
   values (:environment, :user, 1, :document)`,
);

export const updateFactors = statement(
  'count',
  `update user_factors set version = version + 1, document = :document
   where environment_id = :environment and user_id = :user and version = :version`,
);

export const deleteFactors = statement(
  'count',
  'delete from user_factors where environment_id = :environment and user_id = :user',
);
