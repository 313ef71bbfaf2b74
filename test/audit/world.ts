import { type Block, emptyHead, type Head, sealBlock, signTail, type TailRow } from '../../src/audit/chain.js';
import type { ChainReader } from '../../src/audit/port.js';
import { type AuditEvent, encodeRecord } from '../../src/audit/record.js';
import type { Uuid } from '../../src/kernel/ids.js';
import { createSystemRandom } from '../../src/kernel/random.js';
import { TEST_TIME, testKeyring } from '../helpers/store.js';

const random = createSystemRandom();
export const uuid = (): Uuid => random.uuid();
export const keys = testKeyring().audit;

export function anEvent(environmentId: Uuid, over: Partial<AuditEvent> = {}): AuditEvent {
  return { type: 'USER.LOCKED', environmentId, userId: uuid(), ...over };
}

/** A row of the tail with so many records. */
export function aTailRow(environmentId: Uuid, count: number, at = TEST_TIME): TailRow {
  const records = Array.from({ length: count }, () =>
    encodeRecord({ environmentId, at, by: { clientId: uuid() }, events: [anEvent(environmentId)] }),
  ).join('\n');
  return signTail({ environmentId, id: random.timeOrderedUuid(at), firstAt: at, lastAt: at, records }, keys);
}

/** A trail in memory that can be tampered with: blocks of the given lengths, and a row that waits. */
export interface Trail extends ChainReader {
  readonly environmentId: Uuid;
  blocks: Block[];
  rows: TailRow[];
  ends: Head | undefined;
}

export function aTrail(lengths: readonly number[]): Trail {
  const environmentId = uuid();
  let ends = emptyHead(environmentId, TEST_TIME, keys);
  const blocks = lengths.map((length) => {
    const sealed = sealBlock(ends, [aTailRow(environmentId, length)], TEST_TIME, keys);
    ends = sealed.head;
    return sealed.block;
  });
  return {
    environmentId,
    blocks,
    rows: [aTailRow(environmentId, 1)],
    ends,
    async head() {
      return this.ends;
    },
    async blocksFrom(_, seq, limit) {
      const sorted = [...this.blocks].sort((a, b) => a.firstSeq - b.firstSeq);
      return sorted.filter(({ firstSeq }) => firstSeq >= seq).slice(0, limit);
    },
    async tail(_, after, limit) {
      return this.rows.filter(({ id }) => id > after).slice(0, limit);
    },
  };
}

/** The lines of a block as they would be with other contents. */
export function withLines(block: Block, change: (lines: string[]) => string[]): Block {
  return { ...block, records: change(block.records.split('\n')).join('\n') };
}
