import type { EnvironmentId, User, UserId } from '../../../platform/model.js';
import { decode, document, integer } from '../row.js';
import { type Row, statement, type Value } from '../statement.js';
import { FACTORS_COLUMNS } from './factors.js';

/** In the order that `toUser` reads. */
export const USER_COLUMNS = ['version', 'document', 'created_at'];

type Body = Omit<User, 'id' | 'environmentId' | 'version' | 'createdAt'>;

export function toUser(environmentId: EnvironmentId, id: UserId, row: Row, at: number): User {
  return decode('users', id, () =>
    Object.assign(document<Body>(row, at + 1, ['username', 'populationId', 'enabled', 'profile', 'updatedAt']), {
      id,
      environmentId,
      version: integer(row, at),
      createdAt: integer(row, at + 2),
    }),
  );
}

/**
 * The form of a username that is unique: NFC, lower-case. Escaped as JSON does it, because PostgreSQL's text cannot hold U+0000
 * and UTF-8 no lone surrogate.
 */
export function usernameKey(username: string): string {
  return JSON.stringify(username.normalize('NFC').toLowerCase().normalize('NFC')).slice(1, -1);
}

export function userValues({ id, environmentId, version, createdAt, ...body }: User): Record<string, Value> {
  return {
    environment: environmentId,
    id,
    version,
    usernameKey: usernameKey(body.username),
    document: JSON.stringify(body satisfies Body),
    createdAt,
  };
}

/** No row: the name is taken. */
export const insertUser = statement(
  'count',
  `insert into users (environment_id, id, version, username_key, document, created_at)
   values (:environment, :id, 1, :usernameKey, :document, :createdAt) on conflict do nothing`,
);

/** The name stays: a rename would be a unique insert of its own. */
export const updateUser = statement(
  'count',
  `update users set version = version + 1, document = :document
   where environment_id = :environment and id = :id and version = :version and username_key = :usernameKey`,
);

export const deleteUser = statement(
  'count',
  'delete from users where environment_id = :environment and id = :id and version = :version',
);

export const listUsers = statement(
  'rows',
  `select u.id, ${[...USER_COLUMNS.map((column) => `u.${column}`), ...FACTORS_COLUMNS.map((column) => `f.${column}`)].join(', ')}
   from users u join user_factors f on f.environment_id = u.environment_id and f.user_id = u.id
   where u.environment_id = :environment and (u.created_at, u.id) > (cast(:createdAt as bigint), :id)
   order by u.created_at, u.id limit cast(:limit as bigint)`,
);

export const countUsers = statement('row', 'select count(*) from users where environment_id = :environment');
