import type { Instant, Millis } from '../kernel/clock.js';
import { hours } from '../kernel/duration.js';
import type { Uuid } from '../kernel/ids.js';
import { type AuditKeys, sha256 } from '../kernel/keys.js';
import { encodeRecord } from './record.js';

/** A row of the tail: what the units of one commit did in one environment, one record a line, and a MAC over it (SEC-73). */
export interface TailRow {
  readonly environmentId: Uuid;
  /** Time and place in the process that wrote it: in the order of its commits. */
  readonly id: string;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  readonly records: string;
  readonly mac: string;
}

/** A sealed run of records, never changed again. */
export interface Block {
  readonly environmentId: Uuid;
  /** Place of its first record in the chain of the environment, counted from 1 without gaps. */
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** No record of it is older than the one, none younger than the other. */
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  readonly sealedAt: Instant;
  /** One record a line, each behind its hash and a space. */
  readonly records: string;
  /** Of its last record. */
  readonly hash: string;
  /** The signed checkpoint: binds place, time and hash. */
  readonly signature: string;
}

/** Where a chain begins and ends, signed as a whole: what stands between, and nothing else, must be there. */
export interface Head {
  readonly environmentId: Uuid;
  /** The oldest record that is kept; older ones have been purged. */
  readonly firstSeq: number;
  /** Hash of the record before that one. */
  readonly firstPrevious: string;
  readonly lastSeq: number;
  readonly hash: string;
  readonly sealedAt: Instant;
  readonly signature: string;
}

/** Characters of a hash in base64url. */
export const HASH_LENGTH = 43;
/** A block covers less time than this, so that a search by time knows where to stop. */
export const BLOCK_SPAN: Millis = hours(1);

/** What the first record of an environment is chained to. */
export function genesis(environmentId: Uuid): string {
  return sha256(`postern:audit:v1:${environmentId}`);
}

/** `hash(previous, record)` (`design.md` §12). The first part is of fixed length, so no two pairs give the same text. */
export function link(previous: string, record: string): string {
  return sha256(previous + record);
}

const tailParts = ({ environmentId, id, firstAt, lastAt, records }: Omit<TailRow, 'mac'>): readonly string[] => [
  'tail',
  environmentId,
  id,
  String(firstAt),
  String(lastAt),
  records,
];

export function signTail(row: Omit<TailRow, 'mac'>, keys: AuditKeys): TailRow {
  const { environmentId, id, firstAt, lastAt, records } = row;
  return { environmentId, id, firstAt, lastAt, records, mac: keys.sign(tailParts(row)) };
}

export function isTailIntact(row: TailRow, keys: AuditKeys): boolean {
  return keys.verify(tailParts(row), row.mac);
}

const blockParts = (block: Omit<Block, 'signature' | 'records'>): readonly string[] => [
  'block',
  block.environmentId,
  ...[block.firstSeq, block.lastSeq, block.firstAt, block.lastAt, block.sealedAt].map(String),
  block.hash,
];

export function isCheckpoint(block: Block, keys: AuditKeys): boolean {
  return keys.verify(blockParts(block), block.signature);
}

/** Not the parts of a block: no checkpoint in the middle can be passed off as the end. */
const headParts = (head: Omit<Head, 'signature'>): readonly string[] => [
  'head',
  head.environmentId,
  String(head.firstSeq),
  head.firstPrevious,
  String(head.lastSeq),
  head.hash,
  String(head.sealedAt),
];

export function signHead(head: Omit<Head, 'signature'>, keys: AuditKeys): Head {
  const { environmentId, firstSeq, firstPrevious, lastSeq, hash, sealedAt } = head;
  return { environmentId, firstSeq, firstPrevious, lastSeq, hash, sealedAt, signature: keys.sign(headParts(head)) };
}

export function isHeadIntact(head: Head, keys: AuditKeys): boolean {
  return keys.verify(headParts(head), head.signature);
}

/** The head of a chain that has no record yet. */
export function emptyHead(environmentId: Uuid, now: Instant, keys: AuditKeys): Head {
  const start = genesis(environmentId);
  return signHead({ environmentId, firstSeq: 1, firstPrevious: start, lastSeq: 0, hash: start, sealedAt: now }, keys);
}

/** What becomes of the tail: a block more, the head behind it, and the rows that are not as they were written. */
export interface Sealing {
  readonly block: Block;
  readonly head: Head;
  readonly altered: readonly string[];
}

/**
 * Seals rows of the tail, at least one, behind a head. A row whose MAC does not hold is not believed: in its place stands a record
 * that says so, and the verifier stops at it.
 */
export function sealBlock(head: Head, rows: readonly TailRow[], now: Instant, keys: AuditKeys): Sealing {
  const { environmentId } = head;
  const altered: string[] = [];
  let hash = head.hash;
  let count = 0;
  let records = '';
  let [firstAt, lastAt] = [Number.POSITIVE_INFINITY, 0];
  const add = (record: string): void => {
    hash = link(hash, record);
    records += count === 0 ? `${hash} ${record}` : `\n${hash} ${record}`;
    count += 1;
  };
  for (const row of rows) {
    if (isTailIntact(row, keys)) {
      for (const record of row.records.split('\n')) add(record);
      firstAt = Math.min(firstAt, row.firstAt);
      lastAt = Math.max(lastAt, row.lastAt);
      continue;
    }
    altered.push(row.id);
    const event = { type: 'AUDIT.TAIL_ALTERED', environmentId, detail: { tail: row.id, found: row.records } } as const;
    add(encodeRecord({ environmentId, at: now, by: {}, events: [event] }));
    firstAt = Math.min(firstAt, now);
    lastAt = Math.max(lastAt, now);
  }
  const firstSeq = head.lastSeq + 1;
  const lastSeq = head.lastSeq + count;
  const signature = keys.sign(blockParts({ environmentId, firstSeq, lastSeq, firstAt, lastAt, sealedAt: now, hash }));
  const block: Block = { environmentId, firstSeq, lastSeq, firstAt, lastAt, sealedAt: now, records, hash, signature };
  const { signature: _, ...before } = head;
  return { block, head: signHead({ ...before, lastSeq: block.lastSeq, hash, sealedAt: now }, keys), altered };
}

/** The head once everything up to `block` has been purged. */
export function headWithout(head: Head, block: Pick<Block, 'lastSeq' | 'hash'>, keys: AuditKeys): Head {
  const { signature: _, ...before } = head;
  return signHead({ ...before, firstSeq: block.lastSeq + 1, firstPrevious: block.hash }, keys);
}

/** One line of a block. */
export interface ChainedRecord {
  readonly hash: string;
  readonly record: string;
}

export function linesOf({ records }: Pick<Block, 'records'>): readonly ChainedRecord[] {
  return records.split('\n').map((line) => ({ hash: line.slice(0, HASH_LENGTH), record: line.slice(HASH_LENGTH + 1) }));
}
