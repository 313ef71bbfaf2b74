import type { Millis } from '../../../kernel/clock.js';
import { StoreError } from '../../store-error.js';
import { type AppendAudit, type AuditLine, assertOnRecord, lineOf, type TailWriter } from '../audit-tail.js';
import { StorageFault } from '../fault.js';
import type { Call, Result, Script } from '../statement.js';
import type { CommitTally } from '../tally.js';
import { Batches, type Queued, timeFor } from './batches.js';
import { withDeadline } from './deadline.js';
import type { PostgresPool, PostgresSession } from './postgres-driver.js';
import { type Driven, driveTogether } from './together.js';

/** A script that waits to be driven, made anew each time it is tried. */
interface Waiting extends Queued {
  readonly script: (append: AppendAudit) => Script<unknown>;
  readonly resolve: (value: unknown) => void;
}

/**
 * Scripts of many units, driven side by side on one connection. Where the database refuses what one of them asks, each is driven by
 * itself, so a bad one hurts only itself.
 */
export class PostgresScripts {
  readonly #pool: PostgresPool;
  readonly #tally: CommitTally | undefined;
  readonly #batches: Batches<Waiting>;

  /**
   * Without a tail: scripts that change nothing. With one, what they do is durable and on record before any of them resolves;
   * counted in `tally`.
   */
  constructor(pool: PostgresPool, tail?: TailWriter, tally?: CommitTally) {
    this.#pool = pool;
    this.#tally = tally;
    const drive: Drive = tail ? (session, batch, settle) => write(session, batch, settle, tail) : look;
    this.#batches = new Batches({
      name: tail ? 'to be written' : 'to be loaded',
      run: (batch) => this.#run(batch, drive),
    });
  }

  /** Scripts that wait. */
  get waiting(): number {
    return this.#batches.waiting;
  }

  run<T>(script: (append: AppendAudit) => Script<T>, deadline: Millis): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      // A script is resolved with what it returned itself.
      this.#batches.add({ script, deadline, resolve: resolve as (value: unknown) => void, reject });
    });
  }

  async #run(batch: readonly Waiting[], drive: Drive): Promise<void> {
    const waiting = new Set(batch);
    const settle = (one: Waiting, driven: Driven<unknown>): void => {
      waiting.delete(one);
      if (driven.status === 'fulfilled') one.resolve(driven.value);
      else one.reject(driven.reason);
    };
    try {
      await this.#inSession(batch, (session) => drive(session, batch, settle));
    } catch (error) {
      if (batch.length === 1 || error instanceof StoreError) throw error;
      for (const one of waiting)
        await this.#inSession([one], (session) => drive(session, [one], settle)).catch(one.reject);
    }
  }

  async #inSession(batch: readonly Waiting[], work: (session: PostgresSession) => Promise<void>): Promise<void> {
    const session = await this.#pool.session();
    try {
      await withDeadline(session, timeFor(batch), () => work(session));
      this.#tally?.committed(batch.length);
      session.release();
    } catch (error) {
      session.release(error);
      throw error;
    }
  }
}

type Settle = (one: Waiting, driven: Driven<unknown>) => void;
type Drive = (session: PostgresSession, batch: readonly Waiting[], settle: Settle) => Promise<void>;

const changesNothing: AppendAudit = () => {
  throw new StorageFault('a script that changes nothing has nothing to put on record');
};

/** Each step a transaction of its own that leaves nothing: who needs one step only is done after it. */
async function look(session: PostgresSession, batch: readonly Waiting[], settle: Settle): Promise<void> {
  const scripts = batch.map(({ script }) => script(changesNothing));
  await driveTogether(
    scripts,
    (calls) => session.look(calls),
    (index, driven) => settleAt(batch, index, driven, settle),
  );
}

/** One transaction, one row on record for each environment; nobody is told before its commit. */
async function write(
  session: PostgresSession,
  batch: readonly Waiting[],
  settle: Settle,
  tail: TailWriter,
): Promise<void> {
  const audit: AuditLine[] = [];
  const scripts = batch.map(({ script }) => script((record) => audit.push(lineOf(record))));
  const ended: [number, Driven<unknown>][] = [];
  let begin = true;
  const ask: Parameters<typeof driveTogether>[1] = (calls) => {
    const first = begin;
    begin = false;
    return session.ask(calls, first);
  };
  await driveTogether(scripts, ask, (index, driven) => {
    // It may have written before it threw, and nothing of it may stay.
    if (driven.status === 'rejected') throw driven.reason;
    ended.push([index, driven]);
  });
  const record = tail.calls(audit);
  const results = begin && record.length === 0 ? [] : await commitScripts(session, record, begin);
  const fault = faultOf(() => assertOnRecord(results));
  // Not thrown: what is committed must not be done again.
  for (const [index, driven] of ended)
    settleAt(batch, index, fault ? { status: 'rejected', reason: fault } : driven, settle);
}

function faultOf(check: () => void): unknown {
  try {
    check();
    return undefined;
  } catch (fault) {
    return fault;
  }
}

/** Commits what scripts have done, with what they put on record; throws unless it is durable. */
export async function commitScripts(
  session: PostgresSession,
  record: readonly Call[],
  begin = false,
): Promise<readonly Result[]> {
  const committed = await session.commit(record, begin);
  if (committed.kind === 'committed') return committed.results;
  throw new StoreError('unknownCommit', 'the connection broke during a commit', { cause: committed.cause });
}

function settleAt(batch: readonly Waiting[], index: number, driven: Driven<unknown>, settle: Settle): void {
  const one = batch[index];
  if (one) settle(one, driven);
}
