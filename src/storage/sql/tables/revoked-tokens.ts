import type { RevokedToken } from '../../../platform/model.js';
import { statement, type Value } from '../statement.js';

export function revokedTokenValues({ environmentId, id, expiresAt }: RevokedToken): Record<string, Value> {
  return { environment: environmentId, id, expiresAt };
}

/** Revoking again changes nothing. */
export const putRevokedToken = statement(
  'count',
  `insert into revoked_tokens (environment_id, id, expires_at)
   values (:environment, :id, cast(:expiresAt as bigint)) on conflict do nothing`,
);

export const findRevokedToken = statement(
  'rows',
  'select expires_at from revoked_tokens where environment_id = :environment and id = :id',
);

/** Tokens whose own time is over, of any environment. */
export const endedRevokedTokens = statement(
  'rows',
  `select environment_id, id, expires_at from revoked_tokens where expires_at <= cast(:before as bigint)
   order by expires_at limit cast(:limit as bigint)`,
);

export const purgeRevokedToken = statement(
  'count',
  `delete from revoked_tokens where environment_id = :environment and id = :id
   and expires_at <= cast(:before as bigint)`,
);
