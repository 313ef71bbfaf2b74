import type { Millis } from '../../kernel/clock.js';
import { minutes } from '../../kernel/duration.js';
import type { Engine } from './engine.js';
import { text } from './row.js';
import { ask, call, type Script, type Statement, statement } from './statement.js';
import { endedEnvironments, removeEnvironment } from './tables/environments.js';

/** Longer than any unit takes that was decided while the environment was there. */
const SETTLED: Millis = minutes(1);

/**
 * Tables of an environment's rows with the columns that tell them apart, children before parents. The trail is not among them: it is
 * kept for its own time, whoever is gone. The keys go last, with the environment: until then nothing asks for one that is missing.
 */
export const ENVIRONMENT_TABLES: Readonly<Record<string, readonly string[]>> = {
  device_authentications: ['id'],
  outbox: ['id'],
  inbox_messages: ['id'],
  destination_use: ['contact_key'],
  counters: ['name'],
  credentials: ['credential_key'],
  devices: ['user_id', 'id'],
  oath_tokens: ['id'],
  oath_jobs: ['id'],
  remembered_browsers: ['id'],
  recovery_codes: ['user_id'],
  user_factors: ['user_id'],
  user_passwords: ['user_id'],
  user_codes: ['user_id', 'purpose'],
  role_assignments: ['owner_id'],
  group_members: ['group_id', 'user_id'],
  user_groups: ['id'],
  users: ['id'],
  subscription_cursors: ['id'],
  revoked_tokens: ['id'],
  image_files: ['id'],
  documents: ['kind', 'id'],
};

const REMOVALS: readonly Statement[] = Object.entries(ENVIRONMENT_TABLES).map(([table, key]) => {
  const columns = key.join(', ');
  return statement(
    'count',
    `delete from ${table} where environment_id = :environment and (${columns}) in
     (select ${columns} from ${table} where environment_id = :environment order by ${columns} limit cast(:limit as bigint))`,
  );
});

const removeDataKeys = statement('count', 'delete from data_keys where environment_id = :environment');

/** Up to `limit` rows of an environment that is gone, and in the end the environment itself. */
export async function purgeEnvironment(engine: Engine, limit: number): Promise<number> {
  const environment = await engine.read(function* () {
    const before = (yield* engine.time.now()) - SETTLED;
    const [row] = (yield* ask(endedEnvironments, { before })).rows;
    return row && text(row, 0);
  });
  if (environment === undefined) return 0;
  return engine.write('people', () => removeRows(environment, limit));
}

function* removeRows(environment: string, limit: number): Script<number> {
  let left = limit;
  for (const removal of REMOVALS) {
    if (left > 0) left -= (yield* ask(removal, { environment, limit: left })).count;
  }
  if (left > 0) {
    const gone = yield [call(removeDataKeys, { environment }), call(removeEnvironment, { environment })];
    left -= gone.reduce((sum, { count }) => sum + count, 0);
  }
  return limit - left;
}
