import { type Millis, monotonicMillis } from '../../../kernel/clock.js';
import { StoreError } from '../../store-error.js';

/** Units in one batch, batches in flight, and units that may wait for one; more are answered at once (`design.md` §4, §12). */
const BATCH_UNITS = 256;
const IN_FLIGHT = 2;
const QUEUE_UNITS = 4_096;

/** What waits in a queue. */
export interface Queued {
  /** Monotonic; once it has passed, the unit is answered that it took too long, and does not go. */
  readonly deadline: Millis;
  readonly reject: (error: unknown) => void;
}

export interface BatchesOptions<T extends Queued> {
  /** What waits, for messages. */
  readonly name: string;
  /** Does a batch and settles each of it. */
  readonly run: (batch: readonly T[]) => Promise<void>;
  /** Begins a batch: says of each unit, first come first, whether it may go with those before it. All may unless given. */
  readonly admission?: () => (unit: T) => boolean;
}

/**
 * A queue whose units travel together. What comes in one turn of the loop goes at once while fewer than two batches are in flight;
 * beyond that it waits, so a batch is as large as the database is busy.
 */
export class Batches<T extends Queued> {
  readonly #options: BatchesOptions<T>;
  #queue: T[] = [];
  #inFlight = 0;
  #scheduled = false;

  constructor(options: BatchesOptions<T>) {
    this.#options = options;
  }

  /** Units that wait. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Queues a unit, or rejects it: `busy` when the queue is full. */
  add(unit: T): void {
    if (this.#queue.length >= QUEUE_UNITS) {
      unit.reject(new StoreError('busy', `too many units wait ${this.#options.name}`));
      return;
    }
    this.#queue.push(unit);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#inFlight >= IN_FLIGHT || this.#queue.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      const batch = this.#take();
      if (batch.length === 0) return;
      void this.#run(batch);
      this.#schedule();
    });
  }

  #take(): readonly T[] {
    const admits = this.#options.admission?.();
    const now = monotonicMillis();
    const batch: T[] = [];
    const left: T[] = [];
    let looked = 0;
    for (const unit of this.#queue) {
      if (batch.length === BATCH_UNITS) break;
      looked += 1;
      if (unit.deadline <= now)
        unit.reject(new StoreError('unavailable', `the wait ${this.#options.name} took too long`));
      else if (!admits || admits(unit)) batch.push(unit);
      else left.push(unit);
    }
    this.#queue = left.length === 0 ? this.#queue.slice(looked) : [...left, ...this.#queue.slice(looked)];
    return batch;
  }

  async #run(batch: readonly T[]): Promise<void> {
    this.#inFlight += 1;
    try {
      await this.#options.run(batch);
    } catch (error) {
      for (const unit of batch) unit.reject(error);
    } finally {
      this.#inFlight -= 1;
      this.#schedule();
    }
  }
}

/** The time a batch may take: that of the unit which has least left, but enough for a batch that has only just begun. */
export function timeFor(batch: readonly Queued[]): Millis {
  const left = Math.min(...batch.map(({ deadline }) => deadline)) - monotonicMillis();
  return Math.max(LEAST_MILLIS, left);
}

const LEAST_MILLIS: Millis = 500;
