import { caseless } from '../../../kernel/caseless.js';
import type { EnvironmentId, User, UserId } from '../../../platform/model.js';
import { decode, document, integer } from '../row.js';
import { type Row, type Statement, statement, type Value } from '../statement.js';
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
  return escaped(caseless(username));
}

/** The form of an e-mail address that users are found by; two of them may have one address. */
export function emailKey(email: string): string {
  return escaped(email.toLowerCase());
}

const escaped = (value: string): string => JSON.stringify(value).slice(1, -1);

export function userValues({ id, environmentId, version, createdAt, ...body }: User): Record<string, Value> {
  const { email } = body.profile;
  return {
    environment: environmentId,
    id,
    version,
    usernameKey: usernameKey(body.username),
    emailKey: typeof email === 'string' ? emailKey(email) : null,
    population: body.populationId,
    document: JSON.stringify(body satisfies Body),
    createdAt,
  };
}

/** No row: the name is taken. */
export const insertUser = statement(
  'count',
  `insert into users (environment_id, id, version, username_key, document, created_at, email_key, population_id)
   values (:environment, :id, 1, :usernameKey, :document, :createdAt, cast(:emailKey as text), :population)
   on conflict do nothing`,
);

/** With the name: one that changes is claimed first (`names.ts`). */
export const updateUser = statement(
  'count',
  `update users set version = version + 1, document = :document, username_key = :usernameKey,
     email_key = cast(:emailKey as text), population_id = :population
   where environment_id = :environment and id = :id and version = :version`,
);

export const deleteUser = statement(
  'count',
  'delete from users where environment_id = :environment and id = :id and version = :version',
);

const RECORD = ['id', ...USER_COLUMNS]
  .map((column) => `u.${column}`)
  .concat(FACTORS_COLUMNS.map((column) => `f.${column}`))
  .join(', ');
const FACTORS = 'join user_factors f on f.environment_id = u.environment_id and f.user_id = u.id';

/** A list in the order of creation, forwards and backwards from a place. */
interface Ordered {
  readonly forwards: Statement;
  readonly backwards: Statement;
}

/** `createdAt` and `id` are the columns that the list goes along, one index over both. */
function ordered(from: string, where: string, createdAt: string, id: string): Ordered {
  const list = (sign: '>' | '<', direction: string): Statement =>
    statement(
      'rows',
      `select ${RECORD} from ${from} ${FACTORS}
       where ${where} and (${createdAt}, ${id}) ${sign} (cast(:createdAt as bigint), :id)
       order by ${createdAt}${direction}, ${id}${direction} limit cast(:limit as bigint)`,
    );
  return { forwards: list('>', ''), backwards: list('<', ' desc') };
}

/** The users of an environment, of one population of it, of one group. */
export const USER_LISTS: Readonly<Record<'all' | 'population' | 'group', Ordered & { readonly count: Statement }>> = {
  all: {
    ...ordered('users u', 'u.environment_id = :environment', 'u.created_at', 'u.id'),
    count: statement('row', 'select count(*) from users where environment_id = :environment'),
  },
  population: {
    ...ordered('users u', 'u.environment_id = :environment and u.population_id = :scope', 'u.created_at', 'u.id'),
    count: statement(
      'row',
      'select count(*) from users where environment_id = :environment and population_id = :scope',
    ),
  },
  group: {
    ...ordered(
      'group_members m join users u on u.environment_id = m.environment_id and u.id = m.user_id',
      'm.environment_id = :environment and m.group_id = :scope',
      'm.user_created_at',
      'm.user_id',
    ),
    count: statement(
      'row',
      'select count(*) from group_members where environment_id = :environment and group_id = :scope',
    ),
  },
};

const found = (condition: string): Statement =>
  statement('rows', `select ${RECORD} from users u ${FACTORS} where u.environment_id = :environment and ${condition}`);

export const findUserById = found('u.id = :id');
export const findUserByName = found('u.username_key = :usernameKey');
export const findUsersByEmail = found('u.email_key = :emailKey limit cast(:limit as bigint)');

/** Whether a population has anybody. */
export const selectUserOfPopulation = statement(
  'row',
  'select 1 from users where environment_id = :environment and population_id = :population limit 1',
);
