import type { Claim, Progress } from '../../../webhooks/port.js';
import { decode, integer } from '../row.js';
import { type Row, statement, type Value } from '../statement.js';

/** In the order that `toProgress` reads. */
const COLUMNS = `version, document_at, since, next_seq, next_index, end_seq, end_index, failures, pending_since,
 lease_until`;

/** What an update has returned: a cursor, and of which version of its document it knows. */
export interface CursorRow extends Pick<Claim, 'version' | 'since' | 'progress' | 'leaseUntil'> {
  readonly documentAt: number;
}

const optional = (row: Row, at: number): number | undefined => (row[at] === null ? undefined : integer(row, at));

export function toCursor(row: Row): CursorRow {
  return decode('subscription_cursors', null, () => {
    const [endSeq, endIndex, pendingSince] = [optional(row, 5), optional(row, 6), optional(row, 8)];
    const progress: Progress = {
      next: { seq: integer(row, 3), index: integer(row, 4) },
      ...(endSeq === undefined || endIndex === undefined ? {} : { end: { seq: endSeq, index: endIndex } }),
      failures: integer(row, 7),
      ...(pendingSince === undefined ? {} : { pendingSince }),
    };
    return {
      version: integer(row, 0),
      documentAt: integer(row, 1),
      since: integer(row, 2),
      progress,
      leaseUntil: integer(row, 9),
    };
  });
}

export const progressValues = ({ next, end, failures, pendingSince }: Progress): Record<string, Value> => ({
  nextSeq: next.seq,
  nextIndex: next.index,
  endSeq: end?.seq ?? null,
  endIndex: end?.index ?? null,
  failures,
  pendingSince: pendingSince ?? null,
});

/**
 * Subscriptions that nobody holds and that may have something before them: a cursor not yet made, records behind it, or a document
 * that has changed since a try failed. The kind is part of the text, for the index holds no other.
 */
export const dueSubscriptions = statement(
  'rows',
  `select d.environment_id, d.id, d.created_at, d.updated_at, c.version from documents d
   join environments e on e.id = d.environment_id and e.deleted_at is null
   left join subscription_cursors c on c.environment_id = d.environment_id and c.id = d.id
   left join audit_heads h on h.environment_id = d.environment_id
   where d.kind = 'subscription' and (c.id is null or (c.lease_until <= cast(:now as bigint)
   and c.next_seq <= coalesce(h.last_seq, 0)
   and (c.not_before <= cast(:now as bigint) or c.document_at <> d.updated_at)))
   order by coalesce(c.not_before, 0), d.environment_id, d.id limit cast(:limit as bigint)`,
);

/** Cursors of subscriptions that are gone. */
export const strayCursors = statement(
  'rows',
  `select c.environment_id, c.id from subscription_cursors c where not exists (select 1 from documents d
   where d.environment_id = c.environment_id and d.id = c.id and d.kind = 'subscription')
   order by c.environment_id, c.id limit cast(:limit as bigint)`,
);

export const deleteCursor = statement(
  'count',
  'delete from subscription_cursors where environment_id = :environment and id = :id',
);

/** The first block that can hold a record of that time or later; blocks are found by their oldest record. */
export const firstBlockSince = statement(
  'row',
  `select min(first_seq) from audit where environment_id = :environment and first_at >= cast(:from as bigint)`,
);

export const insertCursor = statement(
  'count',
  `insert into subscription_cursors (environment_id, id, version, lease_owner, lease_until, not_before, document_at, since,
   next_seq, next_index, end_seq, end_index, failures, pending_since)
   values (:environment, :id, 1, null, 0, 0, :documentAt, :since, :nextSeq, 0, null, null, 0, null)
   on conflict do nothing`,
);

export const claimCursor = statement(
  'returning',
  `update subscription_cursors set version = version + 1, lease_owner = :owner, lease_until = :leaseUntil
   where environment_id = :environment and id = :id and version = cast(:version as bigint)
   and lease_until <= cast(:now as bigint) returning ${COLUMNS}`,
);

/** Only whoever holds it, and at the version it was handed. */
export const settleCursor = statement(
  'count',
  `update subscription_cursors set version = version + 1, document_at = :documentAt, lease_owner = cast(:keeper as text),
   lease_until = :leaseUntil, not_before = :notBefore, next_seq = :nextSeq, next_index = :nextIndex,
   end_seq = cast(:endSeq as bigint), end_index = cast(:endIndex as bigint), failures = :failures,
   pending_since = cast(:pendingSince as bigint)
   where environment_id = :environment and id = :id and version = cast(:version as bigint) and lease_owner = :owner`,
);

/** How many subscriptions are being refused, and since when the oldest event waits for one. */
export const failingCursors = statement(
  'row',
  `select count(*), min(pending_since) from subscription_cursors where failures > 0`,
);
