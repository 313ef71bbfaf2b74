import { setTimeout as delay } from 'node:timers/promises';
import { type Millis, monotonicMillis } from '../../../kernel/clock.js';
import type { Decision, Plan, Snapshot } from '../../port.js';
import { StoreError } from '../../store-error.js';
import { announce, type EngineOptions, MAX_TAKEN, withTakenName } from '../engine.js';
import { StorageFault } from '../fault.js';
import type { Loader } from '../load.js';
import { type Call, call, type Result, statement } from '../statement.js';
import { insertDestination } from '../tables/destinations.js';
import { type Guard, type Guarded, inLockOrder, type WriteSet } from '../write-set.js';
import { writeSetOf } from '../writes.js';
import { withDeadline } from './deadline.js';
import { type LineKey, type Lines, Standing } from './lines.js';
import { type PostgresPool, type PostgresSession, RepeatableError } from './postgres-driver.js';

/** A unit's time in all; then 503, nothing revealed (`design.md` §12). */
const UNIT_MILLIS: Millis = 2_000;
/** How long the answer to a `COMMIT` is waited for before it counts as unknown. */
const COMMIT_MILLIS: Millis = 5_000;
/** Longest pause after each optimistic try that another process has beaten; after the last, the unit decides under the locks. */
const JITTER: readonly Millis[] = [10, 20, 40];
/** Times a unit is done again after the database has undone it (SEC-78). */
const REPEATS = 3;

/** Row locks that do not stand in the way of foreign keys; each statement gives the version, or no row. */
const LOCKS: Record<Guarded, ReturnType<typeof statement>> = {
  environment: statement('row', 'select config_version from environments where id = :environment for no key update'),
  user: statement(
    'row',
    'select version from users where environment_id = :environment and id = :id for no key update',
  ),
  factors: statement(
    'row',
    'select version from user_factors where environment_id = :environment and user_id = :id for no key update',
  ),
  deviceAuthentication: statement(
    'row',
    'select version from device_authentications where environment_id = :environment and id = :id for no key update',
  ),
  destination: statement(
    'row',
    'select version from destination_use where environment_id = :environment and contact_key = :id for no key update',
  ),
};

const lockOf = ({ entity, environmentId, id }: LineKey): Call =>
  call(LOCKS[entity], { environment: environmentId, id });

/** What became of one try. */
type Tried<O> =
  | { readonly kind: 'done'; readonly outcome: O }
  /** Another process was first. */
  | { readonly kind: 'moved'; readonly keys: readonly LineKey[] }
  /** A unit of this process is at it: stand in line, load again. */
  | { readonly kind: 'line'; readonly keys: readonly LineKey[] }
  | { readonly kind: 'taken'; readonly plan: Plan };

export interface UnitContext {
  readonly pool: PostgresPool;
  readonly loader: Loader;
  readonly lines: Lines;
  readonly options: EngineOptions;
}

/** One `transact`: tries until it is committed, refused for good, or out of time. */
export class PostgresUnit<O> {
  readonly #context: UnitContext;
  #plan: Plan;
  readonly #decide: (snapshot: Snapshot) => Decision<O>;
  readonly #standing: Standing;
  readonly #deadline = monotonicMillis() + UNIT_MILLIS;

  constructor(context: UnitContext, plan: Plan, decide: (snapshot: Snapshot) => Decision<O>) {
    this.#context = context;
    this.#plan = plan;
    this.#decide = decide;
    this.#standing = new Standing(context.lines);
  }

  async run(): Promise<O> {
    try {
      const { environmentId, deviceAuthentication: id } = this.#plan;
      // Whatever acts on a flow guards it, so its line can be taken before the first load.
      if (id !== undefined)
        await this.#standing.enter([{ entity: 'deviceAuthentication', environmentId, id }], this.#deadline);
      return await this.#tries();
    } finally {
      this.#standing.leave();
    }
  }

  async #tries(): Promise<O> {
    let beaten = 0;
    let taken = 0;
    let repeats = 0;
    let known: readonly LineKey[] = [];
    for (;;) {
      const tried = await this.#try(beaten >= JITTER.length ? known : undefined).catch((error: unknown) => {
        if (error instanceof RepeatableError && repeats++ < REPEATS) return undefined;
        throw error instanceof RepeatableError ? unavailable('the database keeps undoing the unit', error) : error;
      });
      switch (tried?.kind) {
        case 'done':
          return tried.outcome;
        case 'line':
          await this.#standing.enter(tried.keys, this.#deadline);
          break;
        case 'moved':
          known = tried.keys;
          await delay(this.#context.options.random.fraction() * (JITTER[beaten] ?? 0));
          beaten++;
          break;
        case 'taken':
          if (taken++ === MAX_TAKEN) throw new StorageFault('a decision keeps asking for a name that is taken');
          this.#plan = tried.plan;
          break;
        default:
      }
    }
  }

  /** One try on one connection; with `locked`, these rows are locked before the load, so that nobody can be first. */
  async #try(locked: readonly LineKey[] | undefined): Promise<Tried<O>> {
    const session = await this.#context.pool.session();
    const left = this.#deadline - monotonicMillis();
    if (left <= 0) {
      session.release();
      throw unavailable('the unit took too long');
    }
    try {
      const tried = await withDeadline(session, left, () => this.#decided(session, locked));
      const result = 'set' in tried ? await this.#commit(session, tried) : tried;
      session.release();
      return result;
    } catch (error) {
      session.release(error);
      throw error;
    }
  }

  /** Loads, decides and guards: a write set whose guards hold under the locks, or why there is none to commit. */
  async #decided(session: PostgresSession, locked: readonly LineKey[] | undefined): Promise<Tried<O> | Ready<O>> {
    if (locked) await session.ask([...locked].sort(inLockOrder).map(lockOf), true);
    const snapshot = await session.drive(this.#context.loader.load(this.#plan));
    const decision = this.#decide(snapshot);
    const { outcome, writes } = decision;
    if (writes.length === 0) return this.#undone(session, locked !== undefined, { kind: 'done', outcome });
    const set = writeSetOf(this.#plan, snapshot, writes, this.#context.options);
    if (!this.#standing.tryEnter(set.guards))
      return this.#undone(session, locked !== undefined, { kind: 'line', keys: set.guards });
    if (set.guards.length === 0 && set.claims.length === 0) return { set, outcome, begun: locked !== undefined };
    const results = await session.ask([...set.guards.map(lockOf), ...set.claims], locked === undefined);
    const moved = set.guards.some((guard, index) => versionOf(results[index]) !== guard.version);
    if (moved) return this.#undone(session, true, { kind: 'moved', keys: set.guards });
    const lost = set.claims.find((_, index) => results[set.guards.length + index]?.count !== 1);
    if (!lost) return { set, outcome, begun: true };
    return this.#undone(
      session,
      true,
      lost.statement === insertDestination
        ? { kind: 'moved', keys: set.guards }
        : { kind: 'taken', plan: withTakenName(this.#plan, decision) },
    );
  }

  async #undone(session: PostgresSession, begun: boolean, tried: Tried<O>): Promise<Tried<O>> {
    if (begun) await session.rollback();
    return tried;
  }

  /** The writes touch only locked or new rows, so they wait for nobody and travel with their `COMMIT`. */
  async #commit(session: PostgresSession, { set, outcome, begun }: Ready<O>): Promise<Tried<O>> {
    const calls = set.steps.map((step) => step.call);
    const committed = await withDeadline(session, COMMIT_MILLIS, () => session.commit(calls, !begun));
    if (committed.kind === 'unknown')
      throw new StoreError('unknownCommit', 'the connection broke after a commit was sent; it may have happened', {
        cause: committed.cause,
      });
    set.steps.forEach(({ rows }, index) => {
      const count = committed.results[index]?.count;
      // Nobody can have taken it from under the locks: the schema is not the one this release knows.
      if (rows === 'one' && count !== 1)
        throw new StorageFault(`a guarded write changed ${count} rows: ${set.steps[index]?.call.statement.text}`);
    });
    announce(this.#context.options, set.appended);
    return { kind: 'done', outcome };
  }
}

interface Ready<O> {
  readonly set: WriteSet;
  readonly outcome: O;
  /** Whether the transaction has begun. */
  readonly begun: boolean;
}

/** The version that a lock found; 0 = no row. */
function versionOf(result: Result | undefined): Guard['version'] {
  const version = result?.rows[0]?.[0] ?? 0;
  return typeof version === 'number' ? version : -1;
}

const unavailable = (message: string, cause?: unknown): StoreError => new StoreError('unavailable', message, { cause });
