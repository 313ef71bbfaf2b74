import type { EnvironmentId, UserId } from '../../../platform/model.js';
import type { CodeUse, UserCode } from '../../../platform/user-code.js';
import { decode, document, text } from '../row.js';
import { type Row, statement, type Value } from '../statement.js';

type Body = Omit<UserCode, 'userId' | 'environmentId' | 'use'>;

export function toUserCode(environmentId: EnvironmentId, userId: UserId, row: Row): UserCode {
  return decode('user_codes', userId, () =>
    Object.assign(document<Body>(row, 1, ['sends', 'failures']), {
      userId,
      environmentId,
      // A use is stored as it was typed.
      use: text(row, 0) as CodeUse,
    }),
  );
}

export function userCodeValues({ userId, environmentId, use, ...body }: UserCode): Record<string, Value> {
  return { environment: environmentId, user: userId, purpose: use, document: JSON.stringify(body satisfies Body) };
}

export const selectUserCodes = statement(
  'rows',
  'select purpose, document from user_codes where environment_id = :environment and user_id = :user order by purpose',
);

export const putUserCode = statement(
  'count',
  `insert into user_codes (environment_id, user_id, purpose, document)
   values (:environment, :user, :purpose, :document)
   on conflict (environment_id, user_id, purpose) do update set document = excluded.document`,
);

export const deleteUserCode = statement(
  'count',
  'delete from user_codes where environment_id = :environment and user_id = :user and purpose = :purpose',
);

export const deleteCodesOfUser = statement(
  'count',
  'delete from user_codes where environment_id = :environment and user_id = :user',
);
