import type { InboxEntry, InboxMessage } from '../../../inbox/port.js';
import type { Vault } from '../../../kernel/keys.js';
import type { Sealed, SealedPlace } from '../../../kernel/sealed.js';
import { decode, integer, sealedFrom, text } from '../row.js';
import { type Row, statement, type Value } from '../statement.js';

export const inboxPlace = (environmentId: string, id: string): SealedPlace => ({
  table: 'inbox_messages',
  column: 'content',
  environmentId,
  row: id,
});

/** A row whose content nobody has opened yet. */
export interface SealedEntry {
  readonly sequence: number;
  readonly content: Sealed;
}

export function toSealedEntry(row: Row): SealedEntry {
  return decode('inbox_messages', row[1], () => {
    const content = sealedFrom(row, 3, inboxPlace(text(row, 2), text(row, 1)));
    if (!content) throw new TypeError('the content is missing');
    return { sequence: integer(row, 0), content };
  });
}

/** `content` holds a code and a contact, so it is sealed like any other. */
export function toInboxEntry({ sequence, content }: SealedEntry, vault: Vault): InboxEntry {
  return decode('inbox_messages', content.place.row, () => {
    // Written by `inboxValues` and sealed since: nothing else has this form.
    return { sequence, message: JSON.parse(vault.open(content)) as InboxMessage };
  });
}

export function inboxValues(message: InboxMessage, vault: Vault): Record<string, Value> {
  const { environmentId, id } = message;
  return {
    environment: environmentId,
    id,
    content: vault.seal(JSON.stringify(message), inboxPlace(environmentId, id)),
    createdAt: message.createdAt,
  };
}

/** The row lock it takes lasts until the commit: sequences become visible in their order, so a reader's cursor misses none. */
export const nextSequence = statement(
  'returning',
  `update sequences set value = value + 1 where name = 'inbox' returning value`,
);

export const insertInboxMessage = statement(
  'count',
  `insert into inbox_messages (environment_id, id, sequence, content, created_at)
   values (:environment, :id, :sequence, :content, :createdAt) on conflict do nothing`,
);

export const selectInbox = statement(
  'rows',
  `select sequence, id, environment_id, content from inbox_messages where sequence > cast(:sequence as bigint)
   order by sequence limit cast(:limit as bigint)`,
);

export const clearInbox = statement('count', 'delete from inbox_messages');

/** Everything but the newest: sequences have few gaps, and a gap only means that a little less is kept. */
export const purgeInbox = statement(
  'count',
  `delete from inbox_messages
   where sequence <= (select value from sequences where name = 'inbox') - cast(:capacity as bigint)
   and sequence < (select coalesce(min(sequence), 0) from inbox_messages) + cast(:limit as bigint)`,
);
