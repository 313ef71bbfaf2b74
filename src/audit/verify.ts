import type { Uuid } from '../kernel/ids.js';
import type { AuditKeys } from '../kernel/keys.js';
import {
  type Block,
  type ChainedRecord,
  type Head,
  isCheckpoint,
  isHeadIntact,
  isTailIntact,
  linesOf,
  link,
} from './chain.js';
import type { ChainReader } from './port.js';
import { decodeRecord } from './record.js';

/** The first thing in a trail that is not as it was written (SEC-73). */
export interface Finding {
  readonly kind: 'altered' | 'missing' | 'inserted' | 'reordered' | 'cut' | 'forged';
  /** The record that is meant, by its place in the chain; absent where it is a row of the tail, or the head. */
  readonly seq?: number;
  /** For the operator. */
  readonly text: string;
}

/** What was read of an environment's trail, and whether it is whole. */
export interface Verdict {
  readonly environmentId: Uuid;
  readonly head?: Head;
  /** Records of the chain that were checked. */
  readonly records: number;
  /** Rows of the tail that were checked. */
  readonly waiting: number;
  readonly finding?: Finding;
}

/** A place in the chain up to which all is well. */
interface Position {
  readonly seq: number;
  readonly hash: string;
}

/** Read at once: few, because a block of a busy server is long. */
const BLOCKS = 16;
const ROWS = 64;

/**
 * Reads a chain from its oldest record to its head, then the tail, and stops at the first thing that is wrong. May run while the
 * trail is written to and purged: what is sealed meanwhile is left for the next time.
 */
export async function verifyTrail(reader: ChainReader, environmentId: Uuid, keys: AuditKeys): Promise<Verdict> {
  const head = await reader.head(environmentId);
  if (!head) return verifyHeadless(reader, environmentId, keys);
  const verdict = { environmentId, head, records: 0, waiting: 0 };
  if (!isHeadIntact(head, keys))
    return { ...verdict, finding: { kind: 'forged', text: 'the signature of the head does not hold' } };
  let position: Position = { seq: head.firstSeq - 1, hash: head.firstPrevious };
  const first = position.seq;
  // From the very beginning, because before the oldest record there must be nothing.
  for (let from = 0; position.seq < head.lastSeq; from = position.seq + 1) {
    const blocks = await reader.blocksFrom(environmentId, from, BLOCKS);
    const moved = await purgedTo(reader, environmentId, position, blocks, keys);
    const checked = moved ?? checkBlocks(blocks, position, head, keys);
    if ('kind' in checked) return { ...verdict, records: position.seq - first, finding: checked };
    position = checked;
  }
  const records = position.seq - first;
  const finding = position.hash === head.hash ? await strayBlock(reader, head, keys) : WRONG_END;
  if (finding) return { ...verdict, records, finding };
  return { ...verdict, records, ...(await verifyTail(reader, environmentId, keys)) };
}

const WRONG_END: Finding = { kind: 'forged', text: 'the last record is not the one that the head names' };

/** A block behind the end: the head is read after it, so whatever was sealed meanwhile is before that one's end. */
async function strayBlock(
  reader: ChainReader,
  { environmentId, lastSeq }: Head,
  keys: AuditKeys,
): Promise<Finding | undefined> {
  const [block] = await reader.blocksFrom(environmentId, lastSeq + 1, 1);
  if (!block) return undefined;
  const now = await reader.head(environmentId);
  if (now && isHeadIntact(now, keys) && block.lastSeq <= now.lastSeq) return undefined;
  return {
    kind: 'inserted',
    seq: block.firstSeq,
    text: `a block has been inserted behind the last record, ${lastSeq}`,
  };
}

/** An environment is on record from its creation on: it has a head, or has not been sealed for the first time yet. */
async function verifyHeadless(reader: ChainReader, environmentId: Uuid, keys: AuditKeys): Promise<Verdict> {
  const stray = (await reader.blocksFrom(environmentId, 0, 1)).length > 0;
  const { waiting, finding } = await verifyTail(reader, environmentId, keys);
  const missing: Finding = {
    kind: 'cut',
    text: 'there is no head: the whole trail is missing, or what says where it ends',
  };
  const found = stray ? missing : (finding ?? (waiting === 0 ? missing : undefined));
  return { environmentId, records: 0, waiting, ...(found ? { finding: found } : {}) };
}

/** Where to go on when the records behind a position have been purged by the rules while they were being read. */
async function purgedTo(
  reader: ChainReader,
  environmentId: Uuid,
  position: Position,
  blocks: readonly Block[],
  keys: AuditKeys,
): Promise<Position | undefined> {
  if (blocks[0] && blocks[0].firstSeq <= position.seq + 1) return undefined;
  const head = await reader.head(environmentId);
  if (!head || head.firstSeq - 1 <= position.seq || !isHeadIntact(head, keys)) return undefined;
  return { seq: head.firstSeq - 1, hash: head.firstPrevious };
}

function checkBlocks(blocks: readonly Block[], from: Position, head: Head, keys: AuditKeys): Position | Finding {
  if (blocks.length === 0) return cutAt(from.seq + 1, head);
  let position = from;
  for (const block of blocks) {
    if (position.seq === head.lastSeq) return position;
    const checked = checkBlock(block, position, head, keys);
    if ('kind' in checked) return checked;
    position = checked;
  }
  return position;
}

const cutAt = (seq: number, { lastSeq }: Head): Finding => ({
  kind: 'cut',
  seq,
  text: `records ${seq} to ${lastSeq} are missing: the end has been cut off`,
});

/** One block against what stands before it; the position behind it if all is well. Pure. */
export function checkBlock(block: Block, position: Position, head: Head, keys: AuditKeys): Position | Finding {
  const expected = position.seq + 1;
  if (block.firstSeq > expected)
    return { kind: 'missing', seq: expected, text: `records ${expected} to ${block.firstSeq - 1} are missing` };
  if (block.firstSeq < expected || block.lastSeq > head.lastSeq || block.lastSeq < block.firstSeq)
    return {
      kind: 'inserted',
      seq: block.firstSeq,
      text: `a block that claims records ${block.firstSeq} to ${block.lastSeq} has no place in the chain`,
    };
  const lines = linesOf(block);
  const finding = checkLines(lines, block, position.hash);
  if (finding) return finding;
  if (lines.at(-1)?.hash !== block.hash || !isCheckpoint(block, keys))
    return {
      kind: 'forged',
      seq: block.firstSeq,
      text: `records ${block.firstSeq} to ${block.lastSeq} are not what their signed checkpoint vouches for: rewritten together with their hashes, or from another place`,
    };
  return altered(lines, block) ?? { seq: block.lastSeq, hash: block.hash };
}

/** The first record that does not follow from the one before it. */
function checkLines(lines: readonly ChainedRecord[], block: Block, start: string): Finding | undefined {
  const wanted = block.lastSeq - block.firstSeq + 1;
  let previous = start;
  for (const [at, line] of lines.entries()) {
    if (link(previous, line.record) !== line.hash) {
      const before = at > 1 ? lines[at - 2]?.hash : start;
      return broken(lines, at, { previous, before: before ?? start }, block.firstSeq + at, wanted);
    }
    previous = line.hash;
  }
  if (lines.length < wanted) {
    const seq = block.firstSeq + lines.length;
    return { kind: 'missing', seq, text: `record ${seq} is missing` };
  }
  if (lines.length === wanted) return undefined;
  const seq = block.lastSeq + 1;
  return { kind: 'inserted', seq, text: `a record has been inserted behind record ${block.lastSeq}` };
}

/** What happened to a record, as far as its neighbours tell. */
function broken(
  lines: readonly ChainedRecord[],
  at: number,
  { previous, before }: { readonly previous: string; readonly before: string },
  seq: number,
  wanted: number,
): Finding {
  const here = lines[at];
  const elsewhere = lines.slice(at + 1).findIndex(({ record, hash }) => link(previous, record) === hash);
  if (lines.length > wanted) {
    // With a hash of its own it followed from the one before it, and the one behind it does not follow from it.
    const intruder = here && at > 0 && link(before, here.record) === here.hash ? seq - 1 : seq;
    return { kind: 'inserted', seq: intruder, text: `a record has been inserted in the place of record ${intruder}` };
  }
  if (elsewhere >= 0)
    return { kind: 'reordered', seq, text: `record ${seq} is not in its place: it stands at ${seq + elsewhere + 1}` };
  const moved = lines.slice(at + 1).some(({ record }) => link(previous, record) === here?.hash);
  if (moved) return { kind: 'reordered', seq, text: `record ${seq} has changed places with a later one` };
  if (lines.length < wanted) return { kind: 'missing', seq, text: `record ${seq} is missing` };
  return { kind: 'altered', seq, text: `record ${seq} has been altered` };
}

/** A record that the sealer wrote in place of one it could not believe. */
function altered(lines: readonly ChainedRecord[], block: Block): Finding | undefined {
  const at = lines.findIndex(({ record }) => {
    if (!record.includes('AUDIT.TAIL_ALTERED')) return false;
    return decodeRecord(block.environmentId, record)?.events.some(({ type }) => type === 'AUDIT.TAIL_ALTERED');
  });
  if (at < 0) return undefined;
  const seq = block.firstSeq + at;
  return { kind: 'altered', seq, text: `record ${seq} stands for records that were altered before they were sealed` };
}

async function verifyTail(
  reader: ChainReader,
  environmentId: Uuid,
  keys: AuditKeys,
): Promise<Pick<Verdict, 'waiting' | 'finding'>> {
  let waiting = 0;
  let after = '';
  for (;;) {
    const rows = await reader.tail(environmentId, after, ROWS);
    const bad = rows.find((row) => !isTailIntact(row, keys));
    if (bad) {
      const text = `row ${bad.id} of the tail has been altered, or was not written by this server`;
      return { waiting: waiting + rows.indexOf(bad), finding: { kind: 'altered', text } };
    }
    waiting += rows.length;
    const last = rows.at(-1);
    if (!last || rows.length < ROWS) return { waiting };
    after = last.id;
  }
}
