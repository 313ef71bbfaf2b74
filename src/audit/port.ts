import type { Instant, Millis } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { Block, Head, TailRow } from './chain.js';
import type { AuditRecord } from './record.js';

/** What a search through the trail may see: blocks that can hold records between two instants, newest first. */
export interface BlockQuery {
  readonly environmentId: Uuid;
  readonly from: Instant;
  readonly to: Instant;
  /** Only blocks before this place in the chain. */
  readonly before?: BlockPlace;
  readonly limit: number;
}

/** Where a block stands in the order of a search. */
export interface BlockPlace {
  readonly firstAt: Instant;
  readonly firstSeq: number;
}

/** What names an actor or a resource has now; the trail itself holds none (SEC-74). */
export interface UserName {
  readonly username: string;
  readonly populationId: Uuid;
}

export interface ClientName {
  readonly name: string;
  readonly environmentId: Uuid;
}

export interface CurrentNames {
  readonly users: ReadonlyMap<Uuid, UserName>;
  readonly clients: ReadonlyMap<Uuid, ClientName>;
}

/** What the verifier reads. */
export interface ChainReader {
  head(environmentId: Uuid): Promise<Head | undefined>;
  /** Blocks from this place in the chain on, in its order. */
  blocksFrom(environmentId: Uuid, seq: number, limit: number): Promise<readonly Block[]>;
  tail(environmentId: Uuid, after: string, limit: number): Promise<readonly TailRow[]>;
}

/** The trail as the sealer, the verifier and activities see it. Units append to it in their own write sets (`storage/port.ts`). */
export interface AuditStore extends ChainReader {
  now(): Promise<Instant>;
  /** Appends records that belong to no unit; those of environments that do not exist are dropped. */
  append(records: readonly AuditRecord[]): Promise<void>;
  /** Environments whose tail waits. */
  waiting(): Promise<readonly Uuid[]>;
  /**
   * Moves up to `rows` of an environment's tail into a block. Returns how many records it has; 0: nothing to move, or another
   * process is at it. `onAltered` is called with rows whose MAC did not hold.
   */
  seal(environmentId: Uuid, rows: number, onAltered: (tailIds: readonly string[]) => void): Promise<number>;
  /** Removes up to `blocks` of an environment's oldest blocks whose records are all older than `retention`; returns how many. */
  purge(environmentId: Uuid, retention: Millis, blocks: number): Promise<number>;
  /** Environments that have a chain. */
  chains(): Promise<readonly Uuid[]>;
  search(query: BlockQuery): Promise<readonly Block[]>;
  /** The block that holds the record at this place. */
  blockAt(environmentId: Uuid, seq: number): Promise<Block | undefined>;
  names(environmentId: Uuid, users: readonly Uuid[], clients: readonly Uuid[]): Promise<CurrentNames>;
}
