import type { OutboxMessage } from '../../delivery/message.js';
import type { Clock, Millis } from '../../kernel/clock.js';
import type { AuditKeys, StoreVault } from '../../kernel/keys.js';
import type { Logger } from '../../kernel/log.js';
import type { Random } from '../../kernel/random.js';
import type { BackupSource } from '../backup-port.js';
import type { Decided, Decision, Plan, Snapshot, StoreStats } from '../port.js';
import type { AppendAudit } from './audit-tail.js';
import type { ParseConfiguration } from './configurations.js';
import type { Script } from './statement.js';
import type { CommitTally } from './tally.js';
import type { TimeSource } from './time.js';

/** What a database must be able to do; everything else of the store is scripts on top of it, the same for both. */
export interface Engine extends AsyncDisposable {
  readonly time: TimeSource;
  /** After this time, whatever was decided on an earlier load is committed or will never be. */
  readonly settle: Millis;
  load(plan: Plan): Promise<Snapshot>;
  transact<O>(plan: Plan, decide: (snapshot: Snapshot) => Decision<O>): Promise<O>;
  /** Runs a script over committed data. */
  read<T>(script: () => Script<T>): Promise<T>;
  /**
   * Runs a script as one transaction, durable before it resolves; may run it several times. `changes` says what it writes: one
   * message of its own, many of which may share a transaction; the queues of messages and of the audit trail only; or rows of
   * aggregates, which no write set tells of, those of people without leaving anything of what was there (SEC-74). What it puts on record is written with its commit.
   */
  write<T>(
    changes: 'message' | 'queues' | 'aggregates' | 'people',
    script: (append: AppendAudit) => Script<T>,
  ): Promise<T>;
  /** What it has counted; costs nothing until it is asked. */
  stats(): EngineStats;
  /** Cuts off a log of ours that may still have somebody who was erased since it was last asked (SEC-74). */
  cutLog(): Promise<void>;
  /** Where the database is a file of ours. */
  readonly backups: BackupSource | undefined;
  /** Why the database cannot be written to now, if so. */
  unwritable(): Promise<string | undefined>;
}

/** The engine's part of `StoreStats`. */
export interface EngineStats extends Pick<StoreStats, 'database' | 'waiting' | 'connections'> {
  readonly tally: CommitTally;
}

export type Database =
  | { readonly kind: 'sqlite' /** Or `:memory:`. */; readonly file: string }
  | { readonly kind: 'postgres'; readonly url: string /** Connections; 10 unless told. */; readonly poolSize?: number };

/** What the store is given by its owner. */
export interface EngineOptions {
  readonly vault: StoreVault;
  /** What the trail is signed with. */
  readonly audit: AuditKeys;
  readonly random: Random;
  /** Replaces the database's source of time (tests, development). */
  readonly clock?: Clock;
  readonly logger: Logger;
  /** The owner of the leases of outbox rows; unique among the processes. */
  readonly processId: string;
  readonly lease: Millis;
  readonly onAppended: (messages: readonly OutboxMessage[]) => void;
  /** Called when only a restart can tell what is durable; the process must end (`design.md` §12). */
  readonly onFatal: (error: unknown) => void;
  readonly parseConfiguration: ParseConfiguration;
  /** In place of the engine's own, for a store that knows its units are shorter. */
  readonly settle?: Millis;
}

/** Hands a commit's messages to their owner, whose trouble is not the commit's. */
export function announce(
  options: Pick<EngineOptions, 'onAppended' | 'logger'>,
  messages: readonly OutboxMessage[],
): void {
  if (messages.length === 0) return;
  try {
    options.onAppended(messages);
  } catch (error) {
    options.logger.error({ err: error }, 'the dispatcher could not be told of new messages; their leases will run out');
  }
}

/** Times a unit whose unique name was taken is decided again before its decision counts as broken. */
export const MAX_TAKEN = 3;

/** The plan with the names or credentials that may have been taken, so that the next decision sees who holds them. */
export function withTakenName(plan: Plan, { writes }: Decided<unknown>): Plan {
  let named = plan;
  for (const { kind, entity, value } of writes) {
    if (kind !== 'insert' && kind !== 'update') continue;
    if (entity === 'user') named = { ...named, username: value.username };
    if (entity === 'credential') named = { ...named, credential: value.key };
    if (entity === 'group') named = { ...named, directory: { ...named.directory, groupName: value.name } };
  }
  return named;
}
