import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageContent } from '../../src/platform/images/content.js';
import { imageForm } from '../../src/platform/images/format.js';
import { firstFrame } from '../../src/platform/images/gif.js';
import { encodePng } from '../../src/platform/images/png.js';

const u16 = (number: number): number[] => [number & 0xff, number >> 8];

/** Packs codes of growing width into bytes, the lowest bits first, as an encoder of the format would. */
function packed(pixels: readonly number[], bits: number, length: number): number[] {
  const [clear, end] = [1 << bits, (1 << bits) + 1];
  const out: number[] = [];
  let [held, count, width] = [0, 0, bits + 1];
  const put = (code: number): void => {
    held += code * 2 ** count;
    count += width;
    for (; count >= 8; count -= 8) {
      out.push(held % 256);
      held = Math.floor(held / 256);
    }
  };
  let known = new Map<string, number>();
  const begin = (): void => {
    known = new Map(Array.from({ length: clear }, (_, code) => [String(code), code]));
    put(clear);
    width = bits + 1;
  };
  begin();
  let prefix = '';
  for (const pixel of pixels.slice(0, length)) {
    const longer = prefix === '' ? String(pixel) : `${prefix},${pixel}`;
    if (known.has(longer)) {
      prefix = longer;
      continue;
    }
    put(known.get(prefix) ?? 0);
    const next = known.size + 2;
    known.set(longer, next);
    if (next === 1 << width && width < 12) width += 1;
    if (next === 4_095) begin();
    prefix = String(pixel);
  }
  put(known.get(prefix) ?? 0);
  put(end);
  return count > 0 ? [...out, held] : out;
}

interface Frame {
  readonly canvas: readonly [width: number, height: number];
  readonly at?: readonly [left: number, top: number];
  readonly size: readonly [width: number, height: number];
  readonly pixels: readonly number[];
  readonly bits?: number;
  readonly transparent?: number;
  readonly isInterlaced?: boolean;
  readonly isLocal?: boolean;
}

/** Eight colours, or as many as the bits can name: the first component tells which. */
const palette = (bits: number): number[] => Array.from({ length: 2 ** bits }, (_, colour) => [colour, 7, 9]).flat();

function gif(frame: Frame): Buffer {
  const { canvas, at = [0, 0], size, pixels, bits = 3, transparent, isInterlaced = false, isLocal = false } = frame;
  const table = 0x80 | (bits - 1);
  const data = packed(pixels, Math.max(2, bits), size[0] * size[1]);
  const blocks: number[] = [];
  for (let from = 0; from < data.length; from += 255) {
    const block = data.slice(from, from + 255);
    blocks.push(block.length, ...block);
  }
  return Buffer.from([
    ...Buffer.from('GIF89a'),
    ...canvas.flatMap(u16),
    ...(isLocal ? [0, 1, 0] : [table, 1, 0, ...palette(bits)]),
    // A comment, and what holds for the frame.
    ...[0x21, 0xfe, 2, 0x68, 0x69, 0],
    ...(transparent === undefined ? [] : [0x21, 0xf9, 4, 1, 0, 0, transparent, 0]),
    ...[0x2c, ...at.flatMap(u16), ...size.flatMap(u16)],
    ...(isLocal ? [table | (isInterlaced ? 0x40 : 0), ...palette(bits)] : [isInterlaced ? 0x40 : 0]),
    ...[Math.max(2, bits), ...blocks, 0, 0x3b],
  ]);
}

/** The pixels of a PNG of ours: rows without filters. */
function pixelsOf(png: Buffer): number[] {
  const width = png.readUInt32BE(16);
  const at = png.indexOf('IDAT');
  const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
  return [...rows].filter((_, index) => index % (width + 1) !== 0);
}

const JPEG = Buffer.from('ffd8ffe000104a46494600010100000100010000ffffc2000b080030004001011100', 'hex');

describe('what an image is', () => {
  const png = gif({ canvas: [2, 1], size: [2, 1], pixels: [1, 2] });

  it('is told by its bytes', async () => {
    expect(imageForm(png)).toEqual({ type: 'gif', width: 2, height: 1 });
    const picture = firstFrame(png);
    if (!picture) throw new Error('no picture');
    expect(imageForm(await encodePng(picture))).toEqual({ type: 'png', width: 2, height: 1 });
    expect(imageForm(JPEG)).toEqual({ type: 'jpg', width: 64, height: 48 });
  });

  it.each([
    ['nothing', ''],
    ['text', 'hello, world, this is some text and not an image'],
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><script>1</script></svg>'],
    ['HTML', '<!doctype html><html><script>alert(1)</script></html>'],
    ['markup behind a signature', '\x89PNG\r\n\x1a\n<html><script>alert(1)</script></html>'],
    ['a GIF without a size', 'GIF89a\0\0\0\0\0\0\0'],
    ['a JPEG without a frame', '\xff\xd8\xff\xda\0\x08\x01\x01\0\0\x3f\0\xff\xd9'],
    ['BMP', 'BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0'],
    ['WebP', 'RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0'],
  ])('%s is none', async (_what, text) => {
    const bytes = Buffer.from(text, 'latin1');
    expect(imageForm(bytes)).toBeUndefined();
    expect(await imageContent(bytes)).toEqual({
      ok: false,
      rejection: [{ problem: 'invalid', target: 'file', message: 'must be a PNG, JPEG or GIF image' }],
    });
  });

  it('has at most so many pixels: they are counted before anything is unpacked', async () => {
    const large = gif({ canvas: [65_535, 129], size: [1, 1], pixels: [1] });
    expect(await imageContent(large)).toMatchObject({ ok: false, rejection: [{ target: 'file' }] });
  });

  it('any bytes are an image or none, in no time', async () => {
    const starts = [png, JPEG, Buffer.from('GIF87a'), Buffer.alloc(0)];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...starts),
        fc.uint8Array({ maxLength: 200 }),
        fc.nat(80),
        async (start, more, cut) => {
          const bytes = Buffer.concat([start.subarray(0, cut), more]);
          const { width = 0, height = 0 } = imageForm(bytes) ?? {};
          if (width * height <= 1_000_000) expect((await imageContent(bytes)).ok).toBeTypeOf('boolean');
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a GIF', () => {
  it('is shown as PNG with the same pixels, whatever they are', async () => {
    const picture = fc
      .record({
        bits: fc.integer({ min: 1, max: 8 }),
        width: fc.integer({ min: 1, max: 40 }),
        height: fc.integer({ min: 1, max: 200 }),
      })
      .chain(({ bits, width, height }) =>
        fc.record({
          bits: fc.constant(bits),
          size: fc.constant([width, height] as const),
          pixels: fc.array(fc.nat(2 ** bits - 1), {
            minLength: width * height,
            maxLength: width * height,
            size: 'max',
          }),
          isLocal: fc.boolean(),
        }),
      );
    await fc.assert(
      fc.asyncProperty(picture, async (frame) => {
        const made = await imageContent(gif({ ...frame, canvas: frame.size }));
        if (!made.ok) throw new Error('refused');
        const { type, content, width, height } = made.value;
        expect([type, width, height]).toEqual(['png', ...frame.size]);
        expect(imageForm(content)).toEqual({ type: 'png', width, height });
        expect(pixelsOf(content)).toEqual(frame.pixels);
      }),
      { numRuns: 40 },
    );
  });

  it('a code may be the one that is just being made', () => {
    const pixels = Array.from({ length: 500 }, () => 5);
    expect([...(firstFrame(gif({ canvas: [500, 1], size: [500, 1], pixels }))?.pixels ?? [])]).toEqual(pixels);
  });

  it('has its frame where it stands; what it does not cover is transparent, or the background', () => {
    const frame = { canvas: [3, 3], at: [1, 2], size: [2, 1], pixels: [4, 5] } as const;
    expect([...(firstFrame(gif({ ...frame, transparent: 6 }))?.pixels ?? [])]).toEqual([6, 6, 6, 6, 6, 6, 6, 4, 5]);
    expect([...(firstFrame(gif(frame))?.pixels ?? [])]).toEqual([1, 1, 1, 1, 1, 1, 1, 4, 5]);
    expect(firstFrame(gif({ ...frame, at: [2, 2] }))).toBeUndefined();
  });

  it('keeps its transparent colour, and its colours', async () => {
    const picture = firstFrame(gif({ canvas: [2, 1], size: [2, 1], pixels: [1, 2], transparent: 2 }));
    if (!picture) throw new Error('no picture');
    const png = await encodePng(picture);
    const at = png.indexOf('tRNS');
    expect([...png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4))]).toEqual([255, 255, 0]);
    expect([...png.subarray(png.indexOf('PLTE') + 4).subarray(3, 9)]).toEqual([1, 7, 9, 2, 7, 9]);
  });

  it('puts the rows of an interlaced frame into their order', () => {
    const rows = [0, 8, 4, 2, 6, 1, 3, 5, 7];
    const frame = { canvas: [1, 9], size: [1, 9], bits: 4, pixels: rows, isInterlaced: true } as const;
    expect([...(firstFrame(gif(frame))?.pixels ?? [])]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it.each([4, 20, 40, 60])('that ends %i bytes too early is none', async (missing) => {
    const whole = gif({ canvas: [8, 8], size: [8, 8], pixels: Array.from({ length: 64 }, (_, at) => (at * 5) % 8) });
    expect((await imageContent(whole)).ok).toBe(true);
    expect((await imageContent(whole.subarray(0, whole.length - missing))).ok).toBe(false);
  });
});
