import { INBOX_CAPACITY, type InboxEntry, type InboxMessage, type InboxStore } from '../../src/inbox/port.js';

/** The port's contract in memory. Several inboxes over one store are several processes over one database. */
export class MemoryInboxStore implements InboxStore {
  #entries: InboxEntry[] = [];
  #sequence = 0;
  /** Reads so far: what a query costs. */
  reads = 0;

  async append(message: InboxMessage): Promise<void> {
    if (this.#entries.some((entry) => entry.message.id === message.id)) return;
    this.#sequence += 1;
    this.#entries.push({ sequence: this.#sequence, message });
    if (this.#entries.length > INBOX_CAPACITY) this.#entries.shift();
  }

  async after(sequence: number, limit: number): Promise<readonly InboxEntry[]> {
    this.reads += 1;
    return this.#entries.filter((entry) => entry.sequence > sequence).slice(0, limit);
  }

  async clear(): Promise<void> {
    this.#entries = [];
  }
}
