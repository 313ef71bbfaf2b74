import type { DestinationUse } from '../../../devices/model.js';
import { forgottenAfter } from '../../../devices/sending/send-window.js';
import type { EnvironmentId } from '../../../platform/model.js';
import { decode, document, integer } from '../row.js';
import { type Row, statement, type Value } from '../statement.js';

/** In the order that `toDestination` reads. */
export const DESTINATION_COLUMNS = ['version', 'document'];

type Body = Omit<DestinationUse, 'environmentId' | 'contactKey' | 'version'>;

export function toDestination(environmentId: EnvironmentId, contactKey: string, row: Row, at: number): DestinationUse {
  return decode('destination_use', contactKey, () =>
    Object.assign(document<Body>(row, at + 1, ['oneTimeFailures', 'leftovers']), {
      environmentId,
      contactKey,
      version: integer(row, at),
    }),
  );
}

/** A contact that nothing is known about. */
export function unusedDestination(environmentId: EnvironmentId, contactKey: string): DestinationUse {
  return { environmentId, contactKey, version: 0, oneTimeFailures: 0, leftovers: {} };
}

export function destinationValues(destination: DestinationUse): Record<string, Value> {
  const { environmentId, contactKey, version, ...body } = destination;
  return {
    environment: environmentId,
    contactKey,
    version,
    document: JSON.stringify(body satisfies Body),
    purgeAfter: forgottenAfter(destination) ?? null,
  };
}

/** No row: somebody else was first. */
export const insertDestination = statement(
  'count',
  `insert into destination_use (environment_id, contact_key, version, document, purge_after)
   values (:environment, :contactKey, 1, :document, cast(:purgeAfter as bigint)) on conflict do nothing`,
);

export const updateDestination = statement(
  'count',
  `update destination_use set version = version + 1, document = :document, purge_after = cast(:purgeAfter as bigint)
   where environment_id = :environment and contact_key = :contactKey and version = :version`,
);

/** Contacts of which nothing is left to know, of any environment. */
export const forgettableDestinations = statement(
  'rows',
  `select environment_id, contact_key, purge_after, ${DESTINATION_COLUMNS.join(', ')} from destination_use
   where purge_after is not null and purge_after <= cast(:before as bigint) order by purge_after limit cast(:limit as bigint)`,
);

/** Guarded: what has come to be known meanwhile stays. */
export const purgeDestination = statement(
  'count',
  'delete from destination_use where environment_id = :environment and contact_key = :contactKey and version = :version',
);
