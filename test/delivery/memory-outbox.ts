import type { LeasedMessage, OutboxMessage, Settlement } from '../../src/delivery/message.js';
import type { Outbox } from '../../src/delivery/port.js';
import type { Clock, Millis } from '../../src/kernel/clock.js';

interface Row {
  readonly message: OutboxMessage;
  attempt: number;
  claimableFrom: number;
  readonly settlements: Settlement[];
}

/** The port's contract in memory: leases, attempts counted before sending, a guard on who holds the row. */
export class MemoryOutbox implements Outbox {
  readonly rows = new Map<string, Row>();
  /** What the database answers with while it is away. */
  failure: Error | undefined;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** As a commit does it: born leased, attempt 1 counted. */
  append(message: OutboxMessage, lease: Millis): OutboxMessage {
    this.rows.set(message.id, { message, attempt: 1, claimableFrom: message.createdAt + lease, settlements: [] });
    return message;
  }

  async claim(limit: number, lease: Millis): Promise<readonly LeasedMessage[]> {
    if (this.failure) throw this.failure;
    const now = this.#clock.now();
    const claimed: LeasedMessage[] = [];
    for (const row of this.rows.values()) {
      if (isSettled(row) || row.claimableFrom > now || claimed.length >= limit) continue;
      if (row.message.deadline < now) {
        row.settlements.push({ result: 'abandoned', gateway: 'none', reason: 'expired' });
        continue;
      }
      row.attempt += 1;
      row.claimableFrom = now + lease;
      claimed.push({ ...row.message, attempt: row.attempt });
    }
    return claimed;
  }

  async settle(message: LeasedMessage, settlement: Settlement): Promise<boolean> {
    if (this.failure) throw this.failure;
    const row = this.rows.get(message.id);
    if (!row || row.attempt !== message.attempt || isSettled(row)) return false;
    row.settlements.push(settlement);
    if (settlement.result === 'retry') {
      row.claimableFrom = settlement.notBefore;
      if (settlement.untried) row.attempt -= 1;
    }
    return true;
  }

  settlements(id: string): readonly Settlement[] {
    return this.rows.get(id)?.settlements ?? [];
  }
}

function isSettled({ settlements }: Row): boolean {
  const last = settlements.at(-1);
  return last !== undefined && last.result !== 'retry';
}
