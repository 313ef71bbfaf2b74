import type { WrappedKey } from '../../../kernel/master-keys.js';
import { decode, integer, text } from '../row.js';
import { type Row, statement, type Value } from '../statement.js';

/** In the order that `toWrappedKey` and `toStoredKey` read. */
const COLUMNS = 'environment_id, generation, master_id, wrapped, created_at, retired_at';

/** A data key's row. */
export interface StoredKey extends WrappedKey {
  readonly createdAt: number;
  /** Since then nothing is sealed under it. */
  readonly retiredAt: number | undefined;
}

export function toWrappedKey(row: Row): WrappedKey {
  return toStoredKey(row);
}

export function toStoredKey(row: Row): StoredKey {
  return decode('data_keys', row[0], () => ({
    environmentId: text(row, 0),
    generation: integer(row, 1),
    masterId: text(row, 2),
    wrapped: text(row, 3),
    createdAt: integer(row, 4),
    retiredAt: row[5] === null ? undefined : integer(row, 5),
  }));
}

export function dataKeyValues(key: WrappedKey, createdAt: number): Record<string, Value> {
  const { environmentId, generation, masterId, wrapped } = key;
  return { environment: environmentId, generation, masterId, wrapped, createdAt };
}

/** An environment's keys, oldest first; under an empty id the installation's. */
export const selectDataKeys = statement(
  'rows',
  `select ${COLUMNS} from data_keys where environment_id = :environment order by generation`,
);

/** No row: somebody else has made this generation. */
export const insertDataKey = statement(
  'count',
  `insert into data_keys (environment_id, generation, master_id, wrapped, created_at, retired_at)
   values (:environment, :generation, :masterId, :wrapped, :createdAt, null) on conflict do nothing`,
);

/** A page of all keys there are. */
export const pageOfDataKeys = statement(
  'rows',
  `select ${COLUMNS} from data_keys where (environment_id, generation) > (:environment, cast(:generation as bigint))
   order by environment_id, generation limit cast(:limit as bigint)`,
);

/** Under another master key; guarded by what it was wrapped to before. */
export const rewrapDataKey = statement(
  'count',
  `update data_keys set master_id = :masterId, wrapped = :wrapped
   where environment_id = :environment and generation = :generation and wrapped = :before`,
);

/** Nothing is sealed any more under what came before this generation. */
export const retireDataKeys = statement(
  'returning',
  `update data_keys set retired_at = cast(:now as bigint)
   where environment_id = :environment and generation < cast(:generation as bigint) and retired_at is null
   returning generation`,
);

/** Environments from before there were data keys. */
export const environmentsWithoutKey = statement(
  'rows',
  `select e.id from environments e left join data_keys k on k.environment_id = e.id where k.environment_id is null`,
);

export const anyEnvironment = statement('row', 'select 1 from environments limit 1');

/** Every load of the environment brings this version, so every process learns of its new key with its next unit. */
export const raiseForDataKey = statement(
  'count',
  'update environments set config_version = config_version + 1 where id = :environment',
);
