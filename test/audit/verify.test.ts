import { describe, expect, it } from 'vitest';
import { headWithout, link, sealBlock } from '../../src/audit/chain.js';
import { verifyTrail } from '../../src/audit/verify.js';
import { createKeyring } from '../../src/kernel/keys.js';
import { Redacted } from '../../src/kernel/sealed.js';
import { TEST_TIME } from '../helpers/store.js';
import { aTailRow, aTrail, keys, type Trail, withLines } from './world.js';

const present = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('missing');
  return value;
};

/** A trail of 3 + 5 + 4 records, with one thing changed. */
async function findingAfter(tamper: (trail: Trail) => void) {
  const trail = aTrail([3, 5, 4]);
  tamper(trail);
  const { finding } = await verifyTrail(trail, trail.environmentId, keys);
  return finding && [finding.kind, finding.seq];
}

const inBlock = (at: number, change: (lines: string[]) => string[]) => (trail: Trail) => {
  trail.blocks[at] = withLines(present(trail.blocks[at]), change);
};
const text = (line: string | undefined): string => present(line).slice(44);
const hash = (line: string | undefined): string => present(line).slice(0, 43);
const edited = (line: string | undefined): string => present(line).replace('USER.LOCKED', 'USER.UNLOCKED');

describe('postern audit verify (SEC-73)', () => {
  it('is content with a trail that is as it was written', async () => {
    const trail = aTrail([3, 5, 4]);
    expect(await verifyTrail(trail, trail.environmentId, keys)).toEqual({
      environmentId: trail.environmentId,
      head: trail.ends,
      records: 12,
      waiting: 1,
    });
  });

  it.each<[string, (trail: Trail) => void, [string, number | undefined]]>([
    ['an edited record', inBlock(1, (l) => l.map((line, at) => (at === 2 ? edited(line) : line))), ['altered', 6]],
    [
      'an edited first record',
      inBlock(0, (l) => l.map((line, at) => (at === 0 ? edited(line) : line))),
      ['altered', 1],
    ],
    ['a deleted record', inBlock(1, (l) => l.filter((_, at) => at !== 2)), ['missing', 6]],
    ['a deleted last record of a block', inBlock(1, (l) => l.slice(0, -1)), ['missing', 8]],
    ['an inserted record', inBlock(1, (l) => [...l.slice(0, 2), present(l[0]), ...l.slice(2)]), ['inserted', 6]],
    [
      'an inserted record with a hash that fits',
      inBlock(1, (l) => {
        const record = text(l[0]);
        return [...l.slice(0, 2), `${link(hash(l[1]), record)} ${record}`, ...l.slice(2)];
      }),
      ['inserted', 6],
    ],
    [
      'a record appended to a block with a hash that fits',
      inBlock(1, (l) => [...l, `${link(hash(l.at(-1)), text(l[0]))} ${text(l[0])}`]),
      ['inserted', 9],
    ],
    [
      'two records that changed places',
      inBlock(1, (l) => [l[0], l[3], l[2], l[1], l[4]].map(present)),
      ['reordered', 5],
    ],
    [
      'two records that changed places under their hashes',
      inBlock(1, (l) => l.map((line, at) => `${hash(line)} ${text(l[at === 1 ? 3 : at === 3 ? 1 : at])}`)),
      ['reordered', 5],
    ],
    [
      'a block that was rewritten together with its hashes',
      (trail) => {
        const block = present(trail.blocks[1]);
        let previous = present(trail.blocks[0]).hash;
        const records = block.records.split('\n').map((line) => {
          const record = text(edited(line));
          previous = link(previous, record);
          return `${previous} ${record}`;
        });
        trail.blocks[1] = { ...block, records: records.join('\n'), hash: previous };
      },
      ['forged', 4],
    ],
    ['a missing block', (trail) => trail.blocks.splice(1, 1), ['missing', 4]],
    ['a missing first block', (trail) => trail.blocks.splice(0, 1), ['missing', 1]],
    ['a missing last block', (trail) => trail.blocks.pop(), ['cut', 9]],
    ['all blocks missing', (trail) => trail.blocks.splice(0), ['cut', 1]],
    ['a missing head', (trail) => (trail.ends = undefined), ['cut', undefined]],
    [
      'a head moved back to an earlier checkpoint',
      (trail) => {
        trail.blocks.pop();
        const { lastSeq, hash: end, signature } = present(trail.blocks[1]);
        trail.ends = { ...present(trail.ends), lastSeq, hash: end, signature };
      },
      ['forged', undefined],
    ],
    [
      'two blocks that changed places',
      (trail) => {
        const [a, b] = [present(trail.blocks[0]), present(trail.blocks[1])];
        trail.blocks[0] = { ...a, records: b.records, hash: b.hash, lastSeq: 5 };
        trail.blocks[1] = { ...b, records: a.records, hash: a.hash, firstSeq: 6 };
      },
      ['altered', 1],
    ],
    [
      'a checkpoint with another time',
      (trail) => (trail.blocks[1] = { ...present(trail.blocks[1]), firstAt: TEST_TIME - 1 }),
      ['forged', 4],
    ],
    [
      'a block behind the end',
      (trail) => trail.blocks.push({ ...present(trail.blocks[2]), firstSeq: 13, lastSeq: 16 }),
      ['inserted', 13],
    ],
    [
      'a block before the beginning',
      (trail) => trail.blocks.push({ ...present(trail.blocks[2]), firstSeq: 0, lastSeq: 0 }),
      ['inserted', 0],
    ],
    [
      'an edited row of the tail',
      (trail) => (trail.rows = trail.rows.map((row) => ({ ...row, records: edited(row.records) }))),
      ['altered', undefined],
    ],
    [
      'a row of the tail moved here from another environment',
      (trail) => trail.rows.push({ ...aTailRow(aTrail([]).environmentId, 1), environmentId: trail.environmentId }),
      ['altered', undefined],
    ],
  ])('finds %s', async (_, tamper, expected) => {
    expect(await findingAfter(tamper)).toEqual(expected);
  });

  it('finds a row of the tail that was altered before it was sealed, and the sealer says which', async () => {
    const trail = aTrail([3]);
    const good = aTailRow(trail.environmentId, 2);
    const bad = { ...good, records: edited(good.records) };
    const { block, head, altered } = sealBlock(present(trail.ends), [bad], TEST_TIME, keys);
    expect(altered).toEqual([bad.id]);
    trail.blocks.push(block);
    trail.ends = head;
    expect((await verifyTrail(trail, trail.environmentId, keys)).finding).toMatchObject({ kind: 'altered', seq: 4 });
  });

  it('is content with a trail whose oldest blocks were purged by the rules, and with nothing less', async () => {
    const trail = aTrail([3, 5, 4]);
    const oldest = present(trail.blocks.shift());
    trail.ends = headWithout(present(trail.ends), oldest, keys);
    expect(await verifyTrail(trail, trail.environmentId, keys)).toMatchObject({ records: 9 });
    trail.blocks.shift();
    expect((await verifyTrail(trail, trail.environmentId, keys)).finding).toMatchObject({ kind: 'missing', seq: 4 });
  });

  it('looks at what waits in an environment that has not been sealed yet', async () => {
    const trail = aTrail([]);
    trail.ends = undefined;
    expect(await verifyTrail(trail, trail.environmentId, keys)).toEqual({
      environmentId: trail.environmentId,
      records: 0,
      waiting: 1,
    });
    trail.rows = trail.rows.map((row) => ({ ...row, records: edited(row.records) }));
    expect((await verifyTrail(trail, trail.environmentId, keys)).finding).toMatchObject({ kind: 'altered' });
    trail.rows = [];
    expect((await verifyTrail(trail, trail.environmentId, keys)).finding).toMatchObject({ kind: 'cut' });
  });

  it('believes nothing that was signed under another key', async () => {
    const trail = aTrail([3]);
    const { audit: otherKeys } = createKeyring(new Redacted(Buffer.alloc(32, 8)));
    const { finding } = await verifyTrail(trail, trail.environmentId, otherKeys);
    expect(finding).toMatchObject({ kind: 'forged' });
  });

  it('goes on where the purge has got to while it was reading', async () => {
    const trail = aTrail([3, 5, 4]);
    const before = present(trail.ends);
    const after = headWithout(before, present(trail.blocks[0]), keys);
    trail.blocks.shift();
    const heads = [before, after];
    trail.head = async () => heads.shift() ?? after;
    expect(await verifyTrail(trail, trail.environmentId, keys)).toMatchObject({ waiting: 1 });
    expect((await verifyTrail(trail, trail.environmentId, keys)).finding).toBeUndefined();
  });
});
