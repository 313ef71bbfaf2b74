import type { OutboxMessage } from '../../delivery/message.js';
import { unreachable } from '../../kernel/outcome.js';
import type { EnvironmentId } from '../../platform/model.js';
import type { Snapshot } from '../port.js';
import type { AuditLine } from './audit-tail.js';
import { StorageFault } from './fault.js';
import type { Call } from './statement.js';

/** What a guard looks at, in the one order in which rows are locked (`design.md` §4). */
export const GUARDED = [
  'environment',
  'group',
  'user',
  'factors',
  'deviceAuthentication',
  'destination',
  'oathToken',
  'browser',
  'recoveryCodes',
  'oathJob',
] as const;
export type Guarded = (typeof GUARDED)[number];

/** A row that must still be at this version; 0 = that there is none. */
export interface Guard {
  readonly entity: Guarded;
  readonly environmentId: EnvironmentId;
  readonly id: string;
  readonly version: number;
}

/** One statement of a write set. */
export interface Step {
  readonly call: Call;
  /** Rows it changes. `any`: none or many. */
  readonly rows: 'one' | 'any';
}

/** A decision's writes as statements: checked and sealed before the first of them runs. */
export interface WriteSet {
  /** By table in the order of `GUARDED`, then by id. */
  readonly guards: readonly Guard[];
  /**
   * Inserts that may find their key taken, which sends the unit back to its load. Run before all steps, so that there is little
   * to undo.
   */
  readonly claims: readonly Call[];
  readonly steps: readonly Step[];
  /** It writes a person: nothing is to be left in the file of what was there (SEC-74). */
  readonly erases: boolean;
  readonly appended: readonly OutboxMessage[];
  /** For the engine to write with the commit, those of one commit together (`TailWriter`). */
  readonly audit: readonly AuditLine[];
}

/**
 * When a statement runs, for the sake of foreign keys: parents before children when they come, after them when they go.
 * 0 environment · 1 users, factors, documents · 2 devices · 3 what refers to nothing · 4 and 5 a user's end.
 */
export type Rank = 0 | 1 | 2 | 3 | 4 | 5;

/** A counter's statement. */
interface Counting {
  readonly name: string;
  readonly call: Call;
}

/** By name: whoever wants two counters locks them as everybody does. */
const inOrder = (counting: Counting[]): readonly Counting[] =>
  counting.length > 1 ? counting.sort((a, b) => (a.name < b.name ? -1 : 1)) : counting;

interface Ranked {
  readonly rank: Rank;
  readonly step: Step;
}

/**
 * Collects the statements of one write set and refuses those that contradict each other. A write set has a handful of rows: lists
 * that are looked through are faster here than maps, and every request makes one.
 */
export class WriteSetBuilder {
  readonly #guards: Guard[] = [];
  readonly #claims: Call[] = [];
  readonly #counts: Counting[] = [];
  readonly #tallies: Counting[] = [];
  readonly #steps: Ranked[] = [];
  readonly #appended: OutboxMessage[] = [];
  readonly #audit: AuditLine[] = [];
  #erases = false;
  /** Entity and id in turn. */
  readonly #written: string[] = [];

  guard(entity: Guarded, environmentId: EnvironmentId, id: string, version: number): void {
    for (const known of this.#guards) {
      if (known.id !== id || known.entity !== entity) continue;
      if (known.version === version) return;
      throw new StorageFault(`a write set guards two versions of ${entity} ${id}`);
    }
    this.#guards.push({ entity, environmentId, id, version });
  }

  /** One write per row: of two, the second would find the version moved by the first. */
  once(entity: string, id: string): void {
    if (this.wrote(entity, id)) throw new StorageFault(`a write set writes ${entity} ${id} twice`);
    this.#written.push(entity, id);
  }

  wrote(entity: string, id: string): boolean {
    const written = this.#written;
    for (let at = 0; at < written.length; at += 2) if (written[at + 1] === id && written[at] === entity) return true;
    return false;
  }

  claim(call: Call): void {
    this.#claims.push(call);
  }

  /** Claimed after everything else, because everyone wants the counters (`design.md` §4), and in the order of their names. */
  count(name: string, call: Call): void {
    this.#counts.push({ name, call });
  }

  /** What changes a counter whatever it holds, in the same order behind all other steps. */
  tally(name: string, call: Call): void {
    this.#tallies.push({ name, call });
  }

  step(rank: Rank, call: Call, rows: Step['rows'] = 'one'): void {
    this.#steps.push({ rank, step: { call, rows } });
  }

  erase(): void {
    this.#erases = true;
  }

  append(message: OutboxMessage): void {
    this.#appended.push(message);
  }

  record(line: AuditLine): void {
    this.#audit.push(line);
  }

  /** Throws `StorageFault` when a guard is on something that was not loaded: a verdict rests on the snapshot or on nothing. */
  build(snapshot: Snapshot): WriteSet {
    const guards = this.#guards;
    if (guards.length > 1) guards.sort(inLockOrder);
    for (const { entity, id, version } of guards) {
      const loaded = loadedAs(entity, id, snapshot);
      if (loaded?.id !== id || loaded.version !== version)
        throw new StorageFault(`a decision guards ${entity} ${id} at version ${version}, which was not loaded`);
    }
    for (const { call } of inOrder(this.#counts)) this.#claims.push(call);
    if (this.#steps.length > 1) this.#steps.sort((a, b) => a.rank - b.rank);
    for (const { call } of inOrder(this.#tallies)) this.#steps.push({ rank: 5, step: { call, rows: 'any' } });
    return {
      guards,
      claims: this.#claims,
      steps: this.#steps.map(({ step }) => step),
      erases: this.#erases,
      appended: this.#appended,
      audit: this.#audit,
    };
  }
}

/** The order in which everyone locks rows, so that no two can wait for each other. */
export function inLockOrder(a: Pick<Guard, 'entity' | 'id'>, b: Pick<Guard, 'entity' | 'id'>): number {
  return GUARDED.indexOf(a.entity) - GUARDED.indexOf(b.entity) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

function loadedAs(entity: Guarded, id: string, snapshot: Snapshot): { id: string; version: number } | undefined {
  const { environment, user, factors, deviceAuthentication, destination } = snapshot;
  switch (entity) {
    case 'environment':
      return environment && { id: environment.id, version: environment.configVersion };
    case 'group':
      return [snapshot.directory?.group, snapshot.directory?.holder].find((group) => group?.id === id);
    case 'user':
      return user;
    case 'factors':
      return factors && { id: factors.userId, version: factors.version };
    case 'deviceAuthentication':
      return deviceAuthentication;
    case 'destination':
      return destination && { id: destination.contactKey, version: destination.version };
    case 'oathToken':
      return snapshot.oathTokens?.find((token) => token.id === id);
    case 'browser':
      return snapshot.browsers?.find((browser) => browser.id === id);
    case 'recoveryCodes':
      return snapshot.recoveryCodes && { id: snapshot.recoveryCodes.userId, version: snapshot.recoveryCodes.version };
    case 'oathJob':
      return snapshot.oathJob;
    default:
      return unreachable(entity);
  }
}
