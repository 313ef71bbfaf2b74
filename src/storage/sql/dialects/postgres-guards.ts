import type { Write } from '../../port.js';
import { type Call, call, type Result, type Statement, statement, type Value } from '../statement.js';
import { GUARDED, type Guard, type Guarded, type WriteSet } from '../write-set.js';
import { type LineKey, lineOf } from './lines.js';
import { arrayOf } from './postgres-rows.js';

const TABLES: Record<Guarded, { readonly table: string; readonly id: string; readonly version: string }> = {
  environment: { table: 'environments', id: 'id', version: 'config_version' },
  group: { table: 'user_groups', id: 'id', version: 'version' },
  user: { table: 'users', id: 'id', version: 'version' },
  factors: { table: 'user_factors', id: 'user_id', version: 'version' },
  deviceAuthentication: { table: 'device_authentications', id: 'id', version: 'version' },
  destination: { table: 'destination_use', id: 'contact_key', version: 'version' },
  oathToken: { table: 'oath_tokens', id: 'id', version: 'version' },
  browser: { table: 'remembered_browsers', id: 'id', version: 'version' },
  recoveryCodes: { table: 'recovery_codes', id: 'user_id', version: 'version' },
  oathJob: { table: 'oath_jobs', id: 'id', version: 'version' },
};

interface Locks {
  /** Waits for the row; gives its version, or nothing. */
  readonly one: Statement;
  /** Numbers and versions of those of the rows that nobody holds. */
  readonly many: Statement;
  /** Numbers of those of the rows that are there, held or not. */
  readonly there: Statement;
}

/** Row locks, in one mode that does not stand in the way of foreign keys. */
export const LOCKS: Record<Guarded, Locks> = {
  environment: locksOf('environment'),
  group: locksOf('group'),
  user: locksOf('user'),
  factors: locksOf('factors'),
  deviceAuthentication: locksOf('deviceAuthentication'),
  destination: locksOf('destination'),
  oathToken: locksOf('oathToken'),
  browser: locksOf('browser'),
  recoveryCodes: locksOf('recoveryCodes'),
  oathJob: locksOf('oathJob'),
};

function locksOf(entity: Guarded): Locks {
  const { table, id, version } = TABLES[entity];
  const environment = entity === 'environment' ? '' : 't.environment_id = :environment and ';
  const order = entity === 'environment' ? 't.id' : `t.environment_id, t.${id}`;
  const rows = `from unnest(cast(:environments as text[]), cast(:ids as text[])) with ordinality as v (environment, id, n)
    join ${table} t on ${entity === 'environment' ? '' : 't.environment_id = v.environment and '}t.${id} = v.id`;
  return {
    one: statement(
      'row',
      `select t.${version} from ${table} t where ${environment}t.${id} = :id for no key update of t`,
    ),
    many: statement('rows', `select v.n, t.${version} ${rows} order by ${order} for no key update of t skip locked`),
    there: statement('rows', `select v.n ${rows}`),
  };
}

/** Waits for a row and locks it. */
export const lockOne = ({ entity, environmentId, id }: Omit<LineKey, 'shared'>): Call =>
  call(LOCKS[entity].one, { environment: environmentId, id });

/** The version that a lock found; 0 = no row. */
export function versionOf(result: Result | undefined): Guard['version'] {
  return versionIn(result?.rows[0]?.[0] ?? 0);
}

/** A guard, its line, and whether the unit only expects the row. */
export interface GuardedRow extends Guard, LineKey {
  readonly line: string;
}

/** The rows that a write set guards, told apart by whether it writes them. */
export function guardedRows({ guards }: Pick<WriteSet, 'guards'>, writes: readonly Write[]): readonly GuardedRow[] {
  return guards.map((guard) => {
    const ofRow = writes.filter((write) => isOf(write, guard));
    const shared = ofRow.length > 0 && ofRow.every(({ kind }) => kind === 'expect');
    const { entity, environmentId, id, version } = guard;
    return { entity, environmentId, id, version, shared, line: lineOf(guard) };
  });
}

/** Whether a write is of this very row. Documents are not: they guard their environment, which they write. */
function isOf({ entity, value }: Write, guard: Guard): boolean {
  if (entity !== guard.entity) return false;
  switch (entity) {
    case 'factors':
    case 'recoveryCodes':
      return value.userId === guard.id;
    case 'destination':
      return value.contactKey === guard.id;
    default:
      return 'id' in value && value.id === guard.id;
  }
}

/**
 * Locks the rows of many units in one flush, table by table in the order in which everybody locks. It waits for nobody: a row
 * that another process holds counts as moved, so neither a lock nor a deadlock there can hold up those who travel with it.
 */
export class LockRound {
  readonly #asked: readonly Asked[];
  /** Versions by line of the rows that are locked, and lines of those that were expected to be absent and are not. */
  readonly #versions = new Map<string, number>();
  readonly #there = new Set<string>();

  constructor(rows: readonly GuardedRow[]) {
    this.#asked = GUARDED.flatMap((entity) => {
      const { many, there } = LOCKS[entity];
      const ofTable = rows.filter((row) => row.entity === entity);
      // Looked at behind the locks: whoever made such a row under one of them has committed by then.
      return [askedFor(many, ofTable, ({ version }) => version > 0), askedFor(there, ofTable, isAbsent)];
    }).filter((asked) => asked.rows.length > 0);
  }

  calls(): readonly Call[] {
    return this.#asked.map(({ statement, rows }) =>
      call(statement, {
        environments: arrayOf(rows.map(({ environmentId }) => environmentId)),
        ids: arrayOf(rows.map(({ id }) => id)),
      }),
    );
  }

  /** Takes in what `calls` were answered with. */
  answered(results: readonly Result[]): void {
    this.#asked.forEach(({ rows }, index) => {
      for (const [number, version] of results[index]?.rows ?? []) {
        const line = rows[Number(number) - 1]?.line ?? '';
        if (version === undefined) this.#there.add(line);
        else this.#versions.set(line, versionIn(version));
      }
    });
  }

  /** Whether all of these are as they were loaded: locked and at that version, or absent. */
  holds(rows: readonly GuardedRow[]): boolean {
    return rows.every((row) =>
      isAbsent(row) ? !this.#there.has(row.line) : this.#versions.get(row.line) === row.version,
    );
  }
}

/** A statement and its rows, each once. */
interface Asked {
  readonly statement: Statement;
  readonly rows: readonly GuardedRow[];
}

const isAbsent = ({ version }: Guard): boolean => version === 0;

function askedFor(statement: Statement, rows: readonly GuardedRow[], which: (row: GuardedRow) => boolean): Asked {
  const each = new Map(rows.filter(which).map((row) => [row.line, row]));
  return { statement, rows: [...each.values()] };
}

const versionIn = (cell: Value | undefined): number => (typeof cell === 'number' ? cell : -1);
