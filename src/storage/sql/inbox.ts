import { INBOX_CAPACITY, type InboxStore } from '../../inbox/port.js';
import type { Vault } from '../../kernel/keys.js';
import type { Engine } from './engine.js';
import { integer } from './row.js';
import { ask, call, only, type Script } from './statement.js';
import {
  clearInbox,
  inboxValues,
  insertInboxMessage,
  nextSequence,
  purgeInbox,
  selectInbox,
  toInboxEntry,
} from './tables/inbox.js';

/** The development inbox's messages: no unit of the domain touches them, so they have a door of their own. */
export function createInboxStore(engine: Engine, vault: Vault): InboxStore {
  return {
    append: (message) =>
      engine.write('message', function* () {
        const sequence = integer((yield* ask(nextSequence, {})).rows[0] ?? [], 0);
        yield* ask(insertInboxMessage, { ...inboxValues(message, vault), sequence });
      }),
    after: (sequence, limit) =>
      engine.read(function* () {
        const { rows } = only(yield [call(selectInbox, { sequence, limit })]);
        return rows.map((row) => toInboxEntry(row, vault));
      }),
    clear: () =>
      engine.write('queues', function* () {
        yield* ask(clearInbox, {});
      }),
  };
}

/** Removes the oldest beyond the capacity. */
export function* purgeInboxStep(limit: number): Script<number> {
  return (yield* ask(purgeInbox, { capacity: INBOX_CAPACITY, limit })).count;
}
