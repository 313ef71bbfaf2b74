import { readFileSync, statSync } from 'node:fs';
import type { Millis } from '../../../kernel/clock.js';
import type { Backup, BackupSource } from '../../backup-port.js';
import { StoreError } from '../../store-error.js';
import { integer } from '../row.js';
import { call, statement } from '../statement.js';
import { CHECKPOINT_PAGES, type SqliteConnection } from './sqlite-driver.js';
import { pagesOfLog } from './sqlite-log.js';

/** Between two looks at the length of the log: it grows by a megabyte or two meanwhile, when the server is at its limit. */
const STEP_MILLIS: Millis = 20;
/** Pages that are told of at once: 16 MB of them. */
const MOST_TOLD = 4_096;

const pageSize = statement('row', 'pragma page_size');

/**
 * Backups of the file behind a connection. While one is taken, checkpoints are made here and not by the commits, so that what they
 * write is known: the log is read before it is copied into the file. The log may be opened in this process, the file may not:
 * closing it would drop the lock (SEC-77).
 */
export class SqliteBackups implements BackupSource {
  readonly #connection: SqliteConnection;
  readonly #file: string;
  /** Ends the backup that is being taken. */
  #end: (() => void) | undefined;

  constructor(connection: SqliteConnection, file: string) {
    this.#connection = connection;
    this.#file = file;
  }

  /** Until it has ended, nobody else may copy the log into the file. */
  get isTaken(): boolean {
    return this.#end !== undefined;
  }

  async begin(): Promise<Backup> {
    if (this.#end) throw new StoreError('busy', 'a backup is being taken: wait for its end');
    const size = integer(this.#connection.ask(call(pageSize, {})).rows[0] ?? [], 0);
    const connection = this.#connection;
    const log = `${this.#file}-wal`;
    const longest = CHECKPOINT_PAGES * size;
    const written = new Set<number>();
    let isHeld = false;

    /** In one turn, in which no commit is under way. What is written is known also when only half of it was. */
    const step = (): void => {
      for (const page of pagesOfLog(readFileSync(log))) written.add(page);
      if (!connection.emptyLog())
        throw new StoreError('unavailable', 'the log could not be copied into the file: try again');
    };
    const timer = setInterval(() => {
      if (isHeld) return;
      try {
        if (statSync(log).size >= longest) step();
      } catch {
        // As when a commit copies the log: it stays, and the next step tries again.
      }
    }, STEP_MILLIS).unref();
    const end = (): void => {
      if (this.#end !== end) return;
      this.#end = undefined;
      clearInterval(timer);
      connection.checkpointAfter(CHECKPOINT_PAGES);
    };
    this.#end = end;
    try {
      connection.checkpointAfter(0);
      step();
      // Before the first page is copied.
      written.clear();
    } catch (error) {
      end();
      throw error;
    }
    const assertTaken = (): void => {
      if (this.#end !== end) throw new StoreError('unavailable', 'the backup has ended');
    };
    return {
      pageSize: size,
      async changed() {
        assertTaken();
        const told: number[] = [];
        for (const page of written) {
          if (told.length === MOST_TOLD) break;
          told.push(page);
          written.delete(page);
        }
        return told;
      },
      async hold() {
        assertTaken();
        step();
        isHeld = true;
      },
      async [Symbol.asyncDispose]() {
        end();
      },
    };
  }

  /** The connection is about to be closed. */
  close(): void {
    this.#end?.();
  }
}
