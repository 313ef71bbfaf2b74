import type { EnvironmentId, UserId } from '../../../platform/model.js';
import type { StoredPassword } from '../../../platform/password.js';
import { decode, document } from '../row.js';
import { type Row, statement, type Value } from '../statement.js';

type Body = Omit<StoredPassword, 'userId' | 'environmentId'>;

export function toPassword(environmentId: EnvironmentId, userId: UserId, row: Row): StoredPassword {
  return decode('user_passwords', userId, () =>
    Object.assign(document<Body>(row, 0, ['hash', 'forceChange', 'setAt', 'failures']), { userId, environmentId }),
  );
}

export function passwordValues({ userId, environmentId, ...body }: StoredPassword): Record<string, Value> {
  return { environment: environmentId, user: userId, document: JSON.stringify(body satisfies Body) };
}

export const selectPassword = statement(
  'row',
  'select document from user_passwords where environment_id = :environment and user_id = :user',
);

export const putPassword = statement(
  'count',
  `insert into user_passwords (environment_id, user_id, document) values (:environment, :user, :document)
   on conflict (environment_id, user_id) do update set document = excluded.document`,
);

export const deletePassword = statement(
  'count',
  'delete from user_passwords where environment_id = :environment and user_id = :user',
);
