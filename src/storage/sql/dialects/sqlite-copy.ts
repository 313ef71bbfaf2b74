import type { FileHandle } from 'node:fs/promises';
import type { Backup } from '../../backup-port.js';

/** Bytes that are read at once. */
const CHUNK = 1 << 20;
/** Bytes between two flushes: what lies unwritten delays the server's own flushes on the same disk. */
const FLUSH_BYTES = 16 << 20;

/**
 * Copies the file of a database that is written to meanwhile, and gives the copy's length in bytes: all of it, then whatever has
 * changed, again and again, and the last few pages while the file is held. Which ones are torn by a write in their middle does not
 * matter: each of these is told of and copied once more. Ends when nothing is left, in the knowledge that the file was held until
 * then.
 */
export async function copyDatabase(backup: Backup, source: FileHandle, target: FileHandle): Promise<number> {
  const { pageSize } = backup;
  let unflushed = 0;
  const copy = async (from: number, length: number): Promise<void> => {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK, length));
    for (let at = from; at < from + length; ) {
      const { bytesRead } = await source.read(buffer, 0, Math.min(buffer.length, from + length - at), at);
      if (bytesRead === 0) return;
      const { bytesWritten } = await target.write(buffer, 0, bytesRead, at);
      at += bytesWritten;
      unflushed += bytesWritten;
      if (unflushed < FLUSH_BYTES) continue;
      await target.datasync();
      unflushed = 0;
    }
  };
  /** Copies what has changed until nothing is left or that many pages were; says how many. */
  const follow = async (most: number): Promise<void> => {
    for (let copied = 0; copied < most; ) {
      const pages = [...(await backup.changed())].sort((one, other) => one - other);
      if (pages.length === 0) return;
      for (const { first, count } of runs(pages)) await copy((first - 1) * pageSize, count * pageSize);
      copied += pages.length;
    }
  };

  const { size } = await source.stat();
  await copy(0, size);
  // Whoever writes faster than this copies is not run after for ever: the rest is copied while the file is held.
  await follow(size / pageSize);
  await backup.hold();
  await follow(Number.POSITIVE_INFINITY);
  await target.sync();
  return (await target.stat()).size;
}

/** Neighbouring pages, taken together. */
function runs(sorted: readonly number[]): readonly { readonly first: number; readonly count: number }[] {
  const found: { first: number; count: number }[] = [];
  for (const page of sorted) {
    const last = found.at(-1);
    if (last && last.first + last.count === page) last.count += 1;
    else found.push({ first: page, count: 1 });
  }
  return found;
}
