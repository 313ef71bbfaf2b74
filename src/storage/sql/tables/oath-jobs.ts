import type { OathJob } from '../../../devices/oath/job.js';
import type { EnvironmentId } from '../../../platform/model.js';
import { decode, document, integer } from '../row.js';
import { type Row, statement, type Value } from '../statement.js';

type Body = Omit<OathJob, 'id' | 'environmentId' | 'version' | 'expiresAt'>;

export function toOathJob(environmentId: EnvironmentId, id: OathJob['id'], row: Row): OathJob {
  return decode('oath_jobs', id, () =>
    Object.assign(document<Body>(row, 1, ['type', 'status', 'total', 'succeeded', 'refused', 'updatedAt']), {
      id,
      environmentId,
      version: integer(row, 0),
      expiresAt: integer(row, 2),
    }),
  );
}

export function oathJobValues(job: OathJob): Record<string, Value> {
  const { id, environmentId, version, expiresAt, ...body } = job;
  const kept: Body = body;
  return { environment: environmentId, id, version, document: JSON.stringify(kept), expiresAt };
}

export const selectOathJob = statement(
  'rows',
  'select version, document, expires_at from oath_jobs where environment_id = :environment and id = :id',
);

export const insertOathJob = statement(
  'count',
  `insert into oath_jobs (environment_id, id, version, document, expires_at)
   values (:environment, :id, 1, :document, :expiresAt)`,
);

export const updateOathJob = statement(
  'count',
  `update oath_jobs set version = version + 1, document = :document, expires_at = :expiresAt
   where environment_id = :environment and id = :id and version = :version`,
);

/** Past their time, of any environment. */
export const endedOathJobs = statement(
  'rows',
  `select environment_id, id, expires_at from oath_jobs
   where expires_at <= cast(:before as bigint) order by expires_at limit cast(:limit as bigint)`,
);

export const purgeOathJob = statement(
  'count',
  `delete from oath_jobs
   where environment_id = :environment and id = :id and expires_at <= cast(:before as bigint)`,
);
