import { setTimeout as delay } from 'node:timers/promises';
import type { Millis } from '../../kernel/clock.js';
import { INSTALLATION } from '../../kernel/data-keys.js';
import type { StoreVault } from '../../kernel/keys.js';
import type { KeyAdmin, KeyState, RotationOptions, RotationResult } from '../keys-port.js';
import type { AppendAudit } from './audit-tail.js';
import { keyRecord, loadDataKeys } from './data-keys.js';
import type { Engine } from './engine.js';
import { createKeyWalk } from './key-walk.js';
import { integer, text } from './row.js';
import type { SealedColumn } from './sealed-columns.js';
import { ask, call, type Script } from './statement.js';
import {
  dataKeyValues,
  insertDataKey,
  pageOfDataKeys,
  raiseForDataKey,
  retireDataKeys,
  rewrapDataKey,
  type StoredKey,
  selectDataKeys,
  toStoredKey,
} from './tables/data-keys.js';
import { environmentIds } from './tables/environments.js';

/** Keys of one step under a new master key. */
const STEP_KEYS = 200;
/** Walks over everything before what is left is left to the next run. */
const MAX_WALKS = 5;

type Place = Pick<StoredKey, 'environmentId' | 'generation'>;
const RETIRED = { state: 'retired' };

/** A page of keys after its step, and how many of them were under another master key. */
interface Rewrapped {
  readonly last: StoredKey | undefined;
  readonly count: number;
}

/**
 * Data keys as an operator manages them (SEC-68). A rotation is three steps, each of which can be repeated: a new generation for
 * every environment (with a new `configVersion`, so that every process takes it with its next load), a walk over all sealed values
 * that exchanges each for one under the new key if it is still what was read, and the retirement of the old key once nothing is
 * under it. Where a rotation stands is in the rows: there is no other state that a crash could lose.
 *
 * `settle` is how long a unit may last that loaded before the new key was made and commits after: what it wrote under the old one
 * is there by then.
 */
export function createKeyAdmin(
  engine: Engine,
  vault: StoreVault,
  columns: readonly SealedColumn[],
  settle: Millis,
): KeyAdmin {
  const { keys } = vault;
  const walk = createKeyWalk(engine, vault, columns);

  const environments = (): Promise<readonly string[]> =>
    engine.read(function* () {
      return (yield* ask(environmentIds, {})).rows.map((row) => text(row, 0));
    });

  /** Every generation, oldest first. */
  const storedKeys = (environment: string): Promise<readonly StoredKey[]> =>
    engine.read(function* () {
      return (yield* ask(selectDataKeys, { environment })).rows.map(toStoredKey);
    });

  /** A new generation, unless that of an earlier rotation is still being moved to. */
  async function begin(environment: string): Promise<boolean> {
    const isNew = await engine.write('aggregates', function* (append) {
      // Locks the environment's row, where there are locks: of two rotations that begin at once, the second finds the first.
      yield [call(raiseForDataKey, { environment })];
      const stored = (yield* ask(selectDataKeys, { environment })).rows.map(toStoredKey);
      const newest = stored.at(-1)?.generation ?? 0;
      if (stored.some(({ generation, retiredAt }) => generation < newest && retiredAt === undefined)) return false;
      const { row } = keys.mint(environment, newest + 1);
      const now = yield* engine.time.now();
      yield [call(insertDataKey, dataKeyValues(row, now))];
      append(keyRecord('KEY.CREATED', row, now));
      return true;
    });
    // Only once it is durable: what is sealed under a key that never was could not be opened again.
    await engine.read(() => loadDataKeys(keys, environment));
    return isNew;
  }

  /** Retires the replaced keys of those that are done; the others, and how many values they have left. */
  async function retire(
    all: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<{ readonly pending: readonly string[]; readonly left: number }> {
    const pending: string[] = [];
    let left = 0;
    for (const environment of all) {
      const { generation } = keys.newest(environment);
      let old = 0;
      for (const [under, count] of await walk.count(environment, signal)) if (under !== generation) old += count;
      left += old;
      if (old > 0) pending.push(environment);
      else
        await engine.write('aggregates', function* (append) {
          const now = yield* engine.time.now();
          for (const row of (yield* ask(retireDataKeys, { environment, generation, now })).rows)
            append(keyRecord('KEY.UPDATED', { environmentId: environment, generation: integer(row, 0) }, now, RETIRED));
        });
    }
    return { pending, left };
  }

  async function rotate({ onProgress, signal }: RotationOptions = {}): Promise<RotationResult> {
    const all = await environments();
    let newKeys = 0;
    for (const environment of all) if (await begin(environment)) newKeys += 1;
    const settled = delay(settle);
    let seen = 0;
    let resealed = 0;
    let refused = 0;
    let remaining: { readonly pending: readonly string[]; readonly left: number } = { pending: all, left: 0 };
    for (let walks = 1; walks <= MAX_WALKS; walks++) {
      refused = 0;
      for (const environmentId of remaining.pending)
        await walk.reseal(
          environmentId,
          (table, step) => {
            seen += step.seen;
            resealed += step.resealed;
            refused += step.refused;
            onProgress?.({ environmentId, table, seen, resealed });
          },
          signal,
        );
      await settled;
      remaining = await retire(remaining.pending, signal);
      // Values that do not open stay, however often they are tried.
      if (remaining.left <= refused) break;
    }
    return { newKeys, resealed, refused, left: remaining.left };
  }

  /** A page of keys under the newest master key, where they are not yet. */
  function* rewrap({ environmentId, generation }: Place, append: AppendAudit): Script<Rewrapped> {
    const { rows } = yield* ask(pageOfDataKeys, { environment: environmentId, generation, limit: STEP_KEYS });
    const stored = rows.map(toStoredKey);
    const exchanges = stored.flatMap((row) => {
      const wrapped = keys.rewrap(row);
      return wrapped ? [{ wrapped, before: row.wrapped }] : [];
    });
    if (exchanges.length === 0) return { last: stored.at(-1), count: 0 };
    const now = yield* engine.time.now();
    const results = yield exchanges.map(({ wrapped, before }) =>
      call(rewrapDataKey, { ...dataKeyValues(wrapped, 0), before }),
    );
    const done = exchanges.filter((_, index) => results[index]?.count === 1);
    // The installation's key belongs to no environment, and to no trail.
    for (const { wrapped } of done)
      if (wrapped.environmentId !== INSTALLATION)
        append(keyRecord('KEY.UPDATED', wrapped, now, { masterKey: wrapped.masterId }));
    return { last: stored.at(-1), count: done.length };
  }

  async function rotateMaster(): Promise<number> {
    let page = await engine.write('aggregates', (append) =>
      rewrap({ environmentId: INSTALLATION, generation: -1 }, append),
    );
    let rewrapped = page.count;
    for (let { last } = page; last; { last } = page) {
      const after = last;
      page = await engine.write('aggregates', (append) => rewrap(after, append));
      rewrapped += page.count;
    }
    return rewrapped;
  }

  async function status(): Promise<readonly KeyState[]> {
    const states: KeyState[] = [];
    for (const environmentId of [INSTALLATION, ...(await environments())]) {
      const stored = await storedKeys(environmentId);
      const counts = await walk.count(environmentId);
      const newest = stored.at(-1)?.generation;
      const derived = counts.get(0) ?? 0;
      if (derived > 0)
        states.push({ environmentId, generation: 0, masterId: '', createdAt: 0, state: 'replaced', values: derived });
      for (const { generation, masterId, createdAt, retiredAt } of stored)
        states.push({
          environmentId,
          generation,
          masterId,
          createdAt,
          state: generation === newest ? 'current' : retiredAt === undefined ? 'replaced' : 'retired',
          values: counts.get(generation) ?? 0,
        });
    }
    return states;
  }

  return { status, rotate, rotateMaster };
}
