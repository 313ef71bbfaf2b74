import type { AuditRecord } from '../../audit/record.js';
import type { Instant } from '../../kernel/clock.js';
import { INSTALLATION, type KeyTable } from '../../kernel/data-keys.js';
import { uuidOf } from '../../kernel/ids.js';
import type { WrappedKey } from '../../kernel/master-keys.js';
import type { Sealed } from '../../kernel/sealed.js';
import type { Engine } from './engine.js';
import { text } from './row.js';
import { ask, call, type Script } from './statement.js';
import {
  anyEnvironment,
  dataKeyValues,
  environmentsWithoutKey,
  insertDataKey,
  raiseForDataKey,
  selectDataKeys,
  toWrappedKey,
} from './tables/data-keys.js';

/** Reads an environment's keys anew. */
export function* loadDataKeys(keys: KeyTable, environment: string): Script<void> {
  keys.install(environment, (yield* ask(selectDataKeys, { environment })).rows.map(toWrappedKey));
}

/**
 * Whatever leaves the store by another way than a load may come from an environment that this process has not touched yet, or
 * be sealed under a key that it has not seen: the missing keys are read, once.
 */
export function* withKeysFor<T>(
  keys: KeyTable,
  found: T,
  sealedOf: (found: T) => readonly (Sealed | undefined)[],
): Script<T> {
  const missing = new Set(
    sealedOf(found).flatMap((value) => (value && !keys.knows(value) ? [value.place.environmentId] : [])),
  );
  for (const environment of missing) yield* loadDataKeys(keys, environment);
  return found;
}

/**
 * What happens to an environment's data key, for its trail (wire: `00` §11.4, `KEY.*`); the server does it, on its operator's word.
 * The first key of a new environment is part of `ENVIRONMENT.CREATED`.
 */
export function keyRecord(
  type: 'KEY.CREATED' | 'KEY.UPDATED',
  key: Pick<WrappedKey, 'environmentId' | 'generation'>,
  at: Instant,
  what: Readonly<Record<string, string>> = {},
): AuditRecord {
  const environmentId = uuidOf(key.environmentId);
  const detail = { purpose: 'data', generation: key.generation, ...what };
  return { environmentId, at, by: {}, events: [{ type, environmentId, detail }] };
}

/**
 * Makes the keys that are missing and reads the installation's. Any number of processes may do so at once: of two rows with one
 * key the first stays, and both read it. Throws `KeyError` when the master key is not the database's (SEC-68).
 */
export async function prepareDataKeys(engine: Engine, keys: KeyTable): Promise<void> {
  await engine.write('aggregates', function* (append) {
    const now = yield* engine.time.now();
    const [present, environment] = yield [
      call(selectDataKeys, { environment: INSTALLATION }),
      call(anyEnvironment, {}),
    ];
    if (present?.rows.length === 0)
      yield [call(insertDataKey, dataKeyValues(keys.found(environment?.rows.length === 0), now))];
    yield* loadDataKeys(keys, INSTALLATION);
    for (const row of (yield* ask(environmentsWithoutKey, {})).rows) {
      const minted = keys.mint(text(row, 0), 1);
      const [inserted] = yield [
        call(insertDataKey, dataKeyValues(minted.row, now)),
        call(raiseForDataKey, { environment: minted.row.environmentId }),
      ];
      if (inserted?.count === 1) append(keyRecord('KEY.CREATED', minted.row, now));
    }
  });
}
