import type { RecoveryCodes } from '../../../devices/recovery/codes.js';
import type { EnvironmentId, UserId } from '../../../platform/model.js';
import { decode, document, integer } from '../row.js';
import { type Row, statement, type Value } from '../statement.js';

type Body = Omit<RecoveryCodes, 'environmentId' | 'userId' | 'version'>;

/** As loaded; a user without a row has no codes, at version 0. */
export function toRecoveryCodes(environmentId: EnvironmentId, userId: UserId, row: Row | undefined): RecoveryCodes {
  if (!row) return { environmentId, userId, version: 0, setId: userId, digests: [], createdAt: 0 };
  return decode('recovery_codes', userId, () =>
    Object.assign(document<Body>(row, 1, ['setId', 'digests', 'createdAt']), {
      environmentId,
      userId,
      version: integer(row, 0),
    }),
  );
}

export function recoveryCodesValues(codes: RecoveryCodes): Record<string, Value> {
  const { environmentId, userId, version, ...body } = codes;
  const kept: Body = body;
  return { environment: environmentId, user: userId, version, document: JSON.stringify(kept) };
}

export const selectRecoveryCodes = statement(
  'rows',
  'select version, document from recovery_codes where environment_id = :environment and user_id = :user',
);

/** No row: somebody else was first. */
export const insertRecoveryCodes = statement(
  'count',
  `insert into recovery_codes (environment_id, user_id, version, document)
   values (:environment, :user, 1, :document) on conflict do nothing`,
);

export const updateRecoveryCodes = statement(
  'count',
  `update recovery_codes set version = version + 1, document = :document
   where environment_id = :environment and user_id = :user and version = :version`,
);

export const deleteRecoveryCodes = statement(
  'count',
  'delete from recovery_codes where environment_id = :environment and user_id = :user and version = :version',
);
