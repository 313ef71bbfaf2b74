const MOST_CODES = 4_096;

/**
 * The bytes behind the codes of a GIF (GIF89a, appendix F), exactly `length` of them; `undefined` when there are fewer, or a code
 * comes that nothing stands behind. `bits`: the size of a byte. Nothing is made beyond `length`, however much the codes stand for.
 */
export function inflateCodes(data: Buffer, bits: number, length: number): Buffer | undefined {
  if (bits < 2 || bits > 8) return undefined;
  const clear = 1 << bits;
  const prefixes = new Uint16Array(MOST_CODES);
  const suffixes = new Uint8Array(MOST_CODES);
  const lengths = new Uint16Array(MOST_CODES);
  for (let code = 0; code < clear; code++) {
    suffixes[code] = code;
    lengths[code] = 1;
  }
  const out = Buffer.alloc(length);
  let written = 0;
  let size = bits + 1;
  let next = clear + 2;
  let previous = -1;
  let pending = 0;
  let held = 0;

  /** Writes what a code stands for, from its end. */
  const write = (code: number): void => {
    const end = written + (lengths[code] ?? 0);
    let each = code;
    for (let at = end - 1; at >= written; at--) {
      if (at < length) out[at] = suffixes[each] ?? 0;
      each = prefixes[each] ?? 0;
    }
    written = end;
  };

  for (const byte of data) {
    pending |= byte << held;
    held += 8;
    while (held >= size) {
      const code = pending & ((1 << size) - 1);
      pending >>>= size;
      held -= size;
      if (code === clear) {
        size = bits + 1;
        next = clear + 2;
        previous = -1;
        continue;
      }
      if (code === clear + 1) return written >= length ? out : undefined;
      // A code can be the one that is just being made; any later one is nothing.
      if (code > next || (code === next && (previous < 0 || next === MOST_CODES))) return undefined;
      if (previous >= 0 && next < MOST_CODES) {
        prefixes[next] = previous;
        lengths[next] = (lengths[previous] ?? 0) + 1;
        // It ends in the byte that this code begins with; if that is itself, in its own first one.
        suffixes[next] = firstByte(prefixes, code === next ? previous : code, clear);
        next += 1;
      }
      write(code);
      if (written >= length) return out;
      if (next === 1 << size && size < 12) size += 1;
      previous = code;
    }
  }
  return undefined;
}

function firstByte(prefixes: Uint16Array, code: number, clear: number): number {
  let first = code;
  while (first >= clear) first = prefixes[first] ?? 0;
  return first;
}
