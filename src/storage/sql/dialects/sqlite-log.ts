/** Bytes before the first frame of a write-ahead log, and before the page in each frame. */
const HEADER = 32;
const FRAME_HEADER = 24;

/**
 * The pages that a write-ahead log holds (https://www.sqlite.org/fileformat2.html#walformat), whatever became of their
 * transactions: at least those that a checkpoint would write. What stands behind frames of the present salts is from an earlier
 * use of the file.
 */
export function pagesOfLog(log: Buffer): ReadonlySet<number> {
  const pages = new Set<number>();
  if (log.length < HEADER) return pages;
  const pageSize = log.readUInt32BE(8);
  const salts = log.subarray(16, 24);
  const frame = FRAME_HEADER + pageSize;
  for (let at = HEADER; at + frame <= log.length; at += frame) {
    if (!log.subarray(at + 8, at + 16).equals(salts)) break;
    pages.add(log.readUInt32BE(at));
  }
  return pages;
}
