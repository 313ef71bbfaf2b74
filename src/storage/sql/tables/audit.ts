import type { Block, Head, TailRow } from '../../../audit/chain.js';
import type { Uuid } from '../../../kernel/ids.js';
import { decode, integer, text } from '../row.js';
import { type Call, call, type Row, type Statement, statement, type Value } from '../statement.js';

const TAIL_COLUMNS = 'environment_id, id, first_at, last_at, records, mac';
const BLOCK_COLUMNS = 'environment_id, first_seq, last_seq, first_at, last_at, sealed_at, records, hash, signature';
const HEAD_COLUMNS = 'environment_id, first_seq, first_previous, last_seq, hash, sealed_at, signature';

/** What does not decode is no fault here: whoever checks the MAC finds it. */
export function toTailRow(row: Row): TailRow {
  return decode('audit_tail', row[1], () => ({
    environmentId: text(row, 0) as Uuid,
    id: text(row, 1),
    firstAt: integer(row, 2),
    lastAt: integer(row, 3),
    records: text(row, 4),
    mac: text(row, 5),
  }));
}

export function toBlock(row: Row): Block {
  return decode('audit', row[1], () => ({
    environmentId: text(row, 0) as Uuid,
    firstSeq: integer(row, 1),
    lastSeq: integer(row, 2),
    firstAt: integer(row, 3),
    lastAt: integer(row, 4),
    sealedAt: integer(row, 5),
    records: text(row, 6),
    hash: text(row, 7),
    signature: text(row, 8),
  }));
}

export function toHead(row: Row): Head {
  return decode('audit_heads', row[0], () => ({
    environmentId: text(row, 0) as Uuid,
    firstSeq: integer(row, 1),
    firstPrevious: text(row, 2),
    lastSeq: integer(row, 3),
    hash: text(row, 4),
    sealedAt: integer(row, 5),
    signature: text(row, 6),
  }));
}

export const insertTailRow = statement(
  'count',
  `insert into audit_tail (environment_id, id, first_at, last_at, size, records, mac)
   values (:environment, :id, :firstAt, :lastAt, :size, :records, :mac)`,
);

export function insertTail({ environmentId: environment, id, firstAt, lastAt, records, mac }: TailRow): Call {
  return call(insertTailRow, { environment, id, firstAt, lastAt, size: records.length, records, mac });
}

export const waitingEnvironments = statement('rows', 'select distinct environment_id from audit_tail');

/** The oldest rows and what they weigh. */
export const weighTail = statement(
  'rows',
  `select id, size, first_at, last_at from audit_tail where environment_id = :environment
   order by id limit cast(:limit as bigint)`,
);

/** `to`, not "the oldest": between this and the weighing, a row may have come that is older than those. */
export const selectTail = statement(
  'rows',
  `select ${TAIL_COLUMNS} from audit_tail where environment_id = :environment and id > :after and id <= :to
   order by id limit cast(:limit as bigint)`,
);

/** By its key and no range: a commit may surface late with an older id. */
export const deleteTail = statement('count', 'delete from audit_tail where environment_id = :environment and id = :id');

const insertBlockRow = statement(
  'count',
  `insert into audit (${BLOCK_COLUMNS}) values (:environment, :firstSeq, :lastSeq, :firstAt, :lastAt, :sealedAt,
   :records, :hash, :signature)`,
);

export function insertBlock({ environmentId: environment, ...block }: Block): Call {
  return call(insertBlockRow, { environment, ...block });
}

export function headValues({ environmentId: environment, ...head }: Head): Record<string, Value> {
  return { environment, ...head };
}

export const insertHead = statement(
  'count',
  `insert into audit_heads (${HEAD_COLUMNS}) values (:environment, :firstSeq, :firstPrevious, :lastSeq, :hash,
   :sealedAt, :signature) on conflict do nothing`,
);

export const selectHead = statement(
  'row',
  `select ${HEAD_COLUMNS} from audit_heads where environment_id = :environment`,
);

/** The row that whoever changes the chain holds; `lock` passes over one that another process holds. */
export const lockHead = (lock: string): Statement =>
  statement('row', `select ${HEAD_COLUMNS} from audit_heads where environment_id = :environment ${lock}`);

export const updateHead = statement(
  'count',
  `update audit_heads set first_seq = :firstSeq, first_previous = :firstPrevious, last_seq = :lastSeq, hash = :hash,
   sealed_at = :sealedAt, signature = :signature where environment_id = :environment`,
);

export const chainedEnvironments = statement('rows', 'select environment_id from audit_heads order by environment_id');

export const selectBlocks = statement(
  'rows',
  `select ${BLOCK_COLUMNS} from audit where environment_id = :environment and first_seq >= cast(:seq as bigint)
   order by first_seq limit cast(:limit as bigint)`,
);

/** The block that a place in the chain falls into, if it is one that is kept. */
export const selectBlockAt = statement(
  'row',
  `select ${BLOCK_COLUMNS} from audit where environment_id = :environment and first_seq <= cast(:seq as bigint)
   order by first_seq desc limit 1`,
);

/** Newest first; `from` is a block's span before the search's own, because blocks are found by their oldest record. */
export const searchBlocks = statement(
  'rows',
  `select ${BLOCK_COLUMNS} from audit where environment_id = :environment
   and first_at >= cast(:from as bigint) and first_at <= cast(:to as bigint)
   and (first_at, first_seq) < (cast(:beforeAt as bigint), cast(:beforeSeq as bigint))
   order by first_at desc, first_seq desc limit cast(:limit as bigint)`,
);

export const oldestBlocks = statement(
  'rows',
  `select first_seq, last_seq, last_at, hash from audit where environment_id = :environment
   order by first_seq limit cast(:limit as bigint)`,
);

export const deleteBlock = statement(
  'count',
  'delete from audit where environment_id = :environment and first_seq = cast(:firstSeq as bigint)',
);

export const selectUserName = statement(
  'row',
  'select document from users where environment_id = :environment and id = :id',
);

export const environmentExists = statement('row', 'select 1 from environments where id = :environment');
