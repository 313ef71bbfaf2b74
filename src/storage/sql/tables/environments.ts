import type { Environment } from '../../../platform/model.js';
import { decode, document, integer, text } from '../row.js';
import { type Row, statement, type Value } from '../statement.js';

/** In the order that `toEnvironment` reads. */
export const ENVIRONMENT_COLUMNS = ['id', 'config_version', 'document', 'created_at'];

type Body = Omit<Environment, 'id' | 'configVersion' | 'createdAt'>;

export function toEnvironment(row: Row, at: number): Environment {
  return decode('environments', row[at], () =>
    Object.assign(document<Body>(row, at + 2, ['name', 'type', 'region', 'defaultPopulationId', 'updatedAt']), {
      id: text(row, at) as Environment['id'],
      configVersion: integer(row, at + 1),
      createdAt: integer(row, at + 3),
    }),
  );
}

export function environmentValues({ id, configVersion: _, createdAt, ...body }: Environment): Record<string, Value> {
  return { environment: id, document: JSON.stringify(body satisfies Body), createdAt };
}

export const insertEnvironment = statement(
  'count',
  `insert into environments (id, config_version, document, created_at)
   values (:environment, 1, :document, :createdAt) on conflict do nothing`,
);

/** Guarded, and raised: what was parsed of the environment is out of date. */
export const updateEnvironment = statement(
  'count',
  `update environments set config_version = config_version + 1, document = :document
   where id = :environment and config_version = :version and deleted_at is null`,
);

/** From now on nobody finds it; its rows go by and by (`purge-environments.ts`). */
export const endEnvironment = statement(
  'count',
  `update environments set config_version = config_version + 1, deleted_at = :now
   where id = :environment and config_version = :version and deleted_at is null`,
);

/** Guarded: one document more, fewer or changed means that everything parsed from the others is out of date. */
export const raiseConfigVersion = statement(
  'count',
  `update environments set config_version = config_version + 1
   where id = :environment and config_version = :version`,
);

export const listEnvironments = statement(
  'rows',
  `select ${ENVIRONMENT_COLUMNS.join(', ')} from environments
   where deleted_at is null and (created_at, id) > (cast(:createdAt as bigint), :id) order by created_at, id limit cast(:limit as bigint)`,
);

export const countEnvironments = statement('row', 'select count(*) from environments where deleted_at is null');

/** Those that ended at this time or before. */
export const endedEnvironments = statement(
  'rows',
  'select id from environments where deleted_at <= cast(:before as bigint) order by deleted_at, id limit 1',
);

export const removeEnvironment = statement(
  'count',
  'delete from environments where id = :environment and deleted_at is not null',
);

/** With those that have ended. */
export const environmentIds = statement('rows', 'select id from environments order by id');
