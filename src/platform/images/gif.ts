import { inflateCodes } from './lzw.js';
import type { Picture } from './picture.js';

const EXTENSION = 0x21;
const GRAPHIC_CONTROL = 0xf9;
const IMAGE = 0x2c;

/** Where a frame stands on its canvas, and how it is kept. */
interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly isInterlaced: boolean;
}

/**
 * The first frame of a GIF on its canvas (GIF89a); `undefined` when the bytes are not whole. What no frame covers is transparent, or
 * has the background's colour. The canvas is as large as the header says: whoever calls has looked at that.
 */
export function firstFrame(bytes: Buffer): Picture | undefined {
  const [width, height] = [bytes.readUInt16LE(6), bytes.readUInt16LE(8)];
  const global = colourTable(bytes, 13, bytes[10] ?? 0);
  let at = 13 + global.length;
  let transparent: number | undefined;
  while (at < bytes.length) {
    const block = bytes[at];
    if (block === EXTENSION) {
      if (bytes[at + 1] === GRAPHIC_CONTROL && ((bytes[at + 3] ?? 0) & 1) === 1) transparent = bytes[at + 6];
      at = readBlocks(bytes, at + 2).end;
      continue;
    }
    if (block !== IMAGE || at + 11 > bytes.length) return undefined;
    const frame = frameAt(bytes, at);
    const local = colourTable(bytes, at + 10, bytes[at + 9] ?? 0);
    const palette = local.length > 0 ? local : global;
    const start = at + 10 + local.length;
    const indexes = inflateCodes(readBlocks(bytes, start + 1).data, bytes[start] ?? 0, frame.width * frame.height);
    const isInside = frame.left + frame.width <= width && frame.top + frame.height <= height;
    if (!indexes || palette.length === 0 || !isInside) return undefined;
    const pixels = Buffer.alloc(width * height, transparent ?? bytes[11]);
    draw(frame, indexes, pixels, width);
    return { width, height, palette: whole(palette), pixels, ...(transparent === undefined ? {} : { transparent }) };
  }
  return undefined;
}

/** The table that a packed field announces, in front of which it stands. */
function colourTable(bytes: Buffer, at: number, packed: number): Buffer {
  return (packed & 0x80) === 0 ? Buffer.alloc(0) : bytes.subarray(at, at + 3 * 2 ** ((packed & 7) + 1));
}

/** Every index has a colour, those too that the table of the file does not name. */
const whole = (palette: Buffer): Buffer => Buffer.concat([palette], 3 * 256);

const frameAt = (bytes: Buffer, at: number): Frame => ({
  left: bytes.readUInt16LE(at + 1),
  top: bytes.readUInt16LE(at + 3),
  width: bytes.readUInt16LE(at + 5),
  height: bytes.readUInt16LE(at + 7),
  isInterlaced: ((bytes[at + 9] ?? 0) & 0x40) !== 0,
});

/** Blocks of at most 255 bytes, up to an empty one. */
function readBlocks(bytes: Buffer, from: number): { readonly data: Buffer; readonly end: number } {
  const parts: Buffer[] = [];
  let at = from;
  for (let length = bytes[at] ?? 0; length > 0; length = bytes[at] ?? 0) {
    parts.push(bytes.subarray(at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { data: Buffer.concat(parts), end: at + 1 };
}

/** First rows and distances of the four passes of an interlaced frame (GIF89a, appendix E). */
const PASSES = [
  [0, 8],
  [4, 8],
  [2, 4],
  [1, 2],
] as const;

function draw({ left, top, width, height, isInterlaced }: Frame, indexes: Buffer, onto: Buffer, canvas: number): void {
  let source = 0;
  for (const [first, distance] of isInterlaced ? PASSES : [[0, 1]]) {
    for (let row = first; row !== undefined && row < height; row += distance ?? 1) {
      indexes.copy(onto, (top + row) * canvas + left, source, source + width);
      source += width;
    }
  }
}
