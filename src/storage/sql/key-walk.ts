import { setTimeout as delay } from 'node:timers/promises';
import type { Millis } from '../../kernel/clock.js';
import { KeyError, type StoreVault } from '../../kernel/keys.js';
import { sealedUnder } from '../../kernel/sealing.js';
import type { Engine } from './engine.js';
import { FIRST_ROW, type RowKey, type SealedColumn } from './sealed-columns.js';
import { only, type Row, type Script } from './statement.js';

/** Rows of one step: sealing them anew takes a few milliseconds, so no request waits long behind it. */
const STEP_ROWS = 100;
/** Between two steps. */
const BREATH: Millis = 5;

/** One step of a walk. */
export interface Step {
  /** Rows looked at. */
  readonly seen: number;
  /** Values sealed anew. */
  readonly resealed: number;
  /** Values that do not open. */
  readonly refused: number;
}

/** Walks along the sealed values of one environment, in small steps; each step is a unit of its own. */
export interface KeyWalk {
  /** Seals whatever is not under the newest key anew; a value that changes meanwhile is left as it is. */
  reseal(environmentId: string, onStep: (table: string, step: Step) => void, signal?: AbortSignal): Promise<void>;
  /** Values by the generation that they are sealed under. */
  count(environmentId: string, signal?: AbortSignal): Promise<ReadonlyMap<number, number>>;
}

export function createKeyWalk(engine: Engine, vault: StoreVault, columns: readonly SealedColumn[]): KeyWalk {
  function* reseal(column: SealedColumn, environmentId: string, rows: readonly Row[]): Script<Step> {
    let refused = 0;
    const exchanges = rows.flatMap((row) => {
      const { key, value } = column.read(environmentId, row);
      if (!value || vault.isCurrent(value)) return [];
      try {
        return [column.exchange(environmentId, key, value, vault.seal(vault.open(value), value.place))];
      } catch (error) {
        if (!(error instanceof KeyError)) throw error;
        // The vault has told of it; one bad value does not keep the others under an old key.
        refused += 1;
        return [];
      }
    });
    const results = exchanges.length === 0 ? [] : yield exchanges;
    return { seen: rows.length, resealed: results.reduce((sum, { count }) => sum + count, 0), refused };
  }

  return {
    async reseal(environmentId, onStep, signal) {
      for (const column of columns)
        await along(column, environmentId, signal, (after) =>
          engine.write('aggregates', function* () {
            const { rows } = only(yield [column.page(environmentId, after, STEP_ROWS, true)]);
            onStep(column.table, yield* reseal(column, environmentId, rows));
            return rows.at(-1);
          }),
        );
    },
    async count(environmentId, signal) {
      const counts = new Map<number, number>();
      for (const column of columns)
        await along(column, environmentId, signal, (after) =>
          engine.read(function* () {
            const { rows } = only(yield [column.page(environmentId, after, STEP_ROWS, false)]);
            for (const row of rows) {
              const { value } = column.read(environmentId, row);
              const generation = value && sealedUnder(value.text);
              if (generation !== undefined) counts.set(generation, (counts.get(generation) ?? 0) + 1);
            }
            return rows.at(-1);
          }),
        );
      return counts;
    },
  };
}

/** Steps until one finds no row. */
async function along(
  column: SealedColumn,
  environmentId: string,
  signal: AbortSignal | undefined,
  step: (after: RowKey) => Promise<Row | undefined>,
): Promise<void> {
  for (let after: RowKey | undefined = FIRST_ROW; after; ) {
    signal?.throwIfAborted();
    const last: Row | undefined = await step(after);
    after = last && column.read(environmentId, last).key;
    if (after) await delay(BREATH);
  }
}
