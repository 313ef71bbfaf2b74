import { INBOX_CAPACITY, type InboxStore } from '../../inbox/port.js';
import type { StoreVault } from '../../kernel/keys.js';
import { loadDataKeys, withKeysFor } from './data-keys.js';
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
  toSealedEntry,
} from './tables/inbox.js';

/** The development inbox's messages: no unit of the domain touches them, so they have a door of their own. */
export function createInboxStore(engine: Engine, vault: StoreVault): InboxStore {
  return {
    append: (message) => engine.write('message', () => append(message, vault)),
    after: (sequence, limit) =>
      engine.read(function* () {
        const { rows } = only(yield [call(selectInbox, { sequence, limit })]);
        const sealed = yield* withKeysFor(vault.keys, rows.map(toSealedEntry), (entries) =>
          entries.map(({ content }) => content),
        );
        return sealed.map((entry) => toInboxEntry(entry, vault));
      }),
    clear: () =>
      engine.write('queues', function* () {
        yield* ask(clearInbox, {});
      }),
  };
}

function* append(message: Parameters<InboxStore['append']>[0], vault: StoreVault): Script<void> {
  // No load brings the environment's keys here.
  yield* loadDataKeys(vault.keys, message.environmentId);
  const sequence = integer((yield* ask(nextSequence, {})).rows[0] ?? [], 0);
  yield* ask(insertInboxMessage, { sequence, ...inboxValues(message, vault) });
}

/** Removes the oldest beyond the capacity. */
export function* purgeInboxStep(limit: number): Script<number> {
  return (yield* ask(purgeInbox, { capacity: INBOX_CAPACITY, limit })).count;
}
